"""Why the journal is not told what somebody says of a database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode


@dataclass(repr=False, eq=False)
class BaselineNotEmpty(KitError):
    """A database whose journal has something already began long ago."""

    migrations: tuple[str, ...]
    code: ClassVar[str] = "baseline-not-empty"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    def __str__(self) -> str:
        some = ", ".join(self.migrations[:3]) + (", ..." if len(self.migrations) > 3 else "")
        return (
            f"the journal has {some} already: a baseline is where it begins; `qb resolve NAME --applied` says it of "
            "one migration"
        )


@dataclass(repr=False, eq=False)
class NothingToResolve(KitError):
    """The journal says all that there is to say of a migration."""

    migration: str
    state: str | None = None
    """What it says: None where that is nothing."""
    code: ClassVar[str] = "nothing-to-resolve"

    @property
    def object(self) -> str:
        """Which one."""
        return f"migration {self.migration}"

    def __str__(self) -> str:
        if self.state is None:
            return f"the journal has nothing of {self.migration}: `qb migrate` runs it"
        if self.state == "applied":
            found = f"{self.migration} is applied"
        else:
            way, goes_on = ("applied", "qb migrate") if self.state == "running" else ("undone", "qb rollback")
            doubt = "and no step of it is in doubt"
            found = f"{self.migration} is half {way}, {doubt}: `{goes_on}` goes on behind what is done"
        return f"{found}; --forget takes it out of the journal, so that all of it is run again"
