"""INSERT INTO a table whose rows are still to come: what `insert(Table)` is, for `insert_many`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, NoReturn, TypeVar, TypeVarTuple, cast, overload

from msgspec.structs import replace

from qb.errors import QueryError
from qb.frozen import Frozen, fix
from qb.query.entity import Entity, NamedRow, TableRow, entity_of
from qb.query.expr.column import Assignment
from qb.query.expr.expr import Condition, Expr
from qb.query.expr.selectable import Item
from qb.query.from_clause import REFRESHED, not_written, relation_of
from qb.query.insert_rows import Insert, with_rows
from qb.query.ladder import A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W
from qb.query.returning import Returning
from qb.query.spread import Spread
from qb.query.values import NewRow, assigned_values, check_complete, row_values, table_written_to
from qb.tree.expressions import Expression
from qb.tree.insert import InsertNode
from qb.tree.relations import TableSource, label
from qb.tree.values import ValuesBlock

R = TypeVar("R")
T = TypeVar("T")
X = TypeVar("X")
Y = TypeVar("Y")
Shaped = TypeVar("Shaped", bound=NamedRow)
Tabled = TypeVar("Tabled", bound=TableRow)
Ts = TypeVarTuple("Ts")


class _Unfilled(Frozen, Generic[T]):
    """A frozen INSERT without rows; `whole` is the statement as it would be for none, `entity` its table."""

    __slots__ = ("entity", "whole")
    _said: ClassVar[str] = "a statement is a frozen value: its methods return new ones"
    whole: Any
    entity: Entity

    def __init__(self, whole: Any, entity: Entity) -> None:
        fix(self, "whole", whole)
        fix(self, "entity", entity)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {label(self.table)}, its rows are still to come>"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.whole == cast("_Unfilled[Any]", other).whole

    def __hash__(self) -> int:
        return hash(self.whole)

    @property
    def node(self) -> NoReturn:
        """There is none yet. QueryError that says how to go on."""
        raise self.unfilled()

    @property
    def table(self) -> TableSource:
        """Where its rows are to go."""
        return cast("TableSource", self.whole.node.table)

    @property
    def plain(self) -> bool:
        """Whether it only inserts, so that COPY does the same."""
        whole: InsertNode = self.whole.node
        return whole.conflict is None and whole.overriding is None and whole.shape is None

    def unfilled(self) -> QueryError:
        """For whoever runs it as it is."""
        return QueryError(
            f"insert({label(self.table)}) has no rows yet: give it one with .values(new(...)(...)), or any number of "
            "them with db.insert_many(rows, statement)"
        )

    def of_block(self, names: tuple[str, ...], block: ValuesBlock) -> Any:
        """The statement for a number of rows, whose values are sent beside it."""
        return type(self.whole)(*_rest(self.whole, replace(self.whole.node, columns=names, rows=block)))

    def values(self, row: NewRow[T] | Sequence[Assignment], /, *rows: NewRow[T] | Sequence[Assignment]) -> Any:
        """The statement for these rows."""
        given = [self._given(each) for each in (row, *rows)]
        return type(self.whole)(*_rest(self.whole, with_rows(self.whole.node, self.entity, given)))

    def _given(self, row: object) -> dict[str, Expression]:
        if isinstance(row, Assignment):
            raise QueryError(
                f"insert({label(self.table)}).values takes rows, each a list of what its columns become: "
                "values([User.name.to(value), ...])"
            )
        if isinstance(row, Sequence):
            whole: InsertNode = self.whole.node
            values = assigned_values(cast("Sequence[Assignment]", row), self.entity, whole.overriding is not None)
            check_complete(self.entity, values, "insert", "given")
            return values
        other = relation_of(table_written_to(row), "insert")
        if other != self.table:
            raise QueryError(f"insert({label(self.table)}): a row of {label(other)} is none of this table's")
        return row_values(row, self.entity)


def _rest(whole: Any, node: InsertNode) -> tuple[Any, ...]:
    return (node, whole.entity) if isinstance(whole, Insert) else (node,)


class InsertIntoReturning(_Unfilled[T], Generic[T, R]):
    """An INSERT whose rows are still to come, and which gives rows back: of `Db.insert_many` a list of R.

    >>> made = insert(User).returning(User.name, User.id).map(lambda name, id: f"{id}: {name}")
    >>> db.insert_many([new(User)(name="Kurt"), new(User)(name="Alan")], made)
    <Success: ['3: Kurt', '4: Alan']>
    """

    __slots__ = ()

    def values(self, row: NewRow[T] | Sequence[Assignment], /, *rows: NewRow[T] | Sequence[Assignment]) -> Returning[R]:
        """The statement for these rows; see `InsertInto.values`."""
        return cast("Returning[R]", super().values(row, *rows))

    if TYPE_CHECKING:

        @overload
        def _spread(self: InsertIntoReturning[Any, tuple[*Ts]]) -> tuple[*Ts]: ...
        @overload
        def _spread(self: InsertIntoReturning[Any, Y]) -> tuple[Y]: ...
        def _spread(self) -> Any: ...

    def map(self: Spread[*Ts], function: Callable[[*Ts], X]) -> InsertIntoReturning[T, X]:
        """Each row given to a function, or to a Shape, by position."""
        query = cast("InsertIntoReturning[T, Any]", self)
        return InsertIntoReturning(query.whole.map(function), query.entity)

    def into(self, shape: type[Shaped], *fields: Assignment) -> InsertIntoReturning[T, Shaped]:
        """Rows of a Shape, field by field by name."""
        return InsertIntoReturning[T, Shaped](self.whole.into(shape, *fields), self.entity)


class InsertInto(_Unfilled[T]):
    """An INSERT whose rows are still to come: `insert(User)`, for `Db.insert_many`.

    >>> upsert = insert(User).on_conflict(User.name, update=[User.nickname.to(excluded(User.nickname))])
    >>> db.insert_many([new(User)(name="Ada", nickname="Countess")], upsert.returning(User.id))
    <Success: [1]>
    >>> db.one(upsert.values(new(User)(name="Grace", nickname="Admiral")).returning(User.nickname))
    <Success: Admiral>
    """

    __slots__ = ()

    def values(self, row: NewRow[T] | Sequence[Assignment], /, *rows: NewRow[T] | Sequence[Assignment]) -> Insert[T]:
        """The statement for these rows, each made by `new(Table)`, or a list of what its columns become.

        >>> rows = [[User.name.to(fn.lower(name)), User.nickname.to(name)] for name in ("Kurt", "Emmy")]
        >>> db.all(insert(User).values(*rows).returning(User.name, User.nickname))
        <Success: [('kurt', 'Kurt'), ('emmy', 'Emmy')]>
        """
        return cast("Insert[T]", super().values(row, *rows))

    @overload
    def on_conflict(
        self, column: Expr[object], /, *columns: Expr[object], nothing: Literal[True], where: Condition | None = None
    ) -> InsertInto[T]: ...
    @overload
    def on_conflict(self, *, constraint: str | None = None, nothing: Literal[True]) -> InsertInto[T]: ...
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
    ) -> InsertInto[T]: ...
    @overload
    def on_conflict(
        self,
        *,
        constraint: str,
        update: Sequence[Assignment],
        nothing: Literal[False] = False,
        update_where: Condition | None = None,
    ) -> InsertInto[T]: ...
    def on_conflict(
        self,
        *columns: Expr[object],
        update: Sequence[Assignment] = (),
        nothing: bool = False,
        constraint: str | None = None,
        where: Condition | None = None,
        update_where: Condition | None = None,
    ) -> InsertInto[T]:
        """What to do where a row with the same `columns` is there already; see `Insert.on_conflict`."""
        whole: Insert[T] = self.whole
        made = whole.conflicting(columns, update, nothing, constraint, where, update_where)
        return InsertInto(made, self.entity)

    def overriding_system_value(self) -> InsertInto[T]:
        """Insert one's own value into a column that is GENERATED ALWAYS AS IDENTITY."""
        return InsertInto(self.whole.overriding_system_value(), self.entity)

    @overload
    def returning(self) -> InsertIntoReturning[T, T]: ...
    # ladder: returning into, made by tools/overloads.py: change that, then run `make generate`
    # fmt: off
    @overload
    def returning(self, a: Item[A], /) -> InsertIntoReturning[T, A]: ...
    @overload
    def returning(self, a: Item[A], b: Item[B], /) -> InsertIntoReturning[T, tuple[A, B]]: ...
    @overload
    def returning(self, a: Item[A], b: Item[B], c: Item[C], /) -> InsertIntoReturning[T, tuple[A, B, C]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], /,
    ) -> InsertIntoReturning[T, tuple[A, B, C, D]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], /,
    ) -> InsertIntoReturning[T, tuple[A, B, C, D, E]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], /,
    ) -> InsertIntoReturning[T, tuple[A, B, C, D, E, F]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], /,
    ) -> InsertIntoReturning[T, tuple[A, B, C, D, E, F, G]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H], /,
    ) -> InsertIntoReturning[T, tuple[A, B, C, D, E, F, G, H]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], /,
    ) -> InsertIntoReturning[T, tuple[A, B, C, D, E, F, G, H, J]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], /,
    ) -> InsertIntoReturning[T, tuple[A, B, C, D, E, F, G, H, J, K]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], /,
    ) -> InsertIntoReturning[T, tuple[A, B, C, D, E, F, G, H, J, K, M]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], /,
    ) -> InsertIntoReturning[T, tuple[A, B, C, D, E, F, G, H, J, K, M, N]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], /,
    ) -> InsertIntoReturning[T, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], q: Item[Q], /,
    ) -> InsertIntoReturning[T, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], q: Item[Q], v: Item[V], /,
    ) -> InsertIntoReturning[T, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V]]: ...
    @overload
    def returning(
        self, a: Item[A], b: Item[B], c: Item[C], d: Item[D], e: Item[E], f: Item[F], g: Item[G], h: Item[H],
        j: Item[J], k: Item[K], m: Item[M], n: Item[N], p: Item[P], q: Item[Q], v: Item[V], w: Item[W], /,
    ) -> InsertIntoReturning[T, tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W]]: ...
    # fmt: on
    # end of the ladder
    def returning(self, *items: Any) -> Any:
        """The rows as they are written: whole, or the tables, columns and expressions asked for."""
        return InsertIntoReturning[Any, Any](self.whole.returning(*items), self.entity)


def insert_into(table: type[Tabled]) -> InsertInto[Tabled]:
    """The INSERT of a table whose rows are still to come."""
    relation, entity = relation_of(table, "insert"), cast("Entity", entity_of(table))
    if not isinstance(relation, TableSource):
        raise QueryError("insert takes rows made by new(Table)(...), or a table, and no alias, CTE or subquery")
    if relation.kind == REFRESHED:
        raise not_written(relation, "insert")
    return InsertInto(Insert[Tabled](InsertNode(relation, (), ()), entity), entity)
