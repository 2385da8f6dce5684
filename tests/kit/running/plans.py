"""What a run leaves."""

from __future__ import annotations

from qb import Database, sql, trusted
from qb.kit import Catalog, introspect
from qb.kit.running.journal import Journal


def seen(db: Database) -> tuple[Catalog, list[str], list[tuple[str, str, int]]]:
    """All that a run leaves: the catalog, what was written into the log, what the journal has."""
    book = [(each.id, str(each.state), each.done) for each in Journal().read(db).unwrap()]
    there = db.scalar(sql("SELECT to_regclass('log') IS NOT NULL").rows(bool)).unwrap()
    log = sql(trusted("SELECT what FROM log ORDER BY what")).rows(str)
    return introspect(db).unwrap(), db.all(log).unwrap() if there else [], book
