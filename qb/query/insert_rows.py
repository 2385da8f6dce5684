"""INSERT of rows that are there, as a statement.

https://www.postgresql.org/docs/current/sql-insert.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Self, TypeVar, cast, overload

from msgspec.structs import replace

from qb.errors import QueryError
from qb.query.entity import Entity, entity_of
from qb.query.expr.column import Assignment
from qb.query.expr.expr import Condition, Expr
from qb.query.from_clause import relation_of
from qb.query.on_conflict import conflict
from qb.query.returning import Writes
from qb.query.values import NewRow, assigned_values, row_values, table_written_to
from qb.tree.expressions import Default, Expression
from qb.tree.insert import InsertNode

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Insert(Writes[T_co]):
    """INSERT INTO.

    >>> again = insert(new(User)(name="Ada"), new(User)(name="Kurt")).on_conflict(User.name, nothing=True)
    >>> db.all(again.returning(User.name))
    <Success: ['Kurt']>
    """

    __slots__ = ()
    if TYPE_CHECKING:  # read-only

        @property
        def node(self) -> InsertNode:
            """Its syntax tree."""
            ...

    def set(self, *assignments: Assignment) -> Self:
        """What columns become in each of the rows, whatever the rows say of them.

        >>> body = new(Task)(user_id=1, title="rest")  # as a request gives it
        >>> db.one(insert(body).set(Task.title.to(fn.upper(body.title))).returning(Task.title))
        <Success: REST>
        """
        if self.node.query is not None:
            raise QueryError("set is for rows: of insert_from, select the expression among the columns of the query")
        added = assigned_values(assignments, self.entity, self.node.overriding is not None)
        rows = [row | added for row in _rows_of(self.node, self.entity)]
        return cast("Self", Insert(with_rows(self.node, self.entity, rows), self.entity))

    @overload
    def on_conflict(
        self, column: Expr[object], /, *columns: Expr[object], nothing: Literal[True], where: Condition | None = None
    ) -> Self: ...
    @overload
    def on_conflict(self, *, constraint: str | None = None, nothing: Literal[True]) -> Self: ...
    @overload
    def on_conflict(
        self,
        column: Expr[object],
        /,
        *columns: Expr[object],
        update: Sequence[Assignment],
        nothing: Literal[False] = False,
        where: Condition | None = None,
        update_where: Condition | None = None,
    ) -> Self: ...
    @overload
    def on_conflict(
        self,
        *,
        constraint: str,
        update: Sequence[Assignment],
        nothing: Literal[False] = False,
        update_where: Condition | None = None,
    ) -> Self: ...
    def on_conflict(
        self,
        *columns: Expr[object],
        update: Sequence[Assignment] = (),
        nothing: bool = False,
        constraint: str | None = None,
        where: Condition | None = None,
        update_where: Condition | None = None,
    ) -> Self:
        """What to do where a row with the same `columns` (or the same by `constraint`) is there already.

        The columns, or expressions such as `fn.lower(User.name)`, are those of a unique index or constraint.

        `nothing=True` leaves that row alone, `update` changes it: `excluded(User.name)` is the value that was not
        inserted. `where` names a partial unique index, `update_where` limits which rows are updated.
        https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
        """
        return self.conflicting(columns, update, nothing, constraint, where, update_where)

    def conflicting(
        self,
        columns: Sequence[Expr[object]],
        update: Sequence[Assignment],
        nothing: bool,
        constraint: str | None,
        where: Condition | None,
        update_where: Condition | None,
    ) -> Self:
        """What `on_conflict` makes, whichever of its forms was called."""
        node = conflict(self.entity, columns, update, nothing, constraint, where, update_where)
        return cast("Self", Insert(replace(self.node, conflict=node), self.entity))

    def overriding_system_value(self) -> Self:
        """Insert one's own value into a column that is GENERATED ALWAYS AS IDENTITY."""
        return cast("Self", Insert(replace(self.node, overriding="SYSTEM"), self.entity))


def inserted(rows: Sequence[NewRow[T]]) -> Insert[T]:
    """The INSERT of some rows, one at least."""
    table = table_written_to(rows[0])
    entity = cast("Entity", entity_of(table))
    values: list[dict[str, Expression]] = []
    for row in rows:
        if (other := table_written_to(row)) is not table:
            raise QueryError(
                f"insert: a row of {other.__name__} among rows of {table.__name__}: use one insert for each"
            )
        values.append(row_values(row, entity))
    return Insert(with_rows(InsertNode(relation_of(table, "insert"), (), None), entity, values), entity)


def with_rows(node: InsertNode, entity: Entity, rows: Sequence[dict[str, Expression]]) -> InsertNode:
    """The statement for these rows, each the values that it gives by attribute; the rest of them are defaults."""
    given = [attribute for attribute in entity.columns if any(attribute in row for row in rows)]
    if not given and len(rows) == 1:
        return replace(node, columns=(), rows=None)
    if not given:  # rows of nothing but defaults: VALUES needs a column to say so
        given = [next(name for name in entity.columns if name not in entity.generated)]
    default = Default()
    tuples = tuple(tuple(row.get(attribute, default) for attribute in given) for row in rows)
    columns = tuple(entity.columns[attribute].node.name for attribute in given)
    return replace(node, columns=columns, rows=tuples)


def _rows_of(node: InsertNode, entity: Entity) -> list[dict[str, Expression]]:
    """The values that the rows of a statement give, by attribute."""
    if node.rows is None:
        return [{}]
    assert isinstance(node.rows, tuple)  # a block of values is made when the statement is sent
    attributes = {column.node.name: attribute for attribute, column in entity.columns.items()}
    names = [attributes[name] for name in node.columns]
    return [
        {name: value for name, value in zip(names, row, strict=True) if not isinstance(value, Default)}
        for row in node.rows
    ]
