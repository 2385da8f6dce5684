"""qb as its documentation shows: a database with its pool, prepared queries, rows of `tables/promptliano`."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

import qb
from benchmarks.data.model import TicketTasks
from benchmarks.peers.by_hand import CALLERS, CONNECTIONS, by_threads, together
from benchmarks.peers.peer import Method
from benchmarks.peers.qb_queries import (
    BY_ID,
    CHANGED,
    INSERT_RETURNING,
    UPSERT,
    Intake,
    Shared,
    TicketWithTasks,
    built,
    of_project,
    prepared,
    up_to,
    wide_rows,
    with_children,
)
from promptliano.ids import ProjectId, TicketId
from qb import AsyncDatabase, Database, New, Table
from tables.promptliano.queries.tickets import by_id
from tables.promptliano.tickets import Ticket


class Qb(Shared):
    absent: Mapping[Method, str] = {
        Method.TASKS: "measured on asyncio, as qb (async)",
    }

    db: Database
    url: str
    opened: tuple[int, Database] | None = None
    """A database of another size than `db`."""

    def setup(self, url: str) -> None:
        self.url = url
        self.db = qb.connect(url, max_size=CONNECTIONS)

    def close(self) -> None:
        if self.opened is not None:
            self.opened[1].close()
        self.db.close()

    def single_fetch(self, ticket_id: int) -> Ticket:
        return self.db.one(by_id(TicketId(ticket_id))).unwrap()

    def built(self, ticket_id: int) -> Ticket:
        return self.db.one(built(ticket_id)).unwrap()

    def prepared(self, ticket_id: int) -> Ticket:
        return self.db.one(prepared(TicketId(ticket_id), 0, "none")).unwrap()

    def complex_join(self, project_id: int) -> list[TicketWithTasks]:
        return self.db.all(of_project(ProjectId(project_id))).unwrap()

    def nested(self, first: int, count: int) -> list[TicketTasks]:
        return self.db.all(with_children(TicketId(first), count)).unwrap()

    def convert(self, count: int) -> list[Ticket]:
        return self.db.all(up_to(TicketId(count))).unwrap()

    def wide(self, columns: int) -> list[Table]:
        return self.db.all(wide_rows(columns)).unwrap()

    def stream(self, count: int) -> Iterator[Ticket]:
        with self.db.stream(up_to(TicketId(count))) as rows:
            yield from rows

    def stream_by(self, count: int, size: int) -> Iterator[Ticket]:
        with self.db.stream(up_to(TicketId(count)), size=size) as rows:
            yield from rows

    def bulk_insert(self, rows: Sequence[New[Ticket]]) -> None:
        self.db.insert_many(rows).unwrap()

    def insert(self, rows: Iterable[New[Intake]]) -> None:
        self.db.insert_many(rows).unwrap()

    def insert_returning(self, rows: Sequence[New[Intake]]) -> list[int]:
        return self.db.insert_many(rows, INSERT_RETURNING).unwrap()

    def upsert(self, rows: Sequence[New[Intake]]) -> None:
        self.db.insert_many(rows, UPSERT).unwrap()

    def update(self, changes: Sequence[tuple[int, str, int]]) -> None:
        self.db.update_many(changes, CHANGED).unwrap()

    def delete(self, ids: Sequence[int]) -> None:
        self.db.delete_many(ids, BY_ID).unwrap()

    def transaction(self, ids: Sequence[int]) -> list[Ticket]:
        with self.db.transaction() as tx:
            return [tx.one(by_id(TicketId(ticket_id))).unwrap() for ticket_id in ids]

    def pipeline(self, ids: Sequence[int]) -> list[Ticket]:
        with self.db.pipeline() as pipeline:
            handles = [pipeline.one(by_id(TicketId(ticket_id))) for ticket_id in ids]
        return [handle.result().unwrap() for handle in handles]

    def threads(self, count: int, ids: Sequence[int]) -> list[Ticket]:
        return by_threads(self.single_fetch, count, ids)

    def pool(self, size: int, ids: Sequence[int]) -> list[Ticket]:
        if self.opened is None or self.opened[0] != size:
            if self.opened is not None:
                self.opened[1].close()
            self.opened = size, qb.connect(self.url, max_size=size)
        db = self.opened[1]
        return by_threads(lambda ticket_id: db.one(by_id(TicketId(ticket_id))).unwrap(), CALLERS, ids)


class QbAsync(Shared):
    """On asyncio's own event loop, like asyncpg."""

    absent: Mapping[Method, str] = {
        Method.COMPILE: "the same as of qb",
        Method.LOOK_UP: "the same as of qb",
        Method.THREADS: "threads are for qb (sync)",
    }

    db: AsyncDatabase
    url: str
    opened: tuple[int, AsyncDatabase] | None = None

    async def setup(self, url: str) -> None:
        self.url = url
        self.db = qb.connect_async(url, max_size=CONNECTIONS)

    async def close(self) -> None:
        if self.opened is not None:
            await self.opened[1].close()
        await self.db.close()

    async def single_fetch(self, ticket_id: int) -> Ticket:
        return (await self.db.one(by_id(TicketId(ticket_id)))).unwrap()

    async def built(self, ticket_id: int) -> Ticket:
        return (await self.db.one(built(ticket_id))).unwrap()

    async def prepared(self, ticket_id: int) -> Ticket:
        return (await self.db.one(prepared(TicketId(ticket_id), 0, "none"))).unwrap()

    async def complex_join(self, project_id: int) -> list[TicketWithTasks]:
        return (await self.db.all(of_project(ProjectId(project_id)))).unwrap()

    async def nested(self, first: int, count: int) -> list[TicketTasks]:
        return (await self.db.all(with_children(TicketId(first), count))).unwrap()

    async def convert(self, count: int) -> list[Ticket]:
        return (await self.db.all(up_to(TicketId(count)))).unwrap()

    async def wide(self, columns: int) -> list[Table]:
        return (await self.db.all(wide_rows(columns))).unwrap()

    async def stream(self, count: int) -> AsyncIterator[Ticket]:
        async with self.db.stream(up_to(TicketId(count))) as rows:
            async for row in rows:
                yield row

    async def stream_by(self, count: int, size: int) -> AsyncIterator[Ticket]:
        async with self.db.stream(up_to(TicketId(count)), size=size) as rows:
            async for row in rows:
                yield row

    async def bulk_insert(self, rows: Sequence[New[Ticket]]) -> None:
        (await self.db.insert_many(rows)).unwrap()

    async def insert(self, rows: Iterable[New[Intake]]) -> None:
        (await self.db.insert_many(rows)).unwrap()

    async def insert_returning(self, rows: Sequence[New[Intake]]) -> list[int]:
        return (await self.db.insert_many(rows, INSERT_RETURNING)).unwrap()

    async def upsert(self, rows: Sequence[New[Intake]]) -> None:
        (await self.db.insert_many(rows, UPSERT)).unwrap()

    async def update(self, changes: Sequence[tuple[int, str, int]]) -> None:
        (await self.db.update_many(changes, CHANGED)).unwrap()

    async def delete(self, ids: Sequence[int]) -> None:
        (await self.db.delete_many(ids, BY_ID)).unwrap()

    async def transaction(self, ids: Sequence[int]) -> list[Ticket]:
        async with self.db.transaction() as tx:
            return [(await tx.one(by_id(TicketId(ticket_id)))).unwrap() for ticket_id in ids]

    async def pipeline(self, ids: Sequence[int]) -> list[Ticket]:
        async with self.db.pipeline() as pipeline:
            handles = [pipeline.one(by_id(TicketId(ticket_id))) for ticket_id in ids]
        return [handle.result().unwrap() for handle in handles]

    async def tasks(self, count: int, ids: Sequence[int]) -> list[Ticket]:
        return await self.by_tasks(self.db, count, ids)

    async def pool(self, size: int, ids: Sequence[int]) -> list[Ticket]:
        if self.opened is None or self.opened[0] != size:
            if self.opened is not None:
                await self.opened[1].close()
            self.opened = size, qb.connect_async(self.url, max_size=size)
        return await self.by_tasks(self.opened[1], CALLERS, ids)

    async def by_tasks(self, db: AsyncDatabase, count: int, ids: Sequence[int]) -> list[Ticket]:
        async def run(first: int) -> list[Ticket]:
            return [(await db.one(by_id(TicketId(ticket_id)))).unwrap() for ticket_id in ids[first::count]]

        return together(await asyncio.gather(*map(run, range(count))), len(ids))


class QbUvloop(QbAsync):
    loop = "uvloop"
