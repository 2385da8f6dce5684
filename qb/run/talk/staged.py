"""Many rows through a temporary table: COPY takes them there, and one statement takes them on, all or none.

https://www.postgresql.org/docs/current/populate.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import generators

from qb.errors import ConnectionLost, DbError
from qb.run.report.diagnose import farewell
from qb.run.session.ahead import ahead, brought_back, put, until_sync
from qb.run.session.answers import command, refused
from qb.run.session.describe import learn, server_columns
from qb.run.session.link import COPIES, GOOD, IDLE, ONCE, Link, out_of_step
from qb.run.session.ready import introduce, settle
from qb.run.session.wire import encode
from qb.run.talk.copy import COPY_IN, CopyTarget, Written, copy_source, no_rows
from qb.run.talk.send import send
from qb.tree.values import STAGED, staged_column

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from qb.run.session.executable import Executable
    from qb.run.session.options import Options
    from qb.run.session.wait import Conversation

_OURS: Final = ("57014", "55P03")
_LOST: Final = ("08", "40", "57P")


class NotStaged(Exception):
    """The rows could not be staged, and nothing of it is left: they are to go another way, which says what is wrong."""

    def __init__(self, sqlstate: str = "") -> None:
        super().__init__(sqlstate)
        self.never: bool = sqlstate == "42501"
        """Whether it is for want of a right."""


class Stage(NamedTuple):
    """Rows, and the temporary table that they go into: its columns have the types that were declared."""

    target: CopyTarget
    written: Written
    rows: Sequence[Any]
    within: bool
    """Whether a transaction is open: then it is a savepoint in it, and the table goes with the rows."""

    @property
    def sql(self) -> bytes:
        """What makes the table, shows its columns, and takes the rows."""
        columns = ", ".join(f"{staged_column(number)} {type_.base}" for number, type_ in enumerate(self.target.types))
        begin = "SAVEPOINT qb_staged" if self.within else "BEGIN"
        return (
            f"{begin}; CREATE TEMPORARY TABLE {STAGED} ({columns}) ON COMMIT DROP; SELECT * FROM {STAGED}; "
            f"COPY {STAGED} FROM STDIN (FORMAT BINARY)"
        ).encode()

    @property
    def end(self) -> tuple[bytes, ...]:
        """What follows the statement that has taken the rows."""
        return (f"DROP TABLE {STAGED}".encode(), b"RELEASE qb_staged") if self.within else (b"COMMIT",)

    def undo(self, link: Link) -> Conversation[None]:
        """As if nothing had been."""
        if link.pgconn.transaction_status != IDLE:
            yield from command(link, b"ROLLBACK TO qb_staged; RELEASE qb_staged" if self.within else b"ROLLBACK")


def run_staged(
    link: Link,
    options: Options,
    target: CopyTarget,
    written: Written,
    rows: Sequence[Any],
    statement: Executable[Any],
    values: Sequence[object],
) -> Conversation[int]:
    """Copy rows to where the statement reads them, and run it: the number of rows that it touched. It is a transaction
    of its own, or a savepoint of the one that is open.

    NotStaged where the table cannot be made or does not take them; DbError where the statement fails; ValueError and
    TypeError of a value. Each leaves nothing behind."""
    within = link.depth > 0
    stage = Stage(target, written, rows, within)
    reader = introduce(link, statement, named=False)  # its table is another one each time
    buffers = encode(reader.encoders, values, statement.parameters)
    yield from _stage(link, options, stage)
    # In one message: the statement, and what ends it.
    pgconn = link.pgconn
    pgconn.enter_pipeline_mode()
    send(link, reader, buffers, reader.encoders.formats)
    put(link, stage.end)
    pgconn.pipeline_sync()
    yield from generators.send(pgconn)
    results: list[PGresult] = yield from until_sync(pgconn)
    if results and (results[-1].status in COPIES or farewell(results[-1])):
        link.close()
        raise refused(link, results[-1], bound=True)
    pgconn.exit_pipeline_mode()
    for result in results:
        if result.status not in GOOD:
            error = refused(link, result, bound=True, of=statement)
            yield from stage.undo(link)
            raise error
    if len(results) != 1 + len(stage.end):
        raise out_of_step(link)
    return results[0].command_tuples or 0


def _stage(link: Link, options: Options, stage: Stage) -> Conversation[None]:
    """Bring the rows into the table."""
    for _ in range(2):
        source = copy_source(link, stage.target, stage.written, stage.rows)
        if link.local is not options.settings and stage.within:
            yield from settle(link, options.settings)
        before, pgconn = link.sent, link.pgconn
        commands = ahead(link, options.settings)
        pgconn.send_query(b"; ".join((*commands, stage.sql)))
        results: list[PGresult] = yield from generators.execute(pgconn)
        results = brought_back(link, options.settings, commands, results, before)
        if not results:
            raise out_of_step(link)
        if results[-1].status != COPY_IN:
            yield from _given_up(link, stage, refused(link, results[-1], bound=False))
        link.sent = ONCE
        found = server_columns(results[-2])
        if stage.target.fits(found, link.types):
            break
        yield from no_rows(link)
        yield from stage.undo(link)
        if not (missing := link.types.missing([column.oid for column in found])):
            raise NotStaged
        yield from learn(link, missing, set())
    else:
        raise NotStaged
    try:
        yield from source.pour(link)
    except DbError as error:
        yield from _given_up(link, stage, error)
    except Exception:
        yield from stage.undo(link)
        raise


def _given_up(link: Link, stage: Stage, error: DbError) -> Conversation[None]:
    """Raise what stands by itself, and NotStaged for what may go another way: no right to make temporary tables, a
    transaction that only reads, a value that the table's type refuses."""
    state = error.sqlstate or "08"
    if isinstance(error, ConnectionLost):
        raise error
    yield from stage.undo(link)
    if state in _OURS or state.startswith(_LOST):
        raise error
    raise NotStaged(state)
