"""Pipelines: several statements in one round trip, all of them or none.

https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Generic, NamedTuple

from psycopg import generators
from psycopg.pq.abc import PGresult
from typing_extensions import TypeVar

from qb.errors import ConnectionLost, DbError, EncodeError, InvalidSql, QueryError, ServerError
from qb.errors.family import met
from qb.errors.outcome import Failure, Outcome, Success, sharing
from qb.errors.unseen import Ending, watch_of
from qb.query.statement import Command, Rows
from qb.run.report.diagnose import farewell
from qb.run.session.ahead import ahead, brought_back, put, until_sync
from qb.run.session.answers import EMPTY_QUERY, command, commit, empty, refused
from qb.run.session.describe import known, server_columns
from qb.run.session.executable import Executable, Executables
from qb.run.session.link import COPIES, GOOD, IDLE, IN_ERROR, ONCE, Link, PreparedStatement, out_of_step
from qb.run.session.options import Options
from qb.run.session.pooler import leaves_nothing
from qb.run.session.ready import clash, examine, forget, introduce, ready, settle, unlearn
from qb.run.session.wait import Conversation
from qb.run.session.wire import encode
from qb.run.talk.converse import noted
from qb.run.talk.counts import at_most_one, only, returned, single, without_stack
from qb.run.talk.execute import ATTEMPTS, read, send

OPENED = GOOD | {EMPTY_QUERY}

T = TypeVar("T", default=object)
R = TypeVar("R", default=object)


class Job(NamedTuple):
    """A statement of a pipeline, and its values."""

    statement: Executable[Any]
    values: Sequence[object]


class Answer(NamedTuple):
    """What reads a result, and the result."""

    reader: PreparedStatement
    result: PGresult


class Stopped(Exception):
    """Which statement of a pipeline failed, and how; the index is None where it was the commit at its end."""

    def __init__(self, index: int | None, error: DbError) -> None:
        super().__init__(index)
        self.index = index
        self.error = error


def run_pipeline(
    link: Link, options: Options, jobs: Sequence[Job], *, begin: bool = False
) -> Conversation[list[Answer]]:
    """Send all statements at once, and give their results in order. Stopped where one fails: then none has happened.

    Outside a transaction the statements are one by themselves: there is a single synchronisation point, at the end.
    With `begin` that transaction is left open, for whoever has to read the results before it may be committed.
    """
    if link.local is not options.settings and link.pgconn.transaction_status != IDLE:
        yield from settle(link, options.settings)
    lingers = any(link.lingers(job.statement) for job in jobs)
    before = link.sent
    for attempt in range(ATTEMPTS):
        if link.suspect:
            yield from examine(link, options.pooler)
        if options.pooler.swaps:
            unlearn(link)
        for index, job in enumerate(jobs):
            if job.statement.probes and not _agreed(link, job.statement):  # too late when it has run
                try:
                    yield from ready(link, job.statement, options)
                except ConnectionLost:
                    raise  # nothing of it has run
                except DbError as error:
                    raise Stopped(index, error) from None
        commands, plan = _plan(link, options, jobs)
        first = ahead(link, options.settings)
        # Something without rows stands at the beginning. libpq forgets the chunked mode of an earlier query at the
        # second command of a pipeline, not at its first; and what the server says in its place it said before it read
        # anything. A Sync would not do: at the answer to it a pooler may give the session to another client, while it
        # hands on what was sent behind it.
        opening = (b"BEGIN",) if begin else () if first else (b"",)
        link.single = False
        link.pgconn.enter_pipeline_mode()
        put(link, (*first, *opening))
        for send_it in commands:
            send_it()  # into libpq's buffer, which goes on its way whenever it is large
        yield from generators.send(link.pgconn)
        results = yield from until_sync(link.pgconn)
        gone = bool(results) and farewell(results[-1])
        unread = gone and len(results) == 1
        link.sent = before if unread else ONCE
        if unread or (gone and len(results) > len(first)):
            link.close()
            raise refused(link, results[-1], bound=True)
        for result in results:
            if result.status in COPIES:
                raise refused(link, result, bound=True)
        results = brought_back(link, options.settings, first, results, before, lingers=lingers)
        link.pgconn.exit_pipeline_mode()
        if opening and results and results[0].status in OPENED:
            results = results[1:]
        found = _sort(link, plan, results)
        if not isinstance(found, Refusal):
            try:
                for answer in found:
                    if not answer.reader.agreed or not answer.reader.name:
                        yield from known(link, answer.reader.statement, server_columns(answer.result))
            except DbError:
                if begin:
                    yield from command(link, b"ROLLBACK")
                raise
            return found
        stale = None
        if found.reader is not None:
            stale = (forget if found.job is not None else clash)(link, found.reader, found.result)
        of = None if found.reader is None else found.reader.statement
        failure = noted(link, stale or refused(link, found.result, bound=True, of=of))
        if begin and link.pgconn.transaction_status == IN_ERROR:
            yield from command(link, b"ROLLBACK")
        if (
            stale is None
            or attempt == ATTEMPTS - 1
            or link.pgconn.transaction_status != IDLE
            or not all(leaves_nothing(job.statement.sql) for job in jobs[: found.job])
        ):
            raise Stopped(found.job, failure)
        link.failure = None
        if attempt and stale.sqlstate == "26000":
            options.pooler.noticed()
    return []


def _agreed(link: Link, statement: Executable[Any]) -> bool:
    reader = link.prepared.get(statement.sent)
    return reader is not None and reader.of(statement).agreed


def run_block(link: Link, options: Options, pipeline: Pipeline) -> Conversation[None]:
    """What a block has collected, read while the link is its own. Where it writes and reads outside a transaction,
    that is before the commit, which costs a round trip: a failure found then undoes the writes.
    """
    if link.depth or not pipeline.careful:
        pipeline.answered((yield from run_pipeline(link, options, pipeline.jobs)))
        return
    answers = yield from run_pipeline(link, options, pipeline.jobs, begin=True)
    try:
        found = pipeline.tried(answers)
    except Exception:
        yield from command(link, b"ROLLBACK")
        raise
    if isinstance(found, Stopped):
        yield from command(link, b"ROLLBACK")
        raise found
    if (failure := (yield from commit(link))) is not None:
        raise Stopped(None, failure)
    pipeline.settle(found)


class Step(NamedTuple):
    """One result that is expected: of preparing a statement, or of running the nth job."""

    reader: PreparedStatement
    job: int | None


class Refusal(NamedTuple):
    result: PGresult
    reader: PreparedStatement | None
    job: int | None


def _plan(link: Link, options: Options, jobs: Sequence[Job]) -> tuple[list[Callable[[], None]], list[Step]]:
    """The calls that send everything, and the results to expect. Nothing is sent yet: what is found here stops it."""
    commands: list[Callable[[], None]] = []
    plan: list[Step] = []
    new: dict[bytes, PreparedStatement] = {}
    for index, (statement, values) in enumerate(jobs):
        reader = link.prepared.get(statement.sent) or new.get(statement.sent)
        try:
            if reader is None:
                reader = introduce(link, statement, named=options.named)
                if reader.name:
                    new[statement.sent] = reader
                    commands.append(partial(link.pgconn.send_prepare, reader.name, statement.sent))
                    plan.append(Step(reader, None))
            elif reader.statement.binary != statement.binary:
                reader = introduce(link, statement, named=False)
            elif reader.statement is not statement:  # the same SQL from another query, in its own way
                reader = reader.of(statement)
            buffers = encode(reader.encoders, values, statement.parameters)
        except (EncodeError, InvalidSql) as error:
            raise Stopped(index, error) from None
        commands.append(partial(send, link, reader, buffers, reader.encoders.formats))
        plan.append(Step(reader, index))
    commands.append(link.pgconn.pipeline_sync)
    return commands, plan


def _sort(link: Link, plan: Sequence[Step], results: Sequence[PGresult]) -> list[Answer] | Refusal:
    """Results to their jobs, or the first that is a refusal. What was prepared before it stays prepared."""
    answers: list[Answer] = []
    for step, result in zip(plan, results, strict=False):
        if result.status not in GOOD and not empty(result, step.reader.statement):
            return Refusal(result, step.reader, step.job)
        if step.job is None:
            link.prepared[step.reader.statement.sent] = step.reader
        else:
            answers.append(Answer(step.reader, result))
    if len(results) < len(plan):
        raise out_of_step(link)
    # One more result than was asked for: a deferred constraint, checked by the commit at the end.
    extra = [result for result in results[len(plan) :] if result.status not in GOOD]
    return Refusal(extra[0], None, None) if extra else answers


# ---------------------------------------------------------------- what a block collects


class Pending(Generic[T]):
    """The outcome of a statement in a pipeline, once its block has ended.

    >>> with db.pipeline() as p:
    ...     ada = p.one(select(User.name).where(User.id == 1))
    ...     nobody = p.one(select(User.name).where(User.id == 404))
    >>> ada.result(), nobody.result()
    (<Success: Ada>, <Failure: no row found in "users", where one was asked for>)
    """

    __slots__ = ("_outcome", "read")

    def __init__(self, read: Callable[[Answer], Outcome[T]]) -> None:
        self.read: Callable[[Answer], Outcome[T]] = read
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
        self.jobs: list[Job] = []
        self.handles: list[Pending[Any]] = []
        self._reads = False
        self.failure: DbError | None = None
        """The first failure: what undid all of them, where they can be undone."""

    def all(self, query: Rows[R]) -> Pending[list[R]]:
        """As `Db.all`."""
        return self._add(query, lambda rows, _: Success(rows))

    def one(self, query: Rows[R]) -> Pending[R]:
        """As `Db.one`. NotFound and ManyRows undo the pipeline's writes, outside a transaction."""
        return self._add(query, _only, 2)

    def first(self, query: Rows[R]) -> Pending[R | None]:
        """As `Db.first`."""
        return self._add(query, lambda rows, _: at_most_one(rows), 1)

    def scalar(self, query: Rows[R]) -> Pending[R]:
        """As `Db.scalar`."""
        return self._add(query, _only, 2, check=single)

    def execute(self, command: Command) -> Pending[int]:
        """As `Db.execute`."""
        statement, values = self._statements.resolve(command)
        return self._put(statement, values, lambda answer: Success(answer.result.command_tuples or 0))

    def _add(
        self,
        query: Rows[R],
        count: Callable[[list[R], Executable[R]], Outcome[T]],
        few: int = 0,
        check: Callable[[Executable[Any]], None] = lambda _: None,
    ) -> Pending[T]:
        statement, values = self._statements.resolve_few(query, few) if few else self._statements.resolve(query)
        check(statement)
        self._reads = True
        return self._put(statement, values, lambda answer: count(read(statement, *answer, 0), statement))

    def _put(
        self, statement: Executable[Any], values: Sequence[object], read: Callable[[Answer], Outcome[T]]
    ) -> Pending[T]:
        handle = Pending(read)
        self.jobs.append(Job(statement, values))
        self.handles.append(handle)
        return handle

    @property
    def careful(self) -> bool:
        """Whether something that is read may show that what is written must not be kept."""
        return self._reads and any(job.statement.writes for job in self.jobs)

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
        for position, (handle, answer, job) in enumerate(zip(self.handles, answers, self.jobs, strict=True)):
            try:
                outcome = handle.read(answer)
                outcome.alt(partial(self._failed, job, position))  # which is not to look at it
                handle.settle(outcome)
            except DbError as error:
                handle.settle(returned(self._failed(job, position, error), job.statement.sql))
            except Exception as error:  # of a function given to `map`: the block raises it, and the others have theirs
                raised = raised or error
        if raised is not None:
            raise raised

    def _failed(self, job: Job, position: int, error: DbError) -> DbError:
        """The failure of one, which from now on knows its place."""
        self.failure = self.failure or without_stack(error)
        return met(error, job.statement.sql, position)

    def stopped(self, index: int | None, error: DbError, ending: Ending | None = None) -> None:
        """Give the failed statement's handle the error, and the others the news; all the error, if it was nobody's."""
        failed = self.jobs[index or 0].statement.sql
        self.failure = without_stack(error) if index is None else met(without_stack(error), failed, index)
        why = f"undone, because another statement of the pipeline failed: {error}"
        watch = watch_of(error, failed, ending)  # one failure, however many hear of it
        for position, (handle, job) in enumerate(zip(self.handles, self.jobs, strict=True)):
            if index in (None, position):
                handle.settle(sharing(error, watch))
            else:
                other = met(ServerError(why, sqlstate="25P02"), job.statement.sql, position)
                handle.settle(sharing(other, watch))


def _only(rows: list[R], statement: Executable[R]) -> Outcome[R]:
    return only(statement, None, rows)
