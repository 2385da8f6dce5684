"""A subquery in FROM, and what a CTE has in common with it: a relation whose columns are those of a query.

https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-SUBQUERIES
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, assert_never, cast

from qb.errors import QueryError
from qb.query.entity import Entity, NamedRow, RelationView, entity_of
from qb.query.expr.column import column_of
from qb.query.expr.selectable import Query
from qb.tree.expressions import ColumnNode
from qb.tree.raw import RawStatement
from qb.tree.relations import QuerySource, Relation
from qb.tree.shapes import EntityShape, MappedShape, NestedShape, RowShape, ScalarShape, TupleShape
from qb.tree.slots import outputs
from qb.tree.statements import shape_of
from qb.types.identifier import identifier

A = TypeVar("A", bound=NamedRow)


def subquery(query: Query[A], /, *, name: str = "") -> type[A]:
    """A query in FROM, as a relation whose columns are those of the query's shape.

    https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-SUBQUERIES

    >>> class Load(Shape):
    ...     user_id: Col[int]
    ...     tasks: Col[int]
    >>> load = subquery(select(Task.user_id, fn.count()).group_by(Task.user_id).map(Load))
    >>> db.all(select(User.name, load.tasks).join(load, on=load.user_id == User.id).order_by(User.id))
    <Success: [('Ada', 2), ('Grace', 1)]>
    """
    return query_under_name(query, name, "subquery", None)


def query_under_name(query: Query[A], name: str, kind: str, materialized: bool | None) -> type[A]:
    """The relation that a query makes, its name left to the compiler where it is empty."""
    shape = shape_of(query.node)
    if shape is None:
        raise QueryError(f"{kind} takes a query that returns rows")
    fields, target = fields_of_shape(shape, kind)
    if name:
        identifier(name, f"the {kind}")
    by_name = isinstance(query.node, RawStatement)  # its own columns' names count, in whichever order they come
    relation = QuerySource(name, query.node, () if by_name else fields, kind == "cte", materialized)
    return cast("type[A]", relation_view(relation, shape, fields, target, named=by_name))


def relation_view(
    relation: Relation, shape: RowShape, fields: tuple[str, ...], target: Callable[..., Any], *, named: bool = False
) -> RelationView:
    """A relation with rows of a shape, as the user holds it; `named`, where its columns have names of their own."""
    columns = {
        field: column_of(
            ColumnNode(relation, output.name if named else field, output.optional),
            output.type,
            output.python,
            output.optional,
            field,
        )
        for field, output in zip(fields, outputs(shape), strict=True)
    }
    return RelationView(Entity(relation, columns, target))


def fields_of_shape(shape: RowShape, kind: str) -> tuple[tuple[str, ...], Callable[..., Any]]:
    """The names of the columns of a relation whose rows are of a shape, and what builds a row; QueryError without."""
    match shape:
        case EntityShape(target=target, fields=fields, present=None):
            return fields, target
        case MappedShape(items=items, function=function) if (entity := entity_of(function)) and all(
            isinstance(item, ScalarShape) for item in items
        ):
            return tuple(entity.row), entity.target
        case ScalarShape() | EntityShape() | TupleShape() | MappedShape() | NestedShape():
            raise QueryError(
                f"the columns of a {kind} need names: end the query with .map(AShape) or .into(AShape, ...), "
                "where class AShape(Shape) declares them"
            )
        case _:
            assert_never(shape)
