"""What a column was declared with, before its table exists: an expression that other columns of the class can use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from qb.sql.expr import Column, Expr
from qb.sql.nodes import Bind, ColumnNode, Node, Relation, fields_of
from qb.types import SqlType
from qb.types.base import Convert


class OwnSource(Relation, frozen=True):
    """The table whose class body is still being read."""


class Unstated(SqlType[Any]):
    """The type of a column that states none, until its annotation is read."""

    __slots__ = ()

    def __init__(self, token: str) -> None:
        super().__init__(token, token, "unstated")

    @property
    def encode(self) -> Convert | None:
        return None


class Spec(Column[Any]):
    """`column(...)` in a class body."""

    __slots__ = ("options",)
    options: Options

    def __init__(self, type: SqlType[Any] | None, options: Options) -> None:
        token = f"column {id(self):x}"
        super().__init__(ColumnNode(OwnSource(), token, True), type or Unstated(token), object, False, token)
        object.__setattr__(self, "options", options)

    @property
    def token(self) -> str:
        """Stands for the column's name until it has one."""
        return self.attribute

    @property
    def label(self) -> str:
        return ""


class Options:
    """The keyword arguments of `column`, as they were given."""

    __slots__ = (
        "check",
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


def rewritten(node: Any, names: dict[str, ColumnNode], types: dict[str, SqlType[Any]]) -> Any:
    """The tree with the columns of a class body replaced by those of its table."""
    if isinstance(node, ColumnNode):
        return names.get(node.name, node) if isinstance(node.relation, OwnSource) else node
    if isinstance(node, Bind):
        return Bind(node.value, types[node.type.name], node.column) if isinstance(node.type, Unstated) else node
    if isinstance(node, Node):
        return type(node)(*(rewritten(field, names, types) for field in fields_of(node)))
    if isinstance(node, tuple):
        return tuple(rewritten(item, names, types) for item in cast("tuple[object, ...]", node))
    return node
