"""The constraints of a table: primary key, unique, check and foreign key, each with its name.

https://www.postgresql.org/docs/current/ddl-constraints.html
"""

from __future__ import annotations

from typing import ClassVar

from qb.errors import DefinitionError
from qb.model.object import Identity, InTable, Standalone, of_table, within_table
from qb.model.type import named_type
from qb.tree.expressions import Call, Cast, Collate, ColumnNode, Expression
from qb.tree.relations import TableSource
from qb.tree.visit import within
from qb.types.collation import collation_object


class PrimaryKeyDefinition(InTable, frozen=True):
    """The primary key of a table."""

    kind: ClassVar[str] = "primary key"
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    deferrable: str = ""
    """"deferred" or "immediate", as it is initially; "" where it is not deferrable."""
    without_overlaps: bool = False
    """Whether its last column is a range, of which no two may overlap."""
    with_: tuple[tuple[str, str], ...] = ()
    """Storage parameters of its index."""
    tablespace: str = ""

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its table and its columns."""
        return of_columns(self.table, (*self.columns, *self.include))


class UniqueDefinition(InTable, frozen=True):
    """No two rows have the same values in these columns."""

    kind: ClassVar[str] = "unique"
    columns: tuple[str, ...]
    nulls_not_distinct: bool = False
    include: tuple[str, ...] = ()
    deferrable: str = ""
    without_overlaps: bool = False
    with_: tuple[tuple[str, str], ...] = ()
    tablespace: str = ""

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its table and its columns."""
        return of_columns(self.table, (*self.columns, *self.include))


class Check(InTable, frozen=True):
    """A condition that holds for every row.

    >>> check("tasks_hours_check", Task.hours < 100)
    <check tasks.tasks_hours_check>
    """

    kind: ClassVar[str] = "check"
    alters: ClassVar[frozenset[str]] = frozenset(("valid",))
    condition: Expression
    valid: bool = True
    """Whether the rows that were there before it are known to fulfil it."""
    no_inherit: bool = False

    @property
    def late(self) -> bool:
        """Whether it has to be added afterwards: what CREATE TABLE creates is always valid."""
        return not self.valid

    def check_alter(self, after: Check) -> None:
        """What is known to hold is not forgotten."""
        if self.valid and not after.valid:
            raise DefinitionError(f"{self.identity} is valid, which ALTER does not take back: drop and create it")

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its table, the columns that it looks at, and the functions that it calls."""
        return (*of_columns(self.table, columns_in(self.condition)), *objects_in(self.condition))


class ForeignKeyDefinition(InTable, frozen=True):
    """Columns whose values are those of a row of another table, or of the same one."""

    kind: ClassVar[str] = "foreign key"
    alters: ClassVar[frozenset[str]] = frozenset(("deferrable", "valid"))
    unwritten: ClassVar[frozenset[str]] = frozenset(("late",))
    columns: tuple[str, ...]
    target: TableSource
    target_columns: tuple[str, ...]
    on_delete: str | None = None
    on_update: str | None = None
    deferrable: str = ""
    on_delete_columns: tuple[str, ...] = ()
    """Which columns ON DELETE sets; all of them where none is named."""
    match: str | None = None
    valid: bool = True
    """Whether the rows that were there before it are known to fulfil it."""
    period: bool = False
    """Whether its last columns are ranges: those that it points to hold its own, all together."""
    late: bool = False
    """Whether its target is created after its table, so that it has to be added afterwards."""

    @property
    def needs(self) -> tuple[Identity, ...]:
        """The tables and the columns on both sides."""
        found = (*of_columns(self.table, self.columns), *of_columns(self.target, self.target_columns))
        return tuple(dict.fromkeys(found))

    def check_alter(self, after: ForeignKeyDefinition) -> None:
        """What is known to hold is not forgotten."""
        if self.valid and not after.valid:
            raise DefinitionError(f"{self.identity} is valid, which ALTER does not take back: drop and create it")


def of_columns(table: TableSource, columns: tuple[str, ...]) -> tuple[Identity, ...]:
    """The table, and these columns of it; those of a materialized view are no objects."""
    own = columns if table.kind == "table" else ()
    return (of_table(table), *(within_table("column", table, column) for column in own))


def objects_in(*expressions: Expression | None) -> tuple[Identity, ...]:
    """The functions, sequences and types of one's own that expressions name, each once."""
    found: dict[Identity, None] = {}
    for node in (node for each in expressions for node in within(each)):
        if isinstance(node, Call) and node.function.uses is not None:
            kind, schema, name = node.function.uses
            found[Identity(kind, schema, "", name)] = None
        elif isinstance(node, Cast):
            found |= dict.fromkeys(named_type(node.type).needs)
        elif isinstance(node, Collate) and isinstance(own := collation_object(node.collation), Standalone):
            found[own.identity] = None
    return tuple(found)


def columns_in(*expressions: Expression | None) -> tuple[str, ...]:
    """The columns that expressions of one table use, each once."""
    used = (node.name for each in expressions for node in within(each) if isinstance(node, ColumnNode))
    return tuple(dict.fromkeys(used))
