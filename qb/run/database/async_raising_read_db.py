"""What reads, for those who want exceptions: each method gives its value, or raises the DbError."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypeVar

from qb.errors.outcome import unwrap
from qb.query.statement import Rows
from qb.run.talk.async_stream import AsyncStream

if TYPE_CHECKING:
    from qb.run.database.async_read_db import AsyncReadDb

R = TypeVar("R", default=object)


class AsyncRaisingReadDb:
    """What a function takes that only reads, and wants values: `db.raising`, `tx.raising`, `db.replica.raising`.

    >>> async def names(db: AsyncRaisingReadDb) -> list[str]:
    ...     return await db.all(select(User.name).order_by(User.id))
    >>> await names(db.raising) == await names(db.replica.raising)
    True
    """

    __slots__ = ("_reads",)

    def __init__(self, outcomes: AsyncReadDb) -> None:
        self._reads: AsyncReadDb = outcomes

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._reads!r}>"

    @property
    def outcomes(self) -> AsyncReadDb:
        """The same, giving outcomes: for functions that take an `AsyncReadDb`."""
        return self._reads

    async def all(self, query: Rows[R]) -> list[R]:
        """As `AsyncDb.all`."""
        return unwrap(await self._reads.all(query))

    async def one(self, query: Rows[R]) -> R:
        """As `AsyncDb.one`."""
        return unwrap(await self._reads.one(query))

    async def first(self, query: Rows[R]) -> R | None:
        """As `AsyncDb.first`."""
        return unwrap(await self._reads.first(query))

    async def scalar(self, query: Rows[R]) -> R:
        """As `AsyncDb.scalar`."""
        return unwrap(await self._reads.scalar(query))

    def stream(self, query: Rows[R], *, size: int = 500) -> AsyncStream[R]:
        """As `AsyncDb.stream`, which raises anyway."""
        return self._reads.stream(query, size=size)

    async def ping(self) -> None:
        """As `AsyncDb.ping`."""
        unwrap(await self._reads.ping())

    def options(
        self, *, statement_timeout: float | None = None, lock_timeout: float | None = None
    ) -> AsyncRaisingReadDb:
        """As `AsyncDb.options`."""
        return AsyncRaisingReadDb(self._reads.options(statement_timeout=statement_timeout, lock_timeout=lock_timeout))
