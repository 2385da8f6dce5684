"""Who else is at work, and in the way of a change.

https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from qb.errors.outcome import unwrap
from qb.kit.examination.diagnosis import Diagnosis, doubtful, or_good
from qb.kit.examination.server import Server
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.types.identifier import quoted

TOO_LONG: Final = 60
"""Seconds after which a transaction is in the way of others."""


class _Session(NamedTuple):
    process: int
    role: str
    program: str
    state: str | None
    seconds: float | None
    blocked_by: list[int]


# No word of their queries: values may stand in them.
_SESSIONS: Final = sql("""
SELECT pid AS process, coalesce(usename, '')::text AS role, coalesce(application_name, '')::text AS program, state,
  extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds, pg_blocking_pids(pid) AS blocked_by
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL
  AND coalesce(backend_type, 'client backend') = 'client backend'
ORDER BY pid
""").rows(_Session)

_PREPARED: Final = sql("""
SELECT gid::text, extract(epoch FROM clock_timestamp() - prepared)::float8 FROM pg_prepared_xacts
WHERE database = current_database() ORDER BY prepared
""").rows(tuple[str, float])


def locks(db: Db, server: Server) -> Iterator[Diagnosis]:
    """Transactions that are open for long, sessions that wait for others, and transactions that nobody ends."""
    return or_good("locks", "nobody is in the way", _in_the_way(db, server))


def _in_the_way(db: Db, server: Server) -> Iterator[Diagnosis]:
    sessions = unwrap(db.all(_SESSIONS))
    for each in sessions:
        long = each.seconds is not None and each.seconds > TOO_LONG
        if long and each.state in ("idle in transaction", "idle in transaction (aborted)"):
            yield doubtful(
                "locks",
                f"{_who(each)} is {each.state} for {duration(each.seconds)}: what it has locked stays locked",
                f"SELECT pg_terminate_backend({each.process});",
            )
        elif long:
            yield doubtful(
                "locks",
                f"{_who(each)} is in a transaction for {duration(each.seconds)}",
                f"SELECT pg_cancel_backend({each.process});",
            )
        if each.blocked_by:
            blockers = ", ".join(map(str, each.blocked_by))
            fix = f"SELECT pg_cancel_backend({each.blocked_by[0]});" if each.blocked_by[0] else None
            yield doubtful("locks", f"{_who(each)} waits for a lock of {blockers}", fix)
    for name, seconds in unwrap(db.all(_PREPARED)):
        literal = name.replace("'", "''")
        message = f"a prepared transaction is {duration(seconds)} old, and keeps its locks until somebody ends it"
        yield doubtful("locks", message, f"ROLLBACK PREPARED '{literal}';")
    unseen = sum(each.state is None for each in sessions)
    if unseen:
        message = f"what {unseen} sessions of other roles do cannot be seen"
        yield doubtful("locks", message, f"GRANT pg_read_all_stats TO {quoted(server.role)};")


def _who(session: _Session) -> str:
    program = f" ({session.program})" if session.program else ""
    return f"the session {session.process} of {quoted(session.role)}{program}"


def duration(seconds: float | None) -> str:
    whole = int(seconds or 0)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min" if whole < 7200 else f"{whole // 3600} h"
