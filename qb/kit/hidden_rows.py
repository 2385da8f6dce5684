"""Rows that row-level security hides from who migrates, or counts: the server refuses, where it would leave them out in
silence.

https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-ROW-SECURITY
"""

from __future__ import annotations

from typing import Final, TypeVar

from qb.errors import DbError
from qb.errors.outcome import unwrap
from qb.query.script import Script
from qb.query.statement import Rows
from qb.run.database.db import Db, Tx

T = TypeVar("T")

_REFUSED: Final = "42501"
_SAID: Final = "row-level security"
SEES_ALL_ROWS: Final = Script("SET LOCAL row_security = off")
"""From here on a transaction fails where rows are hidden from it."""


def sees_all_rows(tx: Tx) -> None:
    """From here on a transaction fails where rows are hidden from it. Raises DbErrors."""
    unwrap(tx.run(SEES_ALL_ROWS))


def asked_of_all_rows(db: Db, query: Rows[T]) -> T:
    """One value, of rows that are all seen. Raises DbErrors."""
    with db.transaction(rollback=True) as tx:
        sees_all_rows(tx)
        return unwrap(tx.scalar(query))


def said_of_hidden_rows(error: DbError) -> str:
    """What to do about such an error of a migration; empty for any other."""
    if not hides_rows(error):
        return ""
    return (
        ". It hides rows from this role, which would be left as they are: migrate as a role with BYPASSRLS, or put the "
        "statements between ALTER TABLE ... NO FORCE ROW LEVEL SECURITY and ALTER TABLE ... FORCE ROW LEVEL SECURITY"
    )


def hides_rows(error: DbError) -> bool:
    """Whether it is that rows are hidden."""
    return error.sqlstate == _REFUSED and _SAID in str(error)


UNHIDDEN: Final = "row security hides rows from this role, which would not be counted: do it as a role with BYPASSRLS"
"""What to do about one where rows are looked at."""


def said_of_uncounted_rows(error: DbError) -> str:
    """An error of looking at rows, with what to do about it where some are hidden."""
    return f"{error}: {UNHIDDEN}" if hides_rows(error) else str(error)
