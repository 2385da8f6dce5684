"""What a table is, as plain frozen data: what DDL, drift checks and documentation read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from qb.sql.expr import Expr
from qb.sql.nodes import Node, TableSource
from qb.types import SqlType


class ColumnInfo(msgspec.Struct, frozen=True):
    """A column. `default` and `generated` are expressions, `identity` is "", "by default" or "always"."""

    attribute: str
    name: str
    type: SqlType[Any]
    python: object
    optional: bool
    default: Node | None = None
    identity: str = ""
    generated: Node | None = None
    stored: bool = True
    primary_key: bool = False
    unique: bool = False
    index: bool = False
    check: Node | None = None
    references: ReferenceInfo | None = None
    comment: str | None = None

    @property
    def required(self) -> bool:
        """Whether an insert must give it."""
        return self.default is None and not self.identity and self.generated is None

    @property
    def writable(self) -> bool:
        """Whether an insert may give it."""
        return self.generated is None and self.identity != "always"


class ReferenceInfo(msgspec.Struct, frozen=True):
    """A foreign key of one column, its target perhaps not defined yet."""

    target: Expr[Any] | Callable[[], Expr[Any]]
    on_delete: str | None
    on_update: str | None
    deferrable: bool


class TableInfo(msgspec.Struct, frozen=True):
    """A table with its columns; constraints that stand beside it are values of their own."""

    source: TableSource
    columns: tuple[ColumnInfo, ...]

    @property
    def title(self) -> str:
        """`schema.name`, as errors say it."""
        return self.source.name if self.source.schema is None else f"{self.source.schema}.{self.source.name}"

    @property
    def primary_key(self) -> tuple[ColumnInfo, ...]:
        """The columns of the primary key."""
        return tuple(column for column in self.columns if column.primary_key)
