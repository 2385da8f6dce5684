"""psycopg by hand, in the fastest way known: the floor that everything else is compared with.

What makes it fast, each measured:
- one RawCursor, reused, with SQL as `bytes`: nothing is parsed, and the cursor's adaptation caches stay warm;
- `prepare=True`, and one dumper per column, so that one query is one prepared statement whatever its values are;
- jsonb arrives as text through psycopg's C loader and goes through one typed msgspec decoder per column; in a COPY
  it leaves as bytes, whose dumper in C is registered last: otherwise the last one for bytea is DB-API's, in Python;
- large results come in libpq's chunked mode, so the server works while rows are decoded, and in binary, in which
  timestamps and UUIDs are loaded faster: a tenth less for 10,000 rows, nothing for one;
- rows are built positionally, without a row factory: `tuple` is the factory that psycopg has in C.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import msgspec
import psycopg
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import BytesBinaryDumper, StrDumperUnknown, TextLoader

from benchmarks.data.model import (
    NEW_TICKET_COLUMNS,
    TICKET_COLUMNS,
    NewTicket,
    Plain,
    TaskItem,
    Ticket,
    TicketWithTasks,
    plain_row,
)
from benchmarks.peers.peer import Base, versions
from promptliano.documents import TicketMetadata

CHUNK = 500

COLUMNS = ", ".join(TICKET_COLUMNS)
SINGLE_FETCH = f"select {COLUMNS} from tickets where id = $1 and deleted_at is null".encode()
# Binary jsonb has no loader in C, but text has.
CONVERT = f"""
    select {", ".join(f"{name}::text" if name in ("tags", "metadata") else name for name in TICKET_COLUMNS)}
    from tickets
    where id <= $1
    order by id
""".encode()
COMPLEX_JOIN = f"""
    select {COLUMNS}, listed.tasks, listed.task_count, listed.done_count
    from tickets
    cross join lateral (
        select
            coalesce(
                json_agg(
                    json_build_object('id', t.id, 'content', t.content, 'done', t.done, 'position', t.position)
                    order by t.position
                ),
                '[]'
            ) as tasks,
            count(*) as task_count,
            count(*) filter (where t.done) as done_count
        from tasks t
        where t.ticket_id = tickets.id
    ) listed
    where project_id = $1 and deleted_at is null
    order by id
""".encode()
NEW_COLUMNS = ", ".join(NEW_TICKET_COLUMNS)
COPY = f"copy tickets ({NEW_COLUMNS}) from stdin (format binary)".encode()
VALUE_TYPES = ("uuid", "int8", *["text"] * 4, "int4", "bool", "text", "jsonb", "jsonb", "timestamptz", "timestamptz")
# In binary a jsonb is a version byte and the JSON text, a uuid its 16 bytes: bytes, which psycopg dumps in C.
COPY_TYPES = tuple("bytea" if name in ("jsonb", "uuid") else name for name in VALUE_TYPES)

encode = msgspec.json.Encoder().encode
decode_tags: Callable[[str], list[str]] = msgspec.json.Decoder(list[str]).decode
decode_metadata: Callable[[str], TicketMetadata] = msgspec.json.Decoder(TicketMetadata).decode
decode_tasks: Callable[[str], list[TaskItem]] = msgspec.json.Decoder(list[TaskItem]).decode


def ticket_of(row: tuple[Any, ...]) -> Ticket:
    a, b, c, d, e, f, g, h, i, j, tags, metadata, k, m, n = row
    return Ticket(a, b, c, d, e, f, g, h, i, j, decode_tags(tags), decode_metadata(metadata), k, m, n)


class Hand(Base):
    """A connection as one sets it up for that."""

    connection: psycopg.Connection
    cursor: psycopg.RawCursor

    @property
    def versions(self) -> Mapping[str, str]:
        return versions("psycopg", "msgspec")

    def setup(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        adapters = self.connection.adapters
        adapters.register_loader("json", TextLoader)  # psycopg takes its own C version of the class
        adapters.register_loader("jsonb", TextLoader)
        adapters.register_dumper(int, Int8Dumper)
        adapters.register_dumper(bytes, BytesBinaryDumper)
        self.cursor = psycopg.RawCursor(self.connection)

    def close(self) -> None:
        self.connection.close()

    def plain(self, row: object) -> Plain:
        return plain_row(row)


class ByHand(Hand):
    def single_fetch(self, ticket_id: int) -> Ticket:
        row = self.cursor.execute(SINGLE_FETCH, (ticket_id,), prepare=True).fetchone()
        if row is None:
            raise LookupError(f"no ticket {ticket_id}")
        return ticket_of(row)

    def bulk_insert(self, rows: Sequence[NewTicket]) -> None:
        with self.cursor.copy(COPY) as copy:
            copy.set_types(COPY_TYPES)
            row_of = copy.formatter.write_row  # in C; `copy.write_row` is a call in Python around it
            for r in rows:
                if full := row_of((
                    r.public_id.int.to_bytes(16, "big"), r.project_id, r.title, r.overview, r.status, r.priority,
                    r.position, r.archived, r.assignee, b"\1" + encode(r.tags), b"\1" + encode(r.metadata),
                    r.created_at, r.updated_at,
                )):  # fmt: skip
                    copy.write(full)

    def complex_join(self, project_id: int) -> list[TicketWithTasks]:
        rows = self.cursor.execute(COMPLEX_JOIN, (project_id,), prepare=True).fetchall()
        return [TicketWithTasks(ticket_of(row[:-3]), decode_tasks(row[-3]), row[-2], row[-1]) for row in rows]

    def convert(self, count: int) -> list[Ticket]:
        return [
            Ticket(a, b, c, d, e, f, g, h, i, j, decode_tags(tags), decode_metadata(metadata), k, m, n)
            for a, b, c, d, e, f, g, h, i, j, tags, metadata, k, m, n in self.large(count)
        ]

    def stream(self, count: int) -> Iterator[Ticket]:
        return map(ticket_of, self.large(count))

    def large(self, count: int) -> Iterator[tuple[Any, ...]]:
        return self.cursor.stream(CONVERT, (count,), binary=True, size=CHUNK)


class ByHandValues(Hand):
    """The other fast way of inserting: prepared multi-row VALUES, which can also return rows or have ON CONFLICT."""

    def setup(self, url: str) -> None:
        super().setup(url)
        # NULL has no type, so with typed strings every pattern of NULLs would be a prepared statement of its own.
        self.connection.adapters.register_dumper(str, StrDumperUnknown)
        self.statements: dict[int, bytes] = {}

    def bulk_insert(self, rows: Sequence[NewTicket]) -> None:
        statement = self.statements.get(len(rows)) or self.statements.setdefault(len(rows), insert_values(len(rows)))
        parameters = [
            (
                r.public_id, r.project_id, r.title, r.overview, r.status, r.priority, r.position, r.archived,
                r.assignee, encode(r.tags).decode(), encode(r.metadata).decode(), r.created_at, r.updated_at,
            )
            for r in rows
        ]  # fmt: skip
        # One block needs no transaction (a statement is one) and no pipeline (there is nothing to overlap with).
        self.cursor.execute(statement, list(chain.from_iterable(parameters)), prepare=True)


def insert_values(rows: int) -> bytes:
    """`insert into tickets (...) values ($1::uuid, ...), (...), ...`"""
    width = len(VALUE_TYPES)
    groups = (
        "(" + ", ".join(f"${row * width + 1 + i}::{name}" for i, name in enumerate(VALUE_TYPES)) + ")"
        for row in range(rows)
    )
    return f"insert into tickets ({NEW_COLUMNS}) values {', '.join(groups)}".encode()
