"""What rules of expressions give each other: what may be named, and what was said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

from qb.kit.pull.constants import constant_of, wide_integer
from qb.kit.pull.deparsed import Deparsed, WrittenCast
from qb.kit.pull.kinds import INTEGERS, Callee, ValueKind, kind
from qb.kit.pull.source import Code, code_of


class NamedColumn(NamedTuple):
    """A column that expressions may name: how, and what it holds."""

    code: Code
    kind: ValueKind


class TypedCode(NamedTuple):
    """An expression as it is written."""

    code: Code
    kind: ValueKind
    is_column: bool = False
    is_tight: bool = True
    """Whether it binds closer than an operator does."""

    @property
    def within(self) -> Code:
        """As it stands beside an operator."""
        return self.code if self.is_tight else code_of(("(", self.code, ")"), "")


class Nameable(NamedTuple):
    """What an expression may name."""

    columns: Mapping[str, NamedColumn]
    functions: Mapping[tuple[str, str], list[Callee]]
    is_policy: bool = False
    """Whether it is a policy's, in which every number says its type."""


Say: TypeAlias = Callable[[Deparsed, Nameable], TypedCode | None]
"""How what is within an expression is said."""

CONDITION: Final = kind("bool", "bool")
MOMENTS: Final = ("timestamptz", "timestamp")


def pieced(parts: tuple[Code | str, ...], of: ValueKind, *imports: str, tight: bool = True) -> TypedCode:
    """An expression of several pieces, and what it imports."""
    code = code_of(parts, "")
    return TypedCode(Code(code.text, code.uses, code.imports | {*imports}), of, is_tight=tight)


def true_or_none(*of: TypedCode) -> ValueKind:
    """The kind of a condition on some."""
    return CONDITION._replace(optional=any(each.kind.optional for each in of))


def constant_beside(node: Deparsed, left: TypedCode, scope: Nameable) -> Code | None:
    """A constant beside something. An integer of more digits is one of bigint, but beside a column."""
    of = left.kind
    if scope.is_policy and of.base in INTEGERS:
        return wide_integer(node) if of.brand is None else None
    found = constant_of(node, of)
    return None if found is not None and not left.is_column and is_long(left, found) else found


_PLAIN_DIGITS: Final = 9


def is_long(left: TypedCode, value: Code) -> bool:
    """Whether an integer has so many digits that its type depends on where it stands."""
    return left.kind.base in INTEGERS and len(value.text.lstrip("-")) > _PLAIN_DIGITS


def as_text(node: Deparsed, scope: Nameable, say: Say, *more: str) -> TypedCode | None:
    """An expression, without the cast of varchar to text, which the server puts in by itself; nor that of `more`."""
    if isinstance(node, WrittenCast) and node.type == "text":
        inner = say(node.operand, scope)
        if inner is not None and inner.kind.base in ("varchar", *more):
            return inner
    return say(node, scope)


def beside(node: Deparsed, other: ValueKind, scope: Nameable, say: Say) -> TypedCode | None:
    """An expression, without the cast to the type of another that the server puts in by itself."""
    if isinstance(node, WrittenCast):
        inner = say(node.operand, scope)
        if inner is not None:
            to_exact = node.type == "numeric" and other.base == "numeric" and inner.kind.base in INTEGERS
            to_text = node.type == "text" and other.base in ("text", "varchar") and inner.kind.base == "varchar"
            if to_text or (to_exact and inner.kind.brand is None):
                return inner
    return say(node, scope)
