"""One runner at a time: an advisory lock of the session, asked for again and again.

Who waits inside of the server for it would wait in a transaction, which CREATE INDEX CONCURRENTLY of the other one
waits for: a deadlock. https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

from __future__ import annotations

import hashlib
import time
from typing import Final

from qb.kit.running.errors import RunnerBusy
from qb.kit.running.run_progress import OnProgress, RunProgress
from qb.run.database.own_session import OwnSession

_LONGEST_PAUSE: Final = 0.5
_HOLDER: Final = """
SELECT a.pid::text, a.usename, a.application_name,
  extract(epoch FROM pg_catalog.clock_timestamp() - a.backend_start)::int::text
FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND (l.classid::int8 << 32) | l.objid::int8 = $1::int8
"""


def lock_key(journal: str) -> int:
    """The number of the lock of a journal, which is one of its database alone.

    >>> from qb.kit.running.runner_lock import lock_key
    >>> lock_key("qb") == lock_key("qb"), lock_key("qb") == lock_key("other")
    (True, False)
    """
    return int.from_bytes(hashlib.sha256(f"qb migrations {journal}".encode()).digest()[:8], "big", signed=True)


def take_lock(session: OwnSession, journal: str, *, wait: float, on_progress: OnProgress) -> None:
    """Have the lock, until the session ends. Raises `RunnerBusy` after so many seconds."""
    key = str(lock_key(journal))
    began = time.monotonic()
    pause = 0.05
    told = False
    while session.rows("SELECT pg_catalog.pg_try_advisory_lock($1)", key) != [("t",)]:
        left = wait - (time.monotonic() - began)
        if left <= 0 or not told:
            holder = _holder(session, key)
            if left <= 0:
                raise RunnerBusy(wait, holder)
            on_progress(RunProgress("waits for runner", says=holder or ""))
            told = True
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, _LONGEST_PAUSE)


def _holder(session: OwnSession, key: str) -> str | None:
    for process, role, program, seconds in session.rows(_HOLDER, key):
        return f"session {process} of {role} ({program}), connected for {seconds} s"
    return None
