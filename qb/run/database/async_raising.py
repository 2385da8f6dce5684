"""The same database for those who want exceptions: each method gives its value, or raises the DbError.

For scripts, notebooks and handlers that leave errors to a framework. There is nothing here but the unwrapping.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast, overload

from typing_extensions import TypeVar

from qb.errors.outcome import Outcome, Success, unwrap
from qb.model.role import Role
from qb.query.delete_by import DeleteBy, DeleteByReturning
from qb.query.insert_into import InsertInto, InsertIntoReturning
from qb.query.script import Script
from qb.query.statement import Command
from qb.query.update_by import UpdateEach, UpdateEachReturning
from qb.query.values import NewRow
from qb.run.database.async_block import AsyncTransactionBlock
from qb.run.database.async_pipeline_block import AsyncPipelineBlock
from qb.run.database.async_raising_read_db import AsyncRaisingReadDb
from qb.run.session.characteristics import Isolation
from qb.run.talk.counts import coroutine_of  # sync:
from qb.run.talk.raising_pipeline import RaisingPipeline, all_told, plain_value, raise_failure

if TYPE_CHECKING:
    from qb.run.database.async_db import AsyncDb, AsyncTx

R = TypeVar("R", default=object)
T = TypeVar("T")
Row = TypeVar("Row", default=object)
TableT = TypeVar("TableT", default=object)


class AsyncRaisingDb(AsyncRaisingReadDb):
    """A database, a view of it or a transaction whose methods give values: what `db.raising` is.

    >>> async def rename(db: AsyncRaisingDb, name: str) -> User:
    ...     return await db.one(update(User).set(User.name.to(name)).where(User.id == 1).returning())
    >>> ada = await rename(db.raising, "Ada L.")
    >>> ada.name
    'Ada L.'
    >>> await rename(db.raising, "Grace")
    Traceback (most recent call last):
    ...
    qb.errors.UniqueViolation: another row has the same value: ...
    """

    __slots__ = ("_db",)

    def __init__(self, outcomes: AsyncDb) -> None:
        self._db: AsyncDb = outcomes
        self._reads = outcomes

    @property
    def outcomes(self) -> AsyncDb:
        """The same, giving outcomes: for functions that take an `AsyncDb`."""
        return self._db

    async def execute(self, command: Command) -> int:
        """As `AsyncDb.execute`."""
        return unwrap(await self._db.execute(command))

    async def run(self, script: Script) -> int:
        """As `AsyncDb.run`."""
        return unwrap(await self._db.run(script))

    @overload
    async def insert_many(self, rows: Iterable[NewRow[TableT]] | AsyncIterable[NewRow[TableT]]) -> int: ...
    @overload
    async def insert_many(
        self, rows: Iterable[NewRow[TableT]] | AsyncIterable[NewRow[TableT]], statement: InsertInto[TableT]
    ) -> int: ...
    @overload
    async def insert_many(
        self, rows: Iterable[NewRow[TableT]] | AsyncIterable[NewRow[TableT]], statement: InsertIntoReturning[TableT, R]
    ) -> list[R]: ...
    async def insert_many(self, rows: Any, statement: Any = None) -> Any:
        """As `AsyncDb.insert_many`."""
        return unwrap(cast("Outcome[Any]", await self._db.insert_many(rows, statement)))

    @overload
    async def update_many(self, rows: Iterable[Row] | AsyncIterable[Row], statement: UpdateEach[Any, Row]) -> int: ...
    @overload
    async def update_many(
        self, rows: Iterable[Row] | AsyncIterable[Row], statement: UpdateEachReturning[Row, R]
    ) -> list[R]: ...
    async def update_many(self, rows: Any, statement: Any) -> Any:
        """As `AsyncDb.update_many`."""
        return unwrap(cast("Outcome[Any]", await self._db.update_many(rows, statement)))

    @overload
    async def delete_many(self, rows: Iterable[Row] | AsyncIterable[Row], statement: DeleteBy[Any, Row]) -> int: ...
    @overload
    async def delete_many(
        self, rows: Iterable[Row] | AsyncIterable[Row], statement: DeleteByReturning[Row, R]
    ) -> list[R]: ...
    async def delete_many(self, rows: Any, statement: Any) -> Any:
        """As `AsyncDb.delete_many`."""
        return unwrap(cast("Outcome[Any]", await self._db.delete_many(rows, statement)))

    def pipeline(self) -> AsyncRaisingPipelineBlock:
        """As `AsyncDb.pipeline`; leaving the block raises the first failure, and `result()` gives values.

        In a transaction the failure leaves its block, too, and so rolls back. Outside of one a pipeline that only reads
        has nothing to undo: the values of the others are there.
        """
        return AsyncRaisingPipelineBlock(self._db.pipeline())

    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        rollback: bool = False,
    ) -> AsyncTransactionBlock[AsyncRaisingDb]:
        """As `AsyncDb.transaction`: the first error leaves the block, and so rolls back."""
        return self._db.transaction(
            isolation=isolation, read_only=read_only, deferrable=deferrable, rollback=rollback
        ).giving(AsyncRaisingDb)

    def as_role(
        self,
        role: Role | str,
        *,
        claims: Mapping[str, object] | None = None,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        rollback: bool = False,
    ) -> AsyncTransactionBlock[AsyncRaisingDb]:
        """As `AsyncDb.as_role`: the first error leaves the block, and so rolls back."""
        return self._db.as_role(
            role, claims=claims, isolation=isolation, read_only=read_only, deferrable=deferrable, rollback=rollback
        ).giving(AsyncRaisingDb)

    async def transact(
        self,
        work: Callable[[AsyncRaisingDb], Awaitable[T]],
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        retries: int = 3,
        role: Role | str | None = None,
        claims: Mapping[str, object] | None = None,
    ) -> T:
        """As `AsyncDb.transact`, of a function that gives its value: commit where it returns, else roll back.

        >>> async def finish(tx: AsyncRaisingDb) -> int:
        ...     return await tx.execute(update(Task).set(Task.done.to(True)).all_rows())
        >>> await db.raising.transact(finish)
        3
        """

        async def run(tx: AsyncTx) -> Outcome[T]:
            given = work(AsyncRaisingDb(tx))
            coroutine_of(given, work)  # sync:
            return Success(plain_value(await given))

        return unwrap(
            await self._db.transact(
                run,
                isolation=isolation,
                read_only=read_only,
                deferrable=deferrable,
                retries=retries,
                role=role,
                claims=claims,
            )
        )

    def options(self, *, statement_timeout: float | None = None, lock_timeout: float | None = None) -> AsyncRaisingDb:
        """As `AsyncDb.options`."""
        return AsyncRaisingDb(self._db.options(statement_timeout=statement_timeout, lock_timeout=lock_timeout))


class AsyncRaisingPipelineBlock:
    """`async with db.raising.pipeline() as p`; see there."""

    def __init__(self, block: AsyncPipelineBlock) -> None:
        self._block = block

    async def __aenter__(self) -> RaisingPipeline:
        return RaisingPipeline(await self._block.__aenter__())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._block.__aexit__(kind, error, trace)
        finally:
            all_told(self._block.pipeline)
        raise_failure(self._block.pipeline)
