"""Which other migrators keep a history of a database: told by their journals, which are in qb.kit.ours.keepers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from qb.errors.outcome import unwrap
from qb.kit.config import Migrator
from qb.kit.ours.keepers import KEEPERS, MigratorJournal, matches
from qb.query.raw import sql
from qb.run.database.db import Db

_TABLES: Final = """
SELECT n.nspname::text AS schema, c.relname::text AS name,
  ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
  ARRAY(SELECT o.relname::text FROM pg_catalog.pg_class o
    WHERE o.relnamespace = c.relnamespace AND o.relname = ANY ({beside}::text[])) AS beside
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname LIKE ANY ({names}::text[]) ORDER BY 1, 2
"""


class FoundJournal(NamedTuple):
    """The journal of another migrator."""

    keeper: str
    migrator: Migrator
    schema: str
    table: str
    journal: MigratorJournal


class _Table(NamedTuple):
    schema: str
    name: str
    columns: list[str]
    beside: list[str]


def journals_of_others(db: Db) -> tuple[FoundJournal, ...]:
    """The journals of other migrators, by where they are. DbErrors are raised.

    >>> from qb.kit.ours.migrators import journals_of_others
    >>> journals_of_others(db)
    ()
    """
    known = [journal for keeper in KEEPERS for journal in keeper.journals]
    names = sorted({_pattern(each.table) for each in known})
    beside = sorted({each.beside for each in known if each.beside})
    rows = unwrap(db.all(sql(_TABLES, names=names, beside=beside).rows(_Table)))
    found = (next(_of(row), None) for row in rows)
    return tuple(each for each in found if each is not None)


def _of(table: _Table) -> Iterator[FoundJournal]:
    """Whose it is; the first one is it."""
    for keeper in KEEPERS:
        for each in keeper.journals:
            if keeper.migrator is not None and _is(table, each):
                yield FoundJournal(keeper.name, keeper.migrator, table.schema, table.name, each)


def _is(table: _Table, journal: MigratorJournal) -> bool:
    return (
        matches(table.name, (journal.table,))
        and journal.schema in ("", table.schema)
        and (not journal.column or journal.column in table.columns)
        and (not journal.beside or journal.beside in table.beside)
    )


def _pattern(name: str) -> str:
    """As LIKE has it."""
    return name.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%").replace("*", "%")
