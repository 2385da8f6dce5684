"""The journals of other programs, read where they lie. Nothing of theirs is changed."""

from __future__ import annotations

from qb.errors.outcome import unwrap
from qb.kit.adopting.foreign import AdoptSource, ForeignEntry, migrators_of
from qb.kit.ours.migrators import journals_of_others
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.types.identifier import quoted
from qb.types.trusted import trusted


def foreign_journal(db: Db, source: AdoptSource) -> tuple[ForeignEntry, ...] | None:
    """What another program says that it has run in a database, in no order; None where it has no journal there.
    DbErrors are raised.

    >>> from qb.kit.adopting.journals import foreign_journal
    >>> foreign_journal(db, "alembic") is None
    True
    """
    found: list[ForeignEntry] | None = None
    for each in journals_of_others(db):
        if each.migrator in migrators_of(source) and (how := each.journal).key:
            where = f" WHERE {how.where}" if how.where else ""
            table = f"{quoted(each.schema)}.{quoted(each.table)}"
            text = f'SELECT {how.key} AS key, {how.when} AS "when" FROM {table}{where} ORDER BY 1'
            query = sql(trusted(text.replace("{", "{{").replace("}", "}}"))).rows(ForeignEntry)
            found = [*(found or ()), *unwrap(db.all(query))]
    return None if found is None else tuple(found)
