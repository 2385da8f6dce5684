"""Exclusion constraints. https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-EXCLUDE"""

from __future__ import annotations

from typing import ClassVar

from qb.model.constraint import columns_in, objects_in, of_columns
from qb.model.object import Attached, Identity
from qb.tree.expressions import Expression


class Exclusion(Attached, frozen=True):
    """No two rows may give true for all of the operators."""

    kind: ClassVar[str] = "exclusion"
    on: tuple[Expression, ...]
    operators: tuple[str, ...]
    method: str
    where: Expression | None = None
    deferrable: str = ""

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its table, and the columns and functions that it looks with."""
        return (*of_columns(self.table, columns_in(*self.on, self.where)), *objects_in(*self.on, self.where))
