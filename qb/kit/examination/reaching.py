"""What lets one reach a database, by what was in the way: a right, a role, the database itself.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

import re
from typing import Final

from qb.errors import DbError
from qb.run.server.url import user_of
from qb.types.identifier import quoted

_RIGHT: Final = re.compile(r'permission denied for database "(?P<name>.+?)"(?:;|$)')
_NO_ROLE: Final = re.compile(r'role "(?P<name>.+)" does not exist')
_NO_LOGIN: Final = re.compile(r'role "(?P<name>.+)" is not permitted to log in')
_NO_DATABASE: Final = re.compile(r'database "(?P<name>.+)" does not exist')
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
