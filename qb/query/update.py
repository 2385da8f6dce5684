"""UPDATE. Without `where` it needs `all_rows()`, as forgetting is easier than restoring.

https://www.postgresql.org/docs/current/sql-update.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast, overload, runtime_checkable

from qb.errors import QueryError
from qb.query.by_key import key_of
from qb.query.entity import Entity, NamedRow, TableRow, entity_of
from qb.query.expr.column import Assignment, Column, assigned_value
from qb.query.expr.expr import Condition
from qb.query.expr.logic import condition
from qb.query.from_clause import relation_of, written_to
from qb.query.ladder import A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W
from qb.query.set import assigned, touched
from qb.query.some_rows import SomeRows
from qb.query.update_by import UpdateBy
from qb.query.values import given_fields
from qb.tree.expressions import Expression
from qb.tree.join import Join
from qb.tree.update import UpdateNode

T = TypeVar("T", bound=TableRow)
T_co = TypeVar("T_co", covariant=True)


@runtime_checkable
class PatchRow(Protocol[T_co]):
    """Some of a row's fields, as `patch(Table)` makes them; the others are UNSET."""

    @property
    def __patches__(self) -> type[T_co]:
        """The table."""
        ...


class Update(SomeRows[T_co]):
    """UPDATE ... SET.

    >>> body = patch(User)(nickname="Countess")
    >>> db.one(update(User).patch(body).where(User.id == 1).returning(User.name, User.nickname))
    <Success: ('Ada', 'Countess')>
    """

    __slots__ = ()
    if TYPE_CHECKING:  # read-only

        @property
        def node(self) -> UpdateNode:
            """Its syntax tree."""
            ...

    def set(self, *assignments: Assignment) -> Self:
        """What columns become: `User.name.to("x")`, `Task.quantity.to(Task.quantity + 1)`."""
        added = assigned(self.entity, assignments, "set")
        return self._with(
            assignments=_merged(self.node.assignments, added, {each.column.node.name for each in assignments})
        )

    def patch(self, values: PatchRow[T_co]) -> Self:
        """What a request body gives: a row made by `patch(Table)`, whose UNSET fields stay as they are.

        One without any field changes nothing, what `on_update` sets included; the rows that it meets come back.
        """
        table: object = getattr(type(values), "__patches__", None)
        entity = entity_of(table)
        if entity is None or entity.relation != self.entity.relation:
            raise QueryError(
                f"patch takes a row made by patch(Table)(...) of the same table, not {type(values).__name__}"
            )
        pairs: dict[str, Expression] = {}
        for name, value in given_fields(values):
            column = self.entity.columns[name]
            pairs[column.node.name] = assigned_value(value, column, judged=False)
        added = tuple(pairs.items())
        if added:
            added += touched(self.entity, pairs)
        elif not self.node.assignments:  # an empty body changes nothing, and the row is still there to be returned
            column = next(iter(self.entity.columns.values()))
            added = ((column.node.name, column.node),)
        return self._with(assignments=_merged(self.node.assignments, added, set(pairs)))

    # ladder: by update, made by tools/overloads.py: change that, then run `make generate`
    # fmt: off
    @overload
    def by(self, a: Column[A], /) -> UpdateBy[T_co, A]: ...
    @overload
    def by(self, a: Column[A], b: Column[B], /) -> UpdateBy[T_co, A, B]: ...
    @overload
    def by(self, a: Column[A], b: Column[B], c: Column[C], /) -> UpdateBy[T_co, A, B, C]: ...
    @overload
    def by(self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], /) -> UpdateBy[T_co, A, B, C, D]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], /,
    ) -> UpdateBy[T_co, A, B, C, D, E]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], /,
    ) -> UpdateBy[T_co, A, B, C, D, E, F]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G], /,
    ) -> UpdateBy[T_co, A, B, C, D, E, F, G]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], /,
    ) -> UpdateBy[T_co, A, B, C, D, E, F, G, H]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], /,
    ) -> UpdateBy[T_co, A, B, C, D, E, F, G, H, J]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], /,
    ) -> UpdateBy[T_co, A, B, C, D, E, F, G, H, J, K]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], /,
    ) -> UpdateBy[T_co, A, B, C, D, E, F, G, H, J, K, M]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], n: Column[N], /,
    ) -> UpdateBy[T_co, A, B, C, D, E, F, G, H, J, K, M, N]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], n: Column[N], p: Column[P], /,
    ) -> UpdateBy[T_co, A, B, C, D, E, F, G, H, J, K, M, N, P]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], n: Column[N], p: Column[P], q: Column[Q], /,
    ) -> UpdateBy[T_co, A, B, C, D, E, F, G, H, J, K, M, N, P, Q]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], n: Column[N], p: Column[P], q: Column[Q], v: Column[V],
        /,
    ) -> UpdateBy[T_co, A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], n: Column[N], p: Column[P], q: Column[Q], v: Column[V],
        w: Column[W], /,
    ) -> UpdateBy[T_co, A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W]: ...
    # fmt: on
    # end of the ladder
    def by(self, *columns: Any) -> Any:
        """The same for many rows, each of which gives its key, for `update_many`; `each` says what else it gives.

        The columns are the primary key, or those of a unique constraint.
        """
        return UpdateBy[Any, *tuple[Any, ...]](self, key_of(self, columns))

    def from_(self, *tables: type[NamedRow]) -> Self:
        """Other relations that the values and the conditions read from."""
        return self._with(from_=self.node.from_ + tuple(relation_of(table, "from_") for table in tables))

    def join(self, table: type[NamedRow], *, on: Condition) -> Self:
        """INNER JOIN, to what `from_` named."""
        if not self.node.from_:
            raise QueryError(
                "join follows from_ in an update: from_(table) and where say how it belongs to the updated one"
            )
        return self._with(joins=(*self.node.joins, Join("INNER", relation_of(table, "join"), condition(on))))


def update(table: type[T]) -> Update[T]:
    """Change rows of a table, to be run with `execute`; with `returning` it gives them. Without `where` or `all_rows()`
    it raises QueryError. https://www.postgresql.org/docs/current/sql-update.html

    >>> db.execute(update(Task).set(Task.hours.to(Task.hours + 1)).where(Task.user_id == 1))
    <Success: 2>
    """
    relation = written_to(table, "update")
    return Update(UpdateNode(relation), cast("Entity", entity_of(table)))


def _merged(
    old: tuple[tuple[str, Expression], ...], new: tuple[tuple[str, Expression], ...], given: set[str]
) -> tuple[tuple[str, Expression], ...]:
    # What a later call says by name wins; what on_update adds never replaces what was said.
    merged = dict(old)
    for name, value in new:
        if name in given or name not in merged:
            merged[name] = value
    return tuple(merged.items())
