"""What the database does by itself: times, histories, what is never changed, what is told."""

import datetime as dt
import threading
from typing import Any

import psycopg
import pytest

from archetype.documents.billing import ActionsRun
from archetype.documents.work import Edited, Removed
from archetype.ids import ActionLogId, UserId
from archetype.labels import VersionStatus
from qb import (
    CheckViolation,
    Database,
    Db,
    DbError,
    ForeignKeyViolation,
    Outcome,
    ServerError,
    Success,
    Tx,
    connect,
    delete,
    insert,
    select,
    sql,
    trusted,
    unwrap,
    update,
)
from tables.archetype import touched
from tables.archetype.auth.organizations import Organization, User
from tables.archetype.builder.actions import Action
from tables.archetype.builder.entity_types import EntityType, EntityTypeVersion
from tables.archetype.builder.history import ActionEdit, EntityTypeEdit, RelationEdit
from tables.archetype.builder.relations import EntityRelation
from tables.archetype.builder.runs import ActionLog
from tables.archetype.builder.workspaces import (
    NewWorkspaceVersion,
    NewWorkspaceVersionActionVersion,
    NewWorkspaceVersionEntityTypeVersion,
    WorkspaceVersion,
    WorkspaceVersionActionVersion,
    WorkspaceVersionEntityTypeVersion,
)
from tables.archetype.repositories import billing
from tests.tables.archetype import everything, make
from tests.tables.archetype.everything import TABLES

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def made(tx: Tx, *tables: type[Any]) -> list[Any]:
    """A row of each of the tables, with what it refers to."""
    found: dict[type[Any], Any] = {}
    for table in tables:
        for each in [*everything.ancestors(table), table]:
            if each not in found:
                found[each] = everything.made(tx, each, found)
    return [found[table] for table in tables]


def refused(tx: Tx, statement: Any) -> DbError:
    with tx.transaction(rollback=True) as inner:
        return inner.execute(statement).failure()


NOT_NOW = ServerError("object not in prerequisite state", sqlstate="55000")
"""What a trigger says that refuses a change: its own sentence may hold values, and stays in the server's log."""


def test_every_table_that_says_when_it_was_changed_has_the_trigger(archetype: Database) -> None:
    there = sql(
        """SELECT table_schema::text || '.' || table_name::text FROM information_schema.columns
        WHERE column_name = 'updated_at'"""
    ).rows(str)
    firing = {f"{each.table.schema}.{each.table.name}" for each in touched}
    assert set(unwrap(archetype.all(there))) == firing
    with_time = {name for name, table in TABLES.items() if hasattr(table, "updated_at")}
    assert firing == with_time


def test_updated_at_moves_for_whoever_writes(tx: Tx) -> None:
    (organization,) = made(tx, Organization)
    unwrap(tx.execute(sql("UPDATE auth.organization SET updated_at = {at}", at=LONG_AGO).command()))
    assert unwrap(tx.one(select(Organization.updated_at))) == LONG_AGO  # who says when is believed
    unwrap(tx.execute(sql("UPDATE auth.organization SET name = 'Other'").command()))
    assert unwrap(tx.one(select(Organization.updated_at))) >= organization.updated_at
    unwrap(tx.execute(sql("UPDATE auth.organization SET updated_at = {at}", at=LONG_AGO).command()))
    changed = unwrap(tx.one(update(Organization).set(Organization.name.to("Third")).all_rows().returning()))
    assert (changed.name, changed.updated_at > LONG_AGO) == ("Third", True)


# ----------------------------------------------------------------------------------------------------------- history


def test_what_was_changed_of_an_action_is_kept_with_who_did_it(tx: Tx) -> None:
    (action,) = made(tx, Action)
    one = Action.action_version_id == action.action_version_id
    unwrap(tx.execute(update(Action).set(Action.name.to(action.name)).where(one)))
    assert unwrap(tx.all(select(ActionEdit))) == []  # nothing was changed but the time
    unwrap(tx.scalar(sql("SELECT set_config('archetype.user_id', 'ada', true)").rows(str)))
    unwrap(tx.execute(update(Action).set(Action.name.to("Approve"), Action.description.to("new")).where(one)))
    edit = unwrap(tx.one(select(ActionEdit)))
    assert (edit.action_id, edit.action_version_id) == (action.action_id, action.action_version_id)
    assert (edit.organization_id, edit.edited_by_user_id) == (action.organization_id, UserId("ada"))
    assert edit.edit == Edited({"name": action.name, "description": None}, {"name": "Approve", "description": "new"})
    unwrap(tx.execute(delete(Action).where(one)))
    (gone,) = [each for each in unwrap(tx.all(select(ActionEdit.edit))) if isinstance(each, Removed)]
    assert (gone.before["name"], "updated_at" in gone.before) == ("Approve", False)


def test_so_are_edits_of_entity_types_and_relations(tx: Tx) -> None:
    version, relation = made(tx, EntityTypeVersion, EntityRelation)
    unwrap(tx.execute(update(EntityTypeVersion).set(EntityTypeVersion.name.to("Deal")).all_rows()))
    unwrap(tx.execute(update(EntityRelation).set(EntityRelation.to_name.to("deals")).all_rows()))
    kept = unwrap(tx.one(select(EntityTypeEdit)))
    assert (kept.entity_type_id, kept.entity_type_version_id) == (
        version.entity_type_id,
        version.entity_type_version_id,
    )
    assert (kept.edit, kept.edited_by_user_id) == (Edited({"name": version.name}, {"name": "Deal"}), None)
    other = unwrap(tx.one(select(RelationEdit)))
    assert (other.relation_id, other.edit) == (
        relation.relation_id,
        Edited({"to_name": relation.to_name}, {"to_name": "deals"}),
    )


def test_versions_that_go_with_their_entity_type_are_kept_once(tx: Tx) -> None:
    (version,) = made(tx, EntityTypeVersion)
    unwrap(tx.scalar(sql("SELECT set_config('archetype.user_id', 'ada', true)").rows(str)))
    unwrap(tx.execute(delete(EntityType).all_rows()))
    assert unwrap(tx.all(select(EntityTypeVersion))) == []
    kept = unwrap(tx.one(select(EntityTypeEdit)))
    assert (kept.entity_type_id, kept.entity_type_version_id, kept.edited_by_user_id) == (
        version.entity_type_id,
        version.entity_type_version_id,
        UserId("ada"),
    )
    assert isinstance(kept.edit, Removed)
    assert kept.edit.before["name"] == version.name


def test_an_organization_that_goes_takes_all_along(tx: Tx) -> None:
    made(tx, Action, EntityTypeVersion, EntityRelation, WorkspaceVersion)
    unwrap(tx.execute(update(Action).set(Action.name.to("Other")).all_rows()))
    unwrap(tx.execute(delete(Organization).all_rows()))
    for table in (Action, EntityType, EntityTypeVersion, EntityRelation, ActionEdit, EntityTypeEdit, RelationEdit):
        assert unwrap(tx.all(select(table))) == []
    assert unwrap(tx.one(select(User.organization_id))) is None


# -------------------------------------------------------------------------------------------- what is never changed


def test_the_log_is_written_once(tx: Tx) -> None:
    made(tx, ActionLog)
    for statement in (
        update(ActionLog).set(ActionLog.duration_ms.to(1)).all_rows(),
        sql("UPDATE builder.action_log SET outcome = 'success'").command(),
    ):
        assert refused(tx, statement) == NOT_NOW


def draft_with(tx: Tx) -> WorkspaceVersion:
    (version,) = made(tx, WorkspaceVersion)
    assert isinstance(version, WorkspaceVersion)
    return version


def publish(db: Db) -> None:
    published = WorkspaceVersion.status.to(VersionStatus.PUBLISHED), WorkspaceVersion.published_at.to(LONG_AGO)
    unwrap(db.execute(update(WorkspaceVersion).set(*published).all_rows()))


def test_a_published_version_is_archived_and_nothing_else(tx: Tx) -> None:
    version = draft_with(tx)
    unwrap(tx.execute(update(WorkspaceVersion).set(WorkspaceVersion.message.to("still a draft")).all_rows()))
    publish(tx)
    for assignment in ("message = 'other'", "version_number = 9", "status = 'draft', published_at = NULL"):
        statement = sql(trusted(f"UPDATE builder.workspace_version SET {assignment}")).command()
        assert refused(tx, statement) == NOT_NOW
    archived = update(WorkspaceVersion).set(WorkspaceVersion.status.to(VersionStatus.ARCHIVED)).all_rows()
    assert tx.execute(archived) == Success(1)
    assert unwrap(tx.one(select(WorkspaceVersion))).workspace_version_id == version.workspace_version_id


def test_nothing_is_added_to_a_published_version(tx: Tx) -> None:
    version, action, entity_type = made(tx, WorkspaceVersion, Action, EntityTypeVersion)
    link = NewWorkspaceVersionActionVersion(
        workspace_version_id=version.workspace_version_id, action_version_id=action.action_version_id
    )
    assert tx.execute(insert(link)) == Success(1)
    publish(tx)
    late = NewWorkspaceVersionEntityTypeVersion(
        workspace_version_id=version.workspace_version_id, entity_type_version_id=entity_type.entity_type_version_id
    )
    assert refused(tx, insert(late)) == NOT_NOW
    assert len(unwrap(tx.all(select(WorkspaceVersionActionVersion)))) == 1
    # Nor is anything moved there, or away.
    drafted = NewWorkspaceVersion(organization_id=version.organization_id, version_number=99)
    draft = unwrap(tx.one(insert(drafted).returning(WorkspaceVersion.workspace_version_id)))
    of = WorkspaceVersionActionVersion
    assert refused(tx, update(of).set(of.workspace_version_id.to(draft)).all_rows()) == NOT_NOW
    in_draft = NewWorkspaceVersionEntityTypeVersion(
        workspace_version_id=draft, entity_type_version_id=entity_type.entity_type_version_id
    )
    unwrap(tx.execute(insert(in_draft)))
    types = WorkspaceVersionEntityTypeVersion
    back = update(types).set(types.workspace_version_id.to(version.workspace_version_id)).all_rows()
    assert refused(tx, back) == NOT_NOW


def test_what_comes_while_a_version_is_published_is_no_part_of_it(archetype: Database, archetype_url: str) -> None:
    with connect(archetype_url) as other:
        outcomes: list[Outcome[int]] = []
        with archetype.transaction() as tx:
            version, action = made(tx, WorkspaceVersion, Action)
        link = NewWorkspaceVersionActionVersion(
            workspace_version_id=version.workspace_version_id, action_version_id=action.action_version_id
        )
        late = threading.Thread(target=lambda: outcomes.append(other.execute(insert(link))))
        try:
            with archetype.transaction() as tx:
                publish(tx)
                late.start()
                waits = """SELECT count(*) FROM pg_stat_activity
                    WHERE wait_event_type = 'Lock' AND query LIKE '%workspace_version_action_version%'"""
                while late.is_alive() and not unwrap(archetype.apart.scalar(sql(waits).rows(int))):
                    pass
            late.join()
            assert outcomes[0].failure() == NOT_NOW
        finally:
            unwrap(archetype.execute(delete(Organization).all_rows()))
            unwrap(archetype.execute(delete(User).all_rows()))


@pytest.mark.parametrize(
    ("table", "assignment", "constraint"),
    [
        ("auth.organization", "slug = 'Acme'", "organization_slug_check"),
        ("auth.organization", "status = 'gone'", "organization_status_check"),
        ("billing_tracking.invoice", "paid_cents = 1000000000000001", "invoice_paid_check"),
        ("builder.workspace_version", "published_at = now()", "workspace_version_published_check"),
        ("builder.category", "parent_category_id = category_id", "category_parent_check"),
        ("builder.chain_run_table", "result_type = 'success'", "chain_run_table_result_check"),
        ("builder.chain_run_table", "result_type = 'maybe', result = '1'", "chain_run_table_result_type_check"),
        ("builder.onboarding_session", "step = 'done'", "onboarding_session_completed_check"),
        (
            "builder.data_store_config",
            """config = '{{"kind": "x", "Password": 1}}'""",
            "data_store_config_config_guard",
        ),
        ("marketing.blog_posts", "status = 'published', published_at = NULL", "blog_posts_published_check"),
        ("marketing.homepage_generation", "status = 'ready', homepage = NULL", "homepage_generation_homepage_check"),
    ],
)
def test_checks_hold_what_others_write(tx: Tx, table: str, assignment: str, constraint: str) -> None:
    made(tx, TABLES[table])
    space, _, name = table.partition(".")
    failed = refused(tx, sql(trusted(f"UPDATE {table} SET {assignment}")).command())
    assert failed == CheckViolation(constraint, name, space)


def test_no_transition_leads_out_of_its_machine(tx: Tx) -> None:
    (transition,) = made(tx, TABLES["builder.state_machine_transition"])
    failed = refused(tx, sql("UPDATE builder.state_machine_transition SET to_state_id = 'elsewhere'").command())
    assert failed == ForeignKeyViolation(
        "state_machine_transition_to_state_fkey", "state_machine_transition", "builder"
    )
    assert transition.to_state_id


def test_a_column_leaves_its_group_and_stays(tx: Tx) -> None:
    group, column = TABLES["builder.field_group"], TABLES["builder.data_model_entity_type_column"]
    (before,) = made(tx, group)
    found = {each: unwrap(tx.one(select(each))) for each in [*everything.ancestors(group), group]}
    everything.made(tx, column, found, field_group_id=before.field_group_id)
    unwrap(tx.execute(delete(group).all_rows()))
    left = unwrap(tx.one(select(column)))
    assert (left.field_group_id, left.entity_type_version_id) == (None, before.entity_type_version_id)


def test_whoever_bills_is_woken(archetype: Database, archetype_url: str) -> None:
    acme = make.organization(archetype, "billed").organization_id
    with psycopg.connect(archetype_url, autocommit=True) as listener:
        listener.execute("LISTEN billing_events")
        queued = unwrap(billing.enqueue(archetype, acme, "one", ActionsRun(ActionLogId("l"))))
        assert queued is not None
        (told,) = listener.notifies(timeout=10, stop_after=1)
    assert told.payload == acme
    unwrap(archetype.execute(delete(Organization).where(Organization.organization_id == acme)))


def test_two_workers_never_have_the_same_event(archetype: Database, archetype_url: str) -> None:
    acme = make.organization(archetype, "shared").organization_id
    for number in range(2):
        unwrap(billing.enqueue(archetype, acme, f"{number}", ActionsRun(ActionLogId("l"))))
    with connect(archetype_url) as other, archetype.transaction() as one, other.transaction() as two:
        first, second, none = unwrap(billing.claim(one)), unwrap(billing.claim(two)), unwrap(billing.claim(two))
        assert first is not None
        assert second is not None
        assert (first.billing_event_id != second.billing_event_id, none) == (True, None)
    unwrap(archetype.execute(delete(Organization).where(Organization.organization_id == acme)))
