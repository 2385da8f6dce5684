"""Plans: operations in the order in which they can be done, as data and as the script that does them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qb.ddl.operation import Comment, Compare, Create, Drop, Operation
from qb.frozen import fix
from qb.model.constraint import Check, ForeignKeyDefinition
from qb.model.extension import Extension
from qb.model.namespace import Namespace
from qb.model.schema import Schema
from qb.model.table import TableDefinition
from qb.model.target import Feature
from qb.query.script import Script
from qb.types.identifier import PUBLIC
from qb.types.trusted import trusted


class Plan(Script):
    """A script that knows the operations it is made of.

    >>> plan = create_all(schema(User, Task))
    >>> plan.operations
    (<create table users>, <create table tasks>)
    >>> undone(plan.operations)
    (<drop table tasks>, <drop table users>)
    """

    __slots__ = ("newest", "operations")
    operations: tuple[Operation, ...]
    newest: Feature | None
    """What it needs of the server that came last."""

    def __init__(
        self, operations: Iterable[Operation], statements: Iterable[str], newest: Feature | None = None
    ) -> None:
        super().__init__(*map(trusted, statements))
        fix(self, "operations", tuple(operations))
        fix(self, "newest", newest)


def creation(schema: Schema, *, if_not_exists: bool = False) -> tuple[Operation, ...]:
    """What creates everything in the schema."""
    return tuple(_created(schema, if_not_exists))


def removal(schema: Schema, *, if_exists: bool = False, cascade: bool = False) -> tuple[Operation, ...]:
    """What drops it all again, but extensions, the last first."""
    return tuple(_dropped(schema, if_exists, cascade))


def undone(operations: Iterable[Operation]) -> tuple[Operation, ...] | None:
    """What undoes operations, the last one first; None where one of them cannot be undone.

    >>> undone(create_all(schema(User, Task)).operations)
    (<drop table tasks>, <drop table users>)
    >>> undone(drop_all(schema(User)).operations) is None
    True
    """
    found: list[Operation] = []
    for each in operations:
        if (inverse := each.inverse) is None:
            return None
        found.append(inverse)
    return tuple(reversed(found))


def _created(schema: Schema, if_not_exists: bool) -> Iterator[Operation]:
    if if_not_exists and schema.tables:
        yield Compare(schema.tables)
    for each in schema.roots:
        if isinstance(each, Namespace) and each.name == PUBLIC:
            continue
        # Extensions and schemas are shared with others.
        yield Create(each, if_not_exists or isinstance(each, Extension | Namespace))
        if isinstance(each, TableDefinition):
            for index in each.indexes:
                yield Create(index, if_not_exists)
            for column in each.columns:
                if column.comment is not None:
                    yield Comment(column, column.comment)
    for late in _late(schema):
        yield Create(late, if_not_exists)
    for table in schema.tables:
        for each in table.attached:
            yield Create(each, if_not_exists)


def _dropped(schema: Schema, if_exists: bool, cascade: bool) -> Iterator[Operation]:
    for late in _late(schema):
        if isinstance(late, ForeignKeyDefinition):
            yield Drop(late, if_exists)
    for table in schema.tables:  # those with another table in them keep that one from going
        for item in table.attached:
            if any(need.kind == "table" and need != table.identity for need in item.needs):
                yield Drop(item, if_exists)
    for each in reversed(schema.roots):
        if not isinstance(each, Extension) and not (isinstance(each, Namespace) and each.name == PUBLIC):
            yield Drop(each, if_exists, cascade and not isinstance(each, Namespace))


def _late(schema: Schema) -> Iterator[ForeignKeyDefinition | Check]:
    """The foreign keys that close a circle of tables, and what is not valid yet."""
    for table in schema.tables:
        yield from (each for each in table.checks if each.late)
        yield from (each for each in table.foreign_keys if each.late)
