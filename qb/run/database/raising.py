"""The same database for those who want exceptions: each method gives its value, or raises the DbError.

For scripts, notebooks and handlers that leave errors to a framework. There is nothing here but the unwrapping.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from returns.result import Result

from qb.errors import QueryError
from qb.outcome import Outcome, Success, ignore, unwrap
from qb.query.insert import Insert, NewRow
from qb.query.statement import Command, Rows
from qb.run.database.async_block import AsyncPipelineBlock, AsyncTransactionBlock
from qb.run.database.block import PipelineBlock, TransactionBlock
from qb.run.session.characteristics import Isolation
from qb.run.talk.pipeline import Pending, Pipeline
from qb.run.talk.stream import AsyncStream, Stream

if TYPE_CHECKING:
    from qb.run.database.async_db import AsyncDb, AsyncTx
    from qb.run.database.db import Db, Tx

R = TypeVar("R")
T = TypeVar("T")


class RaisingDb:
    """A database, a view of it or a transaction whose methods give values: what `db.raising` is.

    >>> def rename(db: RaisingDb, name: str) -> User:
    ...     return db.one(update(User).set(User.name.to(name)).where(User.id == 1).returning())
    >>> rename(db.raising, "Ada L.").name
    'Ada L.'
    >>> rename(db.raising, "Grace")
    Traceback (most recent call last):
    ...
    qb.errors.UniqueViolation: another row has the same value: ...
    """

    __slots__ = ("outcomes",)

    def __init__(self, outcomes: Db) -> None:
        self.outcomes: Db = outcomes
        """The same, giving outcomes: for functions that take a `Db`."""

    def all(self, query: Rows[R]) -> list[R]:
        """As `Db.all`."""
        return unwrap(self.outcomes.all(query))

    def one(self, query: Rows[R]) -> R:
        """As `Db.one`."""
        return unwrap(self.outcomes.one(query))

    def first(self, query: Rows[R]) -> R | None:
        """As `Db.first`."""
        return unwrap(self.outcomes.first(query))

    def scalar(self, query: Rows[R]) -> R:
        """As `Db.scalar`."""
        return unwrap(self.outcomes.scalar(query))

    def execute(self, command: Command) -> int:
        """As `Db.execute`."""
        return unwrap(self.outcomes.execute(command))

    @overload
    def insert_many(self, rows: Iterable[NewRow[T]]) -> int: ...
    @overload
    def insert_many(self, rows: Iterable[NewRow[T]], then: Callable[[Insert[T]], Rows[R]]) -> list[R]: ...
    @overload
    def insert_many(self, rows: Iterable[NewRow[T]], then: Callable[[Insert[T]], Insert[T]]) -> int: ...
    def insert_many(self, rows: Iterable[NewRow[Any]], then: Any = None) -> Any:
        """As `Db.insert_many`."""
        return unwrap(cast("Outcome[Any]", self.outcomes.insert_many(rows, then)))

    def stream(self, query: Rows[R], *, size: int = 500) -> Stream[R]:
        """As `Db.stream`, which raises anyway."""
        return self.outcomes.stream(query, size=size)

    def pipeline(self) -> RaisingPipelineBlock:
        """As `Db.pipeline`; leaving the block raises what undid its statements, and `result()` gives values."""
        return RaisingPipelineBlock(self.outcomes.pipeline())

    def ping(self) -> None:
        """As `Db.ping`."""
        unwrap(self.outcomes.ping())

    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        rollback: bool = False,
    ) -> TransactionBlock[RaisingDb]:
        """As `Db.transaction`: the first error leaves the block, and so rolls back."""
        return self.outcomes.transaction(
            isolation=isolation, read_only=read_only, deferrable=deferrable, rollback=rollback
        ).giving(RaisingDb)

    def transact(
        self,
        work: Callable[[RaisingDb], T],
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        retries: int = 3,
    ) -> T:
        """As `Db.transact`, of a function that gives its value: commit where it returns, roll back where it raises.

        >>> db.raising.transact(lambda tx: tx.execute(update(Task).set(Task.done.to(True)).all_rows()))
        3
        """

        def run(tx: Tx) -> Outcome[T]:
            return Success(_value(work(RaisingDb(tx))))

        return unwrap(
            self.outcomes.transact(
                run, isolation=isolation, read_only=read_only, deferrable=deferrable, retries=retries
            )
        )

    def options(self, *, statement_timeout: float | None = None, lock_timeout: float | None = None) -> RaisingDb:
        """As `Db.options`."""
        return RaisingDb(self.outcomes.options(statement_timeout=statement_timeout, lock_timeout=lock_timeout))


class AsyncRaisingDb:
    """The same for coroutines: what `db.raising` is of an `AsyncDb`.

    >>> async def main() -> None:
    ...     async with connect_async() as db:
    ...         print(await db.raising.one(select(User.name).where(User.id == 1)))
    >>> import anyio
    >>> anyio.run(main)
    Ada
    """

    __slots__ = ("outcomes",)

    def __init__(self, outcomes: AsyncDb) -> None:
        self.outcomes: AsyncDb = outcomes
        """The same, giving outcomes: for functions that take an `AsyncDb`."""

    async def all(self, query: Rows[R]) -> list[R]:
        """As `Db.all`."""
        return unwrap(await self.outcomes.all(query))

    async def one(self, query: Rows[R]) -> R:
        """As `Db.one`."""
        return unwrap(await self.outcomes.one(query))

    async def first(self, query: Rows[R]) -> R | None:
        """As `Db.first`."""
        return unwrap(await self.outcomes.first(query))

    async def scalar(self, query: Rows[R]) -> R:
        """As `Db.scalar`."""
        return unwrap(await self.outcomes.scalar(query))

    async def execute(self, command: Command) -> int:
        """As `Db.execute`."""
        return unwrap(await self.outcomes.execute(command))

    @overload
    async def insert_many(self, rows: Iterable[NewRow[T]] | AsyncIterable[NewRow[T]]) -> int: ...
    @overload
    async def insert_many(
        self, rows: Iterable[NewRow[T]] | AsyncIterable[NewRow[T]], then: Callable[[Insert[T]], Rows[R]]
    ) -> list[R]: ...
    @overload
    async def insert_many(
        self, rows: Iterable[NewRow[T]] | AsyncIterable[NewRow[T]], then: Callable[[Insert[T]], Insert[T]]
    ) -> int: ...
    async def insert_many(self, rows: Iterable[NewRow[Any]] | AsyncIterable[NewRow[Any]], then: Any = None) -> Any:
        """As `AsyncDb.insert_many`."""
        return unwrap(cast("Outcome[Any]", await self.outcomes.insert_many(rows, then)))

    def stream(self, query: Rows[R], *, size: int = 500) -> AsyncStream[R]:
        """As `AsyncDb.stream`, which raises anyway."""
        return self.outcomes.stream(query, size=size)

    def pipeline(self) -> AsyncRaisingPipelineBlock:
        """As `AsyncDb.pipeline`; leaving the block raises what undid its statements, and `result()` gives values."""
        return AsyncRaisingPipelineBlock(self.outcomes.pipeline())

    async def ping(self) -> None:
        """As `Db.ping`."""
        unwrap(await self.outcomes.ping())

    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        rollback: bool = False,
    ) -> AsyncTransactionBlock[AsyncRaisingDb]:
        """As `AsyncDb.transaction`: the first error leaves the block, and so rolls back."""
        return self.outcomes.transaction(
            isolation=isolation, read_only=read_only, deferrable=deferrable, rollback=rollback
        ).giving(AsyncRaisingDb)

    async def transact(
        self,
        work: Callable[[AsyncRaisingDb], Awaitable[T]],
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        retries: int = 3,
    ) -> T:
        """As `AsyncDb.transact`, of a coroutine function that gives its value."""

        async def run(tx: AsyncTx) -> Outcome[T]:
            return Success(_value(await work(AsyncRaisingDb(tx))))

        return unwrap(
            await self.outcomes.transact(
                run, isolation=isolation, read_only=read_only, deferrable=deferrable, retries=retries
            )
        )

    def options(self, *, statement_timeout: float | None = None, lock_timeout: float | None = None) -> AsyncRaisingDb:
        """As `Db.options`."""
        return AsyncRaisingDb(self.outcomes.options(statement_timeout=statement_timeout, lock_timeout=lock_timeout))


# ---------------------------------------------------------------------------------------------------- pipelines


class Awaited(Generic[T]):
    """The value of a statement in a pipeline, once its block has ended."""

    __slots__ = ("_pending",)

    def __init__(self, pending: Pending[T]) -> None:
        self._pending = pending

    def result(self) -> T:
        """What the statement gave; its DbError is raised."""
        return unwrap(self._pending.result())


class RaisingPipeline:
    """As `Pipeline`, of values."""

    __slots__ = ("_pipeline",)

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def all(self, query: Rows[R]) -> Awaited[list[R]]:
        """As `Db.all`."""
        return Awaited(self._pipeline.all(query))

    def one(self, query: Rows[R]) -> Awaited[R]:
        """As `Db.one`."""
        return Awaited(self._pipeline.one(query))

    def first(self, query: Rows[R]) -> Awaited[R | None]:
        """As `Db.first`."""
        return Awaited(self._pipeline.first(query))

    def scalar(self, query: Rows[R]) -> Awaited[R]:
        """As `Db.scalar`."""
        return Awaited(self._pipeline.scalar(query))

    def execute(self, command: Command) -> Awaited[int]:
        """As `Db.execute`."""
        return Awaited(self._pipeline.execute(command))


class RaisingPipelineBlock:
    """`with db.raising.pipeline() as p`; see there."""

    def __init__(self, block: PipelineBlock) -> None:
        self._block = block

    def __enter__(self) -> RaisingPipeline:
        return RaisingPipeline(self._block.__enter__())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._block.__exit__(kind, error, trace)
        _undone(self._block.pipeline)


class AsyncRaisingPipelineBlock:
    """`async with db.raising.pipeline() as p`; see there."""

    def __init__(self, block: AsyncPipelineBlock) -> None:
        self._block = block

    async def __aenter__(self) -> RaisingPipeline:
        return RaisingPipeline(await self._block.__aenter__())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._block.__aexit__(kind, error, trace)
        _undone(self._block.pipeline)


def _undone(pipeline: Pipeline) -> None:
    """Raise what undid all statements of a pipeline."""
    if pipeline.failure is not None:
        for handle in pipeline.handles:
            ignore(handle.result())
        raise pipeline.failure


def _value(value: T) -> T:
    """QueryError for an outcome: a Failure would be committed as if it were a value."""
    if isinstance(value, Result):
        raise QueryError(
            "raising.transact takes a function that gives a value, and it returned an outcome: return qb.unwrap(...) "
            "of it, or use db.transact"
        )
    return value
