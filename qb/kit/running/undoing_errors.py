"""Why nothing is undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode


@dataclass(repr=False, eq=False)
class NoDown(KitError):
    """A migration that nobody knows how to undo."""

    migration: str
    file: str
    code: ClassVar[str] = "no-down"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    def __str__(self) -> str:
        return f"{self.file} is not there: {self.migration} cannot be undone; write it, and `qb prove` tries it"


@dataclass(repr=False, eq=False)
class MovedOn(KitError):
    """While somebody waited to undo something, others have run more."""

    migrations: tuple[str, ...]
    code: ClassVar[str] = "moved-on"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    def __str__(self) -> str:
        some = ", ".join(self.migrations[:3]) + (", ..." if len(self.migrations) > 3 else "")
        return (
            f"others have run {some} while this waited for them: nothing was undone; see `qb status`, and say it again"
        )
