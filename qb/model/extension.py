"""An extension as the database has it."""

from __future__ import annotations

from typing import ClassVar

from qb.model.object import Identity, Object


class Extension(Object, frozen=True):
    """What CREATE EXTENSION installs. Shared with others: it is created where it is missing, and never dropped.

    https://www.postgresql.org/docs/current/sql-createextension.html
    """

    kind: ClassVar[str] = "extension"
    name: str

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return Identity(self.kind, "", "", self.name)
