"""What UPDATE and DELETE of many rows share: a row is said by its key, and stands in a temporary table.

https://www.postgresql.org/docs/current/sql-update.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import Any, ClassVar, cast

from msgspec.structs import replace

from qb.errors import QueryError
from qb.frozen import Frozen, fix
from qb.query.entity import Entity
from qb.query.expr.column import Assignment, Column, column_of
from qb.query.expr.logic import condition
from qb.query.set import once, touched
from qb.query.some_rows import SomeRows
from qb.tree.delete import DeleteNode
from qb.tree.expressions import AnyOf, Bind, Cast, ColumnNode, Expression, InList
from qb.tree.relations import TableSource, label
from qb.tree.update import UpdateNode
from qb.tree.values import STAGED, staged_column
from qb.types.array import Array

_STAGED = TableSource(*STAGED.split("."))


class Keyed(Frozen):
    """A statement for rows that are still to come: what a row gives, of which the first ones are its key."""

    __slots__ = ("given", "keys", "start", "then")
    _said: ClassVar[str] = "a statement is a frozen value: its methods return new ones"
    start: SomeRows[Any]
    """The statement as it was before its key was said."""
    keys: tuple[Column[Any], ...]
    given: tuple[Column[Any], ...]
    """What is set."""
    then: tuple[Callable[[Any], Any], ...]
    """What else was said of it: returning, map, into."""

    def __init__(
        self,
        start: SomeRows[Any],
        keys: tuple[Column[Any], ...],
        given: tuple[Column[Any], ...] = (),
        then: tuple[Callable[[Any], Any], ...] = (),
    ) -> None:
        fix(self, "start", start)
        fix(self, "keys", keys)
        fix(self, "given", given)
        fix(self, "then", then)

    def __repr__(self) -> str:
        columns = ", ".join(column.label for column in (*self.keys, *self.given))
        return f"<{type(self).__name__}: rows of {columns} are still to come>"

    @property
    def entity(self) -> Entity:
        """Its table."""
        return self.start.entity

    @property
    def table(self) -> TableSource:
        """The same as a node."""
        return cast("TableSource", self.start.node.table)

    @property
    def verb(self) -> str:
        """What the method is called that takes the rows."""
        return "update_many" if isinstance(self.start.node, UpdateNode) else "delete_many"

    @property
    def columns(self) -> tuple[Column[Any], ...]:
        """What a row gives, in its order."""
        return self.keys + self.given

    @property
    def returns(self) -> bool:
        """Whether rows come back."""
        return bool(self.then)

    @property
    def complete(self) -> bool:
        """Whether it says all that there is to a row."""
        return bool(self.given) or isinstance(self.start.node, DeleteNode)

    @property
    def surely_unique(self) -> bool:
        """Whether the class says that there is one row of a key at most."""
        primary = self.entity.key
        return bool(primary) and {column.attribute for column in self.keys}.issuperset(primary)

    def one_of(self, values: Sequence[object]) -> Any:
        """The statement for keys of one column, which are judged as its values are: a float is no key of integers."""
        (key,) = self.keys
        node: Any = self.start.node
        if isinstance(key.type, Array) or key.type.wire.is_document:
            among: Expression = InList(key.node, tuple(Bind(value, key.stored, key.label) for value in values), False)
        else:
            among = AnyOf(key.node, Bind(list(values), Array(key.stored, nulls=False), key.label), False)
        return self._after(replace(node, where=(*node.where, among)))

    def staged(self, texts: Set[int] = frozenset()) -> Any:
        """The statement for rows that stand in the temporary table; `texts` are the places of those of its columns that
        hold text, whatever the type they are read as."""
        matches = tuple(
            condition(key == column_of(_staged(number, key), key.type, key.python, key.optional, key.attribute))
            for number, key in enumerate(self.keys)
        )
        node = self.start.node
        where = node.where + matches
        if isinstance(node, DeleteNode):
            return self._after(replace(node, using=(*node.using, _STAGED), where=where))
        added: dict[str, Expression] = {
            column.node.name: _read(number, column, text=number in texts)
            for number, column in enumerate(self.given, len(self.keys))
        }
        own = dict(node.assignments)
        assignments = own | dict(touched(self.entity, {*own, *added})) | added
        return self._after(
            replace(node, assignments=tuple(assignments.items()), from_=(*node.from_, _STAGED), where=where)
        )

    def declared(self) -> SomeRows[Any] | None:
        """An UPDATE that sets the same columns, to be described and never run; None where nothing is set."""
        if not self.given:
            return None
        assignments = tuple((each.node.name, Bind(None, each.stored, each.label)) for each in self.given)
        return type(self.start)(UpdateNode(self.table, assignments, every_row=True), self.entity)

    def further(self, step: Callable[[Any], Any]) -> tuple[Callable[[Any], Any], ...]:
        """What was said of it, and something more. QueryError where that cannot be."""
        step(self.staged())
        return (*self.then, step)

    def _after(self, node: UpdateNode | DeleteNode) -> Any:
        whole: Any = type(self.start)(node, self.entity)
        for step in self.then:
            whole = step(whole)
        return whole


def _staged(number: int, column: Column[Any]) -> ColumnNode:
    return ColumnNode(_STAGED, staged_column(number), column.optional)


def _read(number: int, column: Column[Any], *, text: bool) -> Expression:
    return Cast(_staged(number, column), column.stored) if text else _staged(number, column)


def key_of(start: SomeRows[Any], columns: tuple[object, ...]) -> tuple[Column[Any], ...]:
    """The columns of a key. QueryError for what is none of the table's."""
    verb = "update" if isinstance(start.node, UpdateNode) else "delete"
    found = _own(start, columns, "by")
    if not found:
        raise QueryError(f"{verb}({label(start.node.table)}).by takes the columns that say which row, such as its key")
    for column in found:
        _ = column == column
    return found


def _own(start: SomeRows[Any], columns: tuple[object, ...], clause: str) -> tuple[Column[Any], ...]:
    for item in columns:
        if not isinstance(item, Column):
            raise QueryError(f"{clause} takes columns such as User.name, not {type(item).__name__}")
    found = cast("tuple[Column[Any], ...]", columns)
    overridden = start.entity.generated if clause == "by" else frozenset[str]()
    once(start.entity, [Assignment(column, column.node) for column in found], clause, overridden)
    return found


def set_each(
    start: SomeRows[Any], keys: tuple[Column[Any], ...], columns: tuple[object, ...]
) -> tuple[Column[Any], ...]:
    """The columns that each row sets. QueryError for one of the key, a generated one, one that is set already."""
    found = _own(start, columns, "each")
    if not found:
        raise QueryError("each takes the columns that a row gives beside its key")
    assert isinstance(start.node, UpdateNode)
    assigned, touching = dict(start.node.assignments), dict(start.entity.touched)
    for column in found:
        if any(column.node == key.node for key in keys):
            raise QueryError(f"each: {column.label} says which row it is, in by(...): it is not set as well")
        if column.node.name in assigned and column.attribute not in touching:
            raise QueryError(f"each: {column.label} is given twice, as set says what it becomes")
    return found


def returning_step(items: tuple[Any, ...], whole: Any) -> Any:
    """`returning`, as a step."""
    return whole.returning(*items)


def map_step(function: Callable[..., Any], whole: Any) -> Any:
    """`map`, as a step."""
    return whole.map(function)


def into_step(shape: type[Any], fields: tuple[Assignment, ...], whole: Any) -> Any:
    """`into`, as a step."""
    return whole.into(shape, *fields)
