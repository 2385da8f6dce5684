"""What is told to those who give something else where a query is wanted."""

from __future__ import annotations

from qb.errors import QueryError
from qb.query.entity import entity_of
from qb.query.insert_into import InsertInto, InsertIntoReturning
from qb.query.script import Script


def not_a_query(given: object) -> QueryError:
    """The error that says what it is, and what to write."""
    if isinstance(given, InsertInto | InsertIntoReturning):
        return given.unfilled()
    if isinstance(given, Script):
        return QueryError("a script is several statements and no query: db.run(script) runs it")
    if entity_of(given) is not None:
        return QueryError(f"{given!r} is no query: write select(...) around it")
    return QueryError(
        f"this is no query: {type(given).__name__}; pass select(...), insert(...), or a call of a prepared one"
    )
