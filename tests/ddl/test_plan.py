"""Plans as data: each operation finds what it needs, and what can be undone is undone, on the server."""

from __future__ import annotations

import pytest

from qb import (
    Col,
    Database,
    DefinitionError,
    InvalidSql,
    Plan,
    Table,
    Tx,
    column,
    create_all,
    drop_all,
    index,
    schema,
    unique,
)
from qb.ddl.operation import Comment, Compare, Create, Drop, Operation
from qb.ddl.plan import creation, removal, undone
from qb.model.object import Object, Standalone
from qb.model.role import Role
from qb.model.sequence import Sequence
from qb.model.target import Requirements, Target
from qb.render.ddl.script import planned
from qb.render.ddl.write import write, writer
from tests.render import ddl_schemas

SCHEMAS = list(ddl_schemas.ALL)


class Note(Table, name="notes of plans"):
    id: Col[int] = column(primary_key=True)
    text: Col[str] = column(index=True, comment="what it says")


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_operation_finds_what_it_needs(name: str) -> None:
    there = {each.identity for each in ddl_schemas.ALL[name].objects if isinstance(each, Role) and each.external}
    for each in creation(ddl_schemas.ALL[name]):
        assert set(each.needs) <= there | set(each.gives), each
        there |= set(each.gives)
    assert there == {each.identity for each in ddl_schemas.ALL[name].objects}


@pytest.mark.parametrize("name", SCHEMAS)
def test_nothing_that_is_left_needs_what_was_dropped(name: str) -> None:
    left = {each.identity: each for each in ddl_schemas.ALL[name].objects}
    for operation in removal(ddl_schemas.ALL[name]):
        assert set(operation.needs) <= left.keys()
        for identity in operation.takes:
            left.pop(identity, None)
        for item in list(left.values()):
            if isinstance(item, Sequence) and item.owner in operation.takes:
                del left[item.identity]  # it goes away with its column
        for each in left.values():  # what a body names alone may go before it
            firmly = set(each.needs).difference(each.loose if isinstance(each, Standalone) else ())
            assert not firmly & set(operation.takes), (operation, each)
    assert {each.kind for each in left.values()} <= {"extension", "role"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_plan_has_one_statement_for_each_operation(name: str) -> None:
    for plan in (create_all(ddl_schemas.ALL[name], if_not_exists=True), drop_all(ddl_schemas.ALL[name])):
        assert isinstance(plan, Plan)
        assert [write(each, Requirements(Target())) for each in plan.operations] == list(plan.statements)
        assert all(each.transactional for each in plan.operations)


def test_operations_are_values() -> None:
    assert creation(schema(Note)) == creation(schema(Note))
    assert len({*creation(schema(Note)), *creation(schema(Note))}) == 3
    assert [repr(each) for each in creation(schema(Note), if_not_exists=True)] == [
        "<compare table notes of plans>",
        "<create table notes of plans>",
        "<create index notes of plans.notes of plans_text_idx>",
        "<comment column notes of plans.text>",
    ]


def test_what_undoes_a_creation(qb_tx: Tx) -> None:
    made = creation(schema(Note))
    back = undone(made)
    assert back is not None
    assert [type(each) for each in back] == [Comment, Drop, Drop]
    qb_tx.run(planned(made, Target())).unwrap()
    qb_tx.run(planned(back, Target())).unwrap()
    qb_tx.run(planned(made, Target())).unwrap()  # nothing is left of the first time


def test_what_loses_something_has_no_inverse() -> None:
    (table,) = schema(Note).tables
    of_it: list[Object] = [table, *table.columns]
    assert [Drop(each).inverse for each in of_it] == [None, None, None]
    assert undone(removal(schema(Note))) is None
    assert Create(table, if_not_exists=True).inverse is None  # it may have been there
    assert Drop(table.indexes[0], cascade=True).inverse is None
    assert Drop(table.indexes[0], if_exists=True).inverse is None
    assert Comment(table, "new", "old").inverse == Comment(table, "old", "new")
    assert Compare((table,)).inverse == Compare((table,))


def test_what_lives_in_a_table_goes_and_comes_back(qb_tx: Tx) -> None:
    """Every kind that loses nothing: dropped, and created again by the inverse of the drop."""

    class Child(Table, name="children of plans"):
        id: Col[int] = column(primary_key=True)
        note_id: Col[int] = column(references=Note.id, check=lambda note_id: note_id > 0)
        other: Col[int | None] = column(index=True, default=None)

    of = schema(Note, Child, unique(Child.other, Child.note_id))
    qb_tx.run(create_all(of)).unwrap()
    gone: list[Operation] = [Drop(each) for table in of.tables[1:] for each in table.children if not each.loses]
    assert {each.identity.kind for each in gone} == {"primary key", "unique", "check", "foreign key", "index"}
    back = undone(gone)
    assert back is not None
    qb_tx.run(planned(gone, Target())).unwrap()
    qb_tx.run(planned(back, Target())).unwrap()
    assert qb_tx.run(planned(back, Target())).failure().sqlstate in ("42P07", "42710")


def test_columns_and_comments(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Note))).unwrap()
    (table,) = schema(Note).tables
    text = table.columns[1]
    changes: list[Operation] = [Drop(text), Create(text), Comment(text, "o'clock"), Comment(text, None)]
    changes += [Comment(each, "it's said") for each in (table, *table.children)]
    changes[2:2] = [Create(table.indexes[0])]
    qb_tx.run(planned(changes, Target())).unwrap()


def test_concurrently_is_no_part_of_a_transaction(qb_db: Database) -> None:
    (table,) = schema(Note, index("n'\"1", Note.text)).tables
    made = Create(table.indexes[1], concurrently=True)
    inverse = made.inverse
    assert inverse is not None
    assert (made.transactional, inverse.transactional, Create(table.indexes[0]).transactional) == (False, False, True)
    with pytest.raises(DefinitionError, match="cannot run in a transaction, and a script is one"):
        planned([made], Target())
    with pytest.raises(DefinitionError, match="table notes of plans: only an index is created and"):
        write(Create(table, concurrently=True), Requirements(Target()))
    assert write(made, Requirements(Target())) == """CREATE INDEX CONCURRENTLY "n'""1" ON "notes of plans" ("text")"""
    assert write(inverse, Requirements(Target())) == """DROP INDEX CONCURRENTLY "n'""1\""""


def kinds(of: type[Object]) -> set[str]:
    found = {of.kind} if hasattr(of, "kind") else set[str]()
    return found.union(*map(kinds, of.__subclasses__()))


def test_every_kind_has_a_module_that_writes_it() -> None:
    assert kinds(Object) >= {each.kind for name in SCHEMAS for each in ddl_schemas.ALL[name].objects}
    for kind in kinds(Object):
        found = writer(kind)
        assert all(callable(getattr(found, name)) for name in ("create", "drop", "subject")), kind


def test_a_plan_says_what_is_wrong_with_it(qb_tx: Tx) -> None:
    (table,) = schema(Note).tables
    assert isinstance(qb_tx.run(planned([Drop(table)], Target())).failure(), InvalidSql)
