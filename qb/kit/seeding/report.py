"""What was made up."""

from __future__ import annotations

import msgspec


class GeneratedTable(msgspec.Struct, frozen=True):
    """What was made for a table."""

    table: str
    rows: int
    """How many were made."""
    held: bool = False
    """Whether it held rows already, and is left as it was."""
    short: str | None = None
    """Why there are fewer than were asked for."""


class GeneratedRows(msgspec.Struct, frozen=True):
    """What was made, in the order in which it was."""

    tables: tuple[GeneratedTable, ...]
    rows: int
