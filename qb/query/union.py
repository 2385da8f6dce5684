"""UNION, INTERSECT and EXCEPT: both sides have the same columns, and one of a union may be None where either's may.

https://www.postgresql.org/docs/current/queries-union.html
"""

from __future__ import annotations

from typing import Any, NamedTuple, assert_never

from msgspec.structs import replace

from qb.errors import QueryError
from qb.query.beside import check_equality
from qb.query.expr.typed import Typed
from qb.query.mixed import one_type
from qb.tree.select import SelectNode
from qb.tree.shapes import EntityShape, ItemShape, MappedShape, NestedShape, Output, RowShape, ScalarShape, TupleShape
from qb.tree.union import SetNode
from qb.types.annotation import bare


class Said(NamedTuple):
    """What errors call two queries that become one, and where in it each of them is."""

    function: str
    first: str = "on one side"
    second: str = "on the other"


def combined(operator: str, left: SelectNode | SetNode, right: SelectNode | SetNode) -> SetNode:
    """`left operator right`; QueryError where the rows differ."""
    return SetNode(operator, left, right, rows_of_both(left.shape, right.shape, operator, Said(operator.lower())))


def rows_of_both(left: RowShape, right: RowShape, operator: str, said: Said) -> RowShape:
    """What the rows of `left operator right` are read as; QueryError where those of the two differ."""
    match left:
        case ScalarShape() | EntityShape() | NestedShape():
            return _item(left, right, operator, said)
        case TupleShape(items=items):
            if isinstance(right, TupleShape) and len(items) == len(right.items):
                return TupleShape(_items(items, right.items, operator, said))
        case MappedShape(items=items, function=function):
            if isinstance(right, MappedShape) and len(items) == len(right.items) and function == right.function:
                return MappedShape(_items(items, right.items, operator, said), function)
        case _:
            assert_never(left)
    raise _other(said)


def _items(
    left: tuple[ItemShape, ...], right: tuple[ItemShape, ...], operator: str, said: Said
) -> tuple[ItemShape, ...]:
    return tuple(_item(a, b, operator, said) for a, b in zip(left, right, strict=True))


def _item(left: ItemShape, right: RowShape, operator: str, said: Said) -> ItemShape:
    match left:
        case ScalarShape(output=output):
            if isinstance(right, ScalarShape):
                return ScalarShape(_either(output, right.output, operator, said))
        case EntityShape(target=target, fields=fields, outputs=columns, present=None):
            if isinstance(right, EntityShape) and right.present is None and target == right.target:
                both = zip(columns, right.outputs, fields, strict=True)
                return EntityShape(target, fields, tuple(_either(a, b, operator, said, name) for a, b, name in both))
        case EntityShape() | NestedShape():
            pass
        case _:
            assert_never(left)
    raise _other(said)


def _other(said: Said) -> QueryError:
    return QueryError(
        f"{said.function} takes two queries with the same columns in the same order "
        "(nested rows and maybe(table) cannot be compared: combine first, then join)"
    )


def _either(a: Output, b: Output, operator: str, said: Said, field: str = "a column") -> Output:
    one, other = a.type.wire, b.type.wire
    # A sum of integers, which is a numeric, and an integer.
    summed = bare(a.python) is bare(b.python) is int and (one.is_numeric or other.is_numeric)
    alike = (one.is_text and other.is_text) or (one.is_integer and other.is_integer)
    if not (summed or alike or a.type.base == b.type.base):
        raise QueryError(
            f"{said.function}: {a.name or field} is {a.type.name} {said.first} and {b.type.name} {said.second}"
        )
    if operator != "UNION ALL":
        check_equality(said.function, a.type, b.type)
    sides: list[Typed[Any]] = [Typed(each.node, each.type, each.python, each.optional) for each in (a, b)]
    type_, python = one_type(said.function, sides)
    return replace(a, type=type_, python=python, optional=_optional(operator, a.optional, b.optional))


def _optional(operator: str, left: bool, right: bool) -> bool:
    """Whether a column may be None: rows of EXCEPT are rows of the left side, those of INTERSECT of both."""
    if operator.startswith("UNION"):
        return left or right
    return left and right if operator.startswith("INTERSECT") else left
