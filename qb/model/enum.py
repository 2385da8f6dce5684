"""An enumerated type as the database has it.

https://www.postgresql.org/docs/current/datatype-enum.html
"""

from __future__ import annotations

from typing import ClassVar

from qb.model.object import Identity, Object, in_schema
from qb.types.identifier import qualified_type


class EnumDefinition(Object, frozen=True):
    """CREATE TYPE ... AS ENUM."""

    kind: ClassVar[str] = "enum"
    schema: str | None
    type_name: str
    labels: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name as SQL writes it."""
        return qualified_type(self.schema, self.type_name)

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return Identity(self.kind, self.schema or "", "", self.type_name)

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its schema."""
        return in_schema(self.schema)
