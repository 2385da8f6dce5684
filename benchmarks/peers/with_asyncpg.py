"""asyncpg on asyncio's own event loop: prepared statements, the same Structs and the same typed JSON decoders."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence

import msgspec

from benchmarks.data.model import (
    NEW_TICKET_COLUMNS,
    NewTicket,
    Plain,
    TaskItem,
    Ticket,
    TicketWithTasks,
    plain_row,
)
from benchmarks.peers.asyncpg_typed import Connection, Record, Statement, connect
from benchmarks.peers.by_hand import CHUNK, COMPLEX_JOIN, CONVERT, SINGLE_FETCH
from benchmarks.peers.peer import Base, versions
from promptliano.documents import TicketMetadata

encode = msgspec.json.Encoder().encode
decode_tags: Callable[[str], list[str]] = msgspec.json.Decoder(list[str]).decode
decode_metadata: Callable[[str], TicketMetadata] = msgspec.json.Decoder(TicketMetadata).decode
decode_tasks: Callable[[str], list[TaskItem]] = msgspec.json.Decoder(list[TaskItem]).decode


def ticket_of(row: Record) -> Ticket:
    a, b, c, d, e, f, g, h, i, j, tags, metadata, k, m, n = row
    return Ticket(a, b, c, d, e, f, g, h, i, j, decode_tags(tags), decode_metadata(metadata), k, m, n)


class Asyncpg(Base):
    connection: Connection
    fetch_one: Statement
    fetch_many: Statement
    fetch_joined: Statement

    @property
    def versions(self) -> Mapping[str, str]:
        return versions("asyncpg", "msgspec")

    async def setup(self, url: str) -> None:
        self.connection = await connect(url)
        self.fetch_one = await self.connection.prepare(SINGLE_FETCH.decode())
        self.fetch_many = await self.connection.prepare(CONVERT.decode())
        self.fetch_joined = await self.connection.prepare(COMPLEX_JOIN.decode())

    async def close(self) -> None:
        await self.connection.close()

    async def single_fetch(self, ticket_id: int) -> Ticket:
        row = await self.fetch_one.fetchrow(ticket_id)
        if row is None:
            raise LookupError(f"no ticket {ticket_id}")
        return ticket_of(row)

    async def bulk_insert(self, rows: Sequence[NewTicket]) -> None:
        records = [
            (
                r.public_id, r.project_id, r.title, r.overview, r.status, r.priority, r.position, r.archived,
                r.assignee, encode(r.tags).decode(), encode(r.metadata).decode(), r.created_at, r.updated_at,
            )
            for r in rows
        ]  # fmt: skip
        await self.connection.copy_records_to_table("tickets", records=records, columns=NEW_TICKET_COLUMNS)

    async def complex_join(self, project_id: int) -> list[TicketWithTasks]:
        rows = await self.fetch_joined.fetch(project_id)
        return [TicketWithTasks(ticket_of(row[:-3]), decode_tasks(row[-3]), row[-2], row[-1]) for row in rows]

    async def convert(self, count: int) -> list[Ticket]:
        return [
            Ticket(a, b, c, d, e, f, g, h, i, j, decode_tags(tags), decode_metadata(metadata), k, m, n)
            for a, b, c, d, e, f, g, h, i, j, tags, metadata, k, m, n in await self.fetch_many.fetch(count)
        ]

    async def stream(self, count: int) -> AsyncIterator[Ticket]:
        async with self.connection.transaction():
            async for row in self.fetch_many.cursor(count, prefetch=CHUNK):
                yield ticket_of(row)

    def plain(self, row: object) -> Plain:
        return plain_row(row)
