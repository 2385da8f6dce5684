"""Exclusion constraints. https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-EXCLUDE"""

from __future__ import annotations

from typing import ClassVar

from qb.model.constraint import columns_in, objects_in, of_columns
from qb.model.index import OperatorClass
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
    include: tuple[str, ...] = ()
    operator_classes: tuple[OperatorClass | None, ...] = ()
    with_: tuple[tuple[str, str], ...] = ()
    tablespace: str = ""

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its table, and the columns and functions that it looks with."""
        used = (*columns_in(*self.on, self.where), *self.include)
        return (*of_columns(self.table, tuple(dict.fromkeys(used))), *objects_in(*self.on, self.where))
