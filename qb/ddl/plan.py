"""Plans: operations in the order in which they can be done, as data and as the script that does them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Final

from msgspec.structs import replace

from qb.ddl.create import written_within
from qb.ddl.operation import Alter, Comment, Compare, Create, Drop, Operation
from qb.ddl.taken_back import taken_back
from qb.frozen import fix
from qb.model.constraint import Check, ForeignKeyDefinition
from qb.model.extension import Extension
from qb.model.grant import DefaultPrivileges
from qb.model.index import Index
from qb.model.namespace import Namespace
from qb.model.object import Attached, Identity, Object, Ownable, Standalone
from qb.model.policy import RowSecurity
from qb.model.role import Role
from qb.model.schema import Schema
from qb.model.sequence import Sequence
from qb.model.table import ColumnDefinition
from qb.model.target import Feature
from qb.model.trigger import EventTrigger
from qb.query.script import Script
from qb.types.identifier import PUBLIC
from qb.types.trusted import trusted

_SHARED: Final = Namespace(PUBLIC).identity
_LAST: Final = (DefaultPrivileges, EventTrigger)
"""What is about everything that is created after it, and so about nothing of its own script."""


class Plan(Script):
    """A script that knows the operations it is made of.

    >>> plan = create_all(schema(User, Task))
    >>> plan.operations
    (<create table users>, <create table tasks>)
    >>> undone(plan.operations)
    (<drop table tasks>, <drop table users>)
    """

    __slots__ = ("newest", "operations", "written")
    operations: tuple[Operation, ...]
    newest: Feature | None
    """What it needs of the server that came last."""
    written: tuple[tuple[str, ...], ...]
    """The statements of each operation."""

    def __init__(
        self, operations: Iterable[Operation], written: Iterable[tuple[str, ...]], newest: Feature | None = None
    ) -> None:
        fix(self, "written", tuple(written))
        super().__init__(*map(trusted, chain.from_iterable(self.written)))
        fix(self, "operations", tuple(operations))
        fix(self, "newest", newest)


def creation(schema: Schema, *, if_not_exists: bool = False, stand_ins: bool = False) -> tuple[Operation, ...]:
    """What creates everything in the schema that is ours, and with `stand_ins` what is not, too."""
    return tuple(_created(schema, if_not_exists, stand_ins))


def removal(
    schema: Schema,
    *,
    if_exists: bool = False,
    cascade: bool = False,
    stand_ins: bool = False,
    shared: Collection[Identity] = (),
) -> tuple[Operation, ...]:
    """What drops it all again, the last first; of extensions and roles those that are named."""
    return tuple(_dropped(schema, if_exists, cascade, stand_ins, shared))


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


def _created(schema: Schema, if_not_exists: bool, stand_ins: bool) -> Iterator[Operation]:
    ours = tuple(each for each in schema.tables if each.columns and not each.external)
    if if_not_exists and ours:
        yield Compare(ours)
    later = {each.identity for each in schema.roots if stand_ins or not _is_external(each)}
    for each in schema.roots:
        if (_is_external(each) and not stand_ins) or isinstance(each, _LAST):
            continue
        if isinstance(each, Namespace) and each.name == PUBLIC:
            continue
        if isinstance(each, Sequence):  # it becomes its column's once both are there
            each = replace(each, owner=None)
        # Extensions and schemas are shared with others.
        unchecked = isinstance(each, Standalone) and not later.isdisjoint(each.loose)
        yield Create(each, if_not_exists or isinstance(each, Extension | Namespace), unchecked=unchecked)
        later.discard(each.identity)
        for index in each.children:
            if isinstance(index, Index):
                yield Create(index, if_not_exists)
        for column in each.children:
            if isinstance(column, ColumnDefinition) and (made := column.as_created) != column:
                yield Alter(made, column)
        yield from _comments(
            each, *written_within(each), *(index for index in each.children if isinstance(index, Index))
        )
    for sequence in _owned(schema):
        if sequence.external and not stand_ins:
            continue
        yield Alter(replace(sequence, owner=None), sequence)
    for late in _late(schema, stand_ins):
        yield Create(late, if_not_exists)
        yield from _comments(late)
    for item in (*schema.tables, *schema.others):
        for each in item.children:
            if isinstance(each, Attached) and not (isinstance(each, RowSecurity) and _theirs(item, stand_ins)):
                yield Create(plain := each.as_created, if_not_exists)
                if plain != each:
                    yield Alter(plain, each)
                yield from _comments(each)
    for item in schema.others:
        if isinstance(item, _LAST):
            yield Create(item, if_not_exists)
            yield from _comments(item)


def _comments(*items: Object) -> Iterator[Comment]:
    yield from (Comment(each, each.comment) for each in items if each.comment is not None)


def _dropped(
    schema: Schema, if_exists: bool, cascade: bool, stand_ins: bool, shared: Collection[Identity]
) -> Iterator[Operation]:
    for item in reversed(schema.others):
        if isinstance(item, EventTrigger):
            yield Drop(item, if_exists, cascade)
    for late in _late(schema, stand_ins):
        if isinstance(late, ForeignKeyDefinition):
            yield Drop(late, if_exists)
    for root in (*schema.tables, *schema.others):  # those that need something else keep it from going
        for part in root.children:
            stays = not _is_external(root) and set(part.needs) <= {root.identity, *_columns(root)}
            if isinstance(part, RowSecurity) and _theirs(root, stand_ins):
                continue
            if isinstance(part, Attached) and not stays:
                yield Drop(part, if_exists)
    with_their_column = frozenset(_owned(schema))
    ours = {each.identity for each in schema.roots if stand_ins or not _is_external(each)} - {_SHARED}
    for whole in reversed(schema.roots):
        if (each := taken_back(whole, ours)) is None:
            continue
        if each in with_their_column or (_is_external(each) and not stand_ins) or isinstance(each, EventTrigger):
            continue
        if isinstance(each, Extension | Role) and each.identity not in shared:
            continue
        if not (isinstance(each, Namespace) and each.name == PUBLIC):
            yield Drop(each, if_exists, cascade and not isinstance(each, Namespace))


def _owned(schema: Schema) -> Iterator[Sequence]:
    """The sequences that go away with a column."""
    yield from (each for each in schema.others if isinstance(each, Sequence) and each.owner is not None)


def _is_external(item: Object) -> bool:
    return isinstance(item, Ownable) and item.external


def _theirs(item: Object, stand_ins: bool) -> bool:
    return _is_external(item) and not stand_ins


def _columns(root: Object) -> Iterator[Identity]:
    return (each.identity for each in root.children if isinstance(each, ColumnDefinition))


def _late(schema: Schema, stand_ins: bool) -> Iterator[ForeignKeyDefinition | Check]:
    """The foreign keys that close a circle of tables, and what is not valid yet."""
    for table in schema.tables:
        if table.external and not stand_ins:
            continue
        yield from (each for each in table.checks if each.late)
        yield from (each for each in table.foreign_keys if each.late)
