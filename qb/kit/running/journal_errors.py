"""Why the journal cannot be made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.errors import InsufficientPrivilege
from qb.kit.errors import KitError
from qb.types.identifier import quoted


@dataclass(repr=False, eq=False)
class NoRightForJournal(KitError):
    """The role may not make the schema in which migrations are noted, or nothing in it."""

    schema: str
    role: str
    fix: str
    """What somebody says who may."""
    cause: InsufficientPrivilege
    code: ClassVar[str] = "no-right-for-journal"

    @property
    def object(self) -> str:
        """Which schema."""
        return f"schema {self.schema}"

    def __str__(self) -> str:
        return (
            f"the role {quoted(self.role)} may not make the journal, in which migrations are noted, in the schema "
            f"{quoted(self.schema)}: {self.fix}"
        )
