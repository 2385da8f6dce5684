"""What a column was declared with, before its table exists: an expression that other columns of the class can use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from qb.frozen import FrozenStruct
from qb.model.sequence import Sequence
from qb.query.expr.column import Column
from qb.query.expr.expr import Expr
from qb.query.symbol import Origin, Symbol, symbol
from qb.types import SqlType
from qb.types.guard import Guard


class Spec(Symbol):
    """`column(...)` in a class body."""

    options: ColumnOptions


def spec_of(options: ColumnOptions) -> Spec:
    """What a class body holds of a column until its table exists."""
    return symbol(Spec, Origin(), options)


class ColumnOptions(FrozenStruct, kw_only=True):
    """The keyword arguments of `column`, as they were given."""

    _said: ClassVar[str] = "the options of a column are frozen"
    type: SqlType[Any] | None = None
    name: str | None = None
    default: object = None
    has_default: bool = False
    on_update: object = None
    generated: object = None
    stored: bool = True
    primary_key: bool = False
    unique: bool = False
    index: bool = False
    check: Expr[Any] | Callable[[Column[Any]], Expr[Any]] | None = None
    references: Reference | None = None
    renamed_from: str | None = None
    comment: str | None = None
    deprecated: str | None = None
    checked: bool | None = None
    guard: Guard | None = None
    storage: str | None = None
    compression: str | None = None
    statistics: int | None = None


class Reference(FrozenStruct):
    """A foreign key of one column: what it points to, perhaps later, and what follows when that changes."""

    _said: ClassVar[str] = "a reference is a frozen value"
    target: Expr[Any] | Callable[[], Expr[Any]]
    on_delete: str | None = None
    on_update: str | None = None
    deferrable: str = ""


class IdentitySpec(FrozenStruct):
    """GENERATED ... AS IDENTITY, as a default (by default) or as `generated` (always), and how it counts."""

    _said: ClassVar[str] = "an identity is a frozen value"
    start: int | None = None
    increment: int = 1
    min: int | None = None
    max: int | None = None
    cache: int = 1
    cycle: bool = False


class SerialSpec(FrozenStruct):
    """The next number of a sequence that the column owns: its own, or the one that is given."""

    _said: ClassVar[str] = "a serial is a frozen value"
    sequence: Sequence | None = None
