"""A source of values that a number decides."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final, TypeVar

T = TypeVar("T")
_WORDS: Final = (
    *("amber", "birch", "cedar", "delta", "ember", "fjord"),
    *("grove", "heath", "iris", "juniper", "krill", "lotus"),
)


class SeededSource:
    """A source that gives values as people write them, by a seed."""

    def __init__(self, seed: int | str) -> None:
        self.depth: int = 0
        self._random = random.Random(seed)

    def integer(self, low: int, high: int, *, spread: bool = False) -> int:
        """A whole number, near to what people count with."""
        if not spread and low <= 1 <= high:
            high = min(high, 1 + 10 ** self._random.randint(1, 5))
            low = max(low, 1)
        return self._random.randint(low, high)

    def real(self, low: float, high: float, *, single: bool) -> float:
        """A number of few digits."""
        first, last = max(low, -1000.0), min(high, 1000.0)
        if first > last:
            first, last = low, high
        found = round(self._random.uniform(first, last) * 16) / 16
        return min(max(found, low), high)

    def text(self, low: int, high: int) -> str:
        """Words."""
        words = " ".join(self._random.choice(_WORDS) for _ in range(2))
        found = f"{words} {self._random.randint(1, 9999)}"
        if len(found) > high:  # short ones have to differ, too
            found = "".join(self._random.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(high))
        return found.ljust(low, "x")

    def choice(self, of: Sequence[T]) -> T:
        """One of these."""
        return self._random.choice(of)

    def shuffle(self, of: list[T]) -> None:
        """Bring them into some order."""
        self._random.shuffle(of)
