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
    checked: bool = False
    """Whether they have to agree from then on, so that none may be left."""
    code: ClassVar[str] = "rows-rejected"
    exit_code: ClassVar[ExitCode] = ExitCode.ANSWERS_NEEDED

    @property
    def object(self) -> str:
        """What it is."""
        return self.what

    @property
    def fix(self) -> str | None:
        """The option, where one helps."""
        return None if self.checked else "--leave-rejects"

    def __str__(self) -> str:
        if self.checked:
            last = "promote without --check, by which they would have to agree with the column"
        else:
            last = f"leave the column NULL there with {self.fix}"
        return f"{self.what}: {'; '.join(self.rejects)}: mend them, name another --type, or {last}"
