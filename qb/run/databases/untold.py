"""Who is told of the statements of many databases, and not where they run."""

from __future__ import annotations

from typing import Final

from qb.run.session.link import Link
from qb.run.session.observer import Observed, ObservedPool, Observer


class Untold:
    """An observer that hears of statements and of nothing that an address says: no host, no database, no pool's name.

    Whose database it is, is known to whoever asks: the span around says it.
    """

    def __init__(self, observer: Observer) -> None:
        self._observer: Final = observer

    def begun(self, sql: str, name: str | None, batch: int) -> Observed:
        """A statement begins."""
        return _Statement(self._observer.begun(sql, name, batch))

    def watch(self, pool: ObservedPool) -> None:
        """A database was made, whose name is its address."""


class _Statement:
    __slots__ = ("end", "failed", "found")

    def __init__(self, observed: Observed) -> None:
        self.found: Final = observed.found
        self.failed: Final = observed.failed
        self.end: Final = observed.end

    def on(self, link: Link) -> None:
        """Nobody is told."""
