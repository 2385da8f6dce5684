"""DELETE. Without `where` it needs `all_rows()`.

https://www.postgresql.org/docs/current/sql-delete.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar, cast, overload

from qb.query.by_key import key_of
from qb.query.delete_by import DeleteBy
from qb.query.entity import Entity, NamedRow, TableRow, entity_of
from qb.query.expr.column import Column
from qb.query.from_clause import relation_of, written_to
from qb.query.ladder import A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W
from qb.query.some_rows import SomeRows
from qb.tree.delete import DeleteNode

T = TypeVar("T", bound=TableRow)
T_co = TypeVar("T_co", covariant=True)


class Delete(SomeRows[T_co]):
    """DELETE FROM.

    >>> print(compile(delete(Task).using(User).where(Task.user_id == User.id, User.name == "Ada")))
    DELETE FROM "tasks"
    USING "users"
    WHERE ("tasks"."user_id" = "users"."id") AND ("users"."name" = $1::varchar)
    """

    __slots__ = ()
    if TYPE_CHECKING:  # read-only

        @property
        def node(self) -> DeleteNode:
            """Its syntax tree."""
            ...

    # ladder: by delete, made by tools/overloads.py: change that, then run `make generate`
    # fmt: off
    @overload
    def by(self, a: Column[A], /) -> DeleteBy[T_co, A]: ...
    @overload
    def by(self, a: Column[A], b: Column[B], /) -> DeleteBy[T_co, tuple[A, B]]: ...
    @overload
    def by(self, a: Column[A], b: Column[B], c: Column[C], /) -> DeleteBy[T_co, tuple[A, B, C]]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], /,
    ) -> DeleteBy[T_co, tuple[A, B, C, D]]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], /,
    ) -> DeleteBy[T_co, tuple[A, B, C, D, E]]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], /,
    ) -> DeleteBy[T_co, tuple[A, B, C, D, E, F]]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G], /,
    ) -> DeleteBy[T_co, tuple[A, B, C, D, E, F, G]]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], /,
    ) -> DeleteBy[T_co, tuple[A, B, C, D, E, F, G, H]]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], /,
    ) -> DeleteBy[T_co, tuple[A, B, C, D, E, F, G, H, J]]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], /,
    ) -> DeleteBy[T_co, tuple[A, B, C, D, E, F, G, H, J, K]]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], /,
    ) -> DeleteBy[T_co, tuple[A, B, C, D, E, F, G, H, J, K, M]]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], n: Column[N], /,
    ) -> DeleteBy[T_co, tuple[A, B, C, D, E, F, G, H, J, K, M, N]]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], n: Column[N], p: Column[P], /,
    ) -> DeleteBy[T_co, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P]]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], n: Column[N], p: Column[P], q: Column[Q], /,
    ) -> DeleteBy[T_co, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q]]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], n: Column[N], p: Column[P], q: Column[Q], v: Column[V],
        /,
    ) -> DeleteBy[T_co, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V]]: ...
    @overload
    def by(
        self, a: Column[A], b: Column[B], c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G],
        h: Column[H], j: Column[J], k: Column[K], m: Column[M], n: Column[N], p: Column[P], q: Column[Q], v: Column[V],
        w: Column[W], /,
    ) -> DeleteBy[T_co, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W]]: ...
    # fmt: on
    # end of the ladder
    def by(self, *columns: Any) -> Any:
        """The same for many keys, for `delete_many`: of the primary key, or of the columns of a unique constraint."""
        return DeleteBy[Any, Any](self, key_of(self, columns))

    def using(self, *tables: type[NamedRow]) -> Self:
        """Other relations that the conditions read from."""
        return self._with(using=self.node.using + tuple(relation_of(table, "using") for table in tables))


def delete(table: type[T]) -> Delete[T]:
    """Delete rows of a table, to be run with `execute`; with `returning` it gives them. Without `where` or `all_rows()`
    it raises QueryError. https://www.postgresql.org/docs/current/sql-delete.html

    >>> db.all(delete(Task).where(Task.done).returning(Task.title))
    <Success: ['write']>
    """
    return Delete(DeleteNode(written_to(table, "delete")), cast("Entity", entity_of(table)))
