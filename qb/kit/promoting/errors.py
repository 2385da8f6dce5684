"""Why a document's key does not become a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode


@dataclass(repr=False, eq=False)
class CannotPromote(KitError):
    """What was named is not there, or is nothing that can become a column."""

    what: str
    why: str
    code: ClassVar[str] = "cannot-promote"

    @property
    def object(self) -> str:
        """What it is."""
        return self.what

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


@dataclass(repr=False, eq=False)
class PromotionRejected(KitError):
    """Rows hold something there that is none of the type's values."""

    what: str
    rejects: tuple[str, ...]
    code: ClassVar[str] = "rows-rejected"
    exit_code: ClassVar[ExitCode] = ExitCode.ANSWERS_NEEDED
    fix: ClassVar[str] = "--leave-rejects"

    @property
    def object(self) -> str:
        """What it is."""
        return self.what

    def __str__(self) -> str:
        return (
            f"{self.what}: {'; '.join(self.rejects)}: mend them, name another --type, or leave the column NULL there "
            f"with {self.fix}"
        )
