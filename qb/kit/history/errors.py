"""What is wrong with a history, as values that name the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode


@dataclass(repr=False, eq=False)
class UnreadableHistory(KitError):
    """A folder or a file of migrations cannot be read, or is not what it should be."""

    file: str
    line: int | None
    message: str
    code: ClassVar[str] = "unreadable-history"

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.message}"


@dataclass(repr=False, eq=False)
class UnwritableHistory(KitError):
    """A migration cannot be written. Nothing of it is there."""

    file: str
    message: str
    code: ClassVar[str] = "unwritable-history"

    def __str__(self) -> str:
        return f"{self.file}: {self.message}: nothing was written"


@dataclass(repr=False, eq=False)
class UnfinishedChange(KitError):
    """Somebody was stopped while files of the history were changed; the rest of them is still to come."""

    folder: str
    command: str
    """The one that goes on when it is said again."""
    file: str | None = None
    why: str = ""
    """Why it cannot go on, where it has tried."""
    code: ClassVar[str] = "unfinished-change"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def fix(self) -> str:
        """That command."""
        return self.command

    def __str__(self) -> str:
        if self.why:
            return f"{self.file}: {self.why}; then say `{self.command}` again, which goes on where it was stopped"
        stopped = f"`{self.command}` was stopped while it wrote its files"
        return f"{self.folder}: {stopped}: say it again, and it writes the rest"


@dataclass(repr=False, eq=False)
class MissingParent(KitError):
    """A migration follows one that is not there."""

    file: str
    migration: str
    parent: str
    near: str | None = None
    """What may be meant."""
    code: ClassVar[str] = "missing-parent"

    @property
    def object(self) -> str:
        """Which one."""
        return f"migration {self.migration}"

    def __str__(self) -> str:
        meant = "" if self.near is None else f", there is {self.near}"
        return (
            f"{self.file}: {self.migration} follows {self.parent}, which is not in the folder{meant}: bring it back "
            'from version control, or name another under "parents"'
        )


@dataclass(repr=False, eq=False)
class ParentCircle(KitError):
    """Migrations follow each other in a circle, so none can be the first."""

    migrations: tuple[str, ...]
    files: tuple[str, ...]
    """Theirs, in the order of the circle."""
    code: ClassVar[str] = "parent-circle"

    @property
    def file(self) -> str:
        """The first of them."""
        return self.files[0]

    def __str__(self) -> str:
        circle = " -> ".join((*self.migrations, self.migrations[0]))
        return (
            f'migrations follow each other in a circle, {circle}: take one of "parents" out, in {", ".join(self.files)}'
        )


@dataclass(repr=False, eq=False)
class SeveralHeads(KitError):
    """Nobody has said in which order two branches of the history come."""

    heads: tuple[str, ...]
    files: tuple[str, ...]
    code: ClassVar[str] = "several-heads"
    fix: ClassVar[str] = "qb merge"

    @property
    def file(self) -> str:
        """The last one of them."""
        return self.files[-1]

    def __str__(self) -> str:
        return (
            f"the history has {len(self.heads)} heads, {' and '.join(self.heads)} ({', '.join(self.files)}): "
            "`qb merge` joins them where they do not touch the same"
        )


@dataclass(repr=False, eq=False)
class UnknownMigration(KitError):
    """No migration is called so, or several begin so."""

    said: str
    folder: str
    near: tuple[str, ...] = ()
    several: bool = False
    code: ClassVar[str] = "unknown-migration"

    def __str__(self) -> str:
        if self.several:
            return f"{self.said} may be {' or '.join(self.near)}: write all of its name"
        meant = f": did you mean {self.near[0]}?" if self.near else ""
        return f"there is no migration {self.said} in {self.folder}{meant}"
