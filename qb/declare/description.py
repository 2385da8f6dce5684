"""What a table is, as plain frozen data: what DDL, drift checks and documentation read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qb.declare.content import Described
from qb.declare.owner import undefined
from qb.declare.table_options import NO_OPTIONS, TableOptions
from qb.errors import DefinitionError
from qb.model.counting import Counting
from qb.model.partition import Partitioning, PartitionOf
from qb.model.sequence import Sequence
from qb.query.expr.expr import Expr, is_expr
from qb.tree.expressions import ColumnNode, Expression
from qb.tree.relations import TableSource
from qb.types import SqlType
from qb.types.guard import Guard


class ColumnInfo(Described, frozen=True, eq=False):
    """A column. `default` and `generated` are expressions, `identity` is "", "by default" or "always"."""

    attribute: str
    name: str
    type: SqlType[Any]
    python: object
    optional: bool
    default: Expression | None = None
    identity: str = ""
    generated: Expression | None = None
    stored: bool = True
    primary_key: bool = False
    unique: bool = False
    index: bool = False
    check: Expression | None = None
    references: ReferenceInfo | None = None
    comment: str | None = None
    checked: bool | None = None
    guard: Guard | None = None
    """Whether PostgreSQL checks the labels of a Literal or Enum; None where the schema decides."""
    counting: Counting | None = None
    """How an identity counts."""
    serial: Sequence | None = None
    """The sequence that a serial owns, which its default draws from."""
    storage: str | None = None
    compression: str | None = None
    statistics: int | None = None
    hidden: bool = False
    """Whether rows leave it out."""
    deprecated: str | None = None
    """What to use instead of it; its comment says so, too."""
    renamed_from: str | None = None
    """What it was called before."""

    @property
    def required(self) -> bool:
        """Whether an insert must give it."""
        return self.default is None and not self.identity and self.generated is None

    @property
    def writable(self) -> bool:
        """Whether an insert may give it."""
        return self.generated is None and self.identity != "always"


class ReferenceInfo(Described, frozen=True, eq=False):
    """A foreign key of one column, its target perhaps not defined yet."""

    target: Expr[Any] | Callable[[], Expr[Any]]
    on_delete: str | None
    on_update: str | None
    deferrable: str

    def column(self, where: str) -> ColumnNode:
        """The column it points to. DefinitionError, which begins with `where`, if that is not one of a table."""
        found: object = self.target
        if callable(self.target):
            try:
                found = self.target()
            except NameError as error:
                raise undefined(where, error) from None
        node = found.node if is_expr(found) else None
        if not isinstance(node, ColumnNode) or not isinstance(node.relation, TableSource):
            raise DefinitionError(
                f"{where} references {found!r}: write a table's column such as User.id, or lambda: User.id"
            )
        return node

    def parts(self) -> tuple[object, ...]:
        return (self.column("a column"), self.on_delete, self.on_update, self.deferrable)


class TableInfo(Described, frozen=True, eq=False):
    """A table with its columns; constraints that stand beside it are values of their own."""

    source: TableSource
    columns: tuple[ColumnInfo, ...]
    external: bool = False
    """Whether somebody else owns it."""
    options: TableOptions = NO_OPTIONS
    partition_by: Partitioning | None = None
    partition_of: PartitionOf | None = None

    @property
    def title(self) -> str:
        """`schema.name`, as errors say it."""
        return self.source.name if self.source.schema is None else f"{self.source.schema}.{self.source.name}"

    @property
    def primary_key(self) -> tuple[ColumnInfo, ...]:
        """The columns of the primary key."""
        return tuple(column for column in self.columns if column.primary_key)
