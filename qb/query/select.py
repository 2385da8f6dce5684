"""SELECT: its clauses as methods that return new queries.

https://www.postgresql.org/docs/current/sql-select.html
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap, overload-cannot-match"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar, TypeVarTuple, cast, overload

from msgspec.structs import replace

from qb.errors import QueryError
from qb.query.distinct import distinct, distinct_on
from qb.query.entity import NamedRow
from qb.query.expr.column import Assignment
from qb.query.expr.expr import Condition, Expr
from qb.query.expr.operands import By
from qb.query.expr.order_by import ordered
from qb.query.expr.selectable import Item, Query
from qb.query.for_update import Lock, locking
from qb.query.from_clause import relation_of
from qb.query.group_by import grouped
from qb.query.having import group_condition
from qb.query.join import with_join
from qb.query.ladder import A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W
from qb.query.limit import row_count
from qb.query.shape import by_name, mapped, shape_of_items
from qb.query.spread import Spread
from qb.query.statement import Rows
from qb.query.union import combined
from qb.query.where import check_flag, row_condition
from qb.query.wider import Unread, Wider
from qb.tree.expressions import ScalarQuery
from qb.tree.from_clause import from_clause
from qb.tree.nullability import check_joined, check_shape
from qb.tree.select import SelectNode
from qb.tree.shapes import RowShape, ScalarShape
from qb.tree.union import SetNode

R_co = TypeVar("R_co", covariant=True)
S = TypeVar("S")
Shaped = TypeVar("Shaped", bound=NamedRow)
U = TypeVar("U")
Ts = TypeVarTuple("Ts")


class Select(Rows[R_co], Query[R_co]):
    """A query: what it selects is R, its clauses may be given in any order, and again: a second `where` ANDs.

    >>> query = select(User.name, fn.count(Task.id)).left_join(Task, on=Task.user_id == User.id)
    >>> db.all(query.group_by(User.id).order_by(User.id))
    <Success: [('Ada', 2), ('Grace', 1)]>
    """

    __slots__ = ()
    if TYPE_CHECKING:  # read-only

        @property
        def node(self) -> SelectNode | SetNode:
            """Its syntax tree."""
            ...

        def _beside(self: Select[S], narrower: Select[S], /) -> Select[S]: ...

    # ------------------------------------------------------------ rows

    def where(self, *conditions: Condition) -> Self:
        """Only the rows that meet every condition, those of an earlier `where` included."""
        before = self._select("where").where
        return self._with(where=before + tuple([row_condition(each, "where") for each in conditions]))

    def from_(self, *tables: type[NamedRow]) -> Self:
        """What to read from, where the select list does not say: by default its first relation."""
        before = self._select("from_")
        made = replace(before, from_=tuple(relation_of(table, "from_") for table in tables))
        check_joined(made, before)
        return cast("Self", Select(made))

    def join(self, table: type[NamedRow], on: Condition) -> Self:
        """INNER JOIN: pairs of rows that meet the condition."""
        return self._join("INNER", table, on)

    def left_join(self, table: type[NamedRow], on: Condition) -> Self:
        """LEFT JOIN: where no row of `table` meets the condition, its columns are NULL: select maybe(table)."""
        return self._join("LEFT", table, on)

    def right_join(self, table: type[NamedRow], on: Condition) -> Self:
        """RIGHT JOIN: every row of `table`; what was there before may be absent: select it with maybe."""
        return self._join("RIGHT", table, on)

    def full_join(self, table: type[NamedRow], on: Condition) -> Self:
        """FULL JOIN: every row of both sides; either may be absent: select both with maybe."""
        return self._join("FULL", table, on)

    def cross_join(self, table: type[NamedRow]) -> Self:
        """CROSS JOIN: every pair of rows."""
        return self._join("CROSS", table, None)

    def group_by(self, *groups: Expr[object]) -> Self:
        """One row for each set of equal values."""
        return self._with(group_by=self._select("group_by").group_by + grouped(groups))

    def having(self, *conditions: Condition) -> Self:
        """Only the groups that meet every condition."""
        return self._with(having=self._select("having").having + tuple(map(group_condition, conditions)))

    def distinct(self) -> Self:
        """Each row once."""
        return cast("Self", Select(distinct(self._select("distinct"))))

    def distinct_on(self, *keys: Expr[object]) -> Self:
        """The first row, by `order_by`, of each set of equal keys."""
        return cast("Self", Select(distinct_on(self._select("distinct_on"), keys)))

    def order_by(self, *order: By) -> Self:
        """The order of the rows; a later call adds lesser keys."""
        return self._with(order_by=self.node.order_by + ordered(order))

    def limit(self, count: int | Expr[int], *, with_ties: bool = False) -> Self:
        """At most `count` rows; `with_ties`: and all that are equal to the last of them in `order_by`.

        A count may be an argument of a database function.

        https://www.postgresql.org/docs/current/sql-select.html#SQL-LIMIT

        >>> db.all(select(Task.title, Task.done).order_by(Task.done).limit(1, with_ties=True))
        <Success: [('test', False), ('ship', False)]>
        """
        return self._with(limit=row_count(count, "limit"), ties=with_ties)

    def offset(self, count: int | Expr[int]) -> Self:
        """Without the first `count` rows."""
        return self._with(offset=row_count(count, "offset"))

    def for_(
        self, strength: Lock, *, of: type[NamedRow] | None = None, nowait: bool = False, skip_locked: bool = False
    ) -> Self:
        """Lock the rows that come back until the transaction ends.

        `skip_locked` leaves out the rows that others hold (a queue), `nowait` fails at once with a lock Timeout.
        https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE
        """
        clause = locking(strength, of, nowait=nowait, skip_locked=skip_locked)
        return self._with(locking=(*self._select("for_").locking, clause))

    def when(self, flag: object, step: Callable[[Self], Self]) -> Self:
        """The query after `step` where `flag`, a Python value, is true; as it is where not."""
        check_flag(flag)
        return step(self) if flag else self

    # ------------------------------------------------------------ rows in Python

    def map(self: Spread[*Ts], function: Callable[[*Ts], U]) -> Select[U]:
        """Each row given to a function, or to a Shape, by position."""
        query = cast("Select[Any]", self)
        return Select(_shaped(query.node, mapped(query.shape, function)))

    def into(self, shape: type[Shaped], *fields: Assignment) -> Select[Shaped]:
        """Rows of a Shape, field by field by name: `.into(Totals, Totals.user_id.to(User.id), ...)`.

        The fields take the place of the select list, which only says where to read from.
        """
        select = self._select("into")
        filled = by_name(shape, fields)
        made = replace(select, from_=from_clause(select), shape=filled)
        check_joined(made)
        return Select(made)

    # ------------------------------------------------------------ set operations

    @overload
    def union(self: Select[S], other: Select[S]) -> Select[S]: ...
    @overload
    def union(self, other: Wider[R_co, S] | Unread) -> Select[S]: ...
    @overload
    def union(self: Select[S], other: Select[S | None]) -> Select[S | None]: ...
    def union(self, other: Any) -> Select[Any]:
        """The rows of both, each once. https://www.postgresql.org/docs/current/queries-union.html"""
        return _combined("UNION", self, other)

    @overload
    def union_all(self: Select[S], other: Select[S]) -> Select[S]: ...
    @overload
    def union_all(self, other: Wider[R_co, S] | Unread) -> Select[S]: ...
    @overload
    def union_all(self: Select[S], other: Select[S | None]) -> Select[S | None]: ...
    def union_all(self, other: Any) -> Select[Any]:
        """The rows of both, repeated ones too."""
        return _combined("UNION ALL", self, other)

    @overload
    def intersect(self: Select[S], other: Select[S]) -> Select[S]: ...
    @overload
    def intersect(self: Select[S], other: Wider[S, object] | Unread) -> Select[S]: ...
    @overload
    def intersect(self: Select[S], other: Select[S | None]) -> Select[S]: ...
    def intersect(self, other: Any) -> Select[Any]:
        """The rows that are in both."""
        return _combined("INTERSECT", self, other)

    @overload
    def intersect_all(self: Select[S], other: Select[S]) -> Select[S]: ...
    @overload
    def intersect_all(self: Select[S], other: Wider[S, object] | Unread) -> Select[S]: ...
    @overload
    def intersect_all(self: Select[S], other: Select[S | None]) -> Select[S]: ...
    def intersect_all(self, other: Any) -> Select[Any]:
        """The rows that are in both, as often as in the one that has fewer."""
        return _combined("INTERSECT ALL", self, other)

    @overload
    def except_(self: Select[S], other: Select[S]) -> Select[S]: ...
    @overload
    def except_(self: Select[S], other: Wider[S, object] | Unread) -> Select[S]: ...
    @overload
    def except_(self: Select[S], other: Select[S | None]) -> Select[S]: ...
    def except_(self, other: Any) -> Select[Any]:
        """The rows that are not in the other, each once."""
        return _combined("EXCEPT", self, other)

    @overload
    def except_all(self: Select[S], other: Select[S]) -> Select[S]: ...
    @overload
    def except_all(self: Select[S], other: Wider[S, object] | Unread) -> Select[S]: ...
    @overload
    def except_all(self: Select[S], other: Select[S | None]) -> Select[S]: ...
    def except_all(self, other: Any) -> Select[Any]:
        """The rows that are more often here than in the other."""
        return _combined("EXCEPT ALL", self, other)

    # ------------------------------------------------------------ as an expression

    def as_scalar(self: Select[S]) -> Expr[S | None]:
        """The one value of a query of one column, None where it has no row.

        https://www.postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-SCALAR-SUBQUERIES
        """
        if not isinstance(self.shape, ScalarShape):
            raise QueryError("as_scalar takes a query of one column")
        output = self.shape.output
        return Expr(ScalarQuery(self.node), output.type, output.python, True)

    # ------------------------------------------------------------ inside

    def _select(self, clause: str) -> SelectNode:
        node = self.node
        if isinstance(node, SelectNode):
            return node
        raise QueryError(f"{clause} follows a set operation: put it on both sides, or read from subquery(query)")

    def _with(self, **clauses: Any) -> Self:
        return Select(replace(self.node, **clauses))  # type: ignore[return-value]

    def _join(self, kind: str, table: type[NamedRow], on: object) -> Self:
        return cast("Self", Select(with_join(self._select("join"), kind, table, on)))


def _shaped(node: SelectNode | SetNode, shape: RowShape) -> SelectNode | SetNode:
    return replace(node, shape=shape)


def _combined(operator: str, left: Select[Any], right: Any) -> Select[Any]:
    return Select(combined(operator, left.node, right.node))


# ladder: select, made by tools/overloads.py: change that, then run `make generate`
# fmt: off
@overload
def select(a: Item[A], /) -> Select[A]: ...
@overload
def select(a: Item[A], b: Item[B], /) -> Select[tuple[A, B]]: ...
@overload
def select(a: Item[A], b: Item[B], c: Item[C], /) -> Select[tuple[A, B, C]]: ...
@overload
def select(a: Item[A], b: Item[B], c: Item[C], d: Item[D], /) -> Select[tuple[A, B, C, D]]: ...
@overload
def select(a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], /) -> Select[tuple[A, B, C, D, E]]: ...
@overload
def select(
    a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], /,
) -> Select[tuple[A, B, C, D, E, F]]: ...
@overload
def select(
    a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], /,
) -> Select[tuple[A, B, C, D, E, F, G]]: ...
@overload
def select(
    a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H], /,
) -> Select[tuple[A, B, C, D, E, F, G, H]]: ...
@overload
def select(
    a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H], j: Item[J], /,
) -> Select[tuple[A, B, C, D, E, F, G, H, J]]: ...
@overload
def select(
    a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H], j: Item[J],
    k: Item[K], /,
) -> Select[tuple[A, B, C, D, E, F, G, H, J, K]]: ...
@overload
def select(
    a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H], j: Item[J],
    k: Item[K], m: Item[M], /,
) -> Select[tuple[A, B, C, D, E, F, G, H, J, K, M]]: ...
@overload
def select(
    a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H], j: Item[J],
    k: Item[K], m: Item[M], n: Item[N], /,
) -> Select[tuple[A, B, C, D, E, F, G, H, J, K, M, N]]: ...
@overload
def select(
    a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H], j: Item[J],
    k: Item[K], m: Item[M], n: Item[N], p: Item[P], /,
) -> Select[tuple[A, B, C, D, E, F, G, H, J, K, M, N, P]]: ...
@overload
def select(
    a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H], j: Item[J],
    k: Item[K], m: Item[M], n: Item[N], p: Item[P], q: Item[Q], /,
) -> Select[tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q]]: ...
@overload
def select(
    a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H], j: Item[J],
    k: Item[K], m: Item[M], n: Item[N], p: Item[P], q: Item[Q], v: Item[V], /,
) -> Select[tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V]]: ...
@overload
def select(
    a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H], j: Item[J],
    k: Item[K], m: Item[M], n: Item[N], p: Item[P], q: Item[Q], v: Item[V], w: Item[W], /,
) -> Select[tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W]]: ...
# fmt: on
# end of the ladder
def select(*items: Any) -> Any:
    """A query for tables, columns and expressions: one gives rows of it, several give tuples.

    It reads from the first table named; the others need a join. For more than sixteen items use `.into(AShape, ...)`.
    Errors: QueryError for what cannot be selected. https://www.postgresql.org/docs/current/sql-select.html

    >>> db.all(select(User.id, User.nickname).order_by(User.id))
    <Success: [(1, None), (2, 'Amazing')]>
    >>> db.one(select(Task).where(Task.title == "ship"))
    <Success: Task(id=3, user_id=2, title='ship', hours=None, done=False)>
    """
    shape = shape_of_items(items, "select")
    check_shape(shape, frozenset())
    made: Select[Any] = Select(SelectNode(shape))
    return made
