"""Tables and their columns as the database has them.

https://www.postgresql.org/docs/current/sql-createtable.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec.structs import replace

from qb.errors import DefinitionError
from qb.model.constraint import (
    Check,
    ForeignKeyDefinition,
    PrimaryKeyDefinition,
    UniqueDefinition,
    columns_in,
    objects_in,
    of_columns,
)
from qb.model.counting import Counting
from qb.model.index import Index
from qb.model.object import Attached, Identity, InTable, Object, Ownable, in_schema, of_table
from qb.model.partition import Partitioning, PartitionOf
from qb.model.type import NamedType
from qb.tree.expressions import Expression
from qb.tree.relations import TableSource

RELATION_PRIVILEGES: Mapping[str, int] = {
    "select": 1,
    "insert": 1,
    "update": 1,
    "delete": 1,
    "truncate": 1,
    "references": 1,
    "trigger": 1,
    "maintain": 17,
}
"""What may be granted on a table, and on what is read as one."""


class ColumnDefinition(InTable, frozen=True):
    """A column. `as_identity` is "", "by default" or "always"; a generated one is `stored`, or computed when read."""

    kind: ClassVar[str] = "column"
    loses: ClassVar[bool] = True  # its values
    alters: ClassVar[frozenset[str]] = frozenset(
        ("type", "optional", "default", "as_identity", "counting", "storage", "compression", "statistics")
    )
    privileges: ClassVar[Mapping[str, int]] = {"select": 1, "insert": 1, "update": 1, "references": 1}
    type: NamedType
    optional: bool
    default: Expression | None = None
    as_identity: str = ""
    generated: Expression | None = None
    stored: bool = True
    counting: Counting | None = None
    """How an identity counts."""
    storage: str = ""
    """How PostgreSQL keeps long values; "" for what its type says."""
    compression: str = ""
    statistics: int | None = None
    """How much is kept of what its values are; None for as much as of others."""

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its table, its type, the columns that it is computed from, and what its default draws from."""
        return (*of_columns(self.table, columns_in(self.generated)), *self.type.needs, *self.called)

    @property
    def called(self) -> tuple[Identity, ...]:
        """What its default and its expression name."""
        return objects_in(self.default, self.generated)

    @property
    def as_created(self) -> ColumnDefinition:
        """The same as CREATE TABLE makes it; how it is kept is altered afterwards."""
        return replace(self, storage="", compression="", statistics=None)

    def check_alter(self, after: ColumnDefinition) -> None:
        """Its values follow its type where PostgreSQL casts them by itself."""
        if self.generated is not None and self.type != after.type:
            raise DefinitionError(f"{self.identity} is generated, so its type is its expression's: drop and create it")

    def restores(self, after: ColumnDefinition) -> bool:
        """A wider integer goes back to what it was; what other types made of the values, and how far the numbers of an
        identity were, nobody knows."""
        mine, other = self.type.wire, after.type.wire
        widened = mine.is_integer and other.is_integer and mine.rank <= other.rank
        return (widened or self.type == after.type) and (not self.as_identity or bool(after.as_identity))


_ITS_OWN = frozenset(("table", "column"))


class TableDefinition(Ownable, frozen=True):
    """A table, its columns, its constraints and its indexes, every one of them with its name."""

    kind: ClassVar[str] = "table"
    loses: ClassVar[bool] = True  # its rows
    alters: ClassVar[frozenset[str]] = frozenset(
        (
            *("columns", "primary_key", "uniques", "checks", "foreign_keys", "indexes", "attached"),
            *("partition_of", "inherits", "unlogged", "with_", "tablespace", "method"),
        )
    )
    holds: ClassVar[frozenset[str]] = frozenset(
        ("columns", "primary_key", "uniques", "checks", "foreign_keys", "indexes", "attached")
    )
    unwritten: ClassVar[frozenset[str]] = frozenset(("inherited",))
    privileges: ClassVar[Mapping[str, int]] = RELATION_PRIVILEGES
    source: TableSource
    columns: tuple[ColumnDefinition, ...]
    primary_key: PrimaryKeyDefinition | None = None
    uniques: tuple[UniqueDefinition, ...] = ()
    checks: tuple[Check, ...] = ()
    foreign_keys: tuple[ForeignKeyDefinition, ...] = ()
    indexes: tuple[Index, ...] = ()
    attached: tuple[Attached, ...] = ()
    """What else is declared next to it."""
    partition_by: Partitioning | None = None
    """How it is divided."""
    partition_of: PartitionOf | None = None
    """What it is a part of, whose columns it has."""
    inherits: tuple[TableSource, ...] = ()
    """The tables whose columns it has, and whose rows are its own, too."""
    inherited: frozenset[str] = frozenset()
    """Its columns that are those of what it inherits, or is a part of."""
    unlogged: bool = False
    with_: tuple[tuple[str, str], ...] = ()
    """Storage parameters."""
    tablespace: str = ""
    method: str = ""
    """Its access method; "" for what the server has."""

    @property
    def title(self) -> str:
        """`schema.name`, as errors say it."""
        return self.identity.title

    @property
    def info(self) -> TableDefinition:
        """The table itself: `table.info.columns` are its columns, too."""
        return self

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return of_table(self.source)

    @property
    def children(self) -> tuple[Object, ...]:
        """Its own columns, its constraints, its indexes, and what else is attached to it."""
        own = (each for each in self.columns if each.name not in self.inherited)
        return (*own, *self._beside)

    @property
    def _beside(self) -> tuple[Object, ...]:
        key = () if self.primary_key is None else (self.primary_key,)
        return (*key, *self.uniques, *self.checks, *self.foreign_keys, *self.indexes, *self.attached)

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its schema, what its columns, checks and indexes are made with, and what its foreign keys point to unless
        they come late."""
        types = [need for column in self.columns for need in column.type.needs]
        own = [each for each in self.columns if each.default is not None or each.generated is not None]
        drawn = (need for each in own if each.name not in self.inherited for need in each.called)
        beside = (need for each in self._beside if not isinstance(each, Attached) for need in each.needs)
        called = [need for need in (*drawn, *beside) if need.kind not in _ITS_OWN]
        targets = (of_table(key.target) for key in self.foreign_keys if not key.late and key.target != self.source)
        divided = () if self.partition_by is None else self.partition_by.needs
        parents = map(of_table, self.parents)
        return tuple(dict.fromkeys((*in_schema(self.source.schema), *parents, *types, *called, *divided, *targets)))

    @property
    def parents(self) -> tuple[TableSource, ...]:
        """What it inherits, or is a part of."""
        return self.inherits if self.partition_of is None else (self.partition_of.parent,)

    @property
    def shared(self) -> tuple[Object, ...]:
        """The columns of what it inherits, or is a part of."""
        return tuple(each for each in self.columns if each.name in self.inherited)

    def lasting(self, other: TableDefinition) -> tuple[tuple[Object, ...], tuple[Object, ...]]:
        """Columns that are, or become, those of another table are not its to change."""
        theirs = self.inherited | other.inherited

        def own(table: TableDefinition) -> tuple[Object, ...]:
            return tuple(
                each for each in table.children if not (isinstance(each, ColumnDefinition) and each.name in theirs)
            )

        return own(self), own(other)
