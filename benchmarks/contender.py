"""What takes part in a run: one class per way of talking to PostgreSQL, synchronous or asynchronous.

A contender holds what its documentation tells one to hold (a connection, an engine, prepared statements) from `setup`
to `close`. The five operations are what is measured; `plain` and `version` never are.
"""

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from enum import StrEnum
from typing import Any, Protocol

from benchmarks.model import NewTicket, Plain


class Operation(StrEnum):
    SINGLE_FETCH = "single_fetch"
    BULK_INSERT = "bulk_insert"
    COMPLEX_JOIN = "complex_join"
    CONVERT = "convert"
    STREAM = "stream"


class Named(Protocol):
    name: str
    """As in the tables, unique."""
    by_hand: bool
    """Whether the others are compared with it. Where several are, with the fastest of them."""
    operations: Collection[Operation]
    """What it takes part in."""

    @property
    def version(self) -> str:
        """Of the libraries it measures."""
        ...

    def own(self, rows: Sequence[NewTicket]) -> Sequence[Any]:
        """New tickets in the type that its `bulk_insert` takes, documents as Structs.

        Made outside the timing, for everybody alike: a program holds what it inserts in the type its library takes
        (dicts for SQLAlchemy, `new(Ticket)` for qb, Structs of one's own by hand), where a request's body was decoded
        into it. What follows is the library's work, encoding included.
        """
        ...

    def plain(self, row: object) -> Plain:
        """A row it returned, as built-in types: a flat ticket; of the join with `tasks`, `task_count`, `done_count`."""
        ...


class Contender(Named, Protocol):
    def setup(self, url: str) -> None: ...
    def close(self) -> None: ...

    def single_fetch(self, ticket_id: int) -> object:
        """One ticket by its key, as a typed row."""
        ...

    def bulk_insert(self, rows: Sequence[Any]) -> None:
        """All of them or none, committed. The rows are `own`."""
        ...

    def complex_join(self, project_id: int) -> Sequence[object]:
        """A project's tickets by key, each with its tasks by position, how many they are, and how many are done."""
        ...

    def convert(self, count: int) -> Sequence[object]:
        """The tickets with the keys 1 to `count`, in order, as one list of typed rows."""
        ...

    def stream(self, count: int) -> Iterator[object]:
        """The same one by one, the way its documentation recommends for what does not fit in memory."""
        ...


class AsyncContender(Named, Protocol):
    """The same for asyncio. Its calls run many to an event loop run, so that no call pays for a loop of its own."""

    async def setup(self, url: str) -> None: ...
    async def close(self) -> None: ...
    async def single_fetch(self, ticket_id: int) -> object: ...
    async def bulk_insert(self, rows: Sequence[Any]) -> None: ...
    async def complex_join(self, project_id: int) -> Sequence[object]: ...
    async def convert(self, count: int) -> Sequence[object]: ...
    def stream(self, count: int) -> AsyncIterator[object]: ...
