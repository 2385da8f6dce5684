"""DELETE of many rows, each said by its key: what `delete(Table).by(...)` is, for `delete_many`.

https://www.postgresql.org/docs/current/sql-delete.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar, TypeVarTuple, cast, overload

from qb.query.by_key import Keyed, into_step, map_step, returning_step
from qb.query.entity import NamedRow
from qb.query.expr.column import Assignment
from qb.query.expr.selectable import Item
from qb.query.ladder import A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W
from qb.query.spread import Spread

R = TypeVar("R")
Row = TypeVar("Row")
Shaped = TypeVar("Shaped", bound=NamedRow)
T = TypeVar("T")
Ts = TypeVarTuple("Ts")
X = TypeVar("X")
Y = TypeVar("Y")


class DeleteBy(Keyed, Generic[T, Row]):
    """A DELETE of many rows, for `Db.delete_many`: each is said by its key.

    >>> db.delete_many([1, 2, 404], delete(Task).by(Task.id))
    <Success: 2>
    """

    __slots__ = ()

    @overload
    def returning(self) -> DeleteByReturning[Row, T]: ...
    # ladder: returning by, made by tools/overloads.py: change that, then run `make generate`
    # fmt: off
    @overload
    def returning(self, a: Item[A], /) -> DeleteByReturning[Row, A]: ...
    @overload
    def returning(self, a: Item[A], b: Item[B], /) -> DeleteByReturning[Row, tuple[A, B]]: ...
    @overload
    def returning(self, a: Item[A], b: Item[B], c: Item[C], /) -> DeleteByReturning[Row, tuple[A, B, C]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], /,
    ) -> DeleteByReturning[Row, tuple[A, B, C, D]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], /,
    ) -> DeleteByReturning[Row, tuple[A, B, C, D, E]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], /,
    ) -> DeleteByReturning[Row, tuple[A, B, C, D, E, F]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], /,
    ) -> DeleteByReturning[Row, tuple[A, B, C, D, E, F, G]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H], /,
    ) -> DeleteByReturning[Row, tuple[A, B, C, D, E, F, G, H]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], /,
    ) -> DeleteByReturning[Row, tuple[A, B, C, D, E, F, G, H, J]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], /,
    ) -> DeleteByReturning[Row, tuple[A, B, C, D, E, F, G, H, J, K]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], /,
    ) -> DeleteByReturning[Row, tuple[A, B, C, D, E, F, G, H, J, K, M]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], /,
    ) -> DeleteByReturning[Row, tuple[A, B, C, D, E, F, G, H, J, K, M, N]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], /,
    ) -> DeleteByReturning[Row, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], q: Item[Q], /,
    ) -> DeleteByReturning[Row, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], q: Item[Q], v: Item[V], /,
    ) -> DeleteByReturning[Row, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], q: Item[Q], v: Item[V], w: Item[W], /,
    ) -> DeleteByReturning[Row, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W]]: ...
    # fmt: on
    # end of the ladder
    def returning(self, *items: Any) -> Any:
        """The rows that are gone, in no order: whole, or the tables, columns and expressions asked for."""
        return DeleteByReturning[Any, Any](self.start, self.keys, (), self.further(partial(returning_step, items)))


class DeleteByReturning(Keyed, Generic[Row, R]):
    """A DELETE of many rows that gives rows back: of `Db.delete_many` a list of R, in no order.

    >>> db.delete_many([1, 1], delete(Task).by(Task.id).returning(Task.title))
    <Success: ['write']>
    """

    __slots__ = ()
    if TYPE_CHECKING:

        @overload
        def _spread(self: DeleteByReturning[Any, tuple[*Ts]]) -> tuple[*Ts]: ...
        @overload
        def _spread(self: DeleteByReturning[Any, Y]) -> tuple[Y]: ...
        def _spread(self) -> Any: ...

    def map(self: Spread[*Ts], function: Callable[[*Ts], X]) -> DeleteByReturning[Row, X]:
        """Each row given to a function, or to a Shape, by position."""
        query = cast("DeleteByReturning[Row, Any]", self)
        return DeleteByReturning(query.start, query.keys, (), query.further(partial(map_step, function)))

    def into(self, shape: type[Shaped], *fields: Assignment) -> DeleteByReturning[Row, Shaped]:
        """Rows of a Shape, field by field by name."""
        return DeleteByReturning(self.start, self.keys, (), self.further(partial(into_step, shape, fields)))
