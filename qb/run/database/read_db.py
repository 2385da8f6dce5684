# Made by tools/sync.py from async_read_db.py: change that one, then run `make generate`.
"""What reads rows: `ReadDb`, which every `Db` is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Never, TypeAlias, TypeVarTuple

from msgspec.structs import replace
from typing_extensions import TypeVar

from qb.errors import ConnectionLost, DbError, TransactionAborted
from qb.errors.outcome import Failure, Outcome, Success
from qb.query.statement import Rows
from qb.run.database.raising_read_db import RaisingReadDb
from qb.run.pool.outside import outside, thread
from qb.run.session.answers import command as run_command
from qb.run.session.executable import Executable, Executables
from qb.run.session.link import Link
from qb.run.session.options import Options
from qb.run.session.wait import Conversation
from qb.run.talk import log
from qb.run.talk.converse import converse
from qb.run.talk.counts import at_most_one, every, exactly_one, returned, single
from qb.run.talk.execute import FETCH_ALL, fetch, fetch_first, fetch_two
from qb.run.talk.held import Held, Source, doom
from qb.run.talk.renew import anew, renewed
from qb.run.talk.stream import Stream
from qb.run.talk.transaction import REFUSED_HERE

Given = TypeVar("Given")
R = TypeVar("R", default=object)
T = TypeVar("T")
U = TypeVar("U")
Ts = TypeVarTuple("Ts")
Give: TypeAlias = Callable[[T, Executable[Any], object], Outcome[U]]
Work: TypeAlias = Callable[[Link, Options, Executable[Any], Sequence[object]], Conversation[T]]


class ReadDb:
    """What a function takes that only reads: a `Db`, a transaction, or the replicas of a database.

    >>> def names(db: ReadDb) -> Outcome[list[str]]:
    ...     return db.all(select(User.name).order_by(User.id))
    >>> names(db) == names(db.replica)
    True
    """

    __slots__ = ("_options", "_source", "_statements")

    def __init__(self, source: Source, statements: Executables, options: Options) -> None:
        self._source = source
        self._statements = statements
        self._options = options

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._source!r}>"

    def all(self, query: Rows[R]) -> Outcome[list[R]]:
        """All rows, in the query's order; they are decoded while the server works on the next ones.

        >>> db.all(select(Task.title).where(Task.hours > 1).order_by(Task.id))
        <Success: ['write', 'test']>
        """
        statement, values = self._statements.resolve(query)
        return self._run(statement.sql, every, FETCH_ALL, statement, values)

    def one(self, query: Rows[R]) -> Outcome[R]:
        """The one row there is: NotFound where there is none, ManyRows where there are more.

        >>> found = db.one(select(User).where(User.name == "Grace"))
        >>> found.unwrap().nickname
        'Amazing'
        """
        statement, values = self._statements.resolve_few(query, 2)
        work = fetch if statement.few else fetch_two
        return self._run(statement.sql, exactly_one, work, statement, values)

    def first(self, query: Rows[R]) -> Outcome[R | None]:
        """The first row, None where there is none; a query asks the server for no more than that one.

        >>> db.first(select(Task.title).where(Task.user_id == 404))
        <Success: None>
        """
        statement, values = self._statements.resolve_few(query, 1)
        work = fetch if statement.few else fetch_first
        return self._run(statement.sql, at_most_one, work, statement, values)

    def scalar(self, query: Rows[R]) -> Outcome[R]:
        """The one value of the one row: `one` for a query of one column, QueryError (raised) if it has more.

        >>> db.scalar(select(fn.count()).from_(Task))
        <Success: 3>
        """
        statement, values = self._statements.resolve_few(query, 2)
        single(statement)
        work = fetch if statement.few else fetch_two
        return self._run(statement.sql, exactly_one, work, statement, values)

    def stream(self, query: Rows[R], *, size: int = 500) -> Stream[R]:
        """The rows one by one in constant memory: `with db.stream(query) as rows: for row in rows: ...`

        `size` is how many rows are decoded at a time. The one place where a DbError is raised: entering the block
        raises it where the query fails, the loop where it fails half-way. Leaving early cancels the query.

        >>> with db.stream(select(Task.title).order_by(Task.id)) as titles:
        ...     for title in titles:
        ...         print(title)
        write
        test
        ship
        """
        statement, values = self._statements.resolve(query)
        return Stream(self._source, self._options, statement, values, size)

    def ping(self) -> Outcome[None]:
        """Whether the server answers.

        >>> db.ping()
        <Success: None>
        """
        if self._source.opened:
            outside(self._source.opened, thread(), "ping()")
        return self._outcome("ping()", self._ping)

    def _ping(self) -> Outcome[None]:
        lease = self._source.checkout()
        try:
            anew(self._source, lease, lambda link: run_command(link, b"SELECT"))
        finally:
            self._source.give_back(lease)
        return Success(None)

    @property
    def raising(self) -> RaisingReadDb:
        """The same for those who want exceptions: methods give values, and raise the DbError.

        >>> db.replica.raising.scalar(select(fn.count(User.id)))
        2
        """
        return RaisingReadDb(self)

    def options(self, *, statement_timeout: float | None = None, lock_timeout: float | None = None) -> ReadDb:
        """The same with other limits: see `Db.options`."""
        settings = self._options.settings.changed(statement_timeout, lock_timeout)
        return ReadDb(self._source, self._statements, replace(self._options, settings=settings))

    def _run(
        self, what: str | bytes, give: Give[T, U], work: Work[T], statement: Executable[Any], values: Sequence[object]
    ) -> Outcome[U]:
        """Take a link, have the conversation, give the link back. It is the border, too, as `_outcome` is for the rest:
        one call less for every statement."""
        source, observer = self._source, self._options.observer
        if not self._options.ddl and statement.perhaps_ddl and not isinstance(source, Held):
            return self._undoable(what, give, work, statement, values)
        watched = None if observer is None else observer.begun(statement.sql.decode(), statement.title, 0)
        try:
            if source.opened:
                outside(source.opened, thread(), statement.sql)
            lease = source.checkout()
            try:
                while True:
                    if watched is not None:
                        watched.on(lease.link)
                    talk = work(lease.link, self._options, statement, values)
                    if log.enabled():
                        talk = log.logged(talk, statement.sql, values, self._options)
                    try:
                        found = converse(lease.link, talk)
                        if watched is not None:
                            watched.found(found)
                        return give(found, statement, source)
                    except ConnectionLost:
                        if not renewed(source, lease):
                            raise
            finally:
                source.give_back(lease)
        except DbError as error:
            if watched is not None:
                watched.failed(error)
            if isinstance(error, REFUSED_HERE):  # the server may not have heard of it
                doom(source, error)
            return returned(error, what, source)
        except TransactionAborted as aborted:
            return returned(aborted.cause, what, source)
        except BaseException as error:  # a bug, or the task is cancelled
            if watched is not None:
                watched.failed(error)
            raise
        finally:
            if watched is not None:
                watched.end()

    def _undoable(
        self, what: str | bytes, give: Give[T, U], work: Work[T], statement: Executable[Any], values: Sequence[object]
    ) -> Outcome[U]:
        """The same of what may turn out to be DDL, where that is refused: who only reads need not undo it."""
        raise NotImplementedError

    def _outcome(
        self, what: str | bytes, work: Callable[[*Ts], Given], *arguments: *Ts
    ) -> Given | Failure[DbError, Never]:
        """The border: on its inner side what the world does is raised, on the outer one it is a value."""
        try:
            return work(*arguments)
        except DbError as error:
            return returned(error, what, self._source)
        except TransactionAborted as aborted:
            return returned(aborted.cause, what, self._source)
