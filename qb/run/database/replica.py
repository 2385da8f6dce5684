# Made by tools/sync.py from async_replica.py: change that one, then run `make generate`.
"""What a database reads from that may be a little late: `db.replica`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from msgspec.structs import replace

from qb.errors import DeadlockDetected, QueryError, SerializationFailure
from qb.errors.outcome import Failure, Outcome, ignore
from qb.query.statement import Rows
from qb.run.database.read_db import ReadDb
from qb.run.session.executable import Executable, Executables
from qb.run.session.link import Link
from qb.run.session.options import Options
from qb.run.session.wait import Conversation
from qb.run.talk.following import ReplicaReport, bounded
from qb.run.talk.replicas import Replicas
from qb.run.talk.stream import Stream

R = TypeVar("R")
T = TypeVar("T")
U = TypeVar("U")


class Replica(ReadDb):
    """The replicas of a database, for reads that may be a little late: what `db.replica` is.

    Each read goes to the next replica that is at most `max_lag` seconds behind. Where there is none, as they are all
    late, or dead, or none were given, the primary answers. It has no writes, no transactions, and is not part of one.

    >>> db.replica.scalar(select(fn.count(User.id)))
    <Success: 2>
    >>> db.replica.options(max_lag=0.5).first(select(User.name).order_by(User.id))
    <Success: Ada>
    """

    __slots__ = ("_replicas",)

    def __init__(self, replicas: Replicas, statements: Executables, options: Options) -> None:
        super().__init__(replicas, statements, options)
        self._replicas = replicas

    @property
    def reports(self) -> tuple[ReplicaReport, ...]:
        """What is known of each replica: how far it may be behind, and who uses it.

        >>> [report.behind for report in db.replica.reports]
        []
        """
        return self._replicas.reports

    def stream(self, query: Rows[R], *, size: int = 500) -> Stream[R]:
        """As `Db.stream`. What is lost half-way is not read again."""
        statement, values = self._statements.resolve(query)
        reads_alone(statement)
        return Stream(self._source, self._options, statement, values, size)

    def options(
        self,
        *,
        statement_timeout: float | None = None,
        lock_timeout: float | None = None,
        max_lag: float | None = None,
    ) -> Replica:
        """As `Db.options`; `max_lag` is how many seconds a replica may be behind."""
        settings = self._options.settings.changed(statement_timeout, lock_timeout)
        replicas = self._replicas if max_lag is None else self._replicas.within(bounded(max_lag))
        return Replica(replicas, self._statements, replace(self._options, settings=settings))

    def _run(
        self,
        what: str | bytes,
        give: Callable[[T, Executable[Any], object], Outcome[U]],
        work: Callable[[Link, Options, Executable[R], Sequence[object]], Conversation[T]],
        statement: Executable[R],
        values: Sequence[object],
    ) -> Outcome[U]:
        reads_alone(statement)
        outcome = super()._run(what, give, work, statement, values)
        match outcome:
            case Failure(SerializationFailure() | DeadlockDetected()):
                # What a standby replays has taken away what was read: the primary keeps it.
                ignore(outcome)
                primary = ReadDb(self._replicas.primary, self._statements, self._options)
                return primary._run(what, give, work, statement, values)
            case _:
                return outcome


def reads_alone(statement: Executable[Any]) -> None:
    """QueryError for what writes, or may: the primary may have to answer, and it would."""
    if statement.writes:
        raise QueryError(
            "db.replica only reads, and this statement writes, or calls a function that may: run it on db itself"
        )
