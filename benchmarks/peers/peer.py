"""What takes part in a run: one class for each way of talking to PostgreSQL.

A peer holds what its documentation tells one to hold (a connection, an engine, prepared statements) from `setup` to
`close`, and has a method for each piece of work that it takes part in, called as in `Method`. One that it cannot do is
named in `absent`, with why. `setup`, `close` and the methods are coroutines for an asynchronous peer, all of them
(`stream` an asynchronous generator). `CONTRIBUTING.md` beside this package says what each method is asked for.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from importlib.metadata import version
from typing import Any, Protocol

from benchmarks.data.model import JoinedRow, NestedRow, NewTicket, Plain, Ticket


class Method(StrEnum):
    """A piece of work. `CONTRIBUTING.md` says what comes in, and what has to come out."""

    SINGLE_FETCH = "single_fetch"
    PREPARED = "prepared"
    BUILT = "built"
    CONVERT = "convert"
    STREAM = "stream"
    STREAM_BY = "stream_by"
    WIDE = "wide"
    COMPLEX_JOIN = "complex_join"
    NESTED = "nested"
    BULK_INSERT = "bulk_insert"
    INSERT = "insert"
    INSERT_RETURNING = "insert_returning"
    UPSERT = "upsert"
    UPDATE = "update"
    DELETE = "delete"
    TRANSACTION = "transaction"
    PIPELINE = "pipeline"
    TASKS = "tasks"
    THREADS = "threads"
    POOL = "pool"
    COMPILE = "compile"
    LOOK_UP = "look_up"


STREAMS = (Method.STREAM, Method.STREAM_BY)
"""What gives its rows one by one."""

SINGLE = (Method.SINGLE_FETCH, Method.PREPARED, Method.BUILT, Method.COMPILE, Method.LOOK_UP)
"""What gives one row, and not many."""

ROWS: Mapping[Method, Any] = {
    Method.COMPLEX_JOIN: JoinedRow,
    Method.NESTED: NestedRow,
    Method.WIDE: dict[str, int | str],
    Method.INSERT_RETURNING: int,
    Method.COMPILE: str,
    Method.LOOK_UP: str,
    **dict.fromkeys((Method.BULK_INSERT, Method.INSERT, Method.UPSERT, Method.UPDATE, Method.DELETE)),
}
"""What the rows of a method are, as data; a `Ticket` where it is not said, None where nothing comes back."""


def row_of(method: Method) -> Any:
    return ROWS.get(method, Ticket)


class Peer(Protocol):
    """What every peer has. Its methods are looked up by name, so that it need not have all."""

    @property
    def versions(self) -> Mapping[str, str]:
        """Of the libraries it measures."""
        ...

    @property
    def absent(self) -> Mapping[Method, str]:
        """What it cannot do, and why. What it neither has nor names is reported as not written."""
        ...

    @property
    def loop(self) -> str:
        """The event loop of an asynchronous peer: `asyncio` or `uvloop`."""
        ...

    def setup(self, url: str) -> Any: ...

    def close(self) -> Any: ...

    def own(self, rows: Sequence[NewTicket]) -> Sequence[Any]:
        """New tickets in the type that its inserts take, documents as Structs.

        Made outside the timing, for everybody alike: a program holds what it inserts in the type its library takes
        (dicts for SQLAlchemy, `new(Ticket)` for qb, Structs of one's own by hand), where a request's body was decoded
        into it. What follows is the library's work, encoding included.
        """
        ...

    def own_intake(self, rows: Sequence[NewTicket]) -> Sequence[Any]:
        """The same for the table `intake`; nothing else in most libraries."""
        ...

    def plain(self, row: object) -> Plain:
        """A row it returned, as a dict of built-in types, UUIDs and datetimes; of a join with what stands within."""
        ...


class Base:
    """What most peers have in common."""

    absent: Mapping[Method, str] = {}
    loop = "asyncio"

    def own(self, rows: Sequence[NewTicket]) -> Sequence[Any]:
        return rows

    def own_intake(self, rows: Sequence[NewTicket]) -> Sequence[Any]:
        return self.own(rows)


def versions(*distributions: str) -> Mapping[str, str]:
    """As installed."""
    return {name: version(name) for name in distributions}
