"""Calculations with columns whose real type may be another one than was declared, and is read all the same.

A bigint that was declared may be an integer on the server, a double precision a real (`run.session.drift`). PostgreSQL
chooses operators and the types of sums by the real one: it would drop the remainder of an integer's sum, overflow at
32 bits, round to single precision. So what a calculation is made of is cast, where nothing else says its type; of a
column that has the declared type the cast is nothing. https://www.postgresql.org/docs/current/typeconv-oper.html
"""

from __future__ import annotations

from typing import Final, assert_never

from qb.tree.expressions import (
    AnyOf,
    Between,
    Bind,
    Call,
    Case,
    Cast,
    Collate,
    ColumnNode,
    Constant,
    Default,
    Exists,
    Expression,
    Extract,
    FieldOf,
    Infix,
    InList,
    InQuery,
    JsonPath,
    NameNode,
    Null,
    Order,
    Over,
    ParamNode,
    Postfix,
    Prefix,
    Present,
    RawSql,
    ScalarQuery,
)
from qb.tree.function import Function
from qb.tree.shapes import NestedShape
from qb.tree.visit import Every, Some, decided
from qb.types import pg
from qb.types.builtin import plain_type
from qb.types.facts import Wire

_ARITHMETIC: Final = frozenset("+-*/%")


def with_declared_type(node: Expression, wire: Wire, *, whole: bool = False) -> Expression:
    """The node with its declared type, cast where the server could see another one. `whole`: a numeric of ints."""
    # A real is one for certain: nothing else is read as such.
    drifts = wire.is_integer or (wire.is_numeric and whole) or (wire.is_float and wire is not pg.real.wire)
    type_ = plain_type(wire) if drifts else None
    return node if type_ is None or has_declared_type(node) else Cast(node, type_, settles=True)


def exact(node: Expression) -> Expression:
    """The node as a numeric for certain, so that no division of it drops a remainder."""
    if isinstance(node, Bind):
        return Bind(node.value, pg.numeric, node.column)
    if isinstance(node, ParamNode):
        return ParamNode(node.name, pg.numeric, node.column)
    return node if is_exact(node) else Cast(node, pg.numeric)


def is_exact(node: Expression) -> bool:
    """Whether the server sees a numeric, whatever the columns in it are."""
    return decided(node, _exact)


def _exact(node: Expression) -> bool | Some:
    match node:
        case Bind(type=type_) | ParamNode(type=type_) | Cast(type=type_):
            return type_.wire.is_numeric
        case Extract() | Call(function=Function(exact=True)):
            return True
        case Over(call=call):
            return Some((call,))
        case Infix(operator="/", left=left, right=right):
            return Some((left, right))
        case (
            ColumnNode()
            | Default()
            | Constant()
            | Null()
            | Infix()
            | Prefix()
            | Postfix()
            | Between()
            | AnyOf()
            | InList()
            | InQuery()
            | Exists()
            | ScalarQuery()
            | Call()
            | Case()
            | Collate()
            | JsonPath()
            | FieldOf()
            | Order()
            | Present()
            | NameNode()
            | RawSql()
            | NestedShape()
        ):
            return False
        case _:
            assert_never(node)


def has_declared_type(node: Expression) -> bool:
    """Whether the server sees the type that qb says, whatever the columns in it are."""
    return decided(node, _settled)


def _settled(node: Expression) -> bool | Some | Every:
    match node:
        case Bind() | ParamNode() | Cast() | Constant() | Extract():
            return True
        case Call(function=function, arguments=arguments):
            return function.typed == "itself" or (function.typed == "argument" and Some(arguments[:1]))
        case Over(call=call):
            return Some((call,))
        case Infix(operator=operator):
            return operator in _ARITHMETIC  # whose sides were settled when it was made
        case Prefix(operator=operator):
            return operator == "-"
        case Case(branches=branches, otherwise=otherwise):
            return otherwise is not None and Every((otherwise, *(value for _, value in branches)))
        case (
            ColumnNode()
            | Default()
            | Null()
            | Postfix()
            | Between()
            | AnyOf()
            | InList()
            | InQuery()
            | Exists()
            | ScalarQuery()
            | Collate()
            | JsonPath()
            | FieldOf()
            | Order()
            | Present()
            | NameNode()
            | RawSql()
            | NestedShape()
        ):
            return False
        case _:
            assert_never(node)
