"""`requires_async`: what looks whether a database has what it must have."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from qb.errors import SchemaIncomplete
from qb.errors.outcome import Failure, Outcome, Success
from qb.kit.async_reader import introspect_async
from qb.kit.needed import lacking
from qb.model.schema import Schema
from qb.run.database.async_db import AsyncDb


def requires_async(schema: Schema) -> Callable[[AsyncDb], Awaitable[Outcome[None]]]:
    """A function that looks whether a database has what a schema says: for `verify` of `connect_each_async`.

    It reads the catalog and changes nothing. What is not there is named in a SchemaIncomplete: see `lacking`.

    >>> from qb.kit import requires_async
    >>> await requires_async(schema(User, Task))(db)
    <Success: None>
    >>> class Invoice(Table, name="invoices"):
    ...     id: Col[int] = column(primary_key=True)
    >>> await requires_async(schema(User, Invoice))(db)
    <Failure: the database lacks what it must have: table public.invoices>
    """

    async def verify(db: AsyncDb) -> Outcome[None]:
        outcome = await introspect_async(db)
        if isinstance(outcome, Failure):
            return Failure(outcome.failure())
        absent = lacking(schema, outcome.unwrap())
        return Failure(SchemaIncomplete(absent)) if absent else Success(None)

    return verify
