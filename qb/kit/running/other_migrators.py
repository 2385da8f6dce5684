"""Other programs that migrate the same database: told by their tables, and stopped for unless the config knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from qb.errors.outcome import unwrap
from qb.kit.config import Migrator
from qb.kit.running.errors import OtherMigrator
from qb.kit.running.journal import Journal
from qb.query.raw import sql
from qb.run.database.db import Db

_TABLES: Final[Mapping[str, Migrator]] = {
    "alembic_version": "alembic",
    "directus_migrations": "directus",
    "django_migrations": "django",
    "__drizzle_migrations": "drizzle",
    "flyway_schema_history": "flyway",
    "kysely_migration": "kysely",
    "_prisma_migrations": "prisma",
}
"""In any schema."""
_FOUND: Final = """
SELECT n.nspname::text, c.relname::text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = ANY ({names}::text[]) AND c.relkind IN ('r', 'p')
  OR c.relname = 'schema_migrations' AND n.nspname = 'supabase_migrations' ORDER BY 1, 2
"""


def refuse_others(db: Db, coexist: Sequence[Migrator], journal: str = "qb") -> None:
    """Raise `OtherMigrator` where another program keeps a history of this database, nobody has said that it may, and it
    was not taken over."""
    names = list(_TABLES)
    known: tuple[str, ...] | None = None
    for schema, table in unwrap(db.all(sql(_FOUND, names=names).rows(tuple[str, str]))):
        migrator = _TABLES.get(table, "supabase")
        if migrator in coexist:
            continue
        known = Journal(journal).adopted(db) if known is None else known
        if migrator not in known:
            raise OtherMigrator(migrator, f"{schema}.{table}")
