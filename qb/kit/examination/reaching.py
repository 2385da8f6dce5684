"""What lets one reach a database, by what was in the way: a right, a role, the database itself.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Final, TypeVar

from qb.errors import ConnectionLost, ConnectionRefused, DbError
from qb.errors.outcome import Failure, Outcome
from qb.run.server.url import user_of
from qb.types.identifier import quoted

T = TypeVar("T")
_PAUSE: Final = 0.25
_RIGHT: Final = re.compile(r'permission denied for database "(?P<name>.+?)"(?:;|$)')
_NO_ROLE: Final = re.compile(r'role "(?P<name>.+)" does not exist')
_NO_LOGIN: Final = re.compile(r'role "(?P<name>.+)" is not permitted to log in')
_NO_DATABASE: Final = re.compile(r'database "(?P<name>.+)" does not exist')
_STARTS: Final = re.compile("the database system is (?:starting up|in recovery|not yet accepting connections)")
_FULL: Final = re.compile("too many (?:clients|connections)|remaining connection slots")


def way_in(error: DbError, url: str) -> str | None:
    """The statement that would let one in, for who may run it; None where no statement does.

    >>> from qb.errors import ConnectionRefused
    >>> way_in(ConnectionRefused('FATAL: database "shop" does not exist'), "postgresql://ada@db/shop")
    'CREATE DATABASE "shop";'
    """
    said = str(error)
    if (found := _RIGHT.search(said)) is not None:
        role = user_of(url)
        to = quoted(role) if role else "ROLE"
        return f"GRANT CONNECT ON DATABASE {quoted(found['name'])} TO {to};"
    if (found := _NO_ROLE.search(said)) is not None:
        return f"CREATE ROLE {quoted(found['name'])} LOGIN;"
    if (found := _NO_LOGIN.search(said)) is not None:
        return f"ALTER ROLE {quoted(found['name'])} LOGIN;"
    if (found := _NO_DATABASE.search(said)) is not None:
        return f"CREATE DATABASE {quoted(found['name'])};"
    if _FULL.search(said):
        return "SELECT pid, usename, state, application_name FROM pg_stat_activity;"
    return None


def may_come(error: DbError) -> bool:
    """Whether a server may answer later: nobody does yet, or it says that it starts.

    >>> from qb.errors import ConnectionRefused
    >>> (
    ...     may_come(ConnectionRefused("nobody listens")),
    ...     may_come(ConnectionRefused('FATAL: database "shop" does not exist')),
    ... )
    (True, False)
    """
    said = str(error)
    return isinstance(error, ConnectionRefused | ConnectionLost) and ("FATAL" not in said or bool(_STARTS.search(said)))


def when_it_comes(ask: Callable[[], Outcome[T]], seconds: float) -> Outcome[T]:
    """Ask a server until it answers, for so many seconds; the last failure where it does not."""
    until = time.monotonic() + seconds
    while True:
        said = ask()
        left = until - time.monotonic()
        if left <= 0 or not isinstance(said, Failure) or not may_come(said.failure()):
            return said
        time.sleep(min(_PAUSE, left))
