"""Rows are looked at beside migrations, which change tables that statements of the same connection were prepared on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from qb.errors import StaleStatement
from qb.run.database.db import Db, Tx

T = TypeVar("T")
_TRIES: Final = 1_000
"""Each forgets one of them; a table has some for its rows, and one for each of its constraints."""


def looked(db: Db, look: Callable[[Tx], T]) -> T:
    """What one sees at one moment, and nothing is changed. Raises the DbErrors of `look`."""
    for left in range(_TRIES, 0, -1):
        try:
            with db.transaction(isolation="repeatable read", read_only=True, rollback=True) as tx:
                return look(tx)
        except StaleStatement:
            if left == 1:
                raise
    raise AssertionError("it ends in the loop")
