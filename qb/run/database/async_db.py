"""A database, for coroutines on asyncio or trio: `AsyncDb`, `AsyncDatabase` and `AsyncTx`, as in `db`."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar, overload

import anyio
from msgspec.structs import replace
from returns.primitives.exceptions import UnwrapFailedError

from qb.errors import ConnectionLost, DbError, TransactionAborted
from qb.outcome import Failure, Outcome, Success
from qb.query.insert import Insert, NewRow
from qb.query.script import Script
from qb.query.statement import Command, Rows
from qb.run.database.async_block import AsyncPipelineBlock, AsyncTransactionBlock
from qb.run.database.raising import AsyncRaisingDb
from qb.run.pool.outside import outside, task
from qb.run.pool.pools import AsyncPool, PoolReport
from qb.run.session.answers import command as run_command
from qb.run.session.characteristics import Characteristics, Isolation
from qb.run.session.executable import Executable, Executables
from qb.run.session.link import Link
from qb.run.session.options import Options
from qb.run.session.wait import Conversation
from qb.run.talk import log
from qb.run.talk.bulk import ROWS_AT_ONCE, Batch, Bulk, chunks_async, nothing
from qb.run.talk.converse import converse_async
from qb.run.talk.counts import bare, commands_only, concluded, given_back, halted, is_failure, only, returned, single
from qb.run.talk.execute import affect, fetch, fetch_all, fetch_first, fetch_two
from qb.run.talk.held import AsyncApart, AsyncHeld, AsyncSource
from qb.run.talk.renew import anew_async, renewed_async
from qb.run.talk.script import run_script, scripted
from qb.run.talk.stream import AsyncStream
from qb.run.talk.transaction import again, pause

E = TypeVar("E")
R = TypeVar("R")
T = TypeVar("T")


class AsyncDb:
    """Runs statements. What a repository function takes: an `AsyncDatabase`, a view of it, or an `AsyncTx`.

    What the world does comes back as `Failure` of a `DbError`; bugs (`QueryError`, `ClosedError`) are raised. A failing
    connection is a failure of the first statement. Safe to share between the tasks of an event loop, asyncio's or
    trio's. Cancelling a task cancels its query on the server.

    >>> async def names(db: AsyncDb) -> Outcome[list[str]]:
    ...     return await db.all(select(User.name).order_by(User.id))
    >>> async def main() -> None:
    ...     async with connect_async() as db:
    ...         print(await names(db), await db.transact(names))
    >>> import anyio
    >>> anyio.run(main)
    <Success: ['Ada', 'Grace']> <Success: ['Ada', 'Grace']>
    """

    __slots__ = ("_options", "_source", "_statements")

    def __init__(self, source: AsyncSource, statements: Executables, options: Options) -> None:
        self._source = source
        self._statements = statements
        self._options = options

    # ------------------------------------------------------------ statements

    async def all(self, query: Rows[R]) -> Outcome[list[R]]:
        """All rows, in the query's order; they are decoded while the server works on the next ones."""
        statement, values = self._statements.resolve(query)
        try:
            return Success(await self._run(fetch_all, statement, values))
        except DbError as error:
            return returned(error, statement.sql, self._source)

    async def one(self, query: Rows[R]) -> Outcome[R]:
        """The one row there is: NotFound where there is none, ManyRows where there are more."""
        statement, values = self._statements.resolve_few(query, 2)
        try:
            rows = await self._run(fetch if statement.few else fetch_two, statement, values)
        except DbError as error:
            return returned(error, statement.sql, self._source)
        return only(rows, statement, alone=not isinstance(self._source, AsyncHeld))

    async def first(self, query: Rows[R]) -> Outcome[R | None]:
        """The first row, None where there is none; a query asks the server for no more than that one."""
        statement, values = self._statements.resolve_few(query, 1)
        try:
            rows = await self._run(fetch if statement.few else fetch_first, statement, values)
        except DbError as error:
            return returned(error, statement.sql, self._source)
        return Success(rows[0] if rows else None)

    async def scalar(self, query: Rows[R]) -> Outcome[R]:
        """The one value of the one row: `one` for a query of one column, QueryError (raised) if it has more."""
        statement, values = self._statements.resolve_few(query, 2)
        single(statement)
        try:
            rows = await self._run(fetch if statement.few else fetch_two, statement, values)
        except DbError as error:
            return returned(error, statement.sql, self._source)
        return only(rows, statement, alone=not isinstance(self._source, AsyncHeld))

    async def execute(self, command: Command) -> Outcome[int]:
        """The number of rows that were inserted, updated or deleted; 0 for commands that do not count.

        Of a `Script`, such as `create_all(schema)`, the number of its statements: all of them run, or none.
        """
        if isinstance(command, Script):
            return await self._script(command)
        commands_only(command)
        statement, values = self._statements.resolve(command)
        try:
            return Success(await self._run(affect, statement, values))
        except DbError as error:
            return returned(error, statement.sql, self._source)

    @overload
    async def insert_many(self, rows: Iterable[NewRow[T]] | AsyncIterable[NewRow[T]]) -> Outcome[int]: ...
    @overload
    async def insert_many(
        self, rows: Iterable[NewRow[T]] | AsyncIterable[NewRow[T]], then: Callable[[Insert[T]], Rows[R]]
    ) -> Outcome[list[R]]: ...
    @overload
    async def insert_many(
        self, rows: Iterable[NewRow[T]] | AsyncIterable[NewRow[T]], then: Callable[[Insert[T]], Insert[T]]
    ) -> Outcome[int]: ...
    async def insert_many(
        self,
        rows: Iterable[NewRow[Any]] | AsyncIterable[NewRow[Any]],
        then: Callable[[Insert[Any]], Rows[Any] | Command] | None = None,
    ) -> Any:
        """Insert any number of rows, all or none, from an iterable or an asynchronous one; see `Db.insert_many`."""
        async with aclosing(chunks_async(rows)) as parts:
            first = await anext(parts, None)
            if first is None:
                return Success(nothing(then))
            bulk = Bulk(self._statements, first[0], then)
            try:
                await self._insert_many(bulk, first, parts)
            except TransactionAborted as aborted:
                return returned(aborted.cause, bulk.title, self._source)
            except DbError as error:
                return returned(error, bulk.title, self._source)
            return Success(bulk.result)

    async def _insert_many(self, bulk: Bulk, first: list[Any], parts: AsyncIterator[list[Any]]) -> None:
        if self._source.opened:
            outside(self._source.opened, task(), bulk.title)
        batches = bulk.steps(first)
        second = await anext(parts, None) if len(first) == ROWS_AT_ONCE else None
        while True:
            try:
                if second is None and bulk.alone(batches) and not isinstance(self._source, AsyncHeld):
                    await self._send(bulk, batches)
                    return
                async with self._block(Characteristics(), own=False) as tx:
                    await tx._send(bulk, batches)
                    if second is not None:
                        await tx._send(bulk, bulk.steps(second))
                    async for chunk in parts:
                        await tx._send(bulk, bulk.steps(chunk))
                return
            except DbError as error:
                if not bulk.otherwise(error):
                    raise
                batches = bulk.steps(first)

    async def _send(self, bulk: Bulk, batches: Sequence[Batch]) -> None:
        lease = await self._source.checkout()
        entry = log.entry(bulk.title.encode(), (), self._options)
        try:
            await anew_async(self._source, lease, lambda link: bulk.send(link, self._options, batches))
            if entry is not None:
                entry.end(sum(len(batch.rows) for batch in batches))
        except BaseException as error:
            if entry is not None:
                entry.end(0, error)
            raise
        finally:
            self._source.give_back(lease)

    def stream(self, query: Rows[R], *, size: int = 500) -> AsyncStream[R]:
        """The rows one by one in constant memory: `async with db.stream(query) as rows: async for row in rows: ...`

        `size` is how many rows are decoded at a time. The one place where a DbError is raised: entering the block
        raises it where the query fails, the loop where it fails half-way. Leaving early cancels the query.
        """
        statement, values = self._statements.resolve(query)
        return AsyncStream(self._source, self._options, statement, values, size)

    def pipeline(self) -> AsyncPipelineBlock:
        """Several statements in one round trip: `async with db.pipeline() as p: a = p.all(...); b = p.execute(...)`.

        They are sent when the block ends; then `a.result()` is an Outcome. All of them happen or none. If the block is
        left by an exception, nothing is sent. https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
        """
        return AsyncPipelineBlock(self._source, self._statements, self._options)

    async def ping(self) -> Outcome[None]:
        """Whether the server answers."""
        if self._source.opened:
            outside(self._source.opened, task(), "ping()")
        try:
            lease = await self._source.checkout()
            try:
                await anew_async(self._source, lease, lambda link: run_command(link, b"SELECT"))
            finally:
                self._source.give_back(lease)
        except DbError as error:
            return returned(error, "ping()", self._source)
        return Success(None)

    # ------------------------------------------------------------ transactions

    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        rollback: bool = False,
    ) -> AsyncTransactionBlock[AsyncTx]:
        """`async with db.transaction() as tx: ...` commits at the end, and rolls back where an exception leaves it.

        A statement that fails dooms the transaction: leaving the block without an exception then raises
        TransactionAborted, which names the first failure. So does a COMMIT that fails (a deferred constraint); if the
        connection is lost meanwhile, ConnectionLost is raised, as nobody knows whether it was committed. Entering the
        block raises the DbError where no connection can be had.

        In a transaction this is a savepoint: what fails inside is undone at its end, and the outer one goes on. With
        `rollback` nothing is kept, whatever happens: for tests and trial runs.
        https://www.postgresql.org/docs/current/sql-begin.html
        """
        return self._block(Characteristics(isolation, read_only, deferrable), rollback=rollback)

    def _block(
        self, characteristics: Characteristics, *, rollback: bool = False, own: bool = True
    ) -> AsyncTransactionBlock[AsyncTx]:
        made = partial(AsyncTx, statements=self._statements, options=self._options)
        return AsyncTransactionBlock(self._source, self._options, characteristics, made, rollback=rollback, own=own)

    async def transact(
        self,
        work: Callable[[AsyncTx], Awaitable[Success[T] | Failure[E]]],
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        retries: int = 3,
    ) -> Success[T] | Failure[E | DbError]:
        """Run a function in a transaction: commit if it returns Success, roll back on Failure or an exception.

        A serialization failure, a deadlock or a stale statement runs it again, up to `retries` times, after a short
        random pause: so it should do nothing that cannot be done twice. Within a transaction it is a savepoint, and the
        outer one retries.
        Failures of the function, of the commit, and DbErrors that were raised come back; other exceptions pass.
        """
        attempt = 0
        while True:
            block = self.transaction(isolation=isolation, read_only=read_only, deferrable=deferrable)
            outcome: Success[T] | Failure[E | DbError]
            try:
                async with block as tx:
                    outcome = await work(tx)
                    concluded(outcome)
                    block.rollback = is_failure(outcome)
            except TransactionAborted as aborted:
                outcome = Failure(bare(aborted.cause))
            except UnwrapFailedError as stop:
                outcome = Failure(bare(halted(stop)))
            except DbError as error:
                outcome = Failure(bare(error))
            if isinstance(self._source, AsyncHeld) or not again(outcome, block.doomed, attempt, retries):
                return given_back(outcome, work)
            await anyio.sleep(pause(attempt))
            attempt += 1

    @property
    def raising(self) -> AsyncRaisingDb:
        """The same for those who want exceptions: methods give values, and raise the DbError; see `Db.raising`."""
        return AsyncRaisingDb(self)

    def options(self, *, statement_timeout: float | None = None, lock_timeout: float | None = None) -> AsyncDb:
        """The same database with other limits, in seconds; 0 is no limit, None leaves it as it is here.

        The view shares connections and transaction: `await db.options(statement_timeout=1.5).all(query)`.
        https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT
        """
        settings = self._options.settings.changed(statement_timeout, lock_timeout)
        return AsyncDb(self._source, self._statements, replace(self._options, settings=settings))

    # ------------------------------------------------------------ how

    async def _script(self, script: Script) -> Outcome[int]:
        if script.statements:
            try:
                await self._run(run_script, scripted(script), ())
            except DbError as error:
                return returned(error, repr(script), self._source)
        return Success(len(script.statements))

    async def _run(
        self,
        work: Callable[[Link, Options, Executable[R], Sequence[object]], Conversation[T]],
        statement: Executable[R],
        values: Sequence[object],
    ) -> T:
        """Take a link, have the conversation, give the link back. DbError where it fails."""
        if self._source.opened:
            outside(self._source.opened, task(), statement.sql)
        lease = await self._source.checkout()
        try:
            while True:
                talk = work(lease.link, self._options, statement, values)
                if log.enabled():
                    talk = log.told(talk, statement.sql, values, self._options)
                try:
                    return await converse_async(lease.link, talk)
                except ConnectionLost:
                    if not await renewed_async(self._source, lease):
                        raise
        finally:
            self._source.give_back(lease)


class AsyncDatabase(AsyncDb):
    """An `AsyncDb` that owns its connections: what `qb.connect_async` gives. Close it, or use it with `async with`.

    >>> async def main() -> None:
    ...     async with connect_async() as db:
    ...         print(await db.ping())
    >>> import anyio
    >>> anyio.run(main, backend="trio")
    <Success: None>
    """

    __slots__ = ("_pool",)

    def __init__(self, pool: AsyncPool[Link], statements: Executables, options: Options) -> None:
        super().__init__(pool, statements, options)
        self._pool = pool

    def __repr__(self) -> str:
        return f"<AsyncDatabase {self._pool!r}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def apart(self) -> AsyncDb:
        """The same database for a statement that is to be no part of the open transaction; see `Database.apart`."""
        return AsyncDb(AsyncApart(self._pool), self._statements, self._options)

    @property
    def pool(self) -> PoolReport:
        """How many connections are in use, who waits for one, and how long one had to."""
        return self._pool.report()

    async def close(self) -> None:
        """Close the connections: idle ones now, the others when they are given back. Using the database then raises."""
        self._pool.close()


class AsyncTx(AsyncDb):
    """A transaction, or a savepoint in one, that every function taking an `AsyncDb` accepts. Dead after its block.

    Tasks that share it wait for each other. https://www.postgresql.org/docs/current/tutorial-transactions.html

    >>> async def main() -> None:
    ...     async with connect_async() as db, db.transaction() as tx:
    ...         print(await tx.execute(insert(new(User)(name="Kurt"))))
    >>> import anyio
    >>> anyio.run(main)
    <Success: 1>
    """

    __slots__ = ()
