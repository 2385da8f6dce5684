"""UNION, INTERSECT and EXCEPT: both sides have the same columns, and a column may be None where either side's may.

https://www.postgresql.org/docs/current/queries-union.html
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from qb.errors import QueryError
from qb.query.expr.typed import Typed
from qb.query.mixed import one_type
from qb.tree.statements import EntityShape, MappedShape, Output, RowShape, ScalarShape, SelectNode, SetNode, TupleShape
from qb.types.annotation import bare


def combined(operator: str, left: SelectNode | SetNode, right: SelectNode | SetNode) -> SetNode:
    """`left operator right`; QueryError where the rows differ."""
    return SetNode(operator, left, right, _shape(left.shape, right.shape, operator))


def _shape(left: RowShape, right: RowShape, operator: str) -> RowShape:
    match left, right:
        case ScalarShape(output=a), ScalarShape(output=b):
            return ScalarShape(_either(a, b, operator))
        case EntityShape(target=x, present=None), EntityShape(target=y, present=None) if x == y:
            outputs = tuple(_either(a, b, operator) for a, b in zip(left.outputs, right.outputs, strict=True))
            return EntityShape(left.target, left.fields, outputs)
        case TupleShape(items=x), TupleShape(items=y) if len(x) == len(y):
            return TupleShape(tuple(_shape(a, b, operator) for a, b in zip(x, y, strict=True)))
        case MappedShape(items=x, function=f), MappedShape(items=y, function=g) if len(x) == len(y) and f == g:
            return MappedShape(tuple(_shape(a, b, operator) for a, b in zip(x, y, strict=True)), f)
        case _:
            raise QueryError(
                f"{operator.lower()} takes two queries with the same columns in the same order "
                "(nested rows and maybe(table) cannot be compared: combine first, then join)"
            )


def _either(a: Output, b: Output, operator: str) -> Output:
    one, other = a.type.wire, b.type.wire
    # A sum of integers, which is a numeric, and an integer.
    summed = bare(a.python) is bare(b.python) is int and (one.is_numeric or other.is_numeric)
    alike = (one.is_text and other.is_text) or (one.is_integer and other.is_integer)
    if not (summed or alike or a.type.base == b.type.base):
        raise QueryError(
            f"{operator.lower()}: {a.name or 'a column'} is {a.type.name} on one side and {b.type.name} on the other"
        )
    sides = [Typed[Any](each.node, each.type, each.python, each.optional) for each in (a, b)]
    type_, python = one_type(operator.lower(), sides)
    return replace(a, type=type_, python=python, optional=a.optional or b.optional)
