"""Why a migration was not proved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from qb.kit.errors import KitError


@dataclass(repr=False, eq=False)
class NotProved(KitError):
    """A migration does not do what it is to do: nothing of it is written."""

    way: Literal["before", "up", "down", "up again"]
    object: str
    """What is not as it should be."""
    statement: str
    """The one that failed, or the last that changed it; empty where none did."""
    message: str
    code: ClassVar[str] = "not-proved"

    def __str__(self) -> str:
        what = {"before": "what is there before cannot be made", "up again": "a second run after the down"}
        statement = f"\n  {self.statement}" if self.statement else ""
        return f"{what.get(self.way, f'the {self.way}')}: {self.object}: {self.message}{statement}"
