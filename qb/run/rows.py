"""How many rows a query was to give: the difference between `all`, `one`, `first` and `scalar`."""

from __future__ import annotations

from typing import Any, TypeVar

from returns.result import Failure, Success

from qb.errors import DbError, ManyRows, NotFound, Outcome, QueryError
from qb.run.statements import Statement

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


def returned(error: DbError) -> Failure[DbError]:
    """An error as a value: without the stack it was raised through, which holds on to parameters and connections."""
    error.__traceback__ = None
    error.__context__ = None
    return Failure(error)
