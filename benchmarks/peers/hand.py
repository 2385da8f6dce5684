"""psycopg by hand, in the fastest way known: the SQL, the connection and what a row is made of.

What makes it fast, each measured:
- one RawCursor, reused, with SQL as `bytes`: nothing is parsed, and the cursor's adaptation caches stay warm;
- `prepare=True`, and one dumper per column, so that one query is one prepared statement whatever its values are;
- jsonb arrives as text through psycopg's C loader and goes through one typed msgspec decoder per column; in a COPY
  it leaves as bytes, whose dumper in C is registered last: otherwise the last one for bytea is DB-API's, in Python;
- large results come in libpq's chunked mode, so the server works while rows are decoded, and in binary, in which
  timestamps and UUIDs are loaded faster: a tenth less for 10,000 rows, nothing for one;
- rows are built positionally, without a row factory: `tuple` is the factory that psycopg has in C.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import BytesBinaryDumper, TextLoader

from benchmarks.data.model import NEW_TICKET_COLUMNS, TICKET_COLUMNS, Plain, TaskItem, Ticket, plain_row
from benchmarks.peers.peer import Base, versions
from promptliano.documents import TicketMetadata

CHUNK = 500

COLUMNS = ", ".join(TICKET_COLUMNS)
SINGLE_FETCH = f"select {COLUMNS} from tickets where id = $1 and deleted_at is null".encode()
PREPARED = f"""
    select {COLUMNS} from tickets where id = $1 and position >= $2 and title <> $3 order by id limit 1
""".encode()
# Binary jsonb has no loader in C, but text has.
CONVERT = f"""
    select {", ".join(f"{name}::text" if name in ("tags", "metadata") else name for name in TICKET_COLUMNS)}
    from tickets
    where id <= $1
    order by id
""".encode()
TASKS = """
    json_agg(
        json_build_object('id', t.id, 'content', t.content, 'done', t.done, 'position', t.position)
        order by t.position
    )
"""
COMPLEX_JOIN = f"""
    select {COLUMNS}, listed.tasks, listed.task_count, listed.done_count
    from tickets
    cross join lateral (
        select
            coalesce({TASKS}, '[]') as tasks,
            count(*) as task_count,
            count(*) filter (where t.done) as done_count
        from tasks t
        where t.ticket_id = tickets.id
    ) listed
    where project_id = $1 and deleted_at is null
    order by id
""".encode()
NESTED = f"""
    select id, title, (select coalesce({TASKS}, '[]') from tasks t where t.ticket_id = tickets.id)
    from tickets
    where id >= $1
    order by id
    limit $2
""".encode()
NEW_COLUMNS = ", ".join(NEW_TICKET_COLUMNS)

encode = msgspec.json.Encoder().encode
decode_tags: Callable[[str], list[str]] = msgspec.json.Decoder(list[str]).decode
decode_metadata: Callable[[str], TicketMetadata] = msgspec.json.Decoder(TicketMetadata).decode
decode_tasks: Callable[[str], list[TaskItem]] = msgspec.json.Decoder(list[TaskItem]).decode


def ticket_of(row: tuple[Any, ...]) -> Ticket:
    a, b, c, d, e, f, g, h, i, j, tags, metadata, k, m, n = row
    return Ticket(a, b, c, d, e, f, g, h, i, j, decode_tags(tags), decode_metadata(metadata), k, m, n)


def built(ticket_id: int) -> tuple[bytes, list[object]]:
    """A query as a program builds it at run time: its conditions are known by then, and not before."""
    conditions, values = list[str](), list[object]()
    for condition, value in (("id = ", ticket_id), ("position >= ", 0), ("title <> ", "none")):
        values.append(value)
        conditions.append(f"{condition}${len(values)}")
    return f"select {COLUMNS} from tickets where {' and '.join(conditions)} order by id limit 1".encode(), values


def adapt(adapters: AdaptersMap) -> None:
    adapters.register_loader("json", TextLoader)  # psycopg takes its own C version of the class
    adapters.register_loader("jsonb", TextLoader)
    adapters.register_dumper(int, Int8Dumper)
    adapters.register_dumper(bytes, BytesBinaryDumper)


class Hand(Base):
    """A connection as one sets it up for that."""

    url: str
    connection: psycopg.Connection
    cursor: psycopg.RawCursor

    @property
    def versions(self) -> Mapping[str, str]:
        return versions("psycopg", "msgspec")

    def setup(self, url: str) -> None:
        self.url = url
        self.connection = self.connect()
        self.cursor = psycopg.RawCursor(self.connection)

    def connect(self) -> psycopg.Connection:
        connection = psycopg.connect(self.url, autocommit=True)
        adapt(connection.adapters)
        return connection

    def close(self) -> None:
        self.connection.close()

    def plain(self, row: object) -> Plain:
        return plain_row(row)
