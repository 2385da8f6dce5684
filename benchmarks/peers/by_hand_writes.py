"""psycopg by hand: writes. COPY wherever nothing comes back, prepared multi-row VALUES where something does."""

from collections.abc import Iterable, Sequence
from itertools import chain

from psycopg import Copy, RawCursor
from psycopg.types.string import StrDumperUnknown

from benchmarks.data.model import Change, NewTicket
from benchmarks.peers.hand import NEW_COLUMNS, Hand, encode

COPY_TICKETS = f"copy tickets ({NEW_COLUMNS}) from stdin (format binary)".encode()
COPY_INTAKE = f"copy intake ({NEW_COLUMNS}) from stdin (format binary)".encode()
VALUE_TYPES = ("uuid", "int8", *["text"] * 4, "int4", "bool", "text", "jsonb", "jsonb", "timestamptz", "timestamptz")
# In binary a jsonb is a version byte and the JSON text, a uuid its 16 bytes: bytes, which psycopg dumps in C.
COPY_TYPES = tuple("bytea" if name in ("jsonb", "uuid") else name for name in VALUE_TYPES)
BLOCK = 100

ARRIVED = f"""
    create temporary table if not exists arrived as select {NEW_COLUMNS} from intake with no data
""".encode()
COPY_ARRIVED = f"copy arrived ({NEW_COLUMNS}) from stdin (format binary)".encode()
UPDATED = "title = excluded.title, position = excluded.position, updated_at = excluded.updated_at"
UPSERT = f"""
    insert into intake ({NEW_COLUMNS}) select {NEW_COLUMNS} from arrived
    on conflict (public_id) do update set {UPDATED}
""".encode()
CHANGED = b"create temporary table if not exists changed (id bigint, title text, position integer)"
COPY_CHANGED = b"copy changed from stdin (format binary)"
UPDATE = b"""
    update intake set title = changed.title, position = changed.position from changed where changed.id = intake.id
"""
DELETE = b"delete from intake where id = any($1::int8[])"


class Writes(Hand):
    def bulk_insert(self, rows: Sequence[NewTicket]) -> None:
        self.copy(COPY_TICKETS, rows)

    def insert(self, rows: Iterable[NewTicket]) -> None:
        self.copy(COPY_INTAKE, rows)

    def upsert(self, rows: Sequence[NewTicket]) -> None:
        with self.connection.transaction():
            self.cursor.execute(ARRIVED)
            self.copy(COPY_ARRIVED, rows)
            self.cursor.execute(UPSERT)
            self.cursor.execute(b"truncate arrived")

    def update(self, changes: Sequence[Change]) -> None:
        with self.connection.transaction():
            self.cursor.execute(CHANGED)
            with self.cursor.copy(COPY_CHANGED) as copy:
                copy.set_types(("int8", "text", "int4"))
                row_of = copy.formatter.write_row
                for change in changes:
                    if full := row_of((change.id, change.title, change.position)):
                        copy.write(full)
            self.cursor.execute(UPDATE)
            self.cursor.execute(b"truncate changed")

    def delete(self, ids: Sequence[int]) -> None:
        self.cursor.execute(DELETE, (ids,), prepare=True, binary=True)

    def copy(self, statement: bytes, rows: Iterable[NewTicket]) -> None:
        with self.cursor.copy(statement) as copy:
            write(copy, rows)


def write(copy: Copy, rows: Iterable[NewTicket]) -> None:
    copy.set_types(COPY_TYPES)
    row_of = copy.formatter.write_row  # in C; `copy.write_row` is a call in Python around it
    for r in rows:
        if full := row_of((
            r.public_id.int.to_bytes(16, "big"), r.project_id, r.title, r.overview, r.status, r.priority,
            r.position, r.archived, r.assignee, b"\1" + encode(r.tags), b"\1" + encode(r.metadata),
            r.created_at, r.updated_at,
        )):  # fmt: skip
            copy.write(full)


class ByHandValues(Hand):
    """The other fast way of inserting: prepared multi-row VALUES, which can also return rows or have ON CONFLICT."""

    def setup(self, url: str) -> None:
        super().setup(url)
        # NULL has no type, so with typed strings every pattern of NULLs would be a prepared statement of its own.
        self.connection.adapters.register_dumper(str, StrDumperUnknown)
        self.statements: dict[tuple[str, int, str], bytes] = {}

    def bulk_insert(self, rows: Sequence[NewTicket]) -> None:
        # One block needs no transaction (a statement is one) and no pipeline (there is nothing to overlap with).
        self.cursor.execute(self.statement("tickets", len(rows)), values(rows), prepare=True)

    def insert_returning(self, rows: Sequence[NewTicket]) -> list[int]:
        blocks = [rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK)]
        with self.connection.pipeline(), self.connection.transaction():
            cursors = [
                RawCursor(self.connection).execute(
                    self.statement("intake", len(block), " returning id"), values(block), prepare=True
                )
                for block in blocks
            ]
            return [id for cursor in cursors for (id,) in cursor.fetchall()]

    def statement(self, table: str, rows: int, ending: str = "") -> bytes:
        key = table, rows, ending
        return self.statements.get(key) or self.statements.setdefault(key, insert_values(*key))


def values(rows: Sequence[NewTicket]) -> list[object]:
    parameters = [
        (
            r.public_id, r.project_id, r.title, r.overview, r.status, r.priority, r.position, r.archived,
            r.assignee, encode(r.tags).decode(), encode(r.metadata).decode(), r.created_at, r.updated_at,
        )
        for r in rows
    ]  # fmt: skip
    return list(chain.from_iterable(parameters))


def insert_values(table: str, rows: int, ending: str) -> bytes:
    """`insert into tickets (...) values ($1::uuid, ...), (...), ...`"""
    width = len(VALUE_TYPES)
    groups = (
        "(" + ", ".join(f"${row * width + 1 + i}::{name}" for i, name in enumerate(VALUE_TYPES)) + ")"
        for row in range(rows)
    )
    return f"insert into {table} ({NEW_COLUMNS}) values {', '.join(groups)}{ending}".encode()
