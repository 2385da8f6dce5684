"""What cannot be kept of what a migration drops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode


@dataclass(repr=False, eq=False)
class CannotKeep(KitError):
    """Something is lost that no `--keep` puts out of the way."""

    places: tuple[tuple[str, str, int, str], ...]
    """What is lost as `--allow` takes it, its file and line, and why it cannot be kept."""
    code: ClassVar[str] = "cannot-keep"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def file(self) -> str:
        """Of the first."""
        return self.places[0][1]

    @property
    def line(self) -> int:
        """Of the first."""
        return self.places[0][2]

    @property
    def fix(self) -> str:
        """The options."""
        return " ".join(f"--allow {each}" for each in dict.fromkeys(name for name, *_ in self.places))

    def __str__(self) -> str:
        each = "; ".join(f"{file}:{line}: {name} cannot be kept: {why}" for name, file, line, why in self.places)
        return f"{each}: nothing was run; {self.fix} loses it all the same"


@dataclass(repr=False, eq=False)
class HeldOn(KitError):
    """A column that no statement can put out of the way without harm to others."""

    what: str
    loss: str
    file: str
    line: int
    why: str
    code: ClassVar[str] = "cannot-keep"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def object(self) -> str:
        """What it is."""
        return self.what

    @property
    def fix(self) -> str:
        """The option."""
        return f"--allow {self.loss}"

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.what} cannot be kept: {self.why}: this segment was undone; "
            f"{self.fix} drops it all the same"
        )


@dataclass(repr=False, eq=False)
class UnclearReturn(KitError):
    """Nobody knows how something comes back that was kept."""

    object: str
    """As it was dropped: `drop-column:quotes.total`."""
    file: str
    why: str
    code: ClassVar[str] = "unclear-return"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    def __str__(self) -> str:
        return f"{self.file}: {self.object} is kept, and cannot come back so: {self.why}: nothing was run"
