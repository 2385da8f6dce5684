"""INSERT: of rows, of defaults, of a query; and what to do about a row that is there already.

https://www.postgresql.org/docs/current/sql-insert.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast, overload, runtime_checkable

from msgspec.structs import replace

from qb.errors import QueryError
from qb.query.assign import given_fields
from qb.query.beside import check_filled
from qb.query.conflict import conflict
from qb.query.entity import Entity, entity_of, relation_of
from qb.query.expr.column import Assignment, Column, written
from qb.query.expr.expr import Expr
from qb.query.expr.selectable import Query
from qb.query.ladder import A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W
from qb.query.raw_row import by_position
from qb.query.returning import Writes
from qb.tree.nodes import Default, Expression
from qb.tree.nullability import may_give_null
from qb.tree.slots import outputs
from qb.tree.statements import InsertNode, Output, shape_of
from qb.types.annotation import bare, shown
from qb.types.fit import fits

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@runtime_checkable
class NewRow(Protocol[T_co]):
    """An insertable row, as `new(Table)` makes them; fields left out are UNSET."""

    @property
    def __inserts__(self) -> type[T_co]:
        """The table."""
        ...


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

    def on_conflict(
        self,
        *columns: Expr[object],
        update: Sequence[Assignment] = (),
        nothing: bool = False,
        constraint: str | None = None,
        where: Expr[bool] | Expr[bool | None] | None = None,
        update_where: Expr[bool] | Expr[bool | None] | None = None,
    ) -> Self:
        """What to do where a row with the same `columns` (or the same by `constraint`) is there already.

        The columns, or expressions such as `fn.lower(User.name)`, are those of a unique index or constraint.

        `nothing=True` leaves that row alone, `update` changes it: `excluded(User.name)` is the value that was not
        inserted. `where` names a partial unique index, `update_where` limits which rows are updated.
        https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
        """
        node = conflict(self.entity, columns, update, nothing, constraint, where, update_where)
        return cast("Self", Insert(replace(self.node, conflict=node), self.entity))

    def overriding_system_value(self) -> Self:
        """Insert one's own value into a column that is GENERATED ALWAYS AS IDENTITY."""
        return cast("Self", Insert(replace(self.node, overriding="SYSTEM"), self.entity))


def insert(*rows: NewRow[T]) -> Insert[T]:
    """Insert rows of one table. Fields that a row leaves out take their column's default.

    For many rows see `Db.insert_many`, which has no limit. https://www.postgresql.org/docs/current/sql-insert.html

    >>> db.execute(insert(new(User)(name="Kurt"), new(User)(name="Alan")))
    <Success: 2>
    >>> db.one(insert(new(Task)(user_id=1, title="rest")).returning(Task.id, Task.done))
    <Success: (4, False)>
    """
    if not rows:
        raise QueryError("insert needs at least one row: insert(new(User)(...))")
    table = _table_of(rows[0])
    entity = cast("Entity", entity_of(table))
    values: list[dict[str, Expression]] = []
    for row in rows:
        if (other := _table_of(row)) is not table:
            raise QueryError(
                f"insert: a row of {other.__name__} among rows of {table.__name__}: use one insert for each"
            )
        values.append(row_values(row, entity))
    given = [attribute for attribute in entity.columns if any(attribute in each for each in values)]
    if not given and len(rows) == 1:
        return Insert(InsertNode(relation_of(table, "insert"), (), None), entity)
    if not given:  # rows of nothing but defaults: VALUES needs a column to say so
        given = [next(name for name in entity.columns if name not in entity.generated)]
    default = Default()
    tuples = tuple(tuple(each.get(attribute, default) for attribute in given) for each in values)
    columns = tuple(entity.columns[attribute].node.name for attribute in given)
    return Insert(InsertNode(relation_of(table, "insert"), columns, tuples), entity)


def row_values(row: object, entity: Entity) -> dict[str, Expression]:
    """The values that a new row gives, by attribute."""
    return {name: written(value, entity.columns[name], judged=False) for name, value in given_fields(row)}


def _table_of(row: object) -> type[Any]:
    table: object = getattr(type(row), "__inserts__", None)
    if table is None or isinstance(row, type):
        shown = row.__name__ if isinstance(row, type) else type(row).__name__
        raise QueryError(f"insert takes rows made by new(Table)(...), not {shown}")
    return cast("type[Any]", table)


# ladder: insert_from, made by tools/overloads.py: change that, then run `make generate`
# fmt: off
@overload
def insert_from(table: type[T], query: Query[A], a: Column[A], /) -> Insert[T]: ...
@overload
def insert_from(table: type[T], query: Query[tuple[A, B]], a: Column[A], b: Column[B], /) -> Insert[T]: ...
@overload
def insert_from(
    table: type[T], query: Query[tuple[A, B, C]], a: Column[A], b: Column[B], c: Column[C], /,
) -> Insert[T]: ...
@overload
def insert_from(
    table: type[T], query: Query[tuple[A, B, C, D]], a: Column[A], b: Column[B], c: Column[C], d: Column[D], /,
) -> Insert[T]: ...
@overload
def insert_from(
    table: type[T], query: Query[tuple[A, B, C, D, E]], a: Column[A], b: Column[B], c: Column[C], d: Column[D],
    e: Column[E], /,
) -> Insert[T]: ...
@overload
def insert_from(
    table: type[T], query: Query[tuple[A, B, C, D, E, F]], a: Column[A], b: Column[B], c: Column[C], d: Column[D],
    e: Column[E], f: Column[F], /,
) -> Insert[T]: ...
@overload
def insert_from(
    table: type[T], query: Query[tuple[A, B, C, D, E, F, G]], a: Column[A], b: Column[B], c: Column[C],
    d: Column[D], e: Column[E], f: Column[F], g: Column[G], /,
) -> Insert[T]: ...
@overload
def insert_from(
    table: type[T], query: Query[tuple[A, B, C, D, E, F, G, H]], a: Column[A], b: Column[B], c: Column[C],
    d: Column[D], e: Column[E], f: Column[F], g: Column[G], h: Column[H], /,
) -> Insert[T]: ...
@overload
def insert_from(
    table: type[T], query: Query[tuple[A, B, C, D, E, F, G, H, J]], a: Column[A], b: Column[B], c: Column[C],
    d: Column[D], e: Column[E], f: Column[F], g: Column[G], h: Column[H], j: Column[J], /,
) -> Insert[T]: ...
@overload
def insert_from(
    table: type[T], query: Query[tuple[A, B, C, D, E, F, G, H, J, K]], a: Column[A], b: Column[B], c: Column[C],
    d: Column[D], e: Column[E], f: Column[F], g: Column[G], h: Column[H], j: Column[J], k: Column[K], /,
) -> Insert[T]: ...
@overload
def insert_from(
    table: type[T], query: Query[tuple[A, B, C, D, E, F, G, H, J, K, M]], a: Column[A], b: Column[B], c: Column[C],
    d: Column[D], e: Column[E], f: Column[F], g: Column[G], h: Column[H], j: Column[J], k: Column[K], m: Column[M],
    /,
) -> Insert[T]: ...
@overload
def insert_from(
    table: type[T], query: Query[tuple[A, B, C, D, E, F, G, H, J, K, M, N]], a: Column[A], b: Column[B],
    c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G], h: Column[H], j: Column[J], k: Column[K],
    m: Column[M], n: Column[N], /,
) -> Insert[T]: ...
@overload
def insert_from(
    table: type[T], query: Query[tuple[A, B, C, D, E, F, G, H, J, K, M, N, P]], a: Column[A], b: Column[B],
    c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G], h: Column[H], j: Column[J], k: Column[K],
    m: Column[M], n: Column[N], p: Column[P], /,
) -> Insert[T]: ...
@overload
def insert_from(
    table: type[T], query: Query[tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q]], a: Column[A], b: Column[B],
    c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G], h: Column[H], j: Column[J], k: Column[K],
    m: Column[M], n: Column[N], p: Column[P], q: Column[Q], /,
) -> Insert[T]: ...
@overload
def insert_from(
    table: type[T], query: Query[tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V]], a: Column[A], b: Column[B],
    c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G], h: Column[H], j: Column[J], k: Column[K],
    m: Column[M], n: Column[N], p: Column[P], q: Column[Q], v: Column[V], /,
) -> Insert[T]: ...
@overload
def insert_from(
    table: type[T], query: Query[tuple[A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W]], a: Column[A], b: Column[B],
    c: Column[C], d: Column[D], e: Column[E], f: Column[F], g: Column[G], h: Column[H], j: Column[J], k: Column[K],
    m: Column[M], n: Column[N], p: Column[P], q: Column[Q], v: Column[V], w: Column[W], /,
) -> Insert[T]: ...
# fmt: on
# end of the ladder
def insert_from(table: type[Any], query: Query[Any], *columns: Column[Any]) -> Any:
    """INSERT INTO ... SELECT: the rows of a query, its columns going to `columns` in order.

    https://www.postgresql.org/docs/current/sql-insert.html

    >>> todo = select(Task.user_id, fn.concat("again: ", Task.title)).where(Task.done)
    >>> db.execute(insert_from(Task, todo, Task.user_id, Task.title))
    <Success: 1>
    """
    entity, relation = entity_of(table), relation_of(table, "insert_from")
    shape = shape_of(query.node)
    if entity is None or shape is None:
        raise QueryError("insert_from takes a table, a query, and the columns that the query fills")
    for column in columns:
        if column.node.relation != relation:
            raise QueryError(f"insert_from: {column.label} is not a column of the table")
    found = outputs(shape)
    if len(found) != len(columns):
        raise QueryError(f"insert_from: the query has {len(found)} columns and {len(columns)} are to be filled")
    for number, (column, output) in enumerate(zip(columns, found, strict=True)):
        _check_filled(column, output, optional=output.optional and may_give_null(query.node, number))
    if missing := entity.required.difference(column.attribute for column in columns):
        names = ", ".join(entity.columns[name].label for name in entity.columns if name in missing)
        raise QueryError(f"insert_from: {names} must be filled, too: it is NOT NULL and has no default")
    return Insert[Any](
        InsertNode(relation, tuple(column.node.name for column in columns), None, by_position(query.node)), entity
    )


def _check_filled(column: Column[Any], output: Output, *, optional: bool) -> None:
    """QueryError where a column is not of the type that fills it: PostgreSQL would round, cut, or take any text."""
    name = ".".join(each for each in (output.table, output.name) if each) or "an expression"
    if optional and not column.optional:
        raise QueryError(
            f"insert_from: {name} may be NULL, and {column.label} is NOT NULL: add .where(column.is_not_null()) to the "
            "query, or select fn.coalesce(...)"
        )
    if bare(output.python) is object:  # raw SQL or a document that says no more
        return
    exact = column.type.wire.is_numeric and bare(output.python) is int
    if not exact and not fits(output.python, column.python):
        raise QueryError(
            f"insert_from: {name} is {shown(output.python)}, and {column.label} {shown(column.python)}: "
            "select a value of that type, or cast it"
        )
    check_filled(f"insert_from: {name}", output.type, column.label, column.type)
