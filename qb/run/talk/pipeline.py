"""Pipelines: several statements in one round trip, all of them or none.

https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Generic

from typing_extensions import TypeVar

from qb.errors import DbError, DdlRefused, QueryError, ServerError
from qb.errors.family import met
from qb.errors.outcome import Failure, Outcome, Success, sharing
from qb.errors.unseen import Ending, watch_of
from qb.query.statement import Command, Rows
from qb.run.session.answers import command, commit
from qb.run.session.executable import Executable, Executables
from qb.run.session.link import Link
from qb.run.session.no_ddl import ddl_of
from qb.run.session.options import Options
from qb.run.session.wait import Conversation
from qb.run.talk.collector import seldom_collected
from qb.run.talk.counts import at_most_one, every, exactly_one, returned, single, without_stack
from qb.run.talk.execute import read
from qb.run.talk.jobs import Answer, Stopped, run_pipeline

T = TypeVar("T", default=object)
R = TypeVar("R", default=object)


LONG = 100
"""Statements for which the garbage collector is asked to look less often: each of them leaves several objects."""


def run_block(link: Link, options: Options, pipeline: Pipeline) -> Conversation[None]:
    """What a block has collected, sent and read while the link is its own."""
    talk = _block(link, options, pipeline)
    return talk if len(pipeline.handles) < LONG else seldom_collected(talk)


def _block(link: Link, options: Options, pipeline: Pipeline) -> Conversation[None]:
    """Where it writes and reads outside a transaction, it reads before the commit, which costs a round trip: a failure
    found then undoes the writes."""
    guarded = not options.ddl and any(handle.statement.perhaps_ddl for handle in pipeline.handles)
    if link.depth or not (pipeline.careful or guarded):
        answers = yield from run_pipeline(link, options, pipeline.handles)
        if guarded and (stopped := _defined(answers)) is not None:
            raise stopped
        pipeline.answered(answers)
        return
    answers = yield from run_pipeline(link, options, pipeline.handles, begin=True)
    try:
        found = (_defined(answers) if guarded else None) or pipeline.tried(answers)
    except Exception:
        yield from command(link, b"ROLLBACK")
        raise
    if isinstance(found, Stopped):
        yield from command(link, b"ROLLBACK")
        raise found
    if (failure := (yield from commit(link))) is not None:
        raise Stopped(None, failure)
    pipeline.settle(found)


def _defined(answers: Sequence[Answer]) -> Stopped | None:
    """The first statement that was DDL, on a database that takes none."""
    for position, (_, result) in enumerate(answers):
        if (command := ddl_of(result)) is not None:
            return Stopped(position, DdlRefused(command))
    return None


class Pending(Generic[T]):
    """The outcome of a statement in a pipeline, once its block has ended.

    >>> with db.pipeline() as p:
    ...     ada = p.one(select(User.name).where(User.id == 1))
    ...     nobody = p.one(select(User.name).where(User.id == 404))
    >>> ada.result(), nobody.result()
    (<Success: Ada>, <Failure: no row found in "users", where one was asked for>)
    """

    __slots__ = ("_count", "_outcome", "late", "statement", "values")

    def __init__(
        self,
        statement: Executable[Any],
        values: Sequence[object],
        count: Callable[[list[Any], Executable[Any]], Outcome[T]] | None,
    ) -> None:
        self.statement: Executable[Any] = statement
        self.values: Sequence[object] = values
        self.late: None = None
        self._count = count
        self._outcome: Outcome[T] | None = None

    def result(self) -> Outcome[T]:
        """What the statement gave. QueryError within the block, where nothing has been sent yet."""
        if self._outcome is None:
            raise QueryError("a pipeline is sent when its block ends: ask for results after it")
        return self._outcome

    @property
    def settled(self) -> bool:
        """Whether there is an outcome: the pipeline has run."""
        return self._outcome is not None

    def settle(self, outcome: Outcome[T]) -> None:
        """For the pipeline, when it has run."""
        self._outcome = outcome

    def read(self, answer: Answer) -> Outcome[T]:
        """What an answer says."""
        count, (reader, result) = self._count, answer
        if count is None:
            number: Any = result.command_tuples or 0
            return Success(number)
        return count(read(self.statement, reader, result, 0), self.statement)


class Pipeline:
    """Statements to be sent together when the block ends: all of them happen, or none.

    If one fails, its handle has the error and the others a ServerError with SQLSTATE 25P02. A pipeline that both writes
    and reads decodes before it commits, in a second round trip: what is found then undoes the writes as well.

    >>> with db.pipeline() as p:
    ...     done = p.execute(update(Task).set(Task.done.to(True)).where(Task.id == 2))
    ...     taken = p.execute(insert(new(User)(name="Ada")))
    >>> done.result()
    <Failure: ... (SQLSTATE 25P02)>
    >>> db.scalar(select(Task.done).where(Task.id == 2))
    <Success: False>
    """

    def __init__(self, statements: Executables) -> None:
        self._statements = statements
        self.handles: list[Pending[Any]] = []
        self._reads = False
        self.failure: DbError | None = None
        """The first failure: what undid all of them, where they can be undone."""

    def all(self, query: Rows[R]) -> Pending[list[R]]:
        """As `Db.all`."""
        return self._add(query, every)

    def one(self, query: Rows[R]) -> Pending[R]:
        """As `Db.one`. NotFound and ManyRows undo the pipeline's writes, outside a transaction."""
        return self._add(query, exactly_one, 2)

    def first(self, query: Rows[R]) -> Pending[R | None]:
        """As `Db.first`."""
        return self._add(query, at_most_one, 1)

    def scalar(self, query: Rows[R]) -> Pending[R]:
        """As `Db.scalar`."""
        return self._add(query, exactly_one, 2, check=single)

    def execute(self, command: Command) -> Pending[int]:
        """As `Db.execute`."""
        statement, values = self._statements.resolve(command)
        handle = Pending[int](statement, values, None)
        self.handles.append(handle)
        return handle

    def _add(
        self,
        query: Rows[R],
        count: Callable[[list[R], Executable[R]], Outcome[T]],
        few: int = 0,
        check: Callable[[Executable[Any]], None] | None = None,
    ) -> Pending[T]:
        statement, values = self._statements.resolve_few(query, few) if few else self._statements.resolve(query)
        if check is not None:
            check(statement)
        self._reads = True
        handle = Pending(statement, values, count)
        self.handles.append(handle)
        return handle

    @property
    def careful(self) -> bool:
        """Whether something that is read may show that what is written must not be kept."""
        return self._reads and any(handle.statement.writes for handle in self.handles)

    def tried(self, answers: Sequence[Answer]) -> list[Outcome[Any]] | Stopped:
        """What each handle waits for, if there is no failure; else the first one, and where it is."""
        outcomes: list[Outcome[Any]] = []
        for position, (handle, answer) in enumerate(zip(self.handles, answers, strict=True)):
            try:
                outcome = handle.read(answer)
            except DbError as error:
                return Stopped(position, error)
            if isinstance(outcome, Failure):
                return Stopped(position, outcome.failure())
            outcomes.append(outcome)
        return outcomes

    def settle(self, outcomes: Sequence[Outcome[Any]]) -> None:
        """Give each handle what it waits for."""
        for handle, outcome in zip(self.handles, outcomes, strict=True):
            handle.settle(outcome)

    def answered(self, answers: Sequence[Answer]) -> None:
        """The same where nothing can be undone: a failure is that of its handle alone."""
        raised: Exception | None = None
        for position, (handle, answer) in enumerate(zip(self.handles, answers, strict=True)):
            try:
                outcome = handle.read(answer)
                if type(outcome) is not Success:
                    outcome.alt(partial(self._failed, handle, position))  # which is not to look at it
                handle.settle(outcome)
            except DbError as error:
                handle.settle(returned(self._failed(handle, position, error), handle.statement.sql))
            except Exception as error:  # of a function given to `map`: the block raises it, and the others have theirs
                raised = raised or error
        if raised is not None:
            raise raised

    def _failed(self, handle: Pending[Any], position: int, error: DbError) -> DbError:
        """The failure of one, which from now on knows its place."""
        self.failure = self.failure or without_stack(error)
        return met(error, handle.statement.sql, position)

    def stopped(self, index: int | None, error: DbError, ending: Ending | None = None) -> None:
        """Give the failed statement's handle the error, and the others the news; all the error, if it was nobody's."""
        failed = self.handles[index or 0].statement.sql
        self.failure = without_stack(error) if index is None else met(without_stack(error), failed, index)
        why = f"undone, because another statement of the pipeline failed: {error}"
        watch = watch_of(error, failed, ending)  # one failure, however many hear of it
        for position, handle in enumerate(self.handles):
            if index in (None, position):
                handle.settle(sharing(error, watch))
            else:
                other = met(ServerError(why, sqlstate="25P02"), handle.statement.sql, position)
                handle.settle(sharing(other, watch))
