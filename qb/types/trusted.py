"""`trusted`: SQL text that is no literal, and is vouched for."""

from __future__ import annotations

from typing import Any, LiteralString

from qb.errors import QueryError


def trusted(text: str) -> LiteralString:
    """SQL text that a program made or read, and you vouch for: `sql`, `Script` and `pg.custom` take literals alone.

    It comes back as it is: nothing is looked at and nothing is escaped, so never give it what comes from outside.
    Errors: QueryError for what is no text.

    >>> def rows_in(table: Literal["users", "tasks"]) -> Outcome[int]:
    ...     return db.scalar(sql(trusted(f"SELECT count(*) FROM {table}")).rows(int))
    >>> rows_in("users")
    <Success: 2>
    """
    given: Any = text
    vouched: LiteralString = given
    if not isinstance(given, str):
        raise QueryError(f"trusted takes SQL as text, and this is {type(given).__name__}: write its text")
    return vouched
