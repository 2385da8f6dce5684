"""WITH RECURSIVE: a CTE that reads from itself.

https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-RECURSIVE
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from qb.errors import QueryError
from qb.query.select import Select
from qb.query.subquery import fields_of_shape, relation_view
from qb.query.union import combined
from qb.tree.recursion import check_recursion
from qb.tree.relations import QuerySource, RecursiveSource
from qb.tree.shapes import RowShape
from qb.tree.slots import outputs
from qb.tree.union import SetNode
from qb.types.identifier import identifier

A = TypeVar("A")


def recursive(
    base: Select[A], step: Callable[[type[A]], Select[A]], /, *, name: str = "", distinct: bool = False
) -> type[A]:
    """A CTE of the rows of `base`, of those that `step` makes of them, and so on until there are no new ones.

    `step` is given the CTE as it stands in its own query, and gives the query that reads from it.
    UNION ALL; with `distinct` UNION, which leaves out rows that are there already, and so comes to an end in a graph
    with cycles. https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-RECURSIVE

    >>> class Doubled(Shape):
    ...     n: Col[int]
    >>> doubled = recursive(
    ...     select(value(1)).map(Doubled), lambda so_far: select(so_far.n * 2).where(so_far.n < 10).map(Doubled)
    ... )
    >>> db.all(select(doubled.n).order_by(doubled.n))
    <Success: [1, 2, 4, 8, 16]>
    """
    if not isinstance(base, Select):  # pyright: ignore[reportUnnecessaryIsInstance] - for those who run no checker
        raise QueryError("recursive takes a query to begin with, and a function: recursive(base, lambda rows: ...)")
    if name:
        identifier(name, "the cte")
    operator = "UNION" if distinct else "UNION ALL"
    shape = base.node.shape
    fields, target = fields_of_shape(shape, "cte")
    while True:
        itself = RecursiveSource(name)
        made = step(cast("type[A]", relation_view(itself, shape, fields, target)))
        if not isinstance(made, Select):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise QueryError(f"recursive: the function gives the query that reads from its rows, not {made!r}")
        node = combined(operator, base.node, made.node)
        if _holds(shape, node.shape):
            break
        shape = node.shape  # what may be None in the rows that come later may be so in those that they are made of
    check_recursion(itself, node.right)
    _of_one_type(node)
    relation = QuerySource(name, node, fields, cte=True, itself=itself)
    return cast("type[A]", relation_view(relation, shape, fields, target))


def _holds(shape: RowShape, rows: RowShape) -> bool:
    """Whether a shape has a place for every NULL of rows like it."""
    return all(place.optional or not each.optional for place, each in zip(outputs(shape), outputs(rows), strict=True))


def _of_one_type(node: SetNode) -> None:
    """QueryError where the rows that come later are of another type: PostgreSQL keeps that of the first ones."""
    base = node.left.shape
    assert base is not None
    for first, both in zip(outputs(base), outputs(node.shape), strict=True):
        if first.type.base != both.type.base:
            raise QueryError(
                f"recursive: {first.name or 'a column'} is {first.type.name} in the first rows and {both.type.name} in "
                "those after them: cast it in the first query"
            )
