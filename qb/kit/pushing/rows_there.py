"""What of a plan's losses is nothing, as no row is there; and what holds that to the end.

https://www.postgresql.org/docs/current/sql-lock.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from qb.errors.outcome import Success
from qb.kit.catalog import Catalog
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.table import TableFact
from qb.kit.planning.ddl.sql_names import dotted
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.sides import loss_name
from qb.model.object import Identity
from qb.query.raw import sql
from qb.render.literals import dollar_quoted
from qb.run.database.database import Database
from qb.types.identifier import quoted
from qb.types.trusted import trusted

ROWS_HAVE_COME: Final = "QBROW"
"""The SQLSTATE of a guard that fails."""
_OF_COLUMNS: Final = ("drop-column", "narrow")


class EmptyPlaces:
    """Tables and columns of a database that are named as lost, and hold nothing."""

    def __init__(self, db: Database, before: Catalog) -> None:
        self._db: Final = db
        self._before: Final = before
        self._names: Final = _by_loss(before)

    def guards(self, planned: MigrationPlan) -> Mapping[str, str]:
        """The losses that are none, and of each the statement that fails where a row has come in the meantime; what
        it looks at stays as it is to the end of its transaction."""
        found: dict[str, str] = {}
        for name in planned.loses:
            where = self._names.get(name)
            if where is not None and self._is_empty(where):
                found[name] = _guard(where)
        return found

    def unasked(self, planned: MigrationPlan) -> frozenset[str]:
        """The values that nobody has to say, as the table holds no row; where one has come the server refuses it."""
        found: set[str] = set()
        for each in planned.up:
            table = Identity("table", each.identity.schema, "", each.identity.table)
            if each.asks and table in self._before and self._is_empty(table):
                found.add(each.asks)
        return frozenset(found)

    def _is_empty(self, where: Identity) -> bool:
        """Where it cannot be told it is not: policies may hide rows."""
        text = f"SELECT NOT EXISTS ({_rows_of(where)})".replace("{", "{{").replace("}", "}}")
        with self._db.transaction(rollback=True) as tx:
            if not isinstance(tx.execute(sql("SET LOCAL row_security = off").command()), Success):
                return False
            return tx.scalar(sql(trusted(text)).rows(bool)).value_or(False)


def _by_loss(before: Catalog) -> Mapping[str, Identity]:
    """What a loss is about; a name with dots may be that of two, and then it is of none."""
    named: list[tuple[str, Identity]] = []
    for each, fact in before.items():
        if isinstance(fact, TableFact) and each.kind == "table":
            named.append((loss_name("drop-table", each), each))
        elif isinstance(fact, ColumnFact) and fact.of == "table":
            named += [(loss_name(kind, each), each) for kind in _OF_COLUMNS]
    counts = Counter(name for name, _ in named)
    return {name: each for name, each in named if counts[name] == 1}


def _rows_of(where: Identity) -> str:
    if where.kind == "table":
        return f"SELECT FROM {dotted(where.schema, where.name)}"
    return f"SELECT FROM {dotted(where.schema, where.table)} WHERE {quoted(where.name)} IS NOT NULL"


def _guard(where: Identity) -> str:
    table = dotted(where.schema, where.table or where.name)
    body = (
        f"BEGIN PERFORM pg_catalog.set_config('row_security', 'off', true); LOCK TABLE {table} IN ACCESS EXCLUSIVE "
        f"MODE; IF EXISTS ({_rows_of(where)}) THEN RAISE SQLSTATE '{ROWS_HAVE_COME}'; END IF; END"
    )
    return f"DO {dollar_quoted(body)}"
