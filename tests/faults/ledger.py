"""What was written and what was answered, and whether the database agrees at the end."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from enum import Enum

OTHER = 1_000_000_000
"""The second row of a pair has the number of the first and this."""


class Said(Enum):
    """What a write was told."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """The connection was lost, or the work interrupted: both rows or none, nobody knows which."""


class Ledger:
    """Every write has a number of its own, and is noted before it is sent."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.written: dict[int, Said] = {}
        self.wrong: list[str] = []
        self.counts: Counter[str] = Counter()

    def number(self) -> int:
        """A number for a new pair, of which nothing is known yet."""
        number = next(self._numbers)  # without a lock, as whoever asks may be interrupted
        self.written[number] = Said.UNKNOWN
        return number

    def note(self, number: int, said: Said) -> None:
        """What the write was told."""
        self.written[number] = said

    def answered(self, asked: int, got: Iterable[int]) -> None:
        """A read that asked for one number: whatever it got has to be of that number."""
        self.wrong.extend(f"asked for {asked} and got {each}" for each in got if each != asked)

    def audit(self, rows: Iterable[tuple[int, int]]) -> list[str]:
        """What is wrong with the rows (id, number) of the table, as sentences; nothing, it is hoped."""
        found = Counter(rows)
        wrong = list(self.wrong)
        wrong += [f"the row {row} is there {count} times" for row, count in found.items() if count > 1]
        there: dict[int, set[int]] = {}
        for id_, number in found:
            there.setdefault(number, set()).add(id_)
        for number, ids in there.items():
            if number not in self.written:
                wrong.append(f"nobody wrote {number}")
            elif ids != {number, number + OTHER}:
                wrong.append(f"half of {number} is there: {sorted(ids)}")
            elif self.written[number] is Said.FAILED:
                wrong.append(f"{number} failed, and is there")
        done = [number for number, said in self.written.items() if said is Said.DONE]
        return wrong + [f"{number} was acknowledged, and is lost" for number in done if number not in there]
