"""An enumerated type as the database has it.

https://www.postgresql.org/docs/current/datatype-enum.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from qb.errors import DefinitionError
from qb.model.object import Identity, Ownable, in_schema
from qb.types.identifier import qualified_type


class EnumDefinition(Ownable, frozen=True):
    """CREATE TYPE ... AS ENUM."""

    kind: ClassVar[str] = "enum"
    alters: ClassVar[frozenset[str]] = frozenset(("labels",))
    privileges: ClassVar[Mapping[str, int]] = {"usage": 1}
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

    def check_alter(self, after: EnumDefinition) -> None:
        """Labels only come: PostgreSQL takes none away, and moves none."""
        if gone := [each for each in self.labels if each not in after.labels]:
            raise DefinitionError(
                f"{self.identity} cannot lose the label {gone[0]!r}, as PostgreSQL drops none: keep it, or create "
                "a new type, alter the columns to it, and drop this one"
            )
        if [each for each in after.labels if each in self.labels] != list(self.labels):
            raise DefinitionError(
                f"{self.identity} has its labels in another order, and PostgreSQL moves none: keep the order "
                f"{', '.join(map(repr, self.labels))}"
            )

    def restores(self, after: EnumDefinition) -> bool:
        """A label that has come does not go."""
        return self.labels == after.labels
