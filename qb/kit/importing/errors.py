"""Why nothing is brought here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.kit.errors import KitError


@dataclass(repr=False, eq=False)
class UnreadableSqlite(KitError):
    """A file that is no SQLite database, or cannot be read."""

    file: str
    message: str
    code: ClassVar[str] = "unreadable-sqlite"

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


@dataclass(repr=False, eq=False)
class UnknownConversion(KitError):
    """Something that is said of a column which the file has not, or that no column becomes."""

    object: str
    message: str
    code: ClassVar[str] = "unknown-conversion"

    def __str__(self) -> str:
        return f"--as {self.object}: {self.message}"


@dataclass(repr=False, eq=False)
class UnusableName(KitError):
    """A table or a column of the file is called as nothing can be called here."""

    object: str
    message: str
    code: ClassVar[str] = "unusable-name"

    def __str__(self) -> str:
        return f"{self.object}: {self.message}: rename it in a copy of the file (ALTER TABLE ... RENAME)"


@dataclass(repr=False, eq=False)
class RowsRejected(KitError):
    """Values that are not what their columns become: nothing is kept. No value is said."""

    rejects: tuple[tuple[str, str, int, str], ...]
    """Table, column, how many rows, and why."""
    code: ClassVar[str] = "rows-rejected"
    fix: ClassVar[str] = "--as TABLE.COLUMN=text, or --skip-rejects"

    def __str__(self) -> str:
        lines = [f"{table}.{column}: {why} ({count} rows)" for table, column, count, why in self.rejects]
        return "; ".join(lines) + ": say what else they become with --as, or leave these rows out with --skip-rejects"


@dataclass(repr=False, eq=False)
class NotTheSameRows(KitError):
    """What has arrived is not what was sent: nothing is kept."""

    object: str
    sent: int
    arrived: int
    code: ClassVar[str] = "not-the-same-rows"

    def __str__(self) -> str:
        rows = f"{self.sent} rows were sent and {self.arrived} have arrived"
        return f"{self.object}: {rows if self.sent != self.arrived else 'the checksum of its rows is another one'}"
