"""Why a history is left as it is, and how to go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode


@dataclass(repr=False, eq=False)
class HeadsDoNotCommute(KitError):
    """Two branches of the history come to different ends, in one order and the other."""

    migrations: tuple[str, str]
    """One of each branch: either can follow the other."""
    files: tuple[str, str]
    object: str
    why: str
    code: ClassVar[str] = "heads-do-not-commute"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def file(self) -> str:
        """That of the second."""
        return self.files[1]

    @property
    def fix(self) -> str:
        """The commands: one of the two."""
        return " or ".join(f"qb renumber {each}" for each in reversed(self.migrations))

    def __str__(self) -> str:
        one, other = self.migrations
        return (
            f"{self.files[0]} and {self.files[1]} do not go together: {self.object}: {self.why}. Have the one that no "
            f"database has run yet follow the other, and mend what it does then: `qb renumber {other}` puts {other} "
            f"behind {one}, `qb renumber {one}` puts it behind {other}"
        )


@dataclass(repr=False, eq=False)
class NotReverted(KitError):
    """The down of a migration does not undo it any more, as later ones stand on it."""

    migration: str
    file: str
    object: str
    why: str
    code: ClassVar[str] = "not-reverted"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED
    fix: ClassVar[str] = "qb generate"

    def __str__(self) -> str:
        return (
            f"{self.file} does not undo {self.migration} at the end of the history: {self.object}: {self.why}. Take it "
            "out of the schema, and `qb generate` writes how"
        )


@dataclass(repr=False, eq=False)
class NotSquashed(KitError):
    """Some migrations cannot be put into one."""

    message: str
    object: str = ""
    file: str = ""
    code: ClassVar[str] = "not-squashed"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    def __str__(self) -> str:
        return self.message
