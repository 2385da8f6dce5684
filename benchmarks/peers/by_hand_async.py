"""psycopg by hand on asyncio: what `by_hand` does, with coroutines."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import psycopg

from benchmarks.data.model import Plain, Ticket, plain_row
from benchmarks.peers.by_hand import CALLERS, CONNECTIONS, together
from benchmarks.peers.hand import CHUNK, CONVERT, PREPARED, SINGLE_FETCH, adapt, built, ticket_of
from benchmarks.peers.peer import Base, versions


class ByHandAsync(Base):
    cursor: psycopg.AsyncRawCursor
    url: str

    @property
    def versions(self) -> Mapping[str, str]:
        return versions("psycopg", "msgspec")

    async def setup(self, url: str) -> None:
        self.url = url
        self.cursor = await self.connect()

    async def connect(self) -> psycopg.AsyncRawCursor:
        connection = await psycopg.AsyncConnection.connect(self.url, autocommit=True)
        adapt(connection.adapters)
        return psycopg.AsyncRawCursor(connection)

    _pool: asyncio.LifoQueue[psycopg.AsyncRawCursor] | None = None

    async def of_size(self, size: int) -> asyncio.LifoQueue[psycopg.AsyncRawCursor]:
        if self._pool is None or self._pool.qsize() != size:
            await self.emptied()
            self._pool = asyncio.LifoQueue()
            for _ in range(size):
                self._pool.put_nowait(await self.connect())
        return self._pool

    async def emptied(self) -> None:
        while self._pool is not None and not self._pool.empty():
            await self._pool.get_nowait().connection.close()

    async def close(self) -> None:
        await self.emptied()
        await self.cursor.connection.close()

    async def single_fetch(self, ticket_id: int) -> Ticket:
        return await fetched(self.cursor, ticket_id)

    async def built(self, ticket_id: int) -> Ticket:
        query, values = built(ticket_id)
        return await one(await self.cursor.execute(query, values, prepare=True))

    async def prepared(self, ticket_id: int) -> Ticket:
        return await one(await self.cursor.execute(PREPARED, (ticket_id, 0, "none"), prepare=True))

    async def stream(self, count: int) -> AsyncIterator[Ticket]:
        async for row in self.cursor.stream(CONVERT, (count,), binary=True, size=CHUNK):
            yield ticket_of(row)

    async def tasks(self, count: int, ids: Sequence[int]) -> list[Ticket]:
        return await self.by_tasks(await self.of_size(CONNECTIONS), count, ids)

    async def pool(self, size: int, ids: Sequence[int]) -> list[Ticket]:
        return await self.by_tasks(await self.of_size(size), CALLERS, ids)

    async def by_tasks(
        self, pool: asyncio.LifoQueue[psycopg.AsyncRawCursor], count: int, ids: Sequence[int]
    ) -> list[Ticket]:
        async def run(first: int) -> list[Ticket]:
            found: list[Ticket] = []
            for ticket_id in ids[first::count]:
                cursor = await pool.get()
                try:
                    found.append(await fetched(cursor, ticket_id))
                finally:
                    pool.put_nowait(cursor)
            return found

        return together(await asyncio.gather(*map(run, range(count))), len(ids))

    def plain(self, row: object) -> Plain:
        return plain_row(row)


async def one(cursor: psycopg.AsyncRawCursor) -> Ticket:
    row = await cursor.fetchone()
    if row is None:
        raise LookupError("no such ticket")
    return ticket_of(row)


async def fetched(cursor: psycopg.AsyncRawCursor, ticket_id: int) -> Ticket:
    return await one(await cursor.execute(SINGLE_FETCH, (ticket_id,), prepare=True))
