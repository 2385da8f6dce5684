"""Expressions as they are written into a database: of checks, defaults, generated columns, indexes.

A query's value is a parameter, equal only to itself, and its type knows how Python's values become PostgreSQL's. In the
database itself there are neither: what stands there is text. So each value becomes a constant as soon as it is
declared, and what it is compared by from then on calls nothing.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from qb.errors import DefinitionError
from qb.model.type import named_type
from qb.tree.expressions import AnyOf, Bind, Call, Cast, Constant, Expression, InList, Null, ParamNode
from qb.tree.node import Node
from qb.tree.shapes import Output
from qb.tree.visit import rewrite
from qb.types import SqlType
from qb.types.array import Array


def written(node: Expression) -> Expression:
    """The expression with constants in the place of values. DefinitionError for a value that its type cannot write."""
    if type(node) is Bind:  # which most are
        return constant(node, plain=True)
    made: Expression = rewrite(rewrite(node, listed), _one)
    return made


def listed(node: Node) -> Node:
    """A list of values, which a query sends as one array, as people write it."""
    if isinstance(node, AnyOf) and isinstance(node.array, Bind) and isinstance(node.array.type, Array):
        of = node.array.type.of
        return InList(node.operand, tuple(Bind(value, of) for value in node.array.value), node.negated)
    return node


def _one(node: Node) -> Node:
    if isinstance(node, Bind):
        return constant(node, plain=True)
    if isinstance(node, Cast):
        return replace(node, type=named_type(node.type))
    if isinstance(node, Call) and node.function.uses is not None:  # told from others of its name by their types
        typed = (replace(each, plain=False) if isinstance(each, Constant) else each for each in node.arguments)
        return replace(node, arguments=tuple(typed))
    return replace(node, type=named_type(node.type)) if isinstance(node, Output | ParamNode) else node


def constant(value: Bind, *, plain: bool) -> Expression:
    """A value as text, `plain` where its place says the type. DefinitionError where its type cannot write it."""
    if value.value is None:
        return Cast(Null(), named_type(value.type))
    return Constant(_text(value.value, value.type, value.column), value.type.base, plain=plain)


def parameter_in_definition(param: ParamNode) -> DefinitionError:
    """What is told to those who define something with a prepared query's parameter."""
    return DefinitionError(f"the parameter {param.name} of a prepared query stands in a definition: give a value")


def _text(value: object, type_: SqlType[Any], column: str) -> str:
    try:
        return type_.literal(value)
    except (TypeError, ValueError) as error:
        raise DefinitionError(f"{column or 'a value'} does not fit {type_.name}: {error}") from None
