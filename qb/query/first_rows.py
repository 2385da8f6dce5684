"""The first rows of a recursive CTE, with the types that the whole of it has.

PostgreSQL takes a column's type from the first query alone, its limit and all, and refuses a second one whose rows make
another type of the two: a varchar(120) beside a text, a numeric(12, 2) beside a product. A union has no such rule. So
the first query's columns are cast to what both become, unless both are one and the same column.
https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-RECURSIVE
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, assert_never

from msgspec.structs import replace

from qb.query.settled import has_declared_type
from qb.tree.expressions import Case, Cast, ColumnNode, Expression
from qb.tree.relations import (
    AliasSource,
    ExcludedSource,
    OwnSource,
    QuerySource,
    RecursiveSource,
    Relation,
    ShapeSource,
    TableSource,
)
from qb.tree.select import SelectNode
from qb.tree.shapes import EntityShape, Output, RowShape
from qb.tree.slots import outputs
from qb.tree.union import SetNode
from qb.types import SqlType, pg
from qb.types.builtin import plain_type
from qb.types.text import LabelledText


def kept_columns(
    base: SelectNode | SetNode, step: SelectNode | SetNode, itself: RecursiveSource, fields: Sequence[str]
) -> tuple[bool, ...]:
    """Of each column whether it is the same one in all rows, and so has one type, whichever that is."""
    if not isinstance(base, SelectNode):
        return (False,) * len(fields)
    later = [outputs(query.shape) for query in _selects(step)]
    return tuple(
        all(_carried(query[number].node, itself, field) or _same(first.node, query[number].node) for query in later)
        for number, (first, field) in enumerate(zip(outputs(base.shape), fields, strict=True))
    )


def unlimited(both: RowShape, fields: tuple[str, ...], target: Callable[..., Any], kept: Sequence[bool]) -> RowShape:
    """The shape with columns of types without limits, but those that are kept."""
    columns = zip(outputs(both), kept, strict=True)
    found = tuple(each if same else replace(each, type=_unlimited(each.type)) for each, same in columns)
    return EntityShape(target, fields, found)


def of_types(
    base: SelectNode | SetNode,
    shape: RowShape,
    fields: tuple[str, ...],
    target: Callable[..., Any],
    kept: Sequence[bool],
) -> SelectNode | SetNode:
    """The first query with columns of the types that the whole has: cast where it could have others."""
    found = outputs(base.shape) if isinstance(base, SelectNode) else outputs(shape)
    due = [each.type for each in outputs(shape)]
    settled = [
        isinstance(base, SelectNode) and (same or _certain(out, type_))
        for out, type_, same in zip(found, due, kept, strict=True)
    ]
    if all(settled):
        return base
    if isinstance(base, SetNode) or base.group_by or base.distinct or base.distinct_on or base.order_by:
        # These name the columns of the select list as they are.
        rows = QuerySource("", base, fields, cte=False)
        columns = zip(found, fields, strict=True)
        found = tuple(replace(out, node=ColumnNode(rows, field, out.optional)) for out, field in columns)
        base = SelectNode(base.shape, from_=(rows,))
    cast = tuple(
        out if done else replace(out, node=_cast(out.node, type_), type=type_)
        for out, type_, done in zip(found, due, settled, strict=True)
    )
    return replace(base, shape=EntityShape(target, fields, cast))


def _selects(query: SelectNode | SetNode) -> list[SelectNode]:
    found: list[SelectNode] = []
    stack: list[object] = [query]
    while stack:
        each = stack.pop()
        if isinstance(each, SelectNode):
            found.append(each)
        elif isinstance(each, SetNode):
            stack += (each.left, each.right)
    return found


def _carried(later: Expression, itself: RecursiveSource, field: str) -> bool:
    return isinstance(later, ColumnNode) and later.relation is itself and later.name == field


def _same(first: Expression, later: Expression) -> bool:
    if not (isinstance(first, ColumnNode) and isinstance(later, ColumnNode)):
        return False
    return first.name == later.name and _origin(first.relation) == _origin(later.relation)


def _origin(relation: Relation) -> object:
    match relation:
        case TableSource(schema=schema, name=name) | AliasSource(schema=schema, name=name):
            return schema, name
        case QuerySource(origin=origin):
            return origin or relation
        case RecursiveSource() | ExcludedSource() | OwnSource() | ShapeSource():
            return relation
        case _:
            assert_never(relation)


def _unlimited(type_: SqlType[Any]) -> SqlType[Any]:
    if isinstance(type_, LabelledText):
        return type_ if type_.of is None else LabelledText(type_.labels)
    if type_.wire.is_text:
        return pg.text  # which PostgreSQL makes of a text and a varchar
    plain = plain_type(type_.wire)
    return plain if plain is not None and plain.base == type_.base else type_


def _certain(out: Output, due: SqlType[Any]) -> bool:
    """Whether the server sees the type without a limit, whatever the columns in the expression are."""
    node = out.node
    if due.wire.is_unstated:  # no type that could be said
        return True
    if out.type.base != due.base or isinstance(node, Case):
        return False
    return has_declared_type(node) and not (isinstance(node, Cast) and node.type.name != due.base)


def _cast(node: Expression, due: SqlType[Any]) -> Expression:
    return Cast(node, SqlType[Any](due.base, due.base, due.wire))
