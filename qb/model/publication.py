"""Publications: which tables, which of their rows and columns, and which changes of them are sent to subscribers.

https://www.postgresql.org/docs/current/logical-replication-publication.html
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from qb.errors import DefinitionError
from qb.model.constraint import columns_in, objects_in, of_columns
from qb.model.object import Identity, Standalone
from qb.tree.expressions import Expression
from qb.tree.relations import TableSource

PUBLISHED_CHANGES = ("insert", "update", "delete", "truncate")
"""What is published where nothing else is said."""


class PublishedTable(msgspec.Struct, frozen=True):
    """A table of a publication: all of it, or some columns of the rows that fulfil a condition."""

    table: TableSource
    columns: tuple[str, ...] = ()
    where: Expression | None = None

    @property
    def needs(self) -> tuple[Identity, ...]:
        """The table, and the columns and functions that it names."""
        return (*of_columns(self.table, (*self.columns, *columns_in(self.where))), *objects_in(self.where))


class Publication(Standalone, frozen=True):
    """CREATE PUBLICATION."""

    kind: ClassVar[str] = "publication"
    alters: ClassVar[frozenset[str]] = frozenset(("tables", "schemas", "publish", "via_partition_root", "generated"))
    tables: tuple[PublishedTable, ...] = ()
    schemas: tuple[str, ...] = ()
    """The PostgreSQL schemas all of whose tables are published, those that are still to come, too."""
    all_tables: bool = False
    publish: tuple[str, ...] = PUBLISHED_CHANGES
    via_partition_root: bool = False
    generated: bool = False
    """Whether generated columns that are stored are sent, too."""

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its tables and schemas."""
        tables = (need for each in self.tables for need in each.needs)
        return tuple(dict.fromkeys((*tables, *(Identity("schema", "", "", each) for each in self.schemas))))

    def check_alter(self, after: Publication) -> None:
        """One of all tables stays that."""
        if self.all_tables != after.all_tables:
            raise DefinitionError(f"{self.identity} is of all tables or is not: drop it and create it anew")
