"""asyncpg on asyncio's own event loop: prepared statements, the same Structs and the same typed JSON decoders."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

from benchmarks.data import wide
from benchmarks.data.model import (
    NEW_TICKET_COLUMNS,
    Change,
    NewTicket,
    Plain,
    Ticket,
    TicketTasks,
    TicketWithTasks,
    plain_row,
)
from benchmarks.peers.asyncpg_typed import Connection, Pool, Record, Statement, connect, create_pool
from benchmarks.peers.by_hand import CALLERS, CONNECTIONS, together
from benchmarks.peers.by_hand_writes import UPDATED, VALUE_TYPES
from benchmarks.peers.hand import (
    CHUNK,
    COMPLEX_JOIN,
    CONVERT,
    NESTED,
    NEW_COLUMNS,
    PREPARED,
    SINGLE_FETCH,
    built,
    decode_metadata,
    decode_tags,
    decode_tasks,
    encode,
)
from benchmarks.peers.peer import Base, Method, versions

INSERT = f"""
    insert into intake ({NEW_COLUMNS})
    values ({", ".join(f"${place}::{name}" for place, name in enumerate(VALUE_TYPES, start=1))})
"""


def ticket_of(row: Record) -> Ticket:
    a, b, c, d, e, f, g, h, i, j, tags, metadata, k, m, n = row
    return Ticket(a, b, c, d, e, f, g, h, i, j, decode_tags(tags), decode_metadata(metadata), k, m, n)


def one(row: Record | None) -> Ticket:
    if row is None:
        raise LookupError("no such ticket")
    return ticket_of(row)


def record(r: NewTicket) -> tuple[object, ...]:
    return (
        r.public_id, r.project_id, r.title, r.overview, r.status, r.priority, r.position, r.archived,
        r.assignee, encode(r.tags).decode(), encode(r.metadata).decode(), r.created_at, r.updated_at,
    )  # fmt: skip


class Asyncpg(Base):
    absent: Mapping[Method, str] = {
        Method.PIPELINE: "asyncpg has no pipeline mode",
        Method.THREADS: "asyncpg is for asyncio alone",
        Method.COMPILE: "asyncpg builds no queries",
        Method.LOOK_UP: "asyncpg builds no queries",
    }

    url: str
    connection: Connection
    fetch_one: Statement
    fetch_prepared: Statement
    fetch_many: Statement
    fetch_joined: Statement
    fetch_nested: Statement
    opened: tuple[int, Pool] | None = None
    """The pool, and how many connections it has."""

    @property
    def versions(self) -> Mapping[str, str]:
        return versions("asyncpg", "msgspec")

    async def setup(self, url: str) -> None:
        self.url = url
        self.connection = await connect(url)
        self.fetch_one = await self.connection.prepare(SINGLE_FETCH.decode())
        self.fetch_prepared = await self.connection.prepare(PREPARED.decode())
        self.fetch_many = await self.connection.prepare(CONVERT.decode())
        self.fetch_joined = await self.connection.prepare(COMPLEX_JOIN.decode())
        self.fetch_nested = await self.connection.prepare(NESTED.decode())

    async def close(self) -> None:
        if self.opened is not None:
            await self.opened[1].close()
        await self.connection.close()

    async def single_fetch(self, ticket_id: int) -> Ticket:
        return one(await self.fetch_one.fetchrow(ticket_id))

    async def built(self, ticket_id: int) -> Ticket:
        query, values = built(ticket_id)
        return one(await self.connection.fetchrow(query.decode(), *values))

    async def prepared(self, ticket_id: int) -> Ticket:
        return one(await self.fetch_prepared.fetchrow(ticket_id, 0, "none"))

    async def complex_join(self, project_id: int) -> list[TicketWithTasks]:
        rows = await self.fetch_joined.fetch(project_id)
        return [TicketWithTasks(ticket_of(row[:-3]), decode_tasks(row[-3]), row[-2], row[-1]) for row in rows]

    async def nested(self, first: int, count: int) -> list[TicketTasks]:
        rows = await self.fetch_nested.fetch(first, count)
        return [TicketTasks(id, title, decode_tasks(tasks)) for id, title, tasks in rows]

    async def convert(self, count: int) -> list[Ticket]:
        return [
            Ticket(a, b, c, d, e, f, g, h, i, j, decode_tags(tags), decode_metadata(metadata), k, m, n)
            for a, b, c, d, e, f, g, h, i, j, tags, metadata, k, m, n in await self.fetch_many.fetch(count)
        ]

    async def wide(self, columns: int) -> list[object]:
        row_of = wide.row_class(columns)
        return [row_of(*row) for row in await self.connection.fetch(wide.query(columns))]

    async def stream(self, count: int) -> AsyncIterator[Ticket]:
        async for row in self.stream_by(count, CHUNK):
            yield row

    async def stream_by(self, count: int, size: int) -> AsyncIterator[Ticket]:
        async with self.connection.transaction():
            async for row in self.fetch_many.cursor(count, prefetch=size):
                yield ticket_of(row)

    async def bulk_insert(self, rows: Sequence[NewTicket]) -> None:
        await self.copy("tickets", [record(row) for row in rows])

    async def insert(self, rows: Iterable[NewTicket]) -> None:
        # A list of records is a tenth faster than a generator, and what is lazy stays so.
        await self.copy("intake", map(record, rows) if isinstance(rows, Iterator) else [record(row) for row in rows])

    async def copy(self, table: str, records: Iterable[Sequence[object]]) -> None:
        await self.connection.copy_records_to_table(table, records=records, columns=NEW_TICKET_COLUMNS)

    async def insert_returning(self, rows: Sequence[NewTicket]) -> list[int]:
        return [id for (id,) in await self.connection.fetchmany(f"{INSERT} returning id", map(record, rows))]

    async def upsert(self, rows: Sequence[NewTicket]) -> None:
        await self.connection.executemany(
            f"{INSERT} on conflict (public_id) do update set {UPDATED}", map(record, rows)
        )

    async def update(self, changes: Sequence[Change]) -> None:
        await self.connection.executemany(
            "update intake set title = $2, position = $3 where id = $1",
            [(change.id, change.title, change.position) for change in changes],
        )

    async def delete(self, ids: Sequence[int]) -> None:
        await self.connection.execute("delete from intake where id = any($1::int8[])", ids)

    async def transaction(self, ids: Sequence[int]) -> list[Ticket]:
        async with self.connection.transaction():
            return [one(await self.fetch_one.fetchrow(ticket_id)) for ticket_id in ids]

    async def of_size(self, size: int) -> Pool:
        if self.opened is None or self.opened[0] != size:
            if self.opened is not None:
                await self.opened[1].close()
            self.opened = size, await create_pool(self.url, min_size=size, max_size=size)
        return self.opened[1]

    async def tasks(self, count: int, ids: Sequence[int]) -> list[Ticket]:
        return await self.by_tasks(await self.of_size(CONNECTIONS), count, ids)

    async def pool(self, size: int, ids: Sequence[int]) -> list[Ticket]:
        return await self.by_tasks(await self.of_size(size), CALLERS, ids)

    async def by_tasks(self, pool: Pool, count: int, ids: Sequence[int]) -> list[Ticket]:
        query = SINGLE_FETCH.decode()

        async def run(first: int) -> list[Ticket]:
            return [one(await pool.fetchrow(query, ticket_id)) for ticket_id in ids[first::count]]

        return together(await asyncio.gather(*map(run, range(count))), len(ids))

    def plain(self, row: object) -> Plain:
        return plain_row(row)
