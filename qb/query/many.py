"""`many`: the rows that belong to a row, as a list inside it, in the same one query."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, overload

from msgspec.structs import replace

from qb.errors import QueryError
from qb.frozen import FrozenStruct
from qb.query.entity import NamedRow, entity_of
from qb.query.expr.expr import Expr
from qb.query.expr.logic import condition
from qb.query.expr.order_by import Ordering, ordered
from qb.query.expr.selectable import Query, Selectable
from qb.query.from_clause import relation_of
from qb.query.limit import row_count
from qb.query.raw_row import by_position
from qb.tree.select import SelectNode
from qb.tree.shapes import NestedShape
from qb.tree.statements import StatementNode, shape_of

A = TypeVar("A")
Named = TypeVar("Named", bound=NamedRow)
T_co = TypeVar("T_co", covariant=True)


class Many(FrozenStruct, Selectable[T_co], Generic[T_co]):
    """A list of rows inside a row: one correlated subquery, decoded in one pass."""

    shape: NestedShape


@overload
def many(rows: Query[A], /) -> Selectable[list[A]]: ...
@overload
def many(
    table: type[Named],
    /,
    *,
    on: Expr[bool | None],
    order_by: Expr[object] | Ordering[object] | tuple[Expr[object] | Ordering[object], ...] | None = None,
    limit: int | None = None,
) -> Selectable[list[Named]]: ...
def many(rows: Any, /, *, on: Any = None, order_by: Any = None, limit: int | None = None) -> Any:
    """The rows of a query, or of a table `on` a condition, that belong to each row; an empty list where there are none.

    `select(User, many(Task, on=Task.user_id == User.id))` gives tuples of a User and a list of its Tasks.
    https://www.postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-SCALAR-SUBQUERIES

    >>> titles = select(Task.title).where(Task.user_id == User.id).order_by(Task.id)
    >>> db.all(select(User.name, many(titles)).order_by(User.id))
    <Success: [('Ada', ['write', 'test']), ('Grace', ['ship'])]>
    """
    if isinstance(rows, Query):
        if on is not None or order_by is not None or limit is not None:
            raise QueryError("many(query): say where, order_by and limit on the query itself")
        return Many[Any](_nested(rows.node))
    if (entity := entity_of(rows)) is None:
        raise QueryError(f"many takes a query or a table with on=, not {rows!r}")
    if on is None:
        raise QueryError("many(table) needs on=: which of its rows belong to a row, such as Task.user_id == User.id")
    select = SelectNode(
        entity.shape,
        from_=(relation_of(rows, "many"),),
        where=(condition(on),),
        order_by=() if order_by is None else ordered(order_by),
        limit=None if limit is None else row_count(limit, "limit"),
    )
    return Many[Any](replace(_nested(select), on=True))


def _nested(query: StatementNode) -> NestedShape:
    shape = shape_of(query)
    if shape is None:
        raise QueryError("many takes a query that returns rows")
    return NestedShape(by_position(query), shape)
