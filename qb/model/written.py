"""Expressions as they are written into a database: of checks, defaults, generated columns, indexes.

A query's value is a parameter, equal only to itself, and its type knows how Python's values become PostgreSQL's. In the
database itself there are neither: what stands there is text. So each value becomes a constant as soon as it is
declared, and what it is compared by from then on calls nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from qb.errors import DefinitionError
from qb.model.type import named_type
from qb.tree.nodes import AnyOf, Bind, Cast, ColumnNode, Constant, Infix, InList, Node, Null, Relation, fields_of
from qb.types import SqlType
from qb.types.array import Array


def written(node: Node) -> Node:
    """The expression with constants in the place of values. DefinitionError for a value that its type cannot write."""
    if not isinstance(node, Infix):
        return _one(node)
    # A chain leans to the left; a thousand conditions must not be a thousand calls deep.
    chain: list[Infix] = []
    left: Node = node
    while isinstance(left, Infix):
        chain.append(left)
        left = left.left
    left = _one(left)
    for infix in reversed(chain):
        left = Infix(infix.operator, left, written(infix.right))
    return left


def _one(node: Node) -> Node:
    match node:
        case ColumnNode() | Relation() | Constant():
            return node
        case Bind(value=None, type=type_):
            return Cast(Null(), named_type(type_))
        case Bind(value=value, type=type_):
            return Constant(_text(value, type_, node.column), type_.base, plain=True)
        case AnyOf(operand=operand, array=Bind(value=values, type=Array(of=of)), negated=negated):
            items = tuple(written(Bind(value, of)) for value in values)
            return InList(written(operand), items, negated)
        case _:
            make = cast("Callable[..., Node]", type(node))
            return make(*map(_field, fields_of(node)))


def _field(field: object) -> object:
    if isinstance(field, tuple):
        return tuple(map(_field, cast("tuple[object, ...]", field)))
    if isinstance(field, Node):
        return written(field)
    return named_type(cast("Any", field)) if isinstance(field, SqlType) else field


def _text(value: object, type_: SqlType[Any], column: str) -> str:
    try:
        return type_.literal(value)
    except (TypeError, ValueError) as error:
        raise DefinitionError(f"{column or 'a value'} does not fit {type_.name}: {error}") from None
