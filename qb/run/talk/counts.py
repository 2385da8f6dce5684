"""How many rows a query was to give: the difference between `all`, `one`, `first` and `scalar`."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Coroutine
from typing import Any, Final, Never, TypeVar, cast

from returns import result
from returns.primitives.exceptions import UnwrapFailedError
from returns.result import Result

from qb.errors import ConnectionLost, DbError, DecodeError, ManyRows, NotFound, QueryError, SchemaMismatch, ServerError
from qb.errors.family import met
from qb.errors.outcome import Failure, Outcome, Success, rewatched, watched
from qb.errors.unseen import ABORTED
from qb.query.raw_row import document_of
from qb.query.statement import Rows
from qb.run.session.executable import Executable
from qb.run.session.link import Link
from qb.run.talk.owned import HeldLink, ending_of
from qb.tree.shapes import EntityShape

COMMITTED: Final = (
    "qb: what the statement wrote is committed, though its rows could not be made: in a transaction it would have been "
    "rolled back"
)

E = TypeVar("E")
R = TypeVar("R")
T = TypeVar("T")


# What follows is given the same three by whoever has run a statement, so that nothing has to be put together for it.


def every(found: T, _: object, __: object = None) -> Outcome[T]:
    """What was found, whatever it is."""
    return Success(found)


def at_most_one(rows: list[R], _: object, __: object = None) -> Outcome[R | None]:
    """The first row, None where there is none."""
    return Success(rows[0] if rows else None)


def exactly_one(rows: list[R], statement: Executable[Any], source: object = None) -> Outcome[R]:
    """The one row there is, else NotFound or ManyRows. Without a `source` the statement is undone by its failure."""
    if len(rows) == 1:
        return Success(rows[0])
    alone = source is not None and not isinstance(source, HeldLink)
    table = next((column.table for column in statement.columns if column.table), None)
    # A write that returns nothing has written nothing; one inside a query, or in a function, may have.
    committed = alone and statement.writes and (bool(rows) or not _WRITE.match(statement.sql))
    return watched(met((ManyRows if rows else NotFound)(table, committed), statement.sql), statement.sql)


_WRITE = re.compile(rb"[ \t\n\r\f\v]*(INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)


def with_committed(error: DbError, link: Link, statement: Executable[Any]) -> DbError:
    """The error of rows that could not be read; it says so where what the statement wrote is committed all the same."""
    if link.depth or not statement.writes:
        return error
    match error:
        case DecodeError(table, column, row, path, reason):
            return DecodeError(table, column, row, path, reason, committed=True)
        case SchemaMismatch(table, column, declared, found, reason):
            return SchemaMismatch(table, column, declared, found, reason, committed=True)
        case _:
            return error


def remarked(error: Exception, link: Link, statement: Executable[Any]) -> None:
    """The same for an exception of the user's own, of a function given to `map`: it passes, with a note."""
    if statement.writes and not link.depth:
        error.add_note(COMMITTED)


def single(statement: Executable[Any]) -> None:
    """QueryError unless the statement has one column, or is raw SQL whose one document may be a Struct."""
    if len(statement.columns) != 1 and not (isinstance(statement.raw, EntityShape) and document_of(statement.raw)):
        raise QueryError(f"scalar reads one value, and the query has {len(statement.columns)} columns: use `one`")


def commands_only(command: object) -> None:
    """QueryError for a query: the count of its rows is rarely what was meant."""
    if isinstance(command, Rows):
        raise QueryError("the statement returns rows: run it with `all`, `one`, `first`, `scalar` or `stream`")


def concluded(outcome: object) -> None:
    """QueryError for a function that says neither Success nor Failure: nobody could know what to do with its work."""
    no_coroutine(outcome)
    if not isinstance(outcome, Result):
        raise QueryError(
            f"transact takes a function that returns Success or Failure, and it returned {type(outcome).__name__}: "
            "the transaction was rolled back"
        )


def coroutine_of(given: object, work: object) -> None:
    """QueryError for a plain function that was given to the `transact` of coroutines."""
    if not isinstance(given, Awaitable):
        raise QueryError(
            f"{work_name(work)}: the transact of an async database takes a coroutine function, and this one returned "
            f"{type(given).__name__}: write it with `async def`; the transaction was rolled back"
        )


def no_coroutine(given: object) -> None:
    """QueryError for a coroutine function that was given to the `transact` of plain ones, and has not run."""
    if isinstance(given, Coroutine):
        given.close()
        raise QueryError(
            "transact takes a plain function, and this one returned a coroutine: write it without `async`, or use the "
            "database of connect_async; the transaction was rolled back"
        )


def given_back(
    outcome: Success[T] | Failure[E, object], work: object, doomed: DbError | None
) -> Success[T] | Failure[E | DbError, T]:
    """What `transact` returns: its function's outcome, at which qb has looked and the caller has yet to.

    A function may give the outcome of a statement that was not run, as another one had failed before it. That says only
    that the transaction has failed: what comes back is what it failed of, `doomed`.
    """
    return rewatched(outcome, work_name(work), _cause(outcome, doomed))


def _cause(outcome: object, doomed: DbError | None) -> DbError | None:
    """What a transaction failed of, where its function's outcome only says that it has."""
    if doomed is None or doomed.sqlstate == ABORTED or isinstance(doomed, ConnectionLost) or not is_failure(outcome):
        return None
    error: object = cast("Any", outcome).failure()
    return without_stack(doomed) if isinstance(error, ServerError) and error.sqlstate == ABORTED else None


def work_name(work: object) -> str:
    """A function given to `transact`, in place of a statement."""
    return f"transact({getattr(work, '__qualname__', type(work).__qualname__)})"


def halted(stop: UnwrapFailedError) -> DbError:
    """The DbError that `.unwrap()` of a Failure stopped at: as good as raising it. Anything else is raised again."""
    container: Any = cast("Any", stop).halted_container
    error: object = container.failure() if is_failure(container) else None
    if isinstance(error, DbError):
        return error
    raise stop


def is_failure(outcome: object) -> bool:
    """Whether it is a Failure, ours or that of `returns`."""
    return isinstance(outcome, result.Failure)  # noqa: TID251


def returned(error: DbError, what: str | bytes, source: object = None) -> Failure[DbError, Never]:
    """An error as a value: without the stack it was raised through, which holds on to parameters and connections.

    `what` it was: the SQL of a statement, or words in the place of several.
    """
    if isinstance(what, bytes):
        met(error, what)
    return watched(without_stack(error), what, ending_of(source))


def without_stack(error: DbError) -> DbError:
    """An error without the stack it was raised through."""
    error.__traceback__ = None
    error.__context__ = None
    return error
