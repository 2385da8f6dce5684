"""A type of somebody else's, known by its name alone.

https://www.postgresql.org/docs/current/sql-createdomain.html
"""

from __future__ import annotations

from typing import ClassVar

from qb.model.object import Identity, Ownable


class ExternalType(Ownable, frozen=True):
    """A type of one's own whose owner is somebody else: `pg.custom("auth.code", ..., external=True)`."""

    kind: ClassVar[str] = "external type"
    sql: str
    """Its name as SQL writes it."""

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return Identity(self.kind, "", "", self.sql)
