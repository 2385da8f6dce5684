"""What the server, libpq or the operating system reports, as a `DbError`. Values stay behind: see `masking`."""

import re
from collections.abc import Callable
from typing import Final

import psycopg
from psycopg.pq import DiagnosticField
from psycopg.pq.abc import PGresult

from qb.errors import ConnectionLost, ConnectionRefused, DbError, EncodeError, SchemaMismatch, ServerError
from qb.errors.family import Report
from qb.render.ddl.standing import DIFFERS
from qb.run.report.masking import composed, key_columns, told

BY_STATE: Final = {state: member for member in DbError.__subclasses__() for state in member.states}
"""What an SQLSTATE means, or one that begins so. https://www.postgresql.org/docs/current/errcodes-appendix.html"""

# libpq does not give the SQLSTATE of a refused connection away, only its text. In another language than English there
# is none, rather than a guess.
_REFUSALS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), sqlstate)
    for pattern, sqlstate in (
        (r"password authentication failed|no password supplied", "28P01"),
        (r'role ".*" does not exist|no pg_hba\.conf entry|authentication failed', "28000"),
        (r'database ".*" does not exist', "3D000"),
        (r"too many clients already|remaining connection slots|too many connections for", "53300"),
        (r"the database system is (starting up|shutting down|not yet accepting|in recovery)", "57P03"),
        (r'permission denied for database "', "42501"),
    )
)


def from_result(
    result: PGresult, *, bound: bool = True, overran: bool = False, written: Callable[[int], int] | None = None
) -> DbError:
    """The error that a libpq result reports. `bound`: whether the statement had parameters; `overran`: whether it ran
    for as long as its limit allows; `written`: where a place in what was sent is in the query that was written."""

    def field(name: DiagnosticField) -> str | None:
        return _text(result.error_field(name))

    return _from_fields(field, None, bound=bound, overran=overran, written=written)


def farewell(result: PGresult) -> bool:
    """Whether these are the server's last words: it closes the connection. In whatever language it says so."""
    severity = result.error_field(DiagnosticField.SEVERITY_NONLOCALIZED)
    return severity == b"FATAL" or severity == b"PANIC"


def from_exception(error: psycopg.Error | OSError, *, bound: bool = True, overran: bool = False) -> DbError:
    """The error that psycopg raised, or the operating system on the socket, after a connection was made."""
    if isinstance(error, OSError):
        return ConnectionLost(error.strerror or type(error).__name__)
    if sqlstate := error.diag.sqlstate or error.sqlstate:
        diag = error.diag
        values: dict[DiagnosticField, str | None] = {
            DiagnosticField.SQLSTATE: sqlstate,
            DiagnosticField.MESSAGE_PRIMARY: diag.message_primary,
            DiagnosticField.MESSAGE_DETAIL: diag.message_detail,
            DiagnosticField.MESSAGE_HINT: diag.message_hint,
            DiagnosticField.STATEMENT_POSITION: diag.statement_position,
            DiagnosticField.CONTEXT: diag.context,
            DiagnosticField.SCHEMA_NAME: diag.schema_name,
            DiagnosticField.TABLE_NAME: diag.table_name,
            DiagnosticField.COLUMN_NAME: diag.column_name,
            DiagnosticField.DATATYPE_NAME: diag.datatype_name,
            DiagnosticField.CONSTRAINT_NAME: diag.constraint_name,
            DiagnosticField.SOURCE_FUNCTION: diag.source_function,
        }
        return _from_fields(values.get, sqlstate, bound=bound, overran=overran)
    if isinstance(error, psycopg.DataError):  # raised by a dumper, before anything was sent
        nul = "NUL" in str(error)
        return EncodeError(None, None, "text cannot contain NUL (0x00)" if nul else type(error).__name__)
    if isinstance(error, psycopg.OperationalError):
        return ConnectionLost(_first_line(error))
    return ServerError(f"psycopg reported {type(error).__name__}")


def connection_refused(error: psycopg.Error | OSError) -> ConnectionRefused:
    """Why a connection could not be made. Of a malformed address nothing is shown: its pieces may be a password's."""
    if isinstance(error, OSError):
        return ConnectionRefused(error.strerror or type(error).__name__)
    if isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None:  # what parses it says no more than this
        return ConnectionRefused("the connection string is not valid")
    if not isinstance(error, psycopg.OperationalError):
        return ConnectionRefused(f"psycopg reported {type(error).__name__}", sqlstate=error.sqlstate)
    lines = (line.strip() for line in str(error).splitlines())
    reason = re.sub(r"^connection (failed|is bad): ", "", "; ".join(line for line in lines if line))
    guess = next((sqlstate for pattern, sqlstate in _REFUSALS if pattern.search(reason)), None)
    return ConnectionRefused(re.sub(r"  +", " ", reason), sqlstate=error.sqlstate or guess)


_SCRIPT = "several statements run as one script: db.run(qb.Script(...)), each of them an argument"


REPEATED: Final = (
    "two of the rows are the same by the columns of on_conflict, and one statement, of up to 100 rows in insert_many, "
    "changes a row once: make the rows distinct by these columns first, or say nothing=True"
)
"""ON CONFLICT DO UPDATE command cannot affect row a second time."""


def _from_fields(
    get: Callable[[DiagnosticField], str | None],
    sqlstate: str | None,
    *,
    bound: bool,
    overran: bool,
    written: Callable[[int], int] | None = None,
) -> DbError:
    state = get(DiagnosticField.SQLSTATE) or sqlstate
    message = get(DiagnosticField.MESSAGE_PRIMARY) or ""
    if state is None:  # made by libpq itself, not by a server
        return ConnectionLost(message.strip() or "the server closed the connection")
    if state == DIFFERS:  # of the block that create_all wrote: what is in it are names and types
        fields = (DiagnosticField.TABLE_NAME, DiagnosticField.COLUMN_NAME, DiagnosticField.DATATYPE_NAME)
        table, column, declared = map(get, fields)
        kind = get(DiagnosticField.CONSTRAINT_NAME)
        if kind == "role":
            said = f"is declared as a role with {declared}, and the server has one with {message}"
            remedy = "change the declaration, or the role with ALTER ROLE"
            return SchemaMismatch(table, None, declared or "", message, f"{said}: {remedy}")
        if kind:
            a = "an" if kind[0] in "aeiou" else "a"
            said = f"is declared as {a} {kind} whose {column} is {declared}, and the server has {message}"
            remedy = f"change the declaration, or drop the {kind} and create it anew"
            return SchemaMismatch(table, None, declared or "", message, f"{said}: {remedy}")
        return SchemaMismatch(table, column, declared or "", message)
    source = get(DiagnosticField.SOURCE_FUNCTION)
    # Parsing a *value* ($1::regtype) also reports a position, into the value; that has a context, a statement has none.
    position = get(DiagnosticField.STATEMENT_POSITION) if get(DiagnosticField.CONTEXT) is None else None
    ours = not composed(state, source)
    # A hint repeats names of the statement where the error is about the statement, and who knows what elsewhere.
    hinted = ours and position is not None and state.startswith("42") and state != "42601"
    # The one syntax error that is not the parser's: it read several statements.
    several = state == "42601" and source == "exec_parse_message"
    report = Report(
        sqlstate=state,
        message=message,
        overran=overran,
        told=REPEATED
        if source == "ExecOnConflictUpdate"
        else told(state, message, source=source, positioned=position is not None, bound=bound),
        position=_written(int(position), written) if position else None,
        hint=_SCRIPT if several else get(DiagnosticField.MESSAGE_HINT) if hinted else None,
        # RAISE ... USING puts into these fields whatever it likes.
        schema=get(DiagnosticField.SCHEMA_NAME) if ours else None,
        table=get(DiagnosticField.TABLE_NAME) if ours else None,
        column=get(DiagnosticField.COLUMN_NAME) if ours else None,
        constraint=get(DiagnosticField.CONSTRAINT_NAME) if ours else None,
        key=key_columns(get(DiagnosticField.MESSAGE_DETAIL)) if ours else (),
    )
    return (BY_STATE.get(state) or BY_STATE.get(state[:2]) or BY_STATE[""]).reported(report)


def _written(position: int, written: Callable[[int], int] | None) -> int:
    return position if written is None else written(position)


def _text(field: bytes | None) -> str | None:
    return None if field is None else field.decode("utf-8", "replace")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
