"""What a runner says while it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

RunMoment: TypeAlias = Literal[
    "waits for runner",
    "backed up",
    "begins",
    "step",
    "blocked",
    "tries again",
    "goes on",
    "done",
    "undone",
    "differs",
    "rows",
]


class RunProgress(msgspec.Struct, frozen=True):
    """One thing that happened.

    >>> from qb.kit.running.run_progress import RunProgress
    >>> print(RunProgress("blocked", "0002_b", 3, 4, "session 17 of ada (psql), idle in transaction for 12 s: UPDATE"))
    0002_b: 3 of 4: blocked by session 17 of ada (psql), idle in transaction for 12 s: UPDATE
    """

    moment: RunMoment
    migration: str | None = None
    number: int = 0
    """Of the segment, from 1; of the migration, where one begins or is done."""
    total: int = 0
    says: str = ""
    """Who blocks, what is tried."""

    def __str__(self) -> str:
        if self.moment == "waits for runner":
            return f"waiting for {self.says or 'another runner'}"
        if self.moment == "rows":
            return self.says
        where = f"{self.migration}: {self.number} of {self.total}"
        match self.moment:
            case "blocked":
                return f"{where}: blocked by {self.says}"
            case "step":
                return f"{where}: {self.says}"
            case "backed up":
                return f"{self.migration}: backup in {self.says}"
            case "tries again" | "goes on":
                return f"{where}: {self.moment}, {self.says}"
            case "differs":
                return (
                    f"before {self.migration} the database is not what its migrations make: qb drift says what differs"
                )
            case _:
                return f"{self.migration} ({self.number} of {self.total}): {self.moment}"


OnProgress: TypeAlias = Callable[[RunProgress], None]


def silent(_: RunProgress) -> None:
    """Says nothing."""
