# Made by tools/sync.py from async_expecting.py: change that one, then run `make generate`.
"""`expects`: what looks whether a database has the migrations that a program was written for."""

from __future__ import annotations

from collections.abc import Callable

from qb.errors import SchemaIncomplete
from qb.errors.outcome import Failure, Outcome, Success
from qb.kit.history.history import History
from qb.kit.running.journal import Journal
from qb.kit.running.lacking_migrations import lacking_migrations
from qb.run.database.db import Db


def expects(head: History | str, *, journal: str = "qb") -> Callable[[Db], Outcome[None]]:
    """A function that looks whether a database has a migration, or all of a history: for the start of an application,
    and for `verify` of `connect_each`.

    One round trip reads the journal alone. What is not there, or only begun, is named in a SchemaIncomplete. A database
    that has more is ahead of the code, as it is while a new version is rolled out, and that is no failure.

    >>> from qb.kit import expects
    >>> expects("0001_notes")(db)
    <Failure: the database lacks what it must have: migration 0001_notes>
    """

    def verify(db: Db) -> Outcome[None]:
        outcome = Journal.rows_of(db.all(Journal(journal).query))
        if isinstance(outcome, Failure):
            return Failure(outcome.failure())
        absent = lacking_migrations(head, outcome.unwrap())
        return Failure(SchemaIncomplete(absent)) if absent else Success(None)

    return verify
