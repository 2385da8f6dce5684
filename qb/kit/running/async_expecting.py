"""`expects_async`: what looks whether a database has the migrations that a program was written for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from qb.errors import SchemaIncomplete
from qb.errors.outcome import Failure, Outcome, Success
from qb.kit.history.history import History
from qb.kit.running.journal import Journal
from qb.kit.running.lacking_migrations import lacking_migrations
from qb.run.database.async_db import AsyncDb


def expects_async(head: History | str, *, journal: str = "qb") -> Callable[[AsyncDb], Awaitable[Outcome[None]]]:
    """A function that looks whether a database has a migration, or all of a history: for the start of an application,
    and for `verify` of `connect_each_async`.

    One round trip reads the journal alone. What is not there, or only begun, is named in a SchemaIncomplete. A database
    that has more is ahead of the code, as it is while a new version is rolled out, and that is no failure.

    >>> from qb.kit import expects_async
    >>> await expects_async("0001_notes")(db)
    <Failure: the database lacks what it must have: migration 0001_notes>
    """

    async def verify(db: AsyncDb) -> Outcome[None]:
        outcome = Journal.rows_of(await db.all(Journal(journal).query))
        if isinstance(outcome, Failure):
            return Failure(outcome.failure())
        absent = lacking_migrations(head, outcome.unwrap())
        return Failure(SchemaIncomplete(absent)) if absent else Success(None)

    return verify
