"""COPY in binary: the fastest way in when nothing comes back.

https://www.postgresql.org/docs/current/sql-copy.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import psycopg
from psycopg import generators
from psycopg.abc import Buffer
from psycopg.pq import DiagnosticField, ExecStatus

from qb.errors.family import at_row
from qb.generated import generated
from qb.run.session.ahead import ahead, brought_back
from qb.run.session.answers import answer, drain, refused
from qb.run.session.catalog import Catalog
from qb.run.session.cells import CopyCell, row_source
from qb.run.session.describe import learn, server_columns
from qb.run.session.drift import ServerColumn, copies, stores
from qb.run.session.link import IDLE, ONCE, Link, out_of_step
from qb.run.session.ready import settle
from qb.run.session.settings import Settings
from qb.run.session.wait import Conversation
from qb.types import SqlType
from qb.types.identifier import quoted

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

COPY_IN = int(ExecStatus.COPY_IN)

PIECE = 128 * 1024
"""Bytes handed to libpq at a time: more it may fail to buffer, and would not say so."""
UNSENT = 256 * 1024
"""Bytes handed to libpq before the server must have taken them, as it holds them in memory, and other tasks run."""


Written: TypeAlias = Callable[[Sequence[Any], Callable[[Any], Buffer | None]], Iterator[Buffer]]


def written_by(
    values: Sequence[str], cells: Sequence[CopyCell], row: str = "r", more: Mapping[str, Any] = MappingProxyType({})
) -> Written:
    """A function that writes rows with a formatter's `write_row`, and gives what is full of them to be sent. `values`
    are those of a `row`, as source; `more` is what else it names.

    Generated, as it runs for every row; no row waits for another to be converted.
    """
    sent, names = row_source(values, [each.way for each in cells])
    loop = f"    for {row} in rows:\n        if full := write(({sent})):\n            yield full"
    source = f"def written(rows, write):\n{loop}"
    made: Written = generated("written", source, {**names, **more})
    return made


class CopyTarget(NamedTuple):
    """Where rows are copied to: the types that their columns were declared with, and the SQL."""

    types: Sequence[SqlType[Any]]
    cells: Sequence[CopyCell]
    names: Sequence[str]
    table: str

    def sql(self, *, blind: bool) -> bytes:
        """A query that shows the columns' types, and the COPY. Both are one transaction, so the query's lock holds
        the types until the rows are in.

        `blind` is for a role that may insert and not read: an INSERT that is only explained takes the lock, then the
        catalog, which needs no right, shows the types, and whether the role can read by now.
        """
        columns = ", ".join(map(quoted, self.names))
        if blind:
            nothing = ", ".join(["NULL"] * len(self.names))
            literal = "'" + self.table.replace("'", "''") + "'::pg_catalog.regclass"
            wanted = ", ".join("'" + name.replace("'", "''") + "'" for name in self.names)
            shown = (
                f"EXPLAIN INSERT INTO {self.table} ({columns}) OVERRIDING SYSTEM VALUE VALUES ({nothing}); "
                "SELECT attname, atttypid, atttypmod, pg_catalog.has_column_privilege(attrelid, attnum, 'SELECT') "
                f"FROM pg_catalog.pg_attribute WHERE attrelid = {literal} AND attname IN ({wanted})"
            )
        else:
            shown = f"SELECT {columns} FROM ONLY {self.table} LIMIT 0"
        return f"{shown}; {self.copying}".encode()

    @property
    def copying(self) -> str:
        """The COPY alone."""
        return f"COPY {self.table} ({', '.join(map(quoted, self.names))}) FROM STDIN (FORMAT BINARY)"

    def found(self, result: PGresult, *, blind: bool) -> Sequence[ServerColumn]:
        """The columns, as the server has them."""
        if not blind:
            return server_columns(result)
        known: dict[str, ServerColumn] = {}
        for row in range(result.ntuples):
            name, oid, modifier = ((result.get_value(row, at) or b"0").decode() for at in range(3))
            known[name] = ServerColumn(name, int(oid), int(modifier))
        return [known.get(name, ServerColumn(name, 0)) for name in self.names]

    def fits(self, found: Sequence[ServerColumn], catalog: Catalog) -> bool:
        """Whether the columns take the bytes of these types, and keep every value."""
        return all(
            copies(type_, column.oid, catalog) and stores(type_, column, catalog)
            for type_, column in zip(self.types, found, strict=True)
        )


class Sent(NamedTuple):
    """What became of rows that were to be copied."""

    number: int | None
    """How many went in. None, and nothing was sent, where the server's types are not those they are written in."""
    blind: bool
    """Whether the role may still not read the columns."""


def copy_rows(
    link: Link,
    wanted: Settings,
    target: CopyTarget,
    written: Written,
    rows: Sequence[Any],
    *,
    blind: bool,
    before: int = 0,
) -> Conversation[Sent]:
    """Send rows, which are all in or none; `before` them others have gone in. Raises DbError; ValueError and TypeError
    of a value leave nothing behind."""
    pgconn = link.pgconn
    source = copy_source(link, target, written, rows, before)
    if link.local is not wanted and pgconn.transaction_status != IDLE:
        yield from settle(link, wanted)
    while True:
        commands = ahead(link, wanted)
        pgconn.send_query(b"; ".join((*commands, target.sql(blind=blind))))
        results: list[PGresult] = yield from generators.execute(pgconn)
        if not results:
            raise out_of_step(link)
        results = brought_back(link, wanted, commands, results, link.sent)
        if not results:
            raise out_of_step(link)
        if results[-1].status != COPY_IN:
            raise refused(link, results[-1], bound=False)
        link.sent = ONCE
        shown = results[-2]
        found = target.found(shown, blind=blind)
        blind_still = blind and any(shown.get_value(row, 3) != b"t" for row in range(shown.ntuples))
        if target.fits(found, link.types):
            break
        oids = [column.oid for column in found]
        yield from no_rows(link)
        if not (missing := link.types.missing(oids)):
            return Sent(None, blind_still)
        yield from learn(link, missing, set())
        if link.types.missing(oids):
            return Sent(None, blind_still)
    return Sent((yield from source.pour(link)), blind_still)


class CopySource(NamedTuple):
    """Rows for a COPY. The first are written: a mistake in them is one before anything was sent."""

    copy: psycopg.Copy
    first: Buffer | None
    rest: Iterator[Buffer]
    table: str
    before: int
    """Rows of the same input that are not of this COPY."""

    def pour(self, link: Link) -> Conversation[int]:
        """Send them all, once the server takes them. Their number."""
        pgconn = link.pgconn
        try:
            unsent = 0
            if self.first is not None:
                unsent = yield from _put(pgconn, self.first, unsent)
                for data in self.rest:
                    unsent = yield from _put(pgconn, data, unsent)
            # Not flushed: the last rows and the end are one message, for which the server wakes up once.
            yield from _put(pgconn, self.copy.formatter.end(), unsent)
        except Exception:
            pgconn.put_copy_end(b"a value cannot be sent")
            yield from generators.send(pgconn)  # with what libpq still holds: else each side waits for the other
            yield from drain(link)
            raise
        pgconn.put_copy_end(None)
        result = yield from answer(link)
        if result.status != ExecStatus.COMMAND_OK:
            error, line = refused(link, result, bound=True), _line(self.table, result)
            raise error if line is None else at_row(error, self.before + line - 1)
        return result.command_tuples or 0


def _line(table: str, result: PGresult) -> int | None:
    """Which line of a COPY the server's report is about. It says so in its own language, after the table's name."""
    name = re.findall(r'"((?:[^"]|"")+)"', table)[-1:]
    context = (result.error_field(DiagnosticField.CONTEXT) or b"").decode(errors="replace")
    shown = re.escape(name[0].replace('""', '"') if name else table.rpartition(".")[2])
    found = re.search(rf"^COPY {shown}, \D*(\d+)", context, re.MULTILINE)
    return None if found is None else int(found[1])


def copy_source(link: Link, target: CopyTarget, written: Written, rows: Sequence[Any], before: int = 0) -> CopySource:
    """A COPY of rows. ValueError and TypeError of a value that cannot be sent."""
    copy = psycopg.Copy(psycopg.Cursor(link), binary=True)
    copy.set_types([each.dumper.oid for each in target.cells])
    full = written(rows, copy.formatter.write_row)
    return CopySource(copy, next(full, None), full, target.table, before)


def no_rows(link: Link) -> Conversation[None]:
    """End a COPY that has begun, without rows: one that is given up would undo the transaction around it."""
    empty = psycopg.Copy(psycopg.Cursor(link), binary=True).formatter.end()
    link.pgconn.put_copy_data(empty)
    link.pgconn.put_copy_end(None)
    result = yield from answer(link)
    if result.status != ExecStatus.COMMAND_OK:
        raise refused(link, result, bound=True)


def _put(pgconn: PGconn, data: Buffer, unsent: int) -> Conversation[int]:
    """Hand data to libpq, and wait when it holds much of it, even where the socket would take more: others have their
    turn. Returns how much was handed over since the last wait."""
    for start in range(0, len(data), PIECE):
        piece = data[start : start + PIECE] if len(data) > PIECE else data
        unsent += len(piece)
        yield from generators.copy_to(pgconn, piece, unsent >= UNSENT)
        if unsent >= UNSENT:
            unsent = 0
    return unsent
