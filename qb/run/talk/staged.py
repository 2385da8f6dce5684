"""Many rows through a temporary table: COPY takes them there, and one statement takes them on, all or none.

https://www.postgresql.org/docs/current/populate.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import generators

from qb.errors import ConnectionLost, DbError, InvalidSql, QueryError, SchemaMismatch, TransactionAborted
from qb.run.report.diagnose import farewell
from qb.run.session.ahead import ahead, brought_back, piped, put, until_sync
from qb.run.session.answers import command, commit, doomed, refused
from qb.run.session.describe import changed, known, learn, server_columns
from qb.run.session.link import BEHIND, COPIES, GOOD, IDLE, IN_ERROR, NOWHERE, ONCE, Link, out_of_step
from qb.run.session.ready import introduce, settle
from qb.run.session.wire import encode
from qb.run.talk.copy import COPY_IN, CopyTarget, Written, copy_source, no_rows
from qb.run.talk.execute import read
from qb.run.talk.send import send
from qb.tree.values import STAGED, staged_column

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from qb.run.session.executable import Executable
    from qb.run.session.options import Options
    from qb.run.session.wait import Conversation

_LIMITS: Final = ("57014", "55P03")
"""A limit of the user's own has ended it, statement_timeout or lock_timeout: another way would take as long again."""
_OVER: Final = ("08", "40", "57P")
"""Classes of failures that any way would meet: the connection's, what other transactions do, a server that ends."""


class NotStaged(Exception):
    """The rows could not be staged, and nothing of it is left: they may go another way, which says what is wrong."""

    def __init__(self, error: DbError) -> None:
        super().__init__(error.sqlstate)
        self.error: DbError = error
        self.never: bool = error.sqlstate == "42501"
        """Whether it is for want of a right."""


class Stage(NamedTuple):
    """What rows go into: a temporary table, whose columns have the types that were declared."""

    target: CopyTarget
    written: Written
    like: str = ""
    """The SELECT that its columns are those of; nothing where the types say it."""
    asked: str = "true"
    """An expression of SQL that has to be true, and what is said where it is not."""
    otherwise: str = ""
    distinct: int = 0
    """How many of its columns, the first ones, no two rows have alike."""

    @property
    def making(self) -> str:
        """What makes the table."""
        types = enumerate(self.target.types)
        columns = f"({', '.join(f'{staged_column(at)} {type_.base}' for at, type_ in types)})"
        like = f"AS {self.like} WITH NO DATA" if self.like else ""
        return f"CREATE TEMPORARY TABLE {STAGED} {'' if like else columns} ON COMMIT DROP {like}"

    def sql(self, begin: str, *, new: bool, behind: bool) -> bytes:
        """What makes the table where it is `new`, asks what has to be true, shows its columns, and takes the rows.
        `behind` is for one that was left behind: it goes first, so that it does not come back when this is undone."""
        first = ([f"DROP TABLE IF EXISTS {STAGED}"] if behind else []) + ([begin] if begin else [])
        made = [self.making, f"SELECT ({self.asked})::int"] if new else []
        taking = [f"SELECT * FROM {STAGED} LIMIT 0", f"COPY {STAGED} FROM STDIN (FORMAT BINARY)"]
        return "; ".join([*first, *made, *taking]).encode()


class Around(NamedTuple):
    """What is around a stage: a transaction of its own, a savepoint of its own, or what somebody else has begun."""

    begin: str
    end: tuple[bytes, ...]
    undo: bytes


DROP: Final = f"DROP TABLE {STAGED}".encode()
OWN: Final = Around("BEGIN", (b"COMMIT",), b"ROLLBACK")
WITHIN: Final = Around("SAVEPOINT qb_staged", (DROP, b"RELEASE qb_staged"), b"ROLLBACK TO qb_staged; RELEASE qb_staged")
OTHERS: Final = Around("", (DROP,), b"")


def run_staged(
    link: Link,
    options: Options,
    stage: Stage,
    rows: Sequence[Any],
    statement: Executable[Any],
    values: Sequence[object],
    before: int = 0,
) -> Conversation[Any]:
    """Copy rows to where the statement reads them, and run it: the number of rows that it touched, or those that it
    returns. It is a transaction of its own, or a savepoint of the one that is open.

    NotStaged where the table cannot be made or does not take them; DbError where the statement fails; ValueError and
    TypeError of a value. Each leaves nothing behind."""
    if link.pgconn.transaction_status == IN_ERROR:
        raise TransactionAborted(link.failure or doomed())
    around = WITHIN if link.depth else OWN
    yield from fill(link, options, stage, rows, around, before=before)
    return (yield from take_on(link, stage, statement, values, around))


def fill(
    link: Link,
    options: Options,
    stage: Stage,
    rows: Sequence[Any],
    around: Around,
    *,
    new: bool = True,
    before: int = 0,
) -> Conversation[None]:
    """Bring rows into the table, which is made where it is `new`; `before` them others have come. QueryError while
    another one is being filled."""
    if new and link.staged > NOWHERE:
        raise QueryError(
            "an update_many or delete_many of this transaction is still taking its rows, and another one cannot run "
            f"meanwhile, on {stage.target.table}: put the rows into a list first, or run it when that one is done"
        )
    behind = link.staged == BEHIND
    while True:
        source = copy_source(link, stage.target, stage.written, rows, before)
        if link.local is not options.settings and link.pgconn.transaction_status != IDLE:
            yield from settle(link, options.settings)
        before, pgconn = link.sent, link.pgconn
        commands = ahead(link, options.settings)
        if new:  # an interrupt may come at any time from here on
            link.staged = link.depth if around is OTHERS else BEHIND
        pgconn.send_query(b"; ".join((*commands, stage.sql(around.begin, new=new, behind=behind))))
        results: list[PGresult] = yield from generators.execute(pgconn)
        results = brought_back(link, options.settings, commands, results, before)
        if not results:
            raise out_of_step(link)
        if results[-1].status != COPY_IN:
            yield from _given_up(link, around, refused(link, results[-1], bound=False))
        link.sent = ONCE
        error: DbError | None = None
        if new and results[-3].get_value(0, 0) != b"1":
            error = InvalidSql(stage.otherwise, sqlstate="42P10")
        found = server_columns(results[-2])
        fits = stage.target.fits(found, link.types)
        if fits and error is None:
            break
        yield from no_rows(link)
        yield from _undo(link, around)
        missing = link.types.missing([column.oid for column in found])
        if error is not None:
            raise error
        if missing:
            yield from learn(link, missing, set())
        if not missing or link.types.missing([column.oid for column in found]):
            raise NotStaged(_misfit(stage, link, found))
        new = new and bool(around.undo)  # else it is there
    try:
        yield from source.pour(link)
    except DbError as failed:
        yield from _given_up(link, around, failed)
    except Exception:  # whatever a codec of the user's own raises
        yield from _undo(link, around)
        raise


def take_on(
    link: Link, stage: Stage, statement: Executable[Any], values: Sequence[object], around: Around
) -> Conversation[Any]:
    """Run the statement that takes the rows from the table, and end what is around it, all in one message. What it
    returns is read before that is kept."""
    reader = introduce(link, statement, named=False)  # its table is another one each time
    buffers = encode(reader.encoders, values, statement.parameters)
    keys = ", ".join(map(staged_column, range(stage.distinct)))
    first = (f"CREATE UNIQUE INDEX ON {STAGED} ({keys})".encode(),) if keys else ()
    last = () if statement.returns_rows else around.end
    pgconn = link.pgconn
    piped(link, first, single=False)
    send(link, reader, buffers, reader.encoders.formats)
    put(link, last)
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
            yield from _undo(link, around)
            raise error
    if len(results) != len(first) + 1 + len(last):
        raise out_of_step(link)
    result = results[len(first)]
    if not statement.returns_rows:
        link.staged = NOWHERE
        return result.command_tuples or 0
    try:
        if changed(reader, result):
            yield from known(link, statement, server_columns(result))
        rows = read(statement, reader, result, 0)
    except Exception:  # whatever a function given to `map` raises
        yield from _undo(link, around)
        raise
    if around.end == OWN.end:
        if (failure := (yield from commit(link))) is not None:
            raise failure
    else:
        yield from command(link, b"; ".join(around.end))
    link.staged = NOWHERE
    return rows


def _undo(link: Link, around: Around) -> Conversation[None]:
    """As if nothing had been; what somebody else has begun he undoes."""
    if not around.undo:
        return
    if link.pgconn.transaction_status != IDLE:
        yield from command(link, around.undo)
    link.staged = NOWHERE


def _given_up(link: Link, around: Around, error: DbError) -> Conversation[None]:
    """Raise what stands by itself, and NotStaged for what may go another way: no right to make temporary tables, a
    transaction that only reads, a value that the table's type refuses."""
    state = error.sqlstate or "08"
    if isinstance(error, ConnectionLost):
        raise error
    yield from _undo(link, around)
    if state in _LIMITS or state.startswith(_OVER):
        raise error
    raise NotStaged(error)


def _misfit(stage: Stage, link: Link, found: Sequence[Any]) -> DbError:
    """Which column of the table is of a type that is another one where it was declared."""
    for name, type_, column in zip(stage.target.names, stage.target.types, found, strict=True):
        one = stage.target._replace(types=(type_,))
        if not one.fits([column], link.types):
            return SchemaMismatch(stage.target.table, name, type_.name, link.types.shown(column.oid))
    return InvalidSql("the temporary table has other columns than were asked for")
