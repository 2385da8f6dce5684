# Made by tools/sync.py from async_raising_read_db.py: change that one, then run `make generate`.
"""What reads, for those who want exceptions: each method gives its value, or raises the DbError."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypeVar

from qb.errors.outcome import unwrap
from qb.query.statement import Rows
from qb.run.talk.stream import Stream

if TYPE_CHECKING:
    from qb.run.database.read_db import ReadDb

R = TypeVar("R", default=object)


class RaisingReadDb:
    """What a function takes that only reads, and wants values: `db.raising`, `tx.raising`, `db.replica.raising`.

    >>> def names(db: RaisingReadDb) -> list[str]:
    ...     return db.all(select(User.name).order_by(User.id))
    >>> names(db.raising) == names(db.replica.raising)
    True
    """

    __slots__ = ("_reads",)

    def __init__(self, outcomes: ReadDb) -> None:
        self._reads: ReadDb = outcomes

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._reads!r}>"

    @property
    def outcomes(self) -> ReadDb:
        """The same, giving outcomes: for functions that take a `ReadDb`."""
        return self._reads

    def all(self, query: Rows[R]) -> list[R]:
        """As `Db.all`."""
        return unwrap(self._reads.all(query))

    def one(self, query: Rows[R]) -> R:
        """As `Db.one`."""
        return unwrap(self._reads.one(query))

    def first(self, query: Rows[R]) -> R | None:
        """As `Db.first`."""
        return unwrap(self._reads.first(query))

    def scalar(self, query: Rows[R]) -> R:
        """As `Db.scalar`."""
        return unwrap(self._reads.scalar(query))

    def stream(self, query: Rows[R], *, size: int = 500) -> Stream[R]:
        """As `Db.stream`, which raises anyway."""
        return self._reads.stream(query, size=size)

    def ping(self) -> None:
        """As `Db.ping`."""
        unwrap(self._reads.ping())

    def options(self, *, statement_timeout: float | None = None, lock_timeout: float | None = None) -> RaisingReadDb:
        """As `Db.options`."""
        return RaisingReadDb(self._reads.options(statement_timeout=statement_timeout, lock_timeout=lock_timeout))
