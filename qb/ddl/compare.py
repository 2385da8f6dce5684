"""Whether what stands already is what was declared."""

from __future__ import annotations

from qb.ddl.base import BaseOperation
from qb.model.object import Identity
from qb.model.table import TableDefinition


class Compare(BaseOperation, frozen=True):
    """No change: it fails where a table that stands already is not the one that was declared."""

    tables: tuple[TableDefinition, ...]

    @property
    def identity(self) -> Identity:
        """The first table; it is about all of them."""
        return self.tables[0].identity

    @property
    def inverse(self) -> Compare:
        """Itself: it changes nothing."""
        return self
