"""RETURNING: what INSERT, UPDATE and DELETE give back, written once for the three.

https://www.postgresql.org/docs/current/dml-returning.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, TypeVarTuple, cast, overload

from msgspec.structs import replace

from qb.frozen import fix
from qb.query.entity import Entity, NamedRow
from qb.query.expr.column import Assignment
from qb.query.expr.selectable import Item, Query
from qb.query.ladder import A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W
from qb.query.shape import by_name, mapped, shape_of_items
from qb.query.spread import Spread
from qb.query.statement import Command, Rows
from qb.tree.delete import DeleteNode
from qb.tree.insert import InsertNode
from qb.tree.nullability import check_shape
from qb.tree.update import UpdateNode

R_co = TypeVar("R_co", covariant=True)
T_co = TypeVar("T_co", covariant=True)
X = TypeVar("X")
Shaped = TypeVar("Shaped", bound=NamedRow)
Ts = TypeVarTuple("Ts")


class Returning(Rows[R_co], Query[R_co]):
    """An INSERT, UPDATE or DELETE that returns rows; under `cte` other queries can read them.

    >>> done = update(Task).set(Task.done.to(True)).where(~Task.done).returning(Task.user_id, Task.title)
    >>> db.all(done.map(lambda user, title: f"{user}: {title}"))
    <Success: ['1: test', '2: ship']>
    """

    __slots__ = ()
    if TYPE_CHECKING:  # read-only

        @property
        def node(self) -> InsertNode | UpdateNode | DeleteNode:
            """Its syntax tree."""
            ...

    def map(self: Spread[*Ts], function: Callable[[*Ts], X]) -> Returning[X]:
        """Each row given to a function, or to a Shape, by position."""
        query = cast("Returning[Any]", self)
        return Returning(replace(query.node, shape=mapped(query.shape, function)))

    def into(self, shape: type[Shaped], *fields: Assignment) -> Returning[Shaped]:
        """Rows of a Shape, field by field by name."""
        filled = by_name(shape, fields)
        check_shape(filled, frozenset())
        return Returning(replace(self.node, shape=filled))


class Writes(Command, Generic[T_co]):
    """A statement that changes the rows of a table; its result is their number, or with `returning` the rows."""

    __slots__ = ("entity",)
    if TYPE_CHECKING:  # read-only

        @property
        def node(self) -> InsertNode | UpdateNode | DeleteNode:
            """Its syntax tree."""
            ...

    entity: Entity

    def __init__(self, node: InsertNode | UpdateNode | DeleteNode, entity: Entity) -> None:
        super().__init__(node)
        fix(self, "entity", entity)

    @overload
    def returning(self) -> Returning[T_co]: ...
    # ladder: returning, made by tools/overloads.py: change that, then run `make generate`
    # fmt: off
    @overload
    def returning(self, a: Item[A], /) -> Returning[A]: ...
    @overload
    def returning(self, a: Item[A], b: Item[B], /) -> Returning[tuple[A, B]]: ...
    @overload
    def returning(self, a: Item[A], b: Item[B], c: Item[C], /) -> Returning[tuple[A, B, C]]: ...
    @overload
    def returning(self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], /) -> Returning[tuple[A, B, C, D]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], /,
    ) -> Returning[tuple[A, B, C, D, E]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], /,
    ) -> Returning[tuple[A, B, C, D, E, F]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], /,
    ) -> Returning[tuple[A, B, C, D, E, F, G]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H], /,
    ) -> Returning[tuple[A, B, C, D, E, F, G, H]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], /,
    ) -> Returning[tuple[A, B, C, D, E, F, G, H, J]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], /,
    ) -> Returning[tuple[A, B, C, D, E, F, G, H, J, K]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], /,
    ) -> Returning[tuple[A, B, C, D, E, F, G, H, J, K, M]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], /,
    ) -> Returning[tuple[A, B, C, D, E, F, G, H, J, K, M, N]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], /,
    ) -> Returning[tuple[A, B, C, D, E, F, G, H, J, K, M, N, P]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], q: Item[Q], /,
    ) -> Returning[tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], q: Item[Q], v: Item[V], /,
    ) -> Returning[tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], q: Item[Q], v: Item[V], w: Item[W], /,
    ) -> Returning[tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W]]: ...
    # fmt: on
    # end of the ladder
    def returning(self, *items: Any) -> Any:
        """The rows as they are written (or deleted): whole, or the tables, columns and expressions asked for."""
        shape = shape_of_items(items, "returning") if items else self.entity.shape
        check_shape(shape, frozenset())
        return Returning[Any](replace(self.node, shape=shape))
