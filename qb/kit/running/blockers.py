"""Who is in the way of a session, without a value of what they are at.

https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SESSION
"""

from __future__ import annotations

from itertools import takewhile
from time import monotonic
from typing import Final, NamedTuple

from qb.errors import DbError
from qb.errors.outcome import Failure
from qb.query.raw import sql
from qb.run.database.database import Database
from qb.tree.lexemes import lexemes

_FIRST_LOOK: Final = 0.15
_NEXT_LOOK: Final = 0.5
"""Seconds after which a statement is looked after, and between two looks: to ask costs the server a moment."""
_BLOCKING: Final = """
SELECT b.process, coalesce(a.usename, '')::text AS role, coalesce(a.application_name, '')::text AS program, a.state,
  extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::float8 AS seconds, a.query
FROM unnest({blocking}) AS b (process) LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.process
"""


class _Blocker(NamedTuple):
    process: int
    role: str
    program: str
    state: str | None
    seconds: float | None
    query: str | None

    def __str__(self) -> str:
        if not self.process:
            return "a prepared transaction"
        words = [f"session {self.process}"]
        if self.role:
            words.append(f"of {self.role}")
        if self.program:
            words.append(f"({self.program})")
        said = " ".join(words)
        if self.state is not None:
            said += f", {self.state}"
        if self.seconds is not None:
            said += f" for {self.seconds:.0f} s"
        return f"{said}: {what}" if (what := plain_words(self.query)) else said


def plain_words(query: str | None) -> str:
    """What a query is about: its first words and names, up to where a value may stand.

    >>> from qb.kit.running.blockers import plain_words
    >>> plain_words("UPDATE public.users SET name = 'Ada' WHERE id = 7")
    'UPDATE public.users SET name'
    """
    said = (each for each in lexemes((query or "")[:2000]) if each.said)
    plain = [each.text for each in takewhile(lambda each: each.kind in ("word", "name") or each.text == ".", said)]
    return " ".join(plain[:8]).replace(" . ", ".")


def blocking(db: Database, process: int) -> tuple[str, ...] | None:
    """Who a session waits for; None where that cannot be asked."""
    try:
        found = db.all(sql(_BLOCKING, blocking=sql("pg_catalog.pg_blocking_pids({p}::int)", p=process)).rows(_Blocker))
    except DbError:
        return None
    return None if isinstance(found, Failure) else tuple(dict.fromkeys(map(str, found.unwrap())))


class BlockerWatch:
    """Looks after a statement that takes long, on another connection of the same pool: called ten times a second."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._able = db.pool.size > 1
        self._process = 0
        self._next = monotonic()
        self._blocked_at: float | None = None
        self.blockers: tuple[str, ...] = ()
        """Those of the last time that somebody was in the way."""
        self.waited: float = 0.0
        """Seconds that it was blocked, as far as was seen."""

    def of(self, process: int) -> None:
        """Look after a session from now on."""
        self._process = process

    def begin(self) -> None:
        """A statement begins."""
        self._next = monotonic() + _FIRST_LOOK
        self._blocked_at = None

    def look(self) -> bool:
        """Whether others are in the way than before: then `blockers` says who."""
        now = monotonic()
        if not (self._able and self._process) or now < self._next:
            return False
        self._next = now + _NEXT_LOOK
        found = blocking(self._db, self._process)
        if found is None:
            self._able = False  # once is enough: it must not be in the way of what it looks after
            return False
        if self._blocked_at is not None:
            self.waited += now - self._blocked_at
        self._blocked_at = now if found else None
        if not found or found == self.blockers:
            return False
        self.blockers = found
        return True
