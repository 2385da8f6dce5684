"""Sequences: numbers that are each given once.

https://www.postgresql.org/docs/current/sql-createsequence.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec.structs import replace

from qb.errors import DefinitionError
from qb.model.counting import Counting, counting
from qb.model.object import Identity, Standalone, of_table, within_table
from qb.model.type import NamedType, named_type
from qb.query.expr.column import Column
from qb.query.expr.computed import Computed
from qb.tree.expressions import Call, Constant
from qb.tree.function import Function
from qb.tree.relations import TableSource
from qb.types import SqlType, pg
from qb.types.identifier import comment_text, identifier, name_before, qualified


class Sequence(Standalone, frozen=True):
    """A sequence of bigint, or of another integer."""

    kind: ClassVar[str] = "sequence"
    loses: ClassVar[bool] = True  # how far it is
    names_relation: ClassVar[bool] = True
    alters: ClassVar[frozenset[str]] = frozenset(("counting", "type", "owner"))
    privileges: ClassVar[Mapping[str, int]] = {"usage": 1, "select": 1, "update": 1}
    counting: Counting = Counting()
    type: NamedType = named_type(pg.bigint)
    owner: Identity | None = None
    """The column that it goes away with."""

    @property
    def start(self) -> int:
        """Its first number."""
        return self.counting.start

    @property
    def needs(self) -> tuple[Identity, ...]:
        """What has to be there first: its schema, and the column that it belongs to."""
        if self.owner is None:
            return super().needs
        return (*super().needs, Identity("table", self.owner.schema, "", self.owner.table), self.owner)

    def check_alter(self, after: Sequence) -> None:
        """It goes on from where it is, which is no number of the other direction."""
        if (self.counting.increment > 0) != (after.counting.increment > 0):
            raise DefinitionError(f"{self.identity} cannot turn round: drop it and create it anew")

    def next(self) -> Computed[int]:
        """Its next number, as a column's default or in a query: `default=invoice_numbers.next()`.

        >>> drawn = sequence("invoice_numbers").next()
        >>> print(compile(select(drawn)))
        SELECT nextval('"invoice_numbers"'::regclass)
        """
        return next_number(self.schema, self.name)


def next_number(schema: str | None, name: str) -> Computed[int]:
    """The next number of a sequence."""
    function = Function(
        "nextval", "never", typed="itself", volatility="volatile", uses=("sequence", schema or "", name), writes=True
    )
    return Computed(Call(function, (Constant(qualified(schema, name), "regclass"),)), pg.bigint, int, False)


def sequence(
    name: str,
    *,
    schema: str | None = None,
    type: SqlType[int | None] = pg.bigint,
    start: int | None = None,
    increment: int = 1,
    min: int | None = None,
    max: int | None = None,
    cache: int = 1,
    cycle: bool = False,
    owned_by: Column[Any] | None = None,
    external: bool = False,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> Sequence:
    """A sequence of its own, not that of an `identity()` column: `numbers = sequence("invoice_numbers", start=1000)`.

    `schema(...)` finds it in a module as it finds tables, and creates it before them, so that a default may be its next
    number: `default=numbers.next()`. A number that was taken is not given back by a rollback. A negative `increment`
    counts down from -1; with `cycle` it begins anew at its end. `cache` numbers are kept ready in each session.
    One that is `owned_by` a column is dropped with it; `default=serial(numbers)` says both. One that is `external` is
    somebody else's: it is drawn from and never created.
    `renamed_from` is what it was called before, for `qb generate`.
    Errors: DefinitionError. https://www.postgresql.org/docs/current/functions-sequence.html

    >>> numbers = sequence("invoice_numbers", start=1000)
    >>> print(create_all(schema(numbers)))
    CREATE SEQUENCE "invoice_numbers" START WITH 1000;
    """
    what = f"the sequence {identifier(name, 'a sequence')!r}"
    if schema is not None:
        identifier(schema, f"the schema of {what}")
    given: Any = type
    if not isinstance(given, SqlType) or not type.wire.is_integer:
        raise DefinitionError(f"{what} is of smallint, integer or bigint, not {type!r}: give pg.integer or its kin")
    counted = counting(what, type, start, increment, min, max, cache, cycle)
    owner = None if owned_by is None else _owner(what, owned_by)
    said = comment_text(comment, what)
    before = name_before(renamed_from, what)
    return Sequence(
        schema, name, counted, named_type(type), owner, external=bool(external), comment=said, renamed_from=before
    )


def _owner(what: str, column: object) -> Identity:
    relation = column.node.relation if isinstance(column, Column) else None
    if not isinstance(column, Column) or not isinstance(relation, TableSource):
        raise DefinitionError(f"{what}: owned_by takes a table's column such as User.id, not {column!r}")
    return within_table("column", relation, column.node.name)


def owned(sequence: Sequence, table: TableSource, column: str) -> Sequence:
    """The sequence as that of a column. DefinitionError where it is another one's."""
    owner = within_table("column", table, column)
    if sequence.owner not in (None, owner):
        raise DefinitionError(
            f"{of_table(table).title}.{column}: {sequence.identity} is owned by {sequence.owner.title}, and by one "
            "column alone: give each a sequence, or write default=numbers.next()"
        )
    return replace(sequence, owner=owner)


def serial_of(table: TableSource, column: str, type_: SqlType[Any]) -> Sequence:
    """The sequence that PostgreSQL makes for a serial, called as it calls it."""
    name = server_name(table.name, column, "seq")
    return Sequence(table.schema, name, Counting(), named_type(type_), within_table("column", table, column))


def server_name(table: str, column: str, label: str) -> str:
    """`table_column_label`, the longer of the two cut as PostgreSQL does (makeObjectName).

    >>> server_name("users", "id", "seq")
    'users_id_seq'
    """
    first, second = table.encode(), column.encode()
    left, right = len(first), len(second)
    while left + right > 63 - len(label) - 2:
        if left > right:
            left -= 1
        else:
            right -= 1
    cut = (each.decode(errors="ignore") for each in (first[:left], second[:right]))
    return "_".join((*cut, label))
