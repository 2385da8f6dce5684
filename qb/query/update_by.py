"""UPDATE of many rows, each said by its key: what `update(Table).by(...)` is, for `update_many`.

https://www.postgresql.org/docs/current/sql-update.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar, TypeVarTuple, cast, overload

from qb.query.by_key import Keyed, into_step, map_step, returning_step, set_each
from qb.query.entity import NamedRow
from qb.query.expr.column import Assignment, Column
from qb.query.expr.selectable import Item
from qb.query.ladder import A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W
from qb.query.spread import Spread

Keys = TypeVarTuple("Keys")
R = TypeVar("R")
Row = TypeVar("Row")
Shaped = TypeVar("Shaped", bound=NamedRow)
T = TypeVar("T")
Ts = TypeVarTuple("Ts")
X = TypeVar("X")
Y = TypeVar("Y")


class UpdateBy(Keyed, Generic[T, *Keys]):
    """An UPDATE whose rows say which row they are: `update(User).by(User.id)`; `each` says what else they give.

    >>> update(User).by(User.id).each(User.nickname)
    <UpdateEach: rows of users.id, users.nickname are still to come>
    """

    __slots__ = ()

    # ladder: each, made by tools/overloads.py: change that, then run `make generate`
    # fmt: off
    @overload
    def each(self, a: Column[A], /) -> UpdateEach[T, tuple[*Keys, A]]: ...
    @overload
    def each(self, a: Column[A], b: Column[B], /) -> UpdateEach[T, tuple[*Keys, A, B]]: ...
    @overload
    def each(self, a: Column[A], b: Column[B], c: Column[C], /) -> UpdateEach[T, tuple[*Keys, A, B, C]]: ...
    @overload
    def each(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], /,
    ) -> UpdateEach[T, tuple[*Keys, A, B, C, D]]: ...
    @overload
    def each(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], /,
    ) -> UpdateEach[T, tuple[*Keys, A, B, C, D, E]]: ...
    @overload
    def each(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], /,
    ) -> UpdateEach[T, tuple[*Keys, A, B, C, D, E, F]]: ...
    @overload
    def each(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G], /,
    ) -> UpdateEach[T, tuple[*Keys, A, B, C, D, E, F, G]]: ...
    @overload
    def each(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], /,
    ) -> UpdateEach[T, tuple[*Keys, A, B, C, D, E, F, G, H]]: ...
    @overload
    def each(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], /,
    ) -> UpdateEach[T, tuple[*Keys, A, B, C, D, E, F, G, H, J]]: ...
    @overload
    def each(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], /,
    ) -> UpdateEach[T, tuple[*Keys, A, B, C, D, E, F, G, H, J, K]]: ...
    @overload
    def each(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], /,
    ) -> UpdateEach[T, tuple[*Keys, A, B, C, D, E, F, G, H, J, K, M]]: ...
    @overload
    def each(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], n: Column[N], /,
    ) -> UpdateEach[T, tuple[*Keys, A, B, C, D, E, F, G, H, J, K, M, N]]: ...
    @overload
    def each(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], n: Column[N], p: Column[P], /,
    ) -> UpdateEach[T, tuple[*Keys, A, B, C, D, E, F, G, H, J, K, M, N, P]]: ...
    @overload
    def each(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], n: Column[N], p: Column[P], q: Column[Q], /,
    ) -> UpdateEach[T, tuple[*Keys, A, B, C, D, E, F, G, H, J, K, M, N, P, Q]]: ...
    @overload
    def each(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], n: Column[N], p: Column[P], q: Column[Q], v: Column[V],
        /,
    ) -> UpdateEach[T, tuple[*Keys, A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V]]: ...
    @overload
    def each(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], n: Column[N], p: Column[P], q: Column[Q], v: Column[V],
        w: Column[W], /,
    ) -> UpdateEach[T, tuple[*Keys, A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W]]: ...
    # fmt: on
    # end of the ladder
    def each(self, *columns: Any) -> Any:
        """What a row sets, in the order in which it gives them behind its key."""
        start = self.start
        return UpdateEach[Any, Any](start, self.keys, set_each(start, self.keys, columns))


class UpdateEach(Keyed, Generic[T, Row]):
    """An UPDATE of many rows, for `Db.update_many`: each is its key, and what it sets.

    >>> names = update(User).by(User.id).each(User.nickname)
    >>> db.update_many([(1, "Countess"), (2, None)], names)
    <Success: 2>
    """

    __slots__ = ()

    @overload
    def returning(self) -> UpdateEachReturning[Row, T]: ...
    # ladder: returning each, made by tools/overloads.py: change that, then run `make generate`
    # fmt: off
    @overload
    def returning(self, a: Item[A], /) -> UpdateEachReturning[Row, A]: ...
    @overload
    def returning(self, a: Item[A], b: Item[B], /) -> UpdateEachReturning[Row, tuple[A, B]]: ...
    @overload
    def returning(self, a: Item[A], b: Item[B], c: Item[C], /) -> UpdateEachReturning[Row, tuple[A, B, C]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], /,
    ) -> UpdateEachReturning[Row, tuple[A, B, C, D]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], /,
    ) -> UpdateEachReturning[Row, tuple[A, B, C, D, E]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], /,
    ) -> UpdateEachReturning[Row, tuple[A, B, C, D, E, F]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], /,
    ) -> UpdateEachReturning[Row, tuple[A, B, C, D, E, F, G]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H], /,
    ) -> UpdateEachReturning[Row, tuple[A, B, C, D, E, F, G, H]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], /,
    ) -> UpdateEachReturning[Row, tuple[A, B, C, D, E, F, G, H, J]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], /,
    ) -> UpdateEachReturning[Row, tuple[A, B, C, D, E, F, G, H, J, K]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], /,
    ) -> UpdateEachReturning[Row, tuple[A, B, C, D, E, F, G, H, J, K, M]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], /,
    ) -> UpdateEachReturning[Row, tuple[A, B, C, D, E, F, G, H, J, K, M, N]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], /,
    ) -> UpdateEachReturning[Row, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], q: Item[Q], /,
    ) -> UpdateEachReturning[Row, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], q: Item[Q], v: Item[V], /,
    ) -> UpdateEachReturning[Row, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], q: Item[Q], v: Item[V], w: Item[W], /,
    ) -> UpdateEachReturning[Row, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W]]: ...
    # fmt: on
    # end of the ladder
    def returning(self, *items: Any) -> Any:
        """The rows as they are written, in no order: whole, or the tables, columns and expressions asked for."""
        then = self.further(partial(returning_step, items))
        return UpdateEachReturning[Any, Any](self.start, self.keys, self.given, then)


class UpdateEachReturning(Keyed, Generic[Row, R]):
    """An UPDATE of many rows that gives rows back: of `Db.update_many` a list of R, in no order.

    >>> names = update(User).by(User.id).each(User.nickname).returning(User.name, User.nickname)
    >>> db.update_many([(1, "Countess")], names)
    <Success: [('Ada', 'Countess')]>
    """

    __slots__ = ()
    if TYPE_CHECKING:

        @overload
        def _spread(self: UpdateEachReturning[Any, tuple[*Ts]]) -> tuple[*Ts]: ...
        @overload
        def _spread(self: UpdateEachReturning[Any, Y]) -> tuple[Y]: ...
        def _spread(self) -> Any: ...

    def map(self: Spread[*Ts], function: Callable[[*Ts], X]) -> UpdateEachReturning[Row, X]:
        """Each row given to a function, or to a Shape, by position."""
        query = cast("UpdateEachReturning[Row, Any]", self)
        return UpdateEachReturning(query.start, query.keys, query.given, query.further(partial(map_step, function)))

    def into(self, shape: type[Shaped], *fields: Assignment) -> UpdateEachReturning[Row, Shaped]:
        """Rows of a Shape, field by field by name."""
        return UpdateEachReturning(self.start, self.keys, self.given, self.further(partial(into_step, shape, fields)))
