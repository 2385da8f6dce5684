"""How long locks are waited for, and what is run again where one was not had in time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final

import msgspec

from qb.errors import DbError
from qb.kit.sql_file import FileStatement

_LONGEST_PAUSE: Final = 5.0


class Patience(msgspec.Struct, frozen=True):
    """How long locks are waited for, in seconds."""

    wait: float = 60.0
    """All in all, for one segment; and for another runner."""
    lock_timeout: float = 2.0
    """At a time: others stand in line behind who waits."""


class NotYet(Exception):
    """A lock was not had; to be tried again."""

    def __init__(self, statement: FileStatement, cause: DbError) -> None:
        super().__init__(str(cause))
        self.statement = statement
        self.cause = cause


def with_patience(patience: Patience, work: Callable[[float], None], again: Callable[[DbError], None]) -> None:
    """Do some work, which is told how many seconds are left; where a lock was not had in time, again, after a pause,
    as long as there is patience. Raises `NotYet` where that is over."""
    until = time.monotonic() + patience.wait
    attempt = 0
    while True:
        try:
            return work(max(until - time.monotonic(), patience.lock_timeout))
        except NotYet as error:
            pause = min(0.1 * 2**attempt, _LONGEST_PAUSE) * random.uniform(0.5, 1)
            if time.monotonic() + pause > until:
                raise
            again(error.cause)
        time.sleep(pause)
        attempt += 1
