"""How many rows a query was to give: the difference between `all`, `one`, `first` and `scalar`."""

from __future__ import annotations

from typing import Any, TypeVar

from returns.result import Failure, Success

from qb.errors import DbError, ManyRows, NotFound, Outcome, QueryError
from qb.run.statements import Statement
from qb.sql.rows import Rows

R = TypeVar("R")


def only(rows: list[R], statement: Statement[Any]) -> Outcome[R]:
    """The one row there is, else NotFound or ManyRows."""
    if len(rows) == 1:
        return Success(rows[0])
    table = next((column.table for column in statement.columns if column.table), None)
    return Failure(ManyRows(table) if rows else NotFound(table))


def single(statement: Statement[Any]) -> None:
    """QueryError unless the statement has one column."""
    if len(statement.columns) != 1:
        raise QueryError(f"scalar reads one value, and the query has {len(statement.columns)} columns: use `one`")


def commands_only(command: object) -> None:
    """QueryError for a query: the count of its rows is rarely what was meant."""
    if isinstance(command, Rows):
        raise QueryError("the statement returns rows: run it with `all`, `one`, `first`, `scalar` or `stream`")


def concluded(outcome: object) -> None:
    """QueryError for a function that says neither Success nor Failure: nobody could know what to do with its work."""
    if not isinstance(outcome, Success | Failure):
        raise QueryError(
            f"transact takes a function that returns Success or Failure, and it returned {type(outcome).__name__}: "
            "the transaction was rolled back"
        )


def returned(error: DbError) -> Failure[DbError]:
    """An error as a value: without the stack it was raised through, which holds on to parameters and connections."""
    error.__traceback__ = None
    error.__context__ = None
    return Failure(error)
