"""What the server makes of the description: the 77 tables of the plan, as declared, and nothing left when dropped."""

import re
from typing import NewType, get_args, get_origin

import pytest

from archetype import ids
from archetype.ids import EntityTypeId, EntityTypeVersionId
from qb import Database, New, Success, Tx, UniqueViolation, connect, create_all, drop_all, guards, insert, sql, unwrap
from qb.kit import Catalog, Identity, introspect
from qb.model.object import Object
from qb.run.server.embedded import Embedded
from qb.testing import bare_keys
from qb.typing import Schema
from tables.archetype import modules, organization, schema
from tables.archetype.builder.stores import DataStoreConfig
from tables.scratch import scratch_database
from tests.kit.alone import differences
from tests.tables.archetype import everything
from tests.tables.archetype.everything import ORGANIZATION, TABLES

PLAN = {
    "auth": """inbox_connection inbox_connection_sync_job organization organization_user organization_user_entity_id
        user user_preferences""",
    "billing_tracking": "billing_event_queue customer invoice organization_subscription usage_metrics",
    "builder": """action_draft_email_extracted_input action_edits_history action_log application_group
        athena_onboarding_state automation_execution automation_rule category category_with_entity_type chain_run_table
        crm_cache custom_views data_model_action data_model_ai_column_metadata data_model_ai_relation_metadata
        data_model_authorization data_model_entity_relation data_model_entity_type data_model_entity_type_column
        data_model_entity_type_column_validation data_model_entity_type_version data_model_validation_group
        data_store_config derived_column_computation derived_column_metadata derived_relation_computation
        derived_relation_metadata email email_extracted_action_input email_processing entity_action_draft entity_comment
        entity_enrichment_processing entity_type_edits_history fake_ai_columns_computation_table
        fake_ai_relations_computation_table fake_data_entity_type_retrieval_pointer fake_m2m_table
        feature_application_run feature_application_run_features feature_suggestions_run features field_group
        gmail_message_processing_queue lock_user_entity_type onboarding_session relation_edits_history
        state_machine_metadata state_machine_state state_machine_transition version_refs workspace_version
        workspace_version_action_version workspace_version_entity_type_version workspace_version_relation_version
        workspace_version_state_machine_metadata_version""",
    "marketing": """blog_posts homepage_generation homepage_generation_share homepage_generation_share_view industry
        landing_page vertical""",
    "public": "kysely_migration kysely_migration_lock",
}
NAMED = {f"{space}.{name}" for space, names in PLAN.items() for name in names.split()}


def test_they_are_those_of_the_plan(archetype: Database) -> None:
    assert [len(names.split()) for names in PLAN.values()] == [7, 5, 56, 7, 2]
    assert TABLES.keys() == NAMED == {f"{each.source.schema}.{each.source.name}" for each in schema.tables}
    assert len(NAMED) == 77
    there = sql(
        """SELECT table_schema::text || '.' || table_name::text FROM information_schema.tables
        WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"""
    ).rows(str)
    assert set(unwrap(archetype.all(there))) == NAMED


# --------------------------------------------------------------------------------------------- created, compared, gone

ELSEWHERE = {"row security", "grant", "external type", "function"}
"""Kinds that the catalog names in other words."""


def there(each: Object) -> Identity:
    one = each.identity
    nowhere = one.schema or one.kind == "schema"
    return one if nowhere else Identity(one.kind, "public", one.table, one.name)


def made(db: Database, of: Schema) -> Catalog:
    """The catalog with a schema in it, which is dropped again and leaves nothing."""
    before = unwrap(introspect(db))
    assert db.run(create_all(of, stand_ins=True)) == Success(len(create_all(of, stand_ins=True).statements))
    found = unwrap(introspect(db))
    unwrap(db.run(drop_all(of, stand_ins=True)))
    assert differences(before, unwrap(introspect(db))) == ()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("of", [schema, organization.schema], ids=lambda of: str(of.name))
def test_created_compared_and_dropped(qb_server: Embedded, of: Schema) -> None:
    with scratch_database(qb_server.url) as url, connect(url) as db:
        first = made(db, of)
        declared = [each for each in of.objects if each.kind not in ELSEWHERE]
        ours = [each for each in declared if not getattr(each, "external", False)]
        assert [str(each.identity) for each in ours if there(each) not in first] == []
        assert differences(first, made(db, of)) == ()
        unwrap(db.run(create_all(of, stand_ins=True)))
        # Once more over what stands: each table is compared with its declaration, and nothing is created.
        assert unwrap(db.run(create_all(of, if_not_exists=True))) > 0
        assert differences(first, unwrap(introspect(db))) == ()


def test_the_tables_of_the_other_migrator_are_left_alone() -> None:
    for script in (create_all(schema), drop_all(schema)):
        assert not re.search("kysely", str(script))
    external = [each.source.name for each in schema.tables if each.external]
    assert external == ["kysely_migration", "kysely_migration_lock"]


def test_the_keys_that_the_plan_names_are_there(archetype: Database) -> None:
    found = unwrap(introspect(archetype))
    for kind, space, table, name in (
        ("unique", "auth", "organization", "organization_clerk_org_id_key"),
        ("unique", "auth", "organization", "organization_slug_key"),
        ("unique", "auth", "user", "user_clerk_user_id_key"),
        ("foreign key", "auth", "user", "user_organization_id_fkey"),
        ("index", "builder", "chain_run_table", "chain_run_table_cache_key_idx"),
        ("check", "builder", "chain_run_table", "chain_run_table_result_type_check"),
    ):
        assert Identity(kind, space, table, name) in found, name


def test_ids_are_varchar(archetype: Database) -> None:
    """The primary keys, and every column that is called like one."""
    others = sql(
        """SELECT table_name::text || '.' || column_name::text FROM information_schema.columns
        WHERE table_schema IN ('auth', 'billing_tracking', 'builder', 'marketing') AND column_name ~ '_id$'
        AND data_type <> 'character varying'"""
    ).rows(str)
    assert unwrap(archetype.all(others)) == []


def test_every_foreign_key_has_an_index_that_begins_with_its_columns(archetype: Database) -> None:
    """Or deleting what it points to would read the whole table."""
    missing = sql(
        """SELECT conrelid::regclass::text || '.' || conname FROM pg_constraint c WHERE contype = 'f' AND NOT EXISTS (
             SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indpred IS NULL
             AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)"""
    ).rows(str)
    assert unwrap(archetype.all(missing)) == []


# ------------------------------------------------------------------------------------------------------------- brands


def brand(python: object) -> object:
    """What one id of a column is, in a list as well."""
    return get_args(python)[0] if get_origin(python) is list else python


@pytest.mark.parametrize("name", [*TABLES, *ORGANIZATION])
def test_no_key_is_bare(name: str) -> None:
    for each in everything.info((TABLES | ORGANIZATION)[name]).columns:
        if each.primary_key or re.search("_ids?$", each.name):
            found = brand(each.python)
            assert isinstance(found, NewType), f"{name}.{each.name} is {found}"
            assert found.__supertype__ is str, f"{name}.{each.name}"


def test_each_key_has_a_brand_of_its_own_and_what_refers_to_it_has_the_same() -> None:
    assert bare_keys(organization) == []
    # An entity is a record of the organization's database: in the builder many tables have its id, and none is its own.
    assert {line.split()[2] for line in bare_keys(*modules)} <= {"EntityId,"}


def test_every_brand_is_used() -> None:
    columns = [each for table in TABLES.values() for each in everything.info(table).columns]
    used = {found.__name__ for each in columns if isinstance(found := brand(each.python), NewType)}
    assert {name for name, each in vars(ids).items() if isinstance(each, NewType)} == used


def test_secrets_are_in_no_row_and_in_no_document() -> None:
    for title, attribute in (
        ("auth.organization", "database_address"),
        ("auth.inbox_connection", "encrypted_refresh_token"),
        ("builder.data_store_config", "encrypted_password"),
        ("marketing.homepage_generation_share", "token"),
    ):
        assert attribute not in TABLES[title].__struct_fields__, title
    assert "config: secrets" in str(guards(DataStoreConfig))


def entity_table(number: int) -> New[organization.EntityTable]:
    return organization.NewEntityTable(
        entity_type_id=EntityTypeId(f"t{number}"),
        entity_type_version_id=EntityTypeVersionId(f"v{number}"),
        table_name="deal",
    )


def test_an_entity_type_of_an_organization_has_a_table_of_its_own(tx: Tx) -> None:
    with tx.transaction(rollback=True) as inner:
        unwrap(inner.run(create_all(organization.schema)))
        assert inner.execute(insert(entity_table(1))) == Success(1)
        failed = inner.execute(insert(entity_table(2))).failure()
        assert isinstance(failed, UniqueViolation)
        assert failed.constraint == "entity_table_name_key"
