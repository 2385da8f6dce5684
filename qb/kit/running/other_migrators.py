"""Other programs that migrate the same database: stopped for unless the config knows them."""

from __future__ import annotations

from collections.abc import Sequence

from qb.kit.config import Migrator
from qb.kit.ours.migrators import journals_of_others
from qb.kit.running.errors import OtherMigrator
from qb.kit.running.journal import Journal
from qb.run.database.db import Db


def refuse_others(db: Db, coexist: Sequence[Migrator], journal: str = "qb") -> None:
    """Raise `OtherMigrator` where another program keeps a history of this database, nobody has said that it may, and it
    was not taken over."""
    known: tuple[str, ...] | None = None
    for each in journals_of_others(db):
        if each.migrator in coexist:
            continue
        known = Journal(journal).adopted(db) if known is None else known
        if each.migrator not in known:
            raise OtherMigrator(each.migrator, f"{each.schema}.{each.table}")
