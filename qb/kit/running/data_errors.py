"""What is wrong with a data step, or with the rows that it meets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.errors import DbError
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.hidden_rows import said_of_hidden_rows


@dataclass(repr=False, eq=False)
class UnreadableSteps(KitError):
    """A `steps.py` cannot be imported, or declares nothing."""

    file: str
    line: int | None
    message: str
    code: ClassVar[str] = "unreadable-steps"

    def __str__(self) -> str:
        return f"{self.file}{'' if self.line is None else f':{self.line}'}: {self.message}"


@dataclass(repr=False, eq=False)
class ConditionFailed(KitError):
    """What has to be true before a migration or a data step, or behind it, is not."""

    file: str
    migration: str
    step: str
    behind: bool
    ahead: bool = False
    """Whether it is asked for before the SQL."""
    code: ClassVar[str] = "condition-failed"

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    def __str__(self) -> str:
        if self.ahead:
            return f"{self.file}: nothing of {self.migration} was run: {self.step} has to be true before, and is not"
        if self.behind:
            return f"{self.file}: {self.step} has come to its end, and what has to be true behind it is not"
        return f"{self.file}: {self.step} was not begun: what has to be true before it is not"


@dataclass(repr=False, eq=False)
class DataStepFailed(KitError):
    """A batch has failed. Those before it are committed, and not run again."""

    file: str
    migration: str
    step: str
    done: int
    """How many rows are done."""
    cause: DbError
    code: ClassVar[str] = "data-step-failed"

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    def __str__(self) -> str:
        hidden = said_of_hidden_rows(self.cause)
        return f"{self.file}: {self.step}, behind {self.done:,} rows that are done: {self.cause}{hidden}"


@dataclass(repr=False, eq=False)
class DataStepRaised(KitError):
    """The function of a data step has a mistake. What it says of it may be a value of a row, so it is its cause alone.

    The batch is undone; those before it are committed, and not run again.
    """

    file: str
    line: int | None
    migration: str
    step: str
    done: int
    """How many rows are done."""
    kind: str
    """The class of what it has raised, with the name that it is about where that stands in the file."""
    code: ClassVar[str] = "data-step-raised"

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return (
            f"{place}: {self.step} has raised {self.kind}, behind {self.done:,} rows that are done: mend it and run"
            f" qb migrate again, which goes on there{_of_names(self.kind)}"
        )


def _of_names(kind: str) -> str:
    if kind.partition(" ")[0] not in ("AttributeError", "NameError", "ImportError", "TypeError"):
        return ""
    return ". Steps stay as they were written, while the project's classes go on: in SQL, with its names, none breaks"


@dataclass(repr=False, eq=False)
class StandingStill(KitError):
    """A data step gives the same key twice, so it would never end."""

    file: str
    migration: str
    step: str
    code: ClassVar[str] = "standing-still"

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    def __str__(self) -> str:
        return f"{self.file}: {self.step} gives the key again that it was given, so it never ends: order by the key"


@dataclass(repr=False, eq=False)
class TakenAway(KitError):
    """Somebody else has written the journal meanwhile: the lock was lost with its connection."""

    migration: str
    code: ClassVar[str] = "taken-away"
    exit_code: ClassVar[ExitCode] = ExitCode.LOCK_NOT_HAD

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    def __str__(self) -> str:
        return f"{self.migration}: another runner goes on with its data steps, so this one has stopped"
