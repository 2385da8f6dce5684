"""`Typed`: a node with its type, which is what the rules of operators and functions know of an expression."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Generic, TypeVar, cast

from typing_extensions import TypeIs

from qb.frozen import FrozenStruct
from qb.tree.expressions import Expression, ParamNode
from qb.types import SqlType

T_co = TypeVar("T_co", covariant=True)


class Typed(FrozenStruct, Generic[T_co]):
    """A node whose values are T, without operators: `Expr` adds those.

    `node` is its syntax tree, `type` its PostgreSQL type, `python` what its values are read as (an annotation without
    None), `optional` whether T admits None.
    """

    node: Expression
    type: SqlType[Any]
    python: object
    optional: bool


class Labelled(Typed[T_co]):
    """A typed node with a name of its own, which a column is."""

    @property
    def label(self) -> str:
        """What errors call it."""
        raise NotImplementedError


def is_typed(value: object) -> TypeIs[Typed[Any]]:
    """Whether a value is an expression: a node with a type."""
    return isinstance(value, Typed)


def param_name(value: Typed[Any]) -> str | None:
    """The name of the prepared query's parameter that an expression is; None where it is none."""
    node = value.node
    return node.name if type(node) is ParamNode and node.column == "?" else None


def is_param(value: Typed[Any]) -> bool:
    """Whether an expression is a parameter of a prepared query, which takes its type from its neighbour."""
    return param_name(value) is not None


def expression_in(value: object) -> Typed[Any] | None:
    """The first expression within the lists and dicts of a value, which is no value then; None where there is none."""
    waiting: list[object] = [value]
    while waiting:
        each = waiting.pop()
        if is_typed(each):
            return each
        if isinstance(each, Mapping):
            each = list(cast("Mapping[object, object]", each).values())
        if isinstance(each, list | tuple | set | frozenset):
            items: Iterable[object] = cast("Iterable[object]", each)
            if any(issubclass(kind, _HOLDS) for kind in set(map(type, items))):  # of numbers and texts no more is asked
                waiting += items
    return None


def is_own(value: object) -> TypeIs[Typed[Any]]:
    """Whether it is an expression with a type of its own, and no plain value or parameter."""
    return isinstance(value, Typed) and (type(value.node) is not ParamNode or value.node.column != "?")


def types_of(*values: object) -> tuple[SqlType[Any], ...]:
    """The types of those values that have one of their own."""
    return tuple(value.type for value in values if is_own(value))


def label_of(value: object) -> str:
    """What errors call a column; nothing for another expression."""
    return value.label if isinstance(value, Labelled) else ""


def python_of(type: SqlType[Any]) -> object:
    """What values of a type are read as where no annotation says more."""
    return getattr(type, "python", object)


_HOLDS: Final = (Typed, list, tuple, set, frozenset, Mapping)
