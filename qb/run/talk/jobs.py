"""Statements of one message: sent at once, and their answers sorted.

https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from psycopg import generators, waiting
from psycopg.abc import Buffer
from psycopg.pq.abc import PGresult

from qb.errors import ConnectionLost, DbError, EncodeError, InvalidSql
from qb.run.report.diagnose import farewell
from qb.run.session.ahead import ahead, brought_back, piped, until_sync
from qb.run.session.answers import EMPTY_QUERY, begin_now, command, empty, refused
from qb.run.session.describe import known, server_columns
from qb.run.session.executable import Executable
from qb.run.session.link import COPIES, GOOD, IDLE, IN_ERROR, ONCE, Link, PreparedStatement, out_of_step
from qb.run.session.options import Options
from qb.run.session.pooler import leaves_nothing
from qb.run.session.ready import clash, examine, forget, introduce, ready, settle, unlearn
from qb.run.session.wait import Conversation
from qb.run.session.wire import encode
from qb.run.talk.converse import noted
from qb.run.talk.execute import ATTEMPTS
from qb.run.talk.send import send
from qb.run.talk.transaction import fail, uncontrolled

OPENED = GOOD | {EMPTY_QUERY}

GIVEN_UP = b"a value cannot be sent"
"""No SQL: the server refuses it, and undoes with it what stands before it in the pipeline."""
SENT = 8
"""Statements handed to libpq before it has to have sent them, and other tasks run, where they are large."""


Parameters: TypeAlias = Sequence[Buffer | None]
"""As libpq takes them."""


class Job(NamedTuple):
    """A statement of a pipeline, and its values."""

    statement: Executable[Any]
    values: Sequence[object]
    late: Callable[[], Parameters] | None = None
    """What makes its parameters when it is their turn, while the server is at work on those before them."""


class Piped(Protocol):
    """What stands in a pipeline: a `Job`, or the handle of its outcome."""

    @property
    def statement(self) -> Executable[Any]: ...
    @property
    def values(self) -> Sequence[object]: ...
    @property
    def late(self) -> Callable[[], Parameters] | None: ...


# Plain tuples: there is one for each of a thousand statements.
Answer: TypeAlias = tuple[PreparedStatement, PGresult]
"""What reads a result, and the result."""
Step: TypeAlias = tuple[PreparedStatement, int | None, Parameters | Callable[[], Parameters]]
"""One result that is expected: of running the nth job, with its parameters or with what makes them late; or where
there is no job, of preparing its statement."""


class Stopped(Exception):
    """Which statement of a pipeline failed, and how; the index is None where it was the commit at its end."""

    def __init__(self, index: int | None, error: DbError) -> None:
        super().__init__(index)
        self.index = index
        self.error = error


def run_pipeline(
    link: Link, options: Options, jobs: Sequence[Piped], *, begin: bool = False
) -> Conversation[list[Answer]]:
    """Send all statements at once, and give their results in order. Stopped where one fails: then none has happened.

    Outside a transaction the statements are one by themselves: there is a single synchronisation point, at the end.
    With `begin` that transaction is left open, for whoever has to read the results before it may be committed.
    """
    if link.local is not options.settings and link.pgconn.transaction_status != IDLE:
        yield from settle(link, options.settings)
    first_of: dict[Executable[Any], int] = {}
    for index, job in enumerate(jobs):  # of a statement that is there a thousand times all is asked once
        first_of.setdefault(job.statement, index)
    for statement, index in first_of.items():
        if statement.controls and (error := uncontrolled(link, statement.controls)) is not None:
            yield from fail(link, error)
            raise Stopped(index, error)
    lingers = any(map(link.lingers, first_of))
    if lingers and link.opening is not None:
        yield from begin_now(link)
    before = link.sent
    for attempt in range(ATTEMPTS):
        if link.suspect:
            yield from examine(link, options.pooler)
        if options.pooler.swaps:
            unlearn(link)
        for statement, index in first_of.items():
            if statement.probes and not agreed(link, statement):  # too late when it has run
                try:
                    yield from ready(link, statement, options)
                except ConnectionLost:
                    raise  # nothing of it has run
                except DbError as error:
                    raise Stopped(index, error) from None
        plan = _plan(link, options, jobs)
        first = ahead(link, options.settings)
        # Something without rows stands at the beginning. libpq forgets the chunked mode of an earlier query at the
        # second command of a pipeline, not at its first; and what the server says in its place it said before it read
        # anything. A Sync would not do: at the answer to it a pooler may give the session to another client, while it
        # hands on what was sent behind it.
        lead = (b"BEGIN",) if begin else () if first else (b"",)
        piped(link, (*first, *lead), single=False)
        unsent = yield from _sent(link, plan)
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
        if lead and results and results[0].status in OPENED:
            results = results[1:]
        found = _sort(link, plan, results)
        if unsent is not None:
            if begin and link.pgconn.transaction_status == IN_ERROR:
                yield from command(link, b"ROLLBACK")
            raise unsent
        if not isinstance(found, Refusal):
            try:
                for reader, result in found:
                    if not reader.agreed or not reader.name:
                        yield from known(link, reader.statement, server_columns(result))
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


def agreed(link: Link, statement: Executable[Any]) -> bool:
    """Whether the columns that a statement writes are known to be as declared."""
    reader = link.prepared.get(statement.sent)
    return reader is not None and reader.of(statement).agreed


class Refusal(NamedTuple):
    result: PGresult
    reader: PreparedStatement | None
    job: int | None


def _plan(link: Link, options: Options, jobs: Sequence[Piped]) -> list[Step]:
    """What is to be sent, and the results to expect. Nothing is sent yet: what is found here stops it.
    What is made late is found when half of it has been sent, and undoes that."""
    plan: list[Step] = []
    new: dict[bytes, PreparedStatement] = {}
    reader: PreparedStatement | None = None
    for index, job in enumerate(jobs):
        statement = job.statement
        try:
            if reader is None or reader.statement is not statement or not reader.name:
                reader = link.prepared.get(statement.sent) or new.get(statement.sent)
                if reader is None:
                    reader = introduce(link, statement, named=options.named)
                    if reader.name:
                        new[statement.sent] = reader
                        plan.append((reader, None, ()))
                elif reader.statement.binary != statement.binary:
                    reader = introduce(link, statement, named=False)
                elif reader.statement is not statement:  # the same SQL from another query, in its own way
                    reader = reader.of(statement)
            plan.append((reader, index, job.late or encode(reader.encoders, job.values, statement.parameters)))
        except (EncodeError, InvalidSql) as error:
            raise Stopped(index, error) from None
    return plan


def _sent(link: Link, plan: Sequence[Step]) -> Conversation[Stopped | None]:
    """Send everything, up to a synchronisation point. What could not be made late is given back: the rest of it is
    refused."""
    pgconn = link.pgconn
    unsent: Stopped | None = None
    like: PreparedStatement | None = None
    large = any(callable(given) for _, _, given in plan)
    for place, (reader, job, given) in enumerate(plan):
        if job is None:
            pgconn.send_prepare(reader.name, reader.statement.sent)  # into libpq's buffer, which goes when it is large
        else:
            try:
                buffers = given() if callable(given) else given
            except EncodeError as error:
                unsent = Stopped(job, error)
                pgconn.send_query_params(GIVEN_UP, None)
                break
            if reader is like and reader.name:  # what `send` has noted of the one before
                pgconn.send_query_prepared(reader.name, buffers, reader.encoders.formats, reader.statement.binary)
            else:
                send(link, reader, buffers, reader.encoders.formats)
                like = reader
        if large and place % SENT == SENT - 1:
            yield from generators.send(pgconn)
            yield waiting.WAIT_RW  # others have their turn, even where the socket takes it all
    pgconn.pipeline_sync()
    yield from generators.send(pgconn)
    return unsent


def _sort(link: Link, plan: Sequence[Step], results: Sequence[PGresult]) -> list[Answer] | Refusal:
    """Results to their jobs, or the first that is a refusal. What was prepared before it stays prepared."""
    answers: list[Answer] = []
    for (reader, job, _), result in zip(plan, results, strict=False):
        if result.status not in GOOD and not empty(result, reader.statement):
            return Refusal(result, reader, job)
        if job is None:
            link.prepared[reader.statement.sent] = reader
        else:
            answers.append((reader, result))
    if len(results) < len(plan):
        raise out_of_step(link)
    # One more result than was asked for: a deferred constraint, checked by the commit at the end.
    extra = [result for result in results[len(plan) :] if result.status not in GOOD]
    return Refusal(extra[0], None, None) if extra else answers
