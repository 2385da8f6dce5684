"""Expressions of a class body: written before the types of their columns are known, made once they are.

A column's type may follow from its annotation, which Python stores after `column(...)` has been evaluated. So what is
done with such a column is kept as it was written (which operation, with which operands), and done when the table has
its columns: an expression always sees final types.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, Final, ParamSpec, TypeVar, cast

from qb.query.expr.addition import Addition
from qb.query.expr.column import Column
from qb.query.expr.computed import Called, Computed
from qb.query.expr.containing import Containing
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.operators import Operators
from qb.query.expr.order_by import Ordering
from qb.tree.expressions import ColumnNode
from qb.tree.node import Node
from qb.tree.relations import OwnSource
from qb.tree.visit import rewrite, within
from qb.types import SqlType
from qb.types.facts import UNSTATED

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type[Any])


class Origin:
    """What an expression of a class body came from: an operation and its operands, or nothing for a column.

    Equal to itself alone, so that it can stand for an expression in a tree.
    """

    __slots__ = ("arguments", "function", "named")

    def __init__(
        self,
        function: Callable[..., Any] | None = None,
        arguments: tuple[object, ...] = (),
        named: Mapping[str, object] | None = None,
    ) -> None:
        self.function: Callable[..., Any] | None = function
        self.arguments: tuple[object, ...] = arguments
        self.named: dict[str, object] = dict(named or {})


class Unstated(SqlType[Any]):
    """The type of an expression over columns whose annotations are not read yet."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("unstated", "unstated", UNSTATED)


_UNSTATED: Final = Unstated()


def _recorded(name: str) -> Callable[..., Symbol]:
    plain = f"__{name[3:]}"
    if name.startswith("__r") and hasattr(operator, plain):
        function = _turned(getattr(operator, plain))
    elif name.startswith("__"):
        function = getattr(operator, name)
    else:
        function = _method(name)

    def record(self: Symbol, *arguments: object, **named: object) -> Symbol:
        return symbol_of(Origin(function, (self, *arguments), named))

    return record


def _turned(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda right, left: function(left, right)


def _method(name: str) -> Callable[..., Any]:
    def call(operand: Any, *arguments: Any, **named: Any) -> Any:
        return getattr(operand, name)(*arguments, **named)

    return call


_OWN = frozenset(("__init__", "__setattr__", "__repr__", "__bool__", "__hash__", "asc", "desc"))


def _recording(cls: C) -> C:
    """The class with every operation of `Expr` kept as it was written."""
    for name, method in (vars(Addition) | vars(Operators) | vars(Containing) | vars(Expr)).items():
        if isinstance(method, FunctionType) and name not in _OWN and (name[:1] != "_" or name[:2] == "__"):
            setattr(cls, name, _recorded(name))
    return cls


@_recording
class Symbol(Column[Any], Computed[Any], Called[Any]):
    """A column of a class body, or what is made of one there.

    Below `Computed`, `Called` and `Column`, as Python asks the right operand first where its class is the narrower one.
    """

    origin: Origin

    @property
    def label(self) -> str:
        return ""

    def __repr__(self) -> str:
        return "<an expression of a class body>"

    def __hash__(self) -> int:
        return hash(self.node)


def symbol(kind: Callable[..., R], origin: Origin, *more: object) -> R:
    """A symbol of a class, which may have fields of its own."""
    return kind(ColumnNode(OwnSource(origin), "", True), _UNSTATED, object, False, "", _UNSTATED, "", origin, *more)


def symbol_of(origin: Origin) -> Symbol:
    """The expression of a class body that came from an operation, or is a column."""
    return symbol(Symbol, origin)


def remembered(function: Callable[P, R]) -> Callable[P, R]:
    """The function, which gives a symbol where it is given one."""

    @functools.wraps(function)
    def call(*arguments: P.args, **named: P.kwargs) -> R:
        for each in arguments:
            if type(each) not in _NEVER and _symbolic(each):
                return cast("R", symbol_of(Origin(function, arguments, named)))
        if named and _symbolic(tuple(named.values())):
            return cast("R", symbol_of(Origin(function, arguments, named)))
        return function(*arguments, **named)

    return call


def remembering(namespace: C) -> C:
    """The class with all of its methods `remembered`."""
    for name, method in list(vars(namespace).items()):
        if isinstance(method, FunctionType) and not name.startswith("_"):
            setattr(namespace, name, remembered(method))
    return namespace


_NEVER: Final[frozenset[object]] = frozenset((Expr, Column, str, int))
"""What is no symbol: what most operands are."""


def _symbolic(item: object) -> bool:
    if isinstance(item, tuple | list):
        return any(_symbolic(each) for each in cast("tuple[object, ...]", item))
    return isinstance(item, Symbol)


def final(item: Any, known: Mapping[Origin, Expr[Any]]) -> Any:
    """An operand, or a tree, with the columns of the class body replaced by those in `known`."""
    made = dict(known)
    stack = _origins(item)
    while stack:
        origin = stack[-1]
        if origin not in made:
            waiting = [each for each in _origins((*origin.arguments, *origin.named.values())) if each not in made]
            if waiting:
                stack += reversed(waiting)
                continue
            made[origin] = _made(origin, made)
        stack.pop()
    return _replaced(item, made)


def _made(origin: Origin, made: Mapping[Origin, Expr[Any]]) -> Expr[Any]:
    if origin.function is None:
        return symbol_of(origin)  # of another class: whoever uses it says so
    named = {name: _replaced(each, made) for name, each in origin.named.items()}
    found: Expr[Any] = origin.function(*_replaced(origin.arguments, made), **named)
    return found


def _origins(item: object) -> list[Origin]:
    """What an operand is made of in the class body."""
    if isinstance(item, Symbol):
        return [item.origin]
    if is_expr(item) or isinstance(item, Ordering | Node):
        root: Node = item if isinstance(item, Node) else item.node
        columns = (node for node in within(root) if isinstance(node, ColumnNode))
        found = (column.relation.origin for column in columns if isinstance(column.relation, OwnSource))
        return [origin for origin in found if isinstance(origin, Origin)]
    if isinstance(item, tuple | list):
        return [origin for each in cast("tuple[object, ...]", item) for origin in _origins(each)]
    return []


def _replaced(item: Any, made: Mapping[Origin, Expr[Any]]) -> Any:
    whole = cast("object", item)

    def change(node: Node) -> Node:
        if isinstance(node, ColumnNode) and isinstance(node.relation, OwnSource):
            return made[cast("Origin", node.relation.origin)].node
        return node

    if isinstance(whole, Symbol):
        return made[whole.origin]
    if is_expr(whole):
        node = rewrite(whole.node, change)
        return whole if node is whole.node else Expr[Any](node, whole.type, whole.python, whole.optional)
    if isinstance(whole, Ordering):
        return Ordering[Any](rewrite(whole.node, change))
    if isinstance(whole, Node):
        return rewrite(whole, change)
    if isinstance(whole, tuple):
        return tuple(_replaced(each, made) for each in cast("tuple[object, ...]", whole))
    if isinstance(whole, list):
        return [_replaced(each, made) for each in cast("list[object]", whole)]
    return whole
