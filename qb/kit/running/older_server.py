"""A migration that was planned for a newer server than it is run on.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

from typing import Final

from qb.errors import DbError

_UNKNOWN: Final = ("42601", "42704", "42883", "0A000")
"""Of a word, an object, a function, a feature that the server has not."""


def said_of_older(error: DbError, planned: int | None, there: int) -> str:
    """What to do about such an error, where a server does not know what a newer one does; empty for any other."""
    if planned is None or planned <= there or error.sqlstate not in _UNKNOWN:
        return ""
    return (
        f". It was planned for PostgreSQL {planned}, and this server is {there}: say major = {there} in the config, "
        "and generate it anew"
    )
