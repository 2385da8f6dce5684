"""A table with all that belongs to it, names settled and references resolved: what DDL is written from."""

from __future__ import annotations

from qb.declare.constraints import Check, Unique
from qb.declare.content import Described
from qb.declare.description import TableInfo
from qb.declare.index import Index
from qb.tree.nodes import TableSource


class PrimaryKeyInfo(Described, frozen=True, eq=False):
    """The primary key of a table."""

    name: str
    columns: tuple[str, ...]


class ForeignKeyInfo(Described, frozen=True, eq=False):
    """A foreign key whose target is known."""

    table: TableSource
    name: str
    columns: tuple[str, ...]
    target: TableSource
    target_columns: tuple[str, ...]
    on_delete: str | None = None
    on_update: str | None = None
    deferrable: bool = False
    late: bool = False
    """Whether its target is created after its table, so that it has to be added afterwards."""


class TableDefinition(Described, frozen=True, eq=False):
    """A table, its constraints and its indexes, every one of them with its name."""

    info: TableInfo
    primary_key: PrimaryKeyInfo | None
    uniques: tuple[Unique, ...] = ()
    checks: tuple[Check, ...] = ()
    foreign_keys: tuple[ForeignKeyInfo, ...] = ()
    indexes: tuple[Index, ...] = ()

    @property
    def source(self) -> TableSource:
        """The table as SQL knows it."""
        return self.info.source

    @property
    def title(self) -> str:
        """`schema.name`, as errors say it."""
        return self.info.title
