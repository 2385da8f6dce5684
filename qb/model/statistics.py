"""Statistics objects: what the planner is to know of several columns together, or of an expression.

https://www.postgresql.org/docs/current/sql-createstatistics.html
"""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from qb.model.constraint import columns_in, objects_in, of_columns
from qb.model.object import Attached, Identity
from qb.tree.expressions import Expression


class Statistics(Attached, frozen=True):
    """CREATE STATISTICS. Without kinds it is all that PostgreSQL has."""

    kind: ClassVar[str] = "statistics"
    alters: ClassVar[frozenset[str]] = frozenset(("target",))
    on: tuple[Expression, ...]
    kinds: tuple[str, ...] = ()
    target: int | None = None
    """How much is kept; None for as much as of its columns."""

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its table, and the columns and functions that it is about."""
        return (*of_columns(self.table, columns_in(*self.on)), *objects_in(*self.on))

    @property
    def as_created(self) -> Statistics:
        """Without its target, which only ALTER says."""
        return replace(self, target=None)
