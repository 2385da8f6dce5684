"""An index as the database has it.

https://www.postgresql.org/docs/current/sql-createindex.html
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from qb.model.constraint import columns_in, objects_in, of_columns
from qb.model.object import Identity, InTable
from qb.tree.expressions import Expression


class OperatorClass(msgspec.Struct, frozen=True):
    """How an index compares a key, with parameters of its own."""

    name: str
    parameters: tuple[tuple[str, str], ...] = ()


class Index(InTable, frozen=True):
    """An index: its keys are columns, expressions, or either with an order.

    >>> index("tasks_open_idx", Task.user_id, where=~Task.done) == index("tasks_open_idx", Task.user_id)
    False
    """

    kind: ClassVar[str] = "index"
    on: tuple[Expression, ...]
    unique: bool = False
    method: str = "btree"
    where: Expression | None = None
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    operator_classes: tuple[OperatorClass | None, ...] = ()
    with_: tuple[tuple[str, str], ...] = ()
    tablespace: str = ""

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its table, and the columns and functions that it uses."""
        used = (*columns_in(*self.on, self.where), *self.include)
        return (*of_columns(self.table, tuple(dict.fromkeys(used))), *objects_in(*self.on, self.where))
