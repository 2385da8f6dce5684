"""What runs statements, for coroutines on asyncio or trio: `AsyncDb`, and `AsyncTx`, which is a transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVarTuple

import anyio  # sync: import time
from msgspec.structs import replace
from returns.primitives.exceptions import UnwrapFailedError
from typing_extensions import TypeVar

from qb.errors import DbError, DdlRefused, QueryError, TransactionAborted
from qb.errors.family import met
from qb.errors.outcome import Failure, Outcome, Success, ignore, rewatched
from qb.model.role import Role
from qb.query.script import Script
from qb.query.statement import Command
from qb.run.database.async_block import AsyncTransactionBlock
from qb.run.database.async_bulk_writes import AsyncBulkWrites
from qb.run.database.async_pipeline_block import AsyncPipelineBlock
from qb.run.database.async_raising import AsyncRaisingDb
from qb.run.database.async_read_db import Give, Work
from qb.run.pool.outside import outside, task
from qb.run.session.acting import acting
from qb.run.session.characteristics import Characteristics, Isolation
from qb.run.session.executable import Executable
from qb.run.session.no_ddl import ALONE, command_of
from qb.run.talk.async_held import AsyncHeld
from qb.run.talk.counts import (
    commands_only,
    concluded,
    coroutine_of,  # sync:
    every,
    given_back,
    halted,
    is_failure,
    returned,
    work_name,
)
from qb.run.talk.execute import affect
from qb.run.talk.script import counted, run_script, scripted
from qb.run.talk.transaction import again, pause

E = TypeVar("E")
R = TypeVar("R", default=object)
T = TypeVar("T")
TableT = TypeVar("TableT", default=object)
U = TypeVar("U")
Given = TypeVar("Given")
Ts = TypeVarTuple("Ts")


class AsyncDb(AsyncBulkWrites):
    """Runs statements. What a repository function takes: an `AsyncDatabase`, a view of it with limits, or an `AsyncTx`.

    What the world does comes back as `Failure` of a `DbError`; bugs (`QueryError`, `ClosedError`) are raised. A failing
    connection is a failure of the first statement. Safe to share between the tasks of an event loop, asyncio's or
    trio's. Cancelling a task cancels its query on the server.

    >>> async def names(db: AsyncDb) -> Outcome[list[str]]:
    ...     return await db.all(select(User.name).order_by(User.id))
    >>> await names(db)
    <Success: ['Ada', 'Grace']>
    >>> await db.transact(names)
    <Success: ['Ada', 'Grace']>
    """

    __slots__ = ()

    # ------------------------------------------------------------ statements

    async def execute(self, command: Command) -> Outcome[int]:
        """The number of rows that were inserted, updated or deleted; 0 for commands that do not count.

        >>> await db.execute(update(Task).set(Task.done.to(True)).where(Task.user_id == 1))
        <Success: 2>
        """
        commands_only(command)
        statement, values = self._statements.resolve(command)
        return await self._run(statement.sql, every, affect, statement, values)

    async def run(self, script: Script) -> Outcome[int]:
        """Run a script, such as `create_all(schema)`: all of its statements, or none. It gives how many they are.

        In a transaction it is a part of that.
        https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT

        >>> await db.run(Script("CREATE TABLE notes (text text)", "DROP TABLE notes"))
        <Success: 2>
        """
        statement = scripted(script)
        if not script.statements:
            return Success(0)
        count = partial(counted, script)
        run = partial(run_script, script)
        outcome = await self._run(repr(script), count, run, statement, ())
        return outcome.alt(lambda error: met(error, statement.sql))  # where it is not known which of them it was

    def pipeline(self) -> AsyncPipelineBlock:
        """Several statements in one round trip: `async with db.pipeline() as p: a = p.all(...); b = p.execute(...)`.

        They are sent when the block ends; then `a.result()` is an Outcome. All of them happen or none. If the block is
        left by an exception, nothing is sent. https://www.postgresql.org/docs/current/libpq-pipeline-mode.html

        >>> async with db.pipeline() as p:
        ...     users, tasks = p.scalar(select(fn.count(User.id))), p.scalar(select(fn.count(Task.id)))
        >>> users.result(), tasks.result()
        (<Success: 2>, <Success: 3>)
        """
        return AsyncPipelineBlock(self._source, self._statements, self._options)

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

        It begins with its first statement, in one message with it: one of n statements is n + 1 round trips.

        A statement that fails dooms the transaction: leaving the block without an exception then raises
        TransactionAborted, which names the first failure. So does a COMMIT that fails (a deferred constraint); if the
        connection is lost meanwhile, ConnectionLost is raised, as nobody knows whether it was committed. Entering the
        block raises the DbError where no connection can be had.

        In a transaction this is a savepoint: what fails inside is undone at its end, and the outer one goes on. With
        `rollback` nothing is kept, whatever happens: for tests and trial runs.
        https://www.postgresql.org/docs/current/sql-begin.html

        >>> async with db.transaction(isolation="serializable") as tx:
        ...     await tx.execute(delete(Task).where(Task.done))
        <Success: 1>
        """
        return self._block(Characteristics(isolation, read_only, deferrable), rollback=rollback)

    def as_role(
        self,
        role: Role | str,
        *,
        claims: Mapping[str, object] | None = None,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        rollback: bool = False,
    ) -> AsyncTransactionBlock[AsyncTx]:
        """`async with db.as_role("authenticated", claims={"sub": id}) as tx: ...` is a transaction as that role, in
        which row-level security finds the claims as JSON in the setting `request.jwt.claims`; none are those of nobody.

        Both end with the transaction, however it ends. In a transaction it is a savepoint: after its block the outer
        one goes on as it was. The rest is as of `transaction`. A role that is not there, or that this user is no member
        of, is the failure of the first statement; in a transaction it is raised where the block begins.
        Errors: QueryError for what is no name, no claims, or claims that JSON has as something else (NaN, bytes). SQL
        of one's own may RESET ROLE: it is no cage for hostile SQL. https://www.postgresql.org/docs/current/sql-set-role.html

        >>> who = sql("SELECT current_user::text, current_setting('request.jwt.claims')").rows(tuple[str, str])
        >>> async with db.as_role("pg_monitor", claims={"sub": "ada"}) as tx:
        ...     await tx.one(who)
        <Success: ('pg_monitor', '{"sub":"ada"}')>
        """
        as_whom = acting(role, claims)
        return self._block(Characteristics(isolation, read_only, deferrable, as_whom), rollback=rollback)

    def _block(
        self, characteristics: Characteristics, *, rollback: bool = False, own: bool = True
    ) -> AsyncTransactionBlock[AsyncTx]:
        made = partial(AsyncTx, statements=self._statements, options=self._options)
        return AsyncTransactionBlock(self._source, self._options, characteristics, made, rollback=rollback, own=own)

    async def transact(
        self,
        work: Callable[[AsyncTx], Awaitable[Success[T] | Failure[E, object]]],
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        retries: int = 3,
        role: Role | str | None = None,
        claims: Mapping[str, object] | None = None,
    ) -> Success[T] | Failure[E | DbError, T]:
        """Run a function in a transaction: commit if it returns Success, roll back on Failure or an exception.

        A serialization failure, a deadlock, a stale statement, or a server that is not the one that writes any more
        (`target_session_attrs`) runs it again, up to `retries` times, after a short random pause: so it should do
        nothing that cannot be done twice. Within a transaction it is a savepoint, and the outer one retries.
        Failures of the function, of the commit, and DbErrors that were raised come back; other exceptions pass. A
        failure that only says that the transaction has failed before (25P02) comes back as what it failed of.

        With `role`, and `claims`, it runs as that role: as of `as_role`, and what is refused there is a Failure.

        >>> async def swap(tx: AsyncTx) -> Outcome[int]:
        ...     return await tx.execute(update(Task).set(Task.user_id.to(404)).all_rows())
        >>> await db.transact(swap)
        <Failure: a row refers to one that does not exist, ...>
        """
        if role is None and claims is not None:
            raise QueryError("transact takes claims for a role, and there is none: say role=, too")
        as_whom = None if role is None else acting(role, claims)
        characteristics = Characteristics(isolation, read_only, deferrable, as_whom)
        attempt = 0
        while True:
            block = self._block(characteristics)
            outcome = await self._outcome(work_name(work), self._attempt, block, work)
            elsewhere = self._source.fails_over and not read_only
            if isinstance(self._source, AsyncHeld) or not again(
                outcome, block.doomed, attempt, retries, elsewhere=elsewhere
            ):
                return given_back(outcome, work, block.doomed)
            ignore(outcome)  # there will be another one
            await anyio.sleep(pause(attempt))  # sync: time.sleep(pause(attempt))
            attempt += 1

    async def _attempt(
        self,
        block: AsyncTransactionBlock[AsyncTx],
        work: Callable[[AsyncTx], Awaitable[Success[T] | Failure[E, object]]],
    ) -> Success[T] | Failure[E, object]:
        try:
            async with block as tx:
                given = work(tx)
                coroutine_of(given, work)  # sync:
                outcome = await given
                concluded(outcome)
                block.rollback = is_failure(outcome)
            return outcome
        except UnwrapFailedError as stop:
            raise halted(stop) from None

    @property
    def raising(self) -> AsyncRaisingDb:
        """The same database for scripts and those who want exceptions: methods give values, and raise the DbError.

        >>> await db.raising.scalar(select(fn.count(User.id)))
        2
        """
        return AsyncRaisingDb(self)

    def options(self, *, statement_timeout: float | None = None, lock_timeout: float | None = None) -> AsyncDb:
        """The same database with other limits, in seconds; 0 is no limit, None leaves it as it is here.

        The view shares connections and transaction: `await db.options(statement_timeout=1.5).all(query)`.
        https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT

        >>> await db.options(statement_timeout=0.01).execute(sql("SELECT pg_sleep(1)").command())
        <Failure: the statement took longer than statement_timeout allows>
        """
        settings = self._options.settings.changed(statement_timeout, lock_timeout)
        return AsyncDb(self._source, self._statements, replace(self._options, settings=settings))

    # ------------------------------------------------------------ how

    async def _undoable(
        self, what: str | bytes, give: Give[T, U], work: Work[T], statement: Executable[Any], values: Sequence[object]
    ) -> Outcome[U]:
        """The same in a transaction of its own, of what may turn out to be DDL that this database does not take."""
        if self._source.opened:
            outside(self._source.opened, task(), statement.sql)
        block = self._block(Characteristics(), own=False)
        try:
            async with block as tx:
                outcome = await tx._run(what, give, work, statement, values)
                block.rollback = is_failure(outcome)
                if isinstance(outcome, Failure) and outcome.failure().sqlstate == ALONE:
                    # What runs outside transactions alone can be tried in none, and so not be undone.
                    ignore(outcome)
                    raise DdlRefused(command_of(statement.sql), sqlstate=ALONE)
            return rewatched(outcome, str(what))
        except DbError as error:
            return returned(error, what, self._source)
        except TransactionAborted as aborted:
            return returned(aborted.cause, what, self._source)


class AsyncTx(AsyncDb):
    """A transaction, or a savepoint in one, that every function taking an `AsyncDb` accepts. Dead after its block.

    Tasks that share it wait for each other. https://www.postgresql.org/docs/current/tutorial-transactions.html

    >>> async with db.transaction() as tx:
    ...     await tx.execute(insert(new(User)(name="Kurt")))
    ...     await tx.scalar(select(fn.count(User.id)))
    <Success: 1>
    <Success: 3>
    """

    __slots__ = ()
