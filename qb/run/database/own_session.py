"""A session of one's own: for what must stay on one connection, and does so across transactions.

A `Db` brings a session back to where it was before each statement, advisory locks included. Here nothing is brought
back until it is closed, and then the connection is closed, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from psycopg import generators

from qb.run.session.answers import EMPTY_QUERY, alone, refused
from qb.run.session.link import GOOD, IDLE, IN_ERROR, IN_TRANSACTION, OK, ONCE, Link
from qb.run.session.wait import Conversation
from qb.run.talk.converse import converse
from qb.run.talk.renew import anew

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from qb.run.database.database import Database

__all__ = ["OwnSession", "SaidRow"]

SaidRow = tuple[str | None, ...]
"""A row, each value as the server writes it."""


class _Answer(NamedTuple):
    rows: list[SaidRow]
    touched: int


class OwnSession:
    """A connection that is taken out of a database's pool until the end of its block, and closed then.

    Statements are sent one at a time, so that no text ever runs as two. DbErrors are raised.
    https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS

    >>> from qb.run.database.own_session import OwnSession
    >>> with OwnSession(db) as session:
    ...     session.run("SET work_mem = '1MB'")
    ...     session.rows("SELECT current_setting($1)", "work_mem")
    0
    [('1MB',)]
    """

    def __init__(self, db: Database, *, tick: Callable[[], None] | None = None) -> None:
        """`tick` is called ten times a second while a statement runs. It must not use this session."""
        self._source: Final = db._source  # pyright: ignore[reportPrivateUsage]
        self._lease = self._source.checkout()
        self._tick = tick
        self.process: int = 0
        """The server's process, which others see. 0 where a pooler stands in between, and it may soon be another."""
        try:
            # The first one may find that the link was closed while it idled.
            (row,) = anew(self._source, self._lease, lambda link: _asked(link, "SELECT pg_backend_pid()", ())).rows
            process = int(row[0] or 0)
            self._link.soil()
            self.process = process if process == self._link.pgconn.backend_pid else 0
        except BaseException:
            self.close()
            raise

    @property
    def _link(self) -> Link:
        return self._lease.link

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def rows(self, text: str, *values: str | None) -> list[SaidRow]:
        """The rows of one statement. `$1` and so on are the values, as text that the server reads."""
        return self._talk(text, values).rows

    def run(self, text: str, *values: str | None) -> int:
        """How many rows one statement has touched; 0 where it does not count any."""
        return self._talk(text, values).touched

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, failed or not."""
        return self._link.pgconn.transaction_status in (IN_TRANSACTION, IN_ERROR)

    @property
    def open(self) -> bool:
        """Whether it can be talked to."""
        return self._link.pgconn.status == OK

    @property
    def at_rest(self) -> bool:
        """Whether it can be talked to, and no transaction is open."""
        return self.open and self._link.pgconn.transaction_status == IDLE

    @property
    def major(self) -> int:
        """The server's major version."""
        return self._link.pgconn.server_version // 10_000

    def close(self) -> None:
        """Close the connection: what is not committed is undone, and what was locked is free."""
        self._link.close()
        self._source.give_back(self._lease)

    def _talk(self, text: str, values: Sequence[str | None]) -> _Answer:
        talk = _asked(self._link, text, values)
        return converse(self._link, talk if self._tick is None else _ticking(talk, self._tick))


def _asked(link: Link, text: str, values: Sequence[str | None]) -> Conversation[_Answer]:
    link.pgconn.send_query_params(text.encode(), [None if each is None else each.encode() for each in values])
    link.sent = ONCE
    result = alone(link, (yield from generators.execute(link.pgconn)))
    if result.status not in GOOD and result.status != EMPTY_QUERY:
        raise refused(link, result, bound=bool(values))
    return _Answer([_row(result, place) for place in range(result.ntuples)], result.command_tuples or 0)


def _row(result: PGresult, place: int) -> SaidRow:
    cells = (result.get_value(place, column) for column in range(result.nfields))
    return tuple(None if each is None else each.decode() for each in cells)


def _ticking(talk: Conversation[_Answer], tick: Callable[[], None]) -> Conversation[_Answer]:
    """The same conversation; the waiter says ten times a second that nothing has come."""
    try:
        wanted: Any = next(talk)
        while True:
            ready = yield wanted
            if not ready:
                tick()
            wanted = talk.send(ready)
    except StopIteration as stop:
        answer: _Answer = stop.value
        return answer
    finally:
        talk.close()
