"""Why nothing is exported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.kit.errors import KitError


@dataclass(repr=False, eq=False)
class NotExported(KitError):
    """A module that cannot be copied, or a folder that it cannot be copied into."""

    file: str
    line: int | None
    message: str
    code: ClassVar[str] = "not-exported"

    def __str__(self) -> str:
        return f"{self.file}{'' if self.line is None else f':{self.line}'}: {self.message}"
