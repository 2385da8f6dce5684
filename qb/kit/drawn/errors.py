"""Why a diagram is not drawn, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.kit.errors import KitError


@dataclass(repr=False, eq=False)
class UnknownEnding(KitError):
    """A file whose name does not say what to draw."""

    file: str
    known: tuple[str, ...]
    code: ClassVar[str] = "unknown-ending"

    def __str__(self) -> str:
        return (
            f"{self.file} does not end with what can be drawn, which is {', '.join(self.known)}: take one of them, or "
            "say --format"
        )


@dataclass(repr=False, eq=False)
class NothingDrawn(KitError):
    """Names that no table has."""

    names: tuple[str, ...]
    tables: int
    """How many were asked."""
    code: ClassVar[str] = "nothing-drawn"

    def __str__(self) -> str:
        return f"none of {self.tables:,} tables is called {' or '.join(self.names)}: nothing is drawn"
