"""INSERT: of rows, of defaults, of rows that are still to come, of a query.

https://www.postgresql.org/docs/current/sql-insert.html
"""

from __future__ import annotations

from typing import Any, TypeVar, cast, overload

from qb.errors import QueryError
from qb.query.assignable import check_fits
from qb.query.entity import TableRow, entity_of
from qb.query.expr.column import Assignment, Column
from qb.query.expr.selectable import Query
from qb.query.from_clause import REFRESHED, not_written, relation_of
from qb.query.insert_into import InsertInto, insert_into
from qb.query.insert_rows import Insert, inserted
from qb.query.ladder import A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W
from qb.query.output_title import never_null, output_title
from qb.query.raw_row import by_position
from qb.query.values import NewRow, check_complete
from qb.tree.insert import InsertNode
from qb.tree.nullability import may_give_null
from qb.tree.relations import TableSource
from qb.tree.slots import outputs
from qb.tree.statements import shape_of

R = TypeVar("R")
T = TypeVar("T", bound=TableRow)


@overload
def insert(row: NewRow[R], /, *rows: NewRow[R]) -> Insert[R]: ...
@overload
def insert(table: type[T], /) -> InsertInto[T]: ...
@overload
def insert(table: type[T], value: Assignment, /, *values: Assignment) -> Insert[T]: ...
def insert(*rows: Any) -> Any:
    """Insert rows of one table. Fields that a row leaves out take their column's default.

    A row whose values the server is to make is the table and what its columns become. QueryError where it leaves out a
    column that is NOT NULL and has no default. `insert(Table).values([...], [...])` takes several such rows.

    Of a table alone it is the statement whose rows are still to come, for `Db.insert_many`, which takes any number of
    them. https://www.postgresql.org/docs/current/sql-insert.html

    >>> db.execute(insert(new(User)(name="Kurt"), new(User)(name="Alan")))
    <Success: 2>
    >>> db.one(insert(new(Task)(user_id=1, title="rest")).returning(Task.id, Task.done))
    <Success: (4, False)>
    >>> db.one(insert(User, User.name.to(fn.lower("Emmy")), User.nickname.to("E")).returning(User.name))
    <Success: emmy>
    >>> db.insert_many(
    ...     [new(User)(name="Ada"), new(User)(name="Lise")], insert(User).on_conflict(User.name, nothing=True)
    ... )
    <Success: 1>
    """
    if not rows:
        raise QueryError("insert needs at least one row: insert(new(User)(...))")
    first, *rest = rows
    if entity_of(first) is not None:
        return insert_into(first).values(rest) if rest else insert_into(first)
    return inserted(cast("tuple[NewRow[Any], ...]", rows))


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
    if isinstance(relation, TableSource) and relation.kind == REFRESHED:
        raise not_written(relation, "insert_from")
    for column in columns:
        if column.node.relation != relation:
            raise QueryError(f"insert_from: {column.label} is not a column of the table")
    found = outputs(shape)
    if len(found) != len(columns):
        raise QueryError(f"insert_from: the query has {len(found)} columns and {len(columns)} are to be filled")
    for number, (column, output) in enumerate(zip(columns, found, strict=True)):
        name = output_title(output)
        if output.optional and not column.optional and may_give_null(query.node, number):
            raise QueryError(
                f"insert_from: {name} may be NULL, and {column.label} is NOT NULL: add .where(column.is_not_null()) to "
                f"the query, or select {never_null(output)}"
            )
        check_fits(f"insert_from: {name}", output.python, output.type, column, "select a value of that type")
    check_complete(entity, (column.attribute for column in columns), "insert_from", "filled")
    return Insert[Any](
        InsertNode(relation, tuple(column.node.name for column in columns), None, by_position(query.node)), entity
    )
