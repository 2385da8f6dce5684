"""Why a database is not filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.kit.errors import KitError
from qb.kit.hidden_rows import UNHIDDEN


@dataclass(repr=False, eq=False)
class UnreadableSeed(KitError):
    """A seed of the config is no function, and no file."""

    object: str
    message: str
    code: ClassVar[str] = "unreadable-seed"

    def __str__(self) -> str:
        return f"the seed {self.object}: {self.message}"


@dataclass(repr=False, eq=False)
class SeedFailed(KitError):
    """A seed has raised something, or the database has refused it: nothing of it is kept."""

    object: str
    file: str | None
    line: int | None
    message: str
    code: ClassVar[str] = "seed-failed"

    def __str__(self) -> str:
        where = "" if self.file is None else f" ({self.file}{'' if self.line is None else f':{self.line}'})"
        return f"the seed {self.object}{where}: {self.message}"


@dataclass(repr=False, eq=False)
class NotTheSameTwice(KitError):
    """A seed that is run again changes what the first run has left: nothing of it is kept."""

    object: str
    """Which table."""
    seed: str
    message: str
    code: ClassVar[str] = "not-the-same-twice"
    fix: ClassVar[str] = "insert(...).on_conflict(..., nothing=True)"

    def __str__(self) -> str:
        return f"the seed {self.seed} is not the same twice: {self.object}: {self.message}"


@dataclass(repr=False, eq=False)
class HiddenRows(KitError):
    """Row security hides rows from the role, so that nobody can say whether a table holds some, or other ones: nothing
    is kept of any."""

    object: str
    """The table."""
    code: ClassVar[str] = "hidden-rows"

    def __str__(self) -> str:
        return f"the table {self.object}: {UNHIDDEN}"


@dataclass(repr=False, eq=False)
class UnfillableTable(KitError):
    """No row can be made for a table: nothing is kept of any."""

    object: str
    """The table."""
    constraint: str | None
    """What refuses all that is made up, where it is known."""
    message: str
    code: ClassVar[str] = "unfillable-table"

    def __str__(self) -> str:
        what = "" if self.constraint is None else f"{self.constraint}: "
        return (
            f"no row can be made for the table {self.object}: {what}{self.message}; fill it with a seed of your own "
            "(what holds rows is left as it is), or leave it out with --leave"
        )
