"""psycopg by hand: reads, transactions and pipelines. What makes it fast is said in `hand`."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from queue import SimpleQueue
from typing import Any, TypeVar

import psycopg

from benchmarks.data import wide
from benchmarks.data.model import TaskItem, Ticket, TicketTasks, TicketWithTasks
from benchmarks.peers.by_hand_writes import Writes
from benchmarks.peers.hand import (
    CHUNK,
    COMPLEX_JOIN,
    CONVERT,
    NESTED,
    PREPARED,
    SINGLE_FETCH,
    Hand,
    built,
    decode_metadata,
    decode_tags,
    decode_tasks,
    ticket_of,
)

CONNECTIONS = 8
CALLERS = 64
"""Of a pool whose size is measured."""

T = TypeVar("T")


class ByHand(Writes):
    def single_fetch(self, ticket_id: int) -> Ticket:
        return fetched(self.cursor, ticket_id)

    def built(self, ticket_id: int) -> Ticket:
        query, values = built(ticket_id)
        return one(self.cursor.execute(query, values, prepare=True))

    def prepared(self, ticket_id: int) -> Ticket:
        return one(self.cursor.execute(PREPARED, (ticket_id, 0, "none"), prepare=True))

    def complex_join(self, project_id: int) -> list[TicketWithTasks]:
        rows = self.cursor.execute(COMPLEX_JOIN, (project_id,), prepare=True).fetchall()
        return [TicketWithTasks(ticket_of(row[:-3]), decode_tasks(row[-3]), row[-2], row[-1]) for row in rows]

    def nested(self, first: int, count: int) -> list[TicketTasks]:
        rows = self.cursor.execute(NESTED, (first, count), prepare=True).fetchall()
        return [TicketTasks(id, title, decode_tasks(tasks)) for id, title, tasks in rows]

    def convert(self, count: int) -> list[Ticket]:
        return [
            Ticket(a, b, c, d, e, f, g, h, i, j, decode_tags(tags), decode_metadata(metadata), k, m, n)
            for a, b, c, d, e, f, g, h, i, j, tags, metadata, k, m, n in self.large(count, CHUNK)
        ]

    def wide(self, columns: int) -> list[object]:
        row_of = wide.row_class(columns)
        return [row_of(*row) for row in self.chunked.stream(wide.query(columns).encode(), binary=True, size=CHUNK)]

    def stream(self, count: int) -> Iterator[Ticket]:
        return map(ticket_of, self.large(count, CHUNK))

    def stream_by(self, count: int, size: int) -> Iterator[Ticket]:
        return map(ticket_of, self.large(count, size))

    def large(self, count: int, size: int) -> Iterator[tuple[Any, ...]]:
        return self.chunked.stream(CONVERT, (count,), binary=True, size=size)

    @cached_property
    def chunked(self) -> psycopg.RawCursor:
        """On a connection of its own: after a result in chunks libpq (18) gives the next pipeline's in chunks, too."""
        return psycopg.RawCursor(self.connect())

    def transaction(self, ids: Sequence[int]) -> list[Ticket]:
        with self.connection.transaction():
            return [fetched(self.cursor, ticket_id) for ticket_id in ids]

    def pipeline(self, ids: Sequence[int]) -> list[Ticket]:
        with self.connection.pipeline():
            # A cursor holds one result.
            cursors = [
                psycopg.RawCursor(self.connection).execute(SINGLE_FETCH, (ticket_id,), prepare=True)
                for ticket_id in ids
            ]
        return list(map(one, cursors))

    def threads(self, count: int, ids: Sequence[int]) -> list[Ticket]:
        return self.by_threads(self.of_size(CONNECTIONS), count, ids)

    def pool(self, size: int, ids: Sequence[int]) -> list[Ticket]:
        return self.by_threads(self.of_size(size), CALLERS, ids)

    def by_threads(self, pool: SimpleQueue[psycopg.RawCursor], count: int, ids: Sequence[int]) -> list[Ticket]:
        def fetch(ticket_id: int) -> Ticket:
            cursor = pool.get()
            try:
                return fetched(cursor, ticket_id)
            finally:
                pool.put(cursor)

        return by_threads(fetch, count, ids)

    _pool: SimpleQueue[psycopg.RawCursor] | None = None

    def of_size(self, size: int) -> SimpleQueue[psycopg.RawCursor]:
        if self._pool is None or self._pool.qsize() != size:
            self.emptied()
            self._pool = SimpleQueue()
            for _ in range(size):
                self._pool.put(psycopg.RawCursor(self.connect()))
        return self._pool

    def emptied(self) -> None:
        while self._pool is not None and not self._pool.empty():
            self._pool.get().connection.close()

    def close(self) -> None:
        self.emptied()
        self.chunked.connection.close()
        super().close()


class ByHandTwoQueries(Hand):
    """The other way to rows within rows: parents and children by a query each, put together by their keys."""

    def nested(self, first: int, count: int) -> list[TicketTasks]:
        parents = self.cursor.execute(PARENTS, (first, count), prepare=True).fetchall()
        tasks: dict[int, list[TaskItem]] = {id: [] for id, _ in parents}
        for ticket_id, *columns in self.cursor.execute(CHILDREN, (list(tasks),), prepare=True, binary=True):
            tasks[ticket_id].append(TaskItem(*columns))
        return [TicketTasks(id, title, tasks[id]) for id, title in parents]


PARENTS = b"select id, title from tickets where id >= $1 order by id limit $2"
CHILDREN = b"""
    select ticket_id, id, content, done, position
    from tasks
    where ticket_id = any($1::int8[])
    order by ticket_id, position
"""


def one(cursor: psycopg.RawCursor) -> Ticket:
    row = cursor.fetchone()
    if row is None:
        raise LookupError("no such ticket")
    return ticket_of(row)


def fetched(cursor: psycopg.RawCursor, ticket_id: int) -> Ticket:
    return one(cursor.execute(SINGLE_FETCH, (ticket_id,), prepare=True))


def by_threads(fetch: Callable[[int], T], count: int, ids: Sequence[int]) -> list[T]:
    def run(first: int) -> list[T]:
        return [fetch(ticket_id) for ticket_id in ids[first::count]]

    with ThreadPoolExecutor(count) as threads:
        parts = list(threads.map(run, range(count)))
    return together(parts, len(ids))


def together(parts: Sequence[Sequence[T]], length: int) -> list[T]:
    """In the order of the keys: part n has those from place n on, one of as many as there are parts."""
    return [parts[place % len(parts)][place // len(parts)] for place in range(length)]
