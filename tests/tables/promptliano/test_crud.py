"""The statements that every table has: on each of the thirteen, with rows that the description makes; soft delete."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, cast

import pytest

from qb import Failure, NotFound, Success, Table, Tx, UniqueViolation, select, unwrap
from qb.declare.table import describe
from qb.testing import factory
from tables.promptliano import api, crud, schema
from tables.promptliano.projects import NewProject, Project, ProjectChanges
from tables.promptliano.queues import QueueItem
from tables.promptliano.tickets import NewTicket
from tests.tables.promptliano import make

CRUDS: dict[type[Table], Any] = {
    each._table: each for each in vars(crud).values() if hasattr(each, "purge") or hasattr(each, "by_id")
}
ROWS = cast("tuple[type[Table], ...]", api.ROWS)
SOFT = [table for table in ROWS if hasattr(CRUDS[table], "purge")]


def parents(tx: Tx, until: type[Table]) -> list[Any]:
    """A row in each table before this one, for foreign keys to point to."""
    made: list[Any] = []
    for table in ordered():
        if table is until:
            break
        made.append(unwrap(tx.one(CRUDS[table].create(row(table, made)))))
    return made


def row(table: type[Table], parents: list[Any], seed: int = 0) -> Any:
    given: dict[str, Any] = {}
    if table is QueueItem:  # a ticket or a task, and not both
        given["task_id"] = None
    return factory(cast("Any", table), parents=parents, seed=seed)(**given)


def ordered() -> Iterator[type[Table]]:
    by_name = {describe(cast("Any", table)).source.name: table for table in ROWS}
    yield from (by_name[each.source.name] for each in schema.tables)


def test_every_table_has_them() -> None:
    assert CRUDS.keys() == set(ROWS)
    assert {table.__name__ for table in SOFT} == {"Project", "Ticket", "Chat", "Prompt"}


@pytest.mark.parametrize("table", ROWS, ids=lambda table: table.__name__)
def test_created_read_listed_and_deleted(tx: Tx, table: type[Table]) -> None:
    statements, before = CRUDS[table], parents(tx, table)
    made = unwrap(tx.one(statements.create(row(table, before))))
    assert tx.one(statements.by_id(made.id)) == Success(made)
    assert tx.all(statements.list()) == Success([made])
    assert tx.all(statements.list(after=made.id)) == Success([])
    assert unwrap(tx.one(statements.delete(made.id))).id == made.id
    assert tx.first(statements.by_id(made.id)) == Success(None)
    assert isinstance(tx.one(statements.delete(made.id)), Failure)


@pytest.mark.parametrize("table", SOFT, ids=lambda table: table.__name__)
def test_deleted_restored_and_purged(tx: Tx, table: type[Table]) -> None:
    statements, before = CRUDS[table], parents(tx, table)
    made = unwrap(tx.one(statements.create(row(table, before))))
    assert tx.execute(statements.purge(made.id)) == Success(0)  # it lives
    deleted = unwrap(tx.one(statements.delete(made.id)))
    assert deleted.deleted_at is not None
    assert tx.all(statements.list()) == Success([])
    assert tx.all(select(table)).map(len) == Success(1)  # the row is there
    restored = unwrap(tx.one(statements.restore(made.id)))
    assert restored.deleted_at is None
    assert isinstance(tx.one(statements.restore(made.id)), Failure)
    unwrap(tx.one(statements.delete(made.id)))
    assert tx.execute(statements.purge(made.id)) == Success(1)
    assert tx.all(select(table)) == Success([])


def test_what_was_deleted_long_ago_is_purged(tx: Tx) -> None:
    old, young, living = (make.project(tx, name) for name in ("old", "young", "living"))
    for each in (old, young):
        unwrap(tx.one(crud.projects.delete(each.id)))
    make.stored(tx, f"UPDATE projects SET deleted_at = deleted_at - interval '40 days' WHERE id = {old.id}")
    month_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=30)
    assert tx.execute(crud.projects.purge_before(month_ago)) == Success(1)
    left = unwrap(tx.all(select(Project.id).order_by(Project.id)))
    assert left == [young.id, living.id]


def test_patched(tx: Tx) -> None:
    project = make.project(tx)
    changed = unwrap(tx.one(crud.projects.patch(project.id, ProjectChanges(name="Another", description=None))))
    assert (changed.name, changed.description, changed.path) == ("Another", None, project.path)
    unwrap(tx.one(crud.projects.delete(project.id)))
    gone = tx.one(crud.projects.patch(project.id, ProjectChanges(name="x")))
    assert gone == Failure(NotFound("projects"))


def test_a_path_is_free_again_once_its_project_is_deleted(tx: Tx) -> None:
    first = unwrap(tx.one(crud.projects.create(NewProject(name="One", path="/a"))))
    unwrap(tx.one(crud.projects.delete(first.id)))
    unwrap(tx.one(crud.projects.create(NewProject(name="Two", path="/a"))))
    with tx.transaction(rollback=True) as inner, pytest.raises(UniqueViolation):
        unwrap(inner.one(crud.projects.restore(first.id)))


def test_pages_by_key(tx: Tx) -> None:
    project = make.project(tx)
    made = [unwrap(tx.one(crud.tickets.create(NewTicket(project_id=project.id, title=f"{n}")))) for n in range(5)]
    page = unwrap(tx.all(crud.tickets.list(limit=2)))
    assert page == made[:2]
    assert unwrap(tx.all(crud.tickets.list(after=page[-1].id, limit=2))) == made[2:4]
