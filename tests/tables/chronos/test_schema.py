"""What the server makes of the description: tables, keys, indexes, partitions; and what is others' and stays theirs."""

import pytest

from qb import DefinitionError, Script, Success, connect, create_all, drop_all, schema, sql, unwrap
from qb.kit import introspect
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.index import IndexFact
from qb.testing import bare_keys
from qb.typing import Create, Drop
from tables import chronos as described
from tables.chronos import OURS, analytics, app, cms, embeddings, hypertables, partitions, places, theirs
from tests.kit.alone import differences

CMS = {
    "cms_blog_posts",
    "cms_docs_pages",
    "cms_homepage_hero",
    "cms_features",
    "cms_announcements",
    "cms_legal_pages",
}
APP = {"app_users", "app_companies", "app_investors", "app_deals", "app_deal_investors", "app_company_embeddings"}
ANALYTICS = {"analytics_sessions", "analytics_page_views", "analytics_events"}
THEIRS = {"directus_users", "directus_files", "raw_crunchbase", "staging_deals", "alembic_version"}

OTHERS = Script(
    "CREATE TABLE directus_users (id uuid PRIMARY KEY, email varchar(128), password text)",
    "CREATE TABLE directus_files (id uuid PRIMARY KEY, storage varchar(255) NOT NULL, type varchar(255))",
    "CREATE TABLE directus_settings (id int PRIMARY KEY, project_name text)",
    "CREATE TABLE raw_crunchbase (id bigint PRIMARY KEY, payload jsonb NOT NULL, fetched_at timestamptz NOT NULL)",
    "CREATE TABLE staging_deals (id bigint PRIMARY KEY, company_name text NOT NULL, loaded_at timestamptz NOT NULL)",
    "CREATE INDEX staging_deals_company ON staging_deals (company_name)",
    "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
    "INSERT INTO alembic_version VALUES ('abc123')",
    "CREATE EXTENSION vector",
)
"""What Directus, Alembic and an administrator have made, more than ours knows of."""


def test_every_table_of_the_document_is_there(chronos_url: str) -> None:
    named = sql("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'").rows(str)
    with connect(chronos_url) as db:
        found = {name for name in unwrap(db.all(named)) if not name.startswith("analytics_events_")}
    assert found == CMS | APP | ANALYTICS | THEIRS


def test_every_key_is_branded() -> None:
    assert bare_keys(cms, app, analytics, embeddings, places, theirs) == []


@pytest.mark.slow
def test_created_read_back_and_dropped(empty_url: str) -> None:
    with connect(empty_url) as db:
        unwrap(db.run(OTHERS))
        before = introspect(db).unwrap()
        made = create_all(described.schema)
        assert db.run(made) == Success(len(made.statements))
        first = introspect(db).unwrap()
        assert db.run(create_all(described.schema, if_not_exists=True)).map(bool) == Success(True)
        assert differences(first, introspect(db).unwrap()) == ()
        unwrap(db.run(drop_all(described.schema, roles=[])))
        assert differences(before, introspect(db).unwrap()) == ()
        unwrap(db.run(create_all(described.schema)))
        assert differences(first, introspect(db).unwrap()) == ()


@pytest.mark.slow
def test_two_databases_of_one_schema_are_the_same(empty_url: str, chronos_url: str) -> None:
    with connect(empty_url) as one, connect(chronos_url) as other:
        unwrap(one.run(create_all(described.schema, stand_ins=True)))
        assert differences(introspect(one).unwrap(), introspect(other).unwrap()) == ()
        unwrap(one.run(drop_all(described.schema, stand_ins=True)))
        assert [name for name in introspect(one).unwrap() if name.schema == "public" and name.kind == "table"] == []


def test_indexes_have_the_names_of_the_document(chronos_url: str) -> None:
    with connect(chronos_url) as db:
        found = {each.name for each in introspect(db).unwrap().of(IndexFact)}
    assert {f"cms_blog_posts_{column}_idx" for column in ("slug", "status", "published_at", "category")} <= found


def test_every_foreign_key_has_an_index(chronos_url: str) -> None:
    """And every table an index for what it is asked by: its state or its time."""
    unindexed = sql(
        """
        SELECT conrelid::regclass::text || '.' || conname FROM pg_constraint c
        WHERE contype = 'f' AND conparentid = 0 AND NOT EXISTS (
          SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND (i.indkey::int2[])[0] = c.conkey[1]
        )
        """
    ).rows(str)
    with connect(chronos_url) as db:
        assert db.all(unindexed) == Success([])
        catalog = introspect(db).unwrap()
    indexed = {each.table for each in catalog.of(IndexFact)}
    assert CMS | APP | ANALYTICS <= indexed


def test_directus_can_show_every_table_of_content(chronos_url: str) -> None:
    """It leaves out tables whose key has more than one column."""
    with connect(chronos_url) as db:
        keys = introspect(db).unwrap().of(ConstraintFact)
    found = {name.table: fact.definition for name, fact in keys.items() if name.kind == "primary key"}
    assert {found[name] for name in CMS} == {"PRIMARY KEY (id)"}


def test_what_is_others_is_never_touched() -> None:
    plans = [create_all(described.schema), drop_all(described.schema), create_all(places.schema)]
    touched = {
        each.object.identity.name for plan in plans for each in plan.operations if isinstance(each, Create | Drop)
    }
    assert {name for name in touched if name.startswith(("raw_", "staging_", "directus_", "alembic"))} == set()
    text = "\n".join(str(plan) for plan in plans)
    for name in THEIRS:
        assert f'TABLE "{name}"' not in text
    assert OURS.covers(None, "app_deals")
    assert not OURS.covers(None, "directus_files")


@pytest.mark.slow
def test_what_points_to_others_survives_their_changes(empty_url: str) -> None:
    """In turns: Alembic and Directus change what is theirs between two runs of ours."""
    with connect(empty_url) as db:
        unwrap(db.run(OTHERS))
        unwrap(db.run(create_all(described.schema)))
        before = introspect(db).unwrap()
        unwrap(
            db.run(
                Script(
                    "ALTER TABLE staging_deals ADD COLUMN amount text",
                    "CREATE TABLE raw_pitchbook (id bigint PRIMARY KEY)",
                    "ALTER TABLE directus_users ADD COLUMN theme text",
                    "UPDATE alembic_version SET version_num = 'def456'",
                )
            )
        )
        unwrap(db.run(create_all(described.schema, if_not_exists=True)))
        changed = differences(before, introspect(db).unwrap())
        assert {each.identity.table or each.identity.name for each in changed} == {
            "staging_deals",
            "raw_pitchbook",
            "directus_users",
        }


def test_rows_of_a_month_are_in_its_partition(chronos_url: str) -> None:
    with connect(chronos_url) as db:
        bounds = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'analytics_events'::regclass"
        assert db.scalar(sql(bounds).rows(int)) == Success(len(partitions.MONTHS) + 1)


def test_hypertables_are_written_for_servers_that_have_them() -> None:
    text = str(create_all(hypertables.schema))
    assert text.index('CREATE EXTENSION IF NOT EXISTS "timescaledb"') < text.index("create_hypertable")
    assert text.index('CREATE TABLE "analytics_events"') < text.index("create_hypertable")
    assert "PARTITION" not in text
    for policy in ("add_compression_policy", "add_retention_policy", "timescaledb.continuous"):
        assert text.index("create_hypertable") < text.index(policy)
    dropped = str(drop_all(hypertables.schema))
    assert dropped.index("DROP MATERIALIZED VIEW") < dropped.index('DROP TABLE "analytics_events"')
    assert hypertables.daily.identity in {each.identity for each in hypertables.schema.objects}


def test_a_table_of_ours_outside_the_prefixes_is_not_created() -> None:
    with pytest.raises(DefinitionError, match="app_companies"):
        schema(embeddings.CompanyEmbedding, ours=OURS)  # it points to a table that was not given
