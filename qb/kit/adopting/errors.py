"""Why a history is not taken over, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode


@dataclass(repr=False, eq=False)
class NotAdoptable(KitError):
    """A file of another program's history cannot be read, or is not there."""

    file: str
    message: str
    code: ClassVar[str] = "not-adoptable"

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


@dataclass(repr=False, eq=False)
class AdoptIntoHistory(KitError):
    """There are migrations already where another history would go."""

    folder: str
    count: int
    code: ClassVar[str] = "adopt-into-history"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    def __str__(self) -> str:
        return (
            f"{self.folder} has {self.count} migrations already: a history is taken over where ours begins; name "
            "another folder with migrations in the config"
        )


@dataclass(repr=False, eq=False)
class JournalWithoutFiles(KitError):
    """A database has migrations of another program that no file is there for."""

    source: str
    keys: tuple[str, ...]
    folder: str
    code: ClassVar[str] = "journal-without-files"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    def __str__(self) -> str:
        some = ", ".join(self.keys[:5]) + (", ..." if len(self.keys) > 5 else "")
        return (
            f"{self.source} has run {some} in this database, which {self.folder} has not: bring the files back from "
            "version control, or name the folder that has them"
        )


@dataclass(repr=False, eq=False)
class PendingElsewhere(KitError):
    """Programs of another history have not been run yet, and only the other program can."""

    source: str
    names: tuple[str, ...]
    code: ClassVar[str] = "pending-elsewhere"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    def __str__(self) -> str:
        some = ", ".join(self.names[:5]) + (", ..." if len(self.names) > 5 else "")
        return f"{self.source} has not run {some} here yet, which are programs: run them with it, and adopt then"
