"""Databases that are waking up: which refusals say so, and how long it is tried again."""

from __future__ import annotations

import random
from time import monotonic
from typing import Final

from qb.errors import ConnectionRefused
from qb.run.report.hiding import CLOSED_AT_ONCE, NOBODY_LISTENS

STARTING_LASTS: Final = 5.0
"""Seconds for a server that says itself that it is starting, where nobody has said how many."""
FIRST_PAUSE: Final = 0.1
"""Seconds before the first further try, at most; each one waits up to twice as long as the one before it."""
LONGEST_BETWEEN: Final = 1.0
STARTING: Final = "57P03"


class Awakening:
    """The tries to open one database: until when there may be another one, and how long before it."""

    __slots__ = ("_deadline", "_tries", "_wake")

    def __init__(self, wake: float | None) -> None:
        self._wake = wake
        self._deadline = 0.0
        self._tries = 0

    def pause(self, error: ConnectionRefused) -> float | None:
        """Seconds before the next try. None where there is none: the refusal means something else, or it was long
        enough.

        A server that is starting says so. That nobody listens, or a connection is closed at once, may mean as much
        where servers sleep, and elsewhere that there is none: only who has said `wake` waits for that.

        >>> Awakening(None).pause(ConnectionRefused("no server listens there"))
        >>> 0 < Awakening(10.0).pause(ConnectionRefused("no server listens there")) <= 0.1
        True
        """
        starting = error.sqlstate == STARTING
        if not starting and (self._wake is None or error.reason not in (NOBODY_LISTENS, CLOSED_AT_ONCE)):
            return None
        now = monotonic()
        if not self._tries:
            self._deadline = now + (STARTING_LASTS if self._wake is None else self._wake)
        longest = min(LONGEST_BETWEEN, FIRST_PAUSE * 2**self._tries)
        self._tries += 1
        left = self._deadline - now
        # Random, so that those who wait for the same server do not all come at once; and once more at the very end.
        return min(random.uniform(longest / 2, longest), left) if left > 0 else None
