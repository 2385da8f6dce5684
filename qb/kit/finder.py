# Made by tools/sync.py from async_finder.py: change that one, then run `make generate`.
"""`discover`: the tables that a database has, as values to query."""

from __future__ import annotations

from qb.errors.outcome import Outcome
from qb.kit.discovered import DiscoveredTable
from qb.kit.reader import introspect
from qb.kit.tables_found import tables_of
from qb.run.database.db import Db


def discover(db: Db, schema: str = "public") -> Outcome[dict[str, DiscoveredTable]]:
    """The tables and views of a PostgreSQL schema by their names, read from the catalog at this moment.

    For what is known at run time alone: databases of others, of which each has tables of its own. Columns and rows are
    typed by the catalog; names, whatever is in them, are quoted, and values bound as anywhere. Changes nothing.
    `tables_of` does the same with a catalog that was read before.

    >>> from qb.kit import discover
    >>> found = (discover(db)).unwrap()
    >>> list(found)
    ['tasks', 'users']
    >>> db.first(found["users"].select("id", "name", "settings").order_by(found["users"]["id"]))
    <Success: DiscoveredRow({'id': 1, 'name': 'Ada', 'settings': {'theme': 'dark', 'labels': ['admin']}})>
    """
    outcome = introspect(db)
    return outcome.map(lambda catalog: tables_of(catalog, schema))
