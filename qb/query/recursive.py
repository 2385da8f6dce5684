"""WITH RECURSIVE: a CTE that reads from itself.

https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-RECURSIVE
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar, cast

from qb.errors import QueryError
from qb.query.entity import NamedRow
from qb.query.first_rows import kept_columns, of_types, unlimited
from qb.query.select import Select
from qb.query.subquery import fields_of_shape, relation_view
from qb.query.union import Said, rows_of_both
from qb.tree.recursion import check_recursion
from qb.tree.relations import QuerySource, RecursiveSource
from qb.tree.shapes import EntityShape, RowShape
from qb.tree.slots import outputs
from qb.tree.union import SetNode
from qb.types.identifier import identifier

A = TypeVar("A", bound=NamedRow)


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
    fields, target = fields_of_shape(shape, "recursive CTE")
    while True:
        itself = RecursiveSource(name)
        made = step(cast("type[A]", relation_view(itself, shape, fields, target)))
        if not isinstance(made, Select):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise QueryError(f"recursive: the function gives the query that reads from its rows, not {made!r}")
        _check_rows(shape, made.node.shape)
        both = rows_of_both(shape, made.node.shape, operator, _SAID)
        kept = kept_columns(base.node, made.node, itself, fields)
        both = unlimited(both, fields, target, kept)
        if _columns(both) == _columns(shape):
            break
        shape = both  # what the later rows may hold, those that they are made of may, too
    check_recursion(itself, made.node)
    _check_types(base.node.shape, shape)
    node = SetNode(operator, of_types(base.node, shape, fields, target, kept), made.node, shape)
    relation = QuerySource(name, node, fields, cte=True, itself=itself)
    return cast("type[A]", relation_view(relation, shape, fields, target))


_SAID: Final = Said("recursive", "in the first rows", "in those after them: cast one of them to the other")


def _columns(shape: RowShape) -> list[tuple[object, ...]]:
    """How the columns of a shape are read."""
    return [(each.type, each.python, each.optional) for each in outputs(shape)]


def _check_rows(first: RowShape, later: RowShape) -> None:
    """QueryError where the rows that come later are others than the first ones."""
    _, target = fields_of_shape(first, "recursive CTE")
    found = later.target if isinstance(later, EntityShape) and later.present is None else None
    if found is not target:
        title = getattr(target, "__name__", "AShape")
        given = f"rows of {getattr(found, '__name__', found)}" if found is not None else "other rows"
        raise QueryError(
            f"recursive: the first query gives rows of {title}, and the one that the function gives {given}: end it "
            f"with .map({title}) or .into({title}, ...), with the same columns in the same order"
        )


def _check_types(first: RowShape, both: RowShape) -> None:
    """QueryError where the rows that come later are of another type: PostgreSQL keeps that of the first ones."""
    for one, either in zip(outputs(first), outputs(both), strict=True):
        if one.type.base != either.type.base and not (one.type.wire.is_text and either.type.wire.is_text):
            raise QueryError(
                f"recursive: {one.name or 'a column'} is {one.type.name} in the first rows and {either.type.name} in "
                "those after them: cast it in the first query"
            )
