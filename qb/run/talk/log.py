"""The log: each statement's SQL, how long it took, its rows or its error, to the logger "qb.sql" at level DEBUG.

The SQL is the query as it was written, as errors have it; how its result travels (`Compiled.sent`) is no part of it.
It never holds values: they are parameters. Those are written only when asked for (`log_parameters=True`), since logs
travel further than databases. https://docs.python.org/3/library/logging.html
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence, Sized
from functools import partial
from time import perf_counter
from typing import TypeVar

import psycopg

from qb.run.report.diagnose import from_exception
from qb.run.session.options import Options
from qb.run.session.wait import Conversation

T = TypeVar("T")

LOGGER = logging.getLogger("qb.sql")


enabled: Callable[[], bool] = partial(LOGGER.isEnabledFor, logging.DEBUG)
"""Whether anybody listens; asked once a statement, so that silence costs next to nothing."""


def entry(sql: bytes, values: Sequence[object], options: Options) -> LogEntry | None:
    """The start of a statement's line, None where nobody listens."""
    return LogEntry(sql, values, options) if enabled() else None


def logged(talk: Conversation[T], sql: bytes, values: Sequence[object], options: Options) -> Conversation[T]:
    """The same conversation, its line written when it ends."""
    line = LogEntry(sql, values, options)
    try:
        found = yield from talk
    except BaseException as error:
        line.end(0, error)
        raise
    line.end(found if isinstance(found, int) else len(found) if isinstance(found, Sized) else 0)
    return found


class LogEntry:
    """A statement's line in the making: begun before it runs, written when its end is known."""

    def __init__(self, sql: bytes, values: Sequence[object], options: Options) -> None:
        self.sql: str = sql.decode()
        self.values: list[object] | None = list(values) if options.log_parameters else None
        self.start: float = perf_counter()

    def end(self, rows: int, error: BaseException | None = None) -> None:
        """Write it. Of an error the class is written, not its text."""
        seconds = perf_counter() - self.start
        if isinstance(error, psycopg.Error | OSError):
            error = from_exception(error)
        # What is interrupted, by Ctrl-C or with its task, is closed as a generator.
        name = None if error is None else "interrupted" if isinstance(error, GeneratorExit) else type(error).__name__
        extra = {"sql": self.sql, "seconds": seconds, "rows": rows, "error": name, "parameters": self.values}
        outcome = name or f"{rows} row{'' if rows == 1 else 's'}"
        given = "" if self.values is None else f" {self.values!r}"
        LOGGER.debug("%.3f ms, %s: %s%s", seconds * 1000, outcome, self.sql, given, extra=extra)
