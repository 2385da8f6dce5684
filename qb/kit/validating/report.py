"""What `validate` gives: how many rows were looked at, and what is wrong, without any value of theirs."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

ProblemKind: TypeAlias = Literal["codec", "guard", "check", "foreign key", "sequence", "table"]
"""A value that cannot be read; a key that a guard refuses; a check, or a foreign key, that does not hold; a sequence
that is behind its column; a table that cannot be read at all."""
SHOWN_KEYS = 20
"""Of so many rows the keys are kept, for each problem."""


class RowProblem(msgspec.Struct, frozen=True):
    """What is wrong with some rows of a table: where, how, and of how many.

    >>> print(RowProblem("codec", "quotes", "notes", "$.lines[].unit", "Expected `str`, got `int`", 3))
    quotes.notes at $.lines[].unit: Expected `str`, got `int` (3 rows)
    """

    kind: ProblemKind
    table: str
    column: str | None
    """The column; of a check or a foreign key its name."""
    path: str | None
    """Where in a document; `[]` is any place in a list."""
    reason: str
    rows: int
    keys: tuple[str, ...] = ()
    """The keys of the first 20 of them, where they were asked for."""
    fix: str | None = None
    """The statement that gives the right that is missing, or sets a sequence."""

    def __str__(self) -> str:
        where = ".".join(filter(None, (self.table, self.column)))
        rows = f" ({self.rows} row{'' if self.rows == 1 else 's'})" if self.rows else ""
        keys = f": {', '.join(self.keys)}" if self.keys else ""
        return f"{where}{f' at {self.path}' if self.path else ''}: {self.reason}{rows}{keys}"


class ValidatedTable(msgspec.Struct, frozen=True):
    """A table, and how many of its rows were read."""

    table: str
    rows: int


class Validated(msgspec.Struct, frozen=True):
    """What `validate` found."""

    tables: tuple[ValidatedTable, ...]
    problems: tuple[RowProblem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return sum(each.rows for each in self.tables)


class Tally:
    """Problems as they are met, alike ones together."""

    def __init__(self, show_keys: bool) -> None:
        self.show_keys = show_keys
        self._counts: dict[tuple[ProblemKind, str, str | None, str | None, str], int] = {}
        self._fixes: dict[tuple[ProblemKind, str, str | None], str] = {}
        self._keys: dict[tuple[ProblemKind, str, str | None, str | None, str], list[str]] = {}

    def add(
        self,
        kind: ProblemKind,
        table: str,
        column: str | None,
        path: str | None,
        reason: str,
        *,
        rows: int = 1,
        key: str | None = None,
    ) -> None:
        """Another row, or so many."""
        what = (kind, table, column, path, reason)
        self._counts[what] = self._counts.get(what, 0) + rows
        if self.show_keys and key is not None:
            kept = self._keys.setdefault(what, [])
            if len(kept) < SHOWN_KEYS:
                kept.append(key)

    def wants_key(self, kind: ProblemKind, table: str, column: str | None, path: str | None, reason: str) -> bool:
        """Whether the key of another such row would be kept."""
        return self.show_keys and len(self._keys.get((kind, table, column, path, reason), ())) < SHOWN_KEYS

    def mended_by(self, kind: ProblemKind, table: str, column: str | None, fix: str | None) -> None:
        """What mends a problem of a kind."""
        if fix is not None:
            self._fixes[kind, table, column] = fix

    def has(self, kind: ProblemKind, table: str, column: str) -> bool:
        """Whether something of a kind was met in a column."""
        return any(each[:3] == (kind, table, column) for each in self._counts)

    def join(self, other: Tally) -> None:
        """What another one has met, too."""
        self._fixes |= other._fixes
        for what, count in other._counts.items():
            self._counts[what] = self._counts.get(what, 0) + count
            if what in other._keys:
                self._keys[what] = [*self._keys.get(what, []), *other._keys[what]][:SHOWN_KEYS]

    def problems(self) -> tuple[RowProblem, ...]:
        """All of them, in the order in which they were first met."""
        return tuple(
            RowProblem(*what, count, tuple(self._keys.get(what, ())), self._fixes.get(what[:3]))
            for what, count in self._counts.items()
        )
