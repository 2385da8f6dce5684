"""What a column was declared with, before its table exists: an expression that other columns of the class can use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qb.query.expr import Column, Expr
from qb.query.symbol import Origin, Symbol
from qb.types import SqlType


class Spec(Symbol):
    """`column(...)` in a class body."""

    __slots__ = ("options",)
    options: ColumnOptions

    def __init__(self, options: ColumnOptions) -> None:
        super().__init__(Origin())
        object.__setattr__(self, "options", options)


class ColumnOptions:
    """The keyword arguments of `column`, as they were given."""

    __slots__ = (
        "check",
        "checked",
        "comment",
        "default",
        "generated",
        "has_default",
        "index",
        "name",
        "on_update",
        "primary_key",
        "references",
        "stored",
        "type",
        "unique",
    )
    type: SqlType[Any] | None
    name: str | None
    default: object
    has_default: bool
    on_update: object
    generated: object
    stored: bool
    primary_key: bool
    unique: bool
    index: bool
    check: Expr[Any] | Callable[[Column[Any]], Expr[Any]] | None
    references: Reference | None
    comment: str | None
    checked: bool | None

    def __init__(self, **options: Any) -> None:
        for slot in self.__slots__:
            object.__setattr__(self, slot, options.get(slot))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("the options of a column are frozen")


class Reference:
    """A foreign key of one column: what it points to, perhaps later, and what follows when that changes."""

    __slots__ = ("deferrable", "on_delete", "on_update", "target")
    target: Expr[Any] | Callable[[], Expr[Any]]
    on_delete: str | None
    on_update: str | None
    deferrable: bool

    def __init__(
        self,
        target: Expr[Any] | Callable[[], Expr[Any]],
        on_delete: str | None = None,
        on_update: str | None = None,
        deferrable: bool = False,
    ) -> None:
        fix = object.__setattr__
        fix(self, "target", target)
        fix(self, "on_delete", on_delete)
        fix(self, "on_update", on_update)
        fix(self, "deferrable", deferrable)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a reference is a frozen value")


class Identity:
    """GENERATED ... AS IDENTITY, as a default (by default) or as `generated` (always)."""

    __slots__ = ()
