"""A database of its own on the server, filled with the data, thrown away afterwards."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from secrets import token_hex
from urllib.parse import quote, urlencode

import msgspec
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

import qb
from benchmarks.data import wide
from benchmarks.data.model import NEW_TICKET_COLUMNS, NewTask, NewTicket, Plain
from benchmarks.data.rows import EPOCH, Sizes, new_tasks, new_ticket
from tables.promptliano import schema

SETTINGS = ("server_version", "fsync", "synchronous_commit", "shared_buffers", "jit", "max_connections", "TimeZone")


INTAKE = """
    create unlogged table intake (
        like tickets including defaults including identity, primary key (id), unique (public_id)
    )
"""
"""What rows are written to by the million: the columns of tickets, and of its indexes the two that matter."""


class ServerUnreachable(Exception):
    """The server does not answer, or does not let us create a database."""


class Database:
    """The harness's own connection; peers open theirs with `url`."""

    def __init__(self, url: str, sizes: Sizes) -> None:
        self.url = url
        self.sizes = sizes
        self.connection = psycopg.connect(url, autocommit=True)

    @property
    def backend(self) -> int:
        """The process that serves the harness itself."""
        return self.connection.info.backend_pid

    @property
    def local(self) -> bool:
        """Whether the server may well be on this machine."""
        host = self.connection.info.host
        return host.startswith("/") or host in ("localhost", "127.0.0.1", "::1")

    def create(self) -> None:
        with qb.connect(self.url) as db:
            db.run(qb.create_all(schema)).unwrap()
        self.connection.execute(INTAKE)
        self.connection.execute(wide.create().encode())
        # Nobody is to pay for a vacuum that happens to run in his turn.
        for table in ("projects", "tickets", "tasks", "intake", "wide"):
            self.connection.execute(
                sql.SQL("alter table {} set (autovacuum_enabled = off)").format(sql.Identifier(table))
            )

    def fill(self) -> Iterator[int]:
        """Yields the number of rows written since the last time."""
        with self.connection.transaction():
            with self.connection.cursor().copy("copy projects (name, created_at) from stdin") as copy:
                for number in range(1, self.sizes.projects + 1):
                    copy.write_row((f"Project {number}", EPOCH))
            yield self.sizes.projects
            columns = sql.SQL(", ").join(map(sql.Identifier, NEW_TICKET_COLUMNS))
            with self.connection.cursor().copy(sql.SQL("copy tickets ({}) from stdin").format(columns)) as copy:
                for number in range(1, self.sizes.tickets + 1):
                    copy.write_row(cells(new_ticket(number)))
                    if number % 1_000 == 0:
                        yield 1_000
            columns = sql.SQL(", ").join(map(sql.Identifier, NewTask.__struct_fields__))
            with self.connection.cursor().copy(sql.SQL("copy tasks ({}) from stdin").format(columns)) as copy:
                for task in new_tasks(self.sizes):
                    copy.write_row(msgspec.structs.astuple(task))
            with self.connection.cursor().copy("copy wide from stdin") as copy:
                for row in wide.rows(self.sizes.wide):
                    copy.write_row(row)
        self.connection.execute("vacuum (analyze) projects, tickets, tasks, wide")

    def inserted(self) -> Sequence[Plain]:
        """The tickets that came after the data, without their keys."""
        columns = sql.SQL(", ").join(map(sql.Identifier, NEW_TICKET_COLUMNS))
        query = sql.SQL("select {} from tickets where id > %s order by id").format(columns)
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, (self.sizes.tickets,)).fetchall()

    def forget_inserted(self) -> None:
        """Gives every turn the same table: dead rows and index entries are gone, too."""
        self.connection.execute("delete from tickets where id > %s", (self.sizes.tickets,))
        self.connection.execute("vacuum (index_cleanup on) tickets")

    def fill_intake(self, rows: Iterable[NewTicket]) -> None:
        """With keys from 1 on."""
        self.clear_intake()
        columns = sql.SQL(", ").join(map(sql.Identifier, NEW_TICKET_COLUMNS))
        with self.connection.cursor().copy(sql.SQL("copy intake ({}) from stdin").format(columns)) as copy:
            for row in rows:
                copy.write_row(cells(row))
        self.connection.execute("analyze intake")

    def clear_intake(self) -> None:
        """Also of its pages."""
        self.connection.execute("truncate intake restart identity")

    def intake(self, step: int = 1) -> Sequence[Plain]:
        """What is there, without keys; or every `step`th row."""
        columns = sql.SQL(", ").join(map(sql.Identifier, NEW_TICKET_COLUMNS))
        query = sql.SQL("select {} from intake where (id - 1) %% %s = 0 order by id").format(columns)
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, (step,)).fetchall()

    def by_public_id(self) -> Sequence[Plain]:
        """What is there, in the order of the rows that it was made of."""
        return sorted(self.intake(), key=lambda row: str(row["public_id"]))

    def keys_of_intake(self) -> Sequence[Plain]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute("select id, title, position from intake order by id").fetchall()

    def count_intake(self) -> int:
        found = self.connection.execute("select count(*) from intake").fetchone()
        return found[0] if found else 0

    def end_others_work(self) -> None:
        """What a peer's process began and nobody waits for any more would hold its locks, and the processor."""
        self.connection.execute(
            "select pg_cancel_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid() and state = 'active'"
        )

    def understands(self, query: str) -> None:
        """Raises where the server does not."""
        self.connection.execute(f"prepare benchmarks_query as {query}".encode())
        self.connection.execute("deallocate benchmarks_query")

    def settings(self) -> dict[str, str]:
        query = "select name, current_setting(name) from unnest(%s::text[]) name"
        return dict(self.connection.execute(query, (list(SETTINGS),)).fetchall())


@contextmanager
def temporary_database(server_url: str, sizes: Sizes) -> Generator[Database, None, None]:
    """An empty database on that server, dropped at the end: nothing that is there already is touched."""
    name = f"qb_benchmarks_{token_hex(4)}"
    quoted = sql.Identifier(name)
    try:
        with psycopg.connect(server_url, autocommit=True, connect_timeout=10) as admin:
            admin.execute(sql.SQL("create database {}").format(quoted))
            # The disk is the same for everybody and noisy; what is measured is the client.
            admin.execute(sql.SQL("alter database {} set synchronous_commit = off").format(quoted))
            admin.execute(sql.SQL("alter database {} set timezone = 'UTC'").format(quoted))
    except psycopg.Error as error:
        raise ServerUnreachable(str(error).strip()) from error
    try:
        database = Database(url_of(server_url, dbname=name), sizes)
        try:
            yield database
        finally:
            database.connection.close()
    finally:
        with psycopg.connect(server_url, autocommit=True) as admin:
            admin.execute(sql.SQL("drop database {} with (force)").format(quoted))


def url_of(conninfo: str, **changes: str) -> str:
    """Anything that libpq accepts, as a URL that psycopg, asyncpg and SQLAlchemy all read: options in the query."""
    parts = {key: str(value) for key, value in {**conninfo_to_dict(conninfo), **changes}.items() if value is not None}
    return f"postgresql:///{quote(parts.pop('dbname', ''), safe='')}?{urlencode(parts, quote_via=quote)}"


def cells(new: NewTicket) -> tuple[object, ...]:
    row = {**msgspec.structs.asdict(new), "tags": json(new.tags), "metadata": json(new.metadata)}
    return tuple(row.values())


def json(value: object) -> str:
    return msgspec.json.encode(value).decode()
