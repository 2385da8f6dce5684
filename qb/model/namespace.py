"""A PostgreSQL schema as the database has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from qb.model.object import Identity, Object


class Namespace(Object, frozen=True):
    """A PostgreSQL schema. Shared with others: it is created where it is missing, and dropped where it is empty.

    https://www.postgresql.org/docs/current/ddl-schemas.html
    """

    kind: ClassVar[str] = "schema"
    privileges: ClassVar[Mapping[str, int]] = {"create": 1, "usage": 1}
    name: str

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return Identity(self.kind, "", "", self.name)
