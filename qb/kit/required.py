# Made by tools/sync.py from async_required.py: change that one, then run `make generate`.
"""`requires`: what looks whether a database has what it must have."""

from __future__ import annotations

from collections.abc import Callable

from qb.errors import SchemaIncomplete
from qb.errors.outcome import Failure, Outcome, Success
from qb.kit.needed import lacking
from qb.kit.reader import introspect
from qb.model.schema import Schema
from qb.run.database.db import Db


def requires(schema: Schema) -> Callable[[Db], Outcome[None]]:
    """A function that looks whether a database has what a schema says: for `verify` of `connect_each`.

    It reads the catalog and changes nothing. What is not there is named in a SchemaIncomplete: see `lacking`.

    >>> from qb.kit import requires
    >>> requires(schema(User, Task))(db)
    <Success: None>
    >>> class Invoice(Table, name="invoices"):
    ...     id: Col[int] = column(primary_key=True)
    >>> requires(schema(User, Invoice))(db)
    <Failure: the database lacks what it must have: table public.invoices>
    """

    def verify(db: Db) -> Outcome[None]:
        outcome = introspect(db)
        if isinstance(outcome, Failure):
            return Failure(outcome.failure())
        absent = lacking(schema, outcome.unwrap())
        return Failure(SchemaIncomplete(absent)) if absent else Success(None)

    return verify
