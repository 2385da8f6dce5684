"""The journals of other programs, read where they lie. Nothing of theirs is changed."""

from __future__ import annotations

from typing import Final

from qb.errors.outcome import unwrap
from qb.kit.adopting.foreign import AdoptSource, ForeignEntry
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.types.identifier import quoted
from qb.types.trusted import trusted

_TABLES: Final[dict[AdoptSource, tuple[str, str, str]]] = {
    "alembic": ("alembic_version", "version_num::text", "NULL::text"),
    "django": ("django_migrations", "app || '.' || name", "applied::text"),
    "kysely": ("kysely_migration", "name::text", "timestamp::text"),
    "drizzle": ("__drizzle_migrations", "created_at::text", "NULL::text"),
    "prisma": ("_prisma_migrations", "migration_name::text", "finished_at::text"),
    "supabase": ("schema_migrations", "version::text", "NULL::text"),
    "flyway": ("flyway_schema_history", "version::text", "installed_on::text"),
    "dbmate": ("schema_migrations", "version::text", "NULL::text"),
    "folders": ("__diesel_schema_migrations", "version::text", "run_on::text"),
}
"""The table of each, in whatever schema it is, and of a line its key and when it was run."""
_WHERE: Final[dict[AdoptSource, str]] = {
    "prisma": "finished_at IS NOT NULL AND rolled_back_at IS NULL",
    "flyway": "success AND version IS NOT NULL",
}
_FOUND: Final = """
SELECT n.nspname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = {table} AND c.relkind IN ('r', 'p') AND (n.nspname = 'supabase_migrations') = {theirs} ORDER BY 1
"""
_NAMED: Final = """
SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute
  WHERE attrelid = pg_catalog.to_regclass({table}) AND attname = 'name' AND NOT attisdropped)
"""


def foreign_journal(db: Db, source: AdoptSource) -> tuple[ForeignEntry, ...] | None:
    """What another program says that it has run in a database, in no order; None where it has no journal there.
    DbErrors are raised.

    >>> from qb.kit.adopting.journals import foreign_journal
    >>> foreign_journal(db, "alembic") is None
    True
    """
    table, key, when = _TABLES[source]
    found: list[ForeignEntry] | None = None
    for schema in unwrap(db.all(sql(_FOUND, table=table, theirs=source == "supabase").rows(str))):
        whole = f"{quoted(schema)}.{quoted(table)}"
        if source == "drizzle" and unwrap(db.scalar(sql(_NAMED, table=whole).rows(bool))):
            key = "coalesce(name::text, created_at::text)"  # since version 1
        where = f" WHERE {_WHERE[source]}" if source in _WHERE else ""
        text = f'SELECT {key} AS key, {when} AS "when" FROM {whole}{where} ORDER BY 1'.replace("{", "{{").replace(
            "}", "}}"
        )
        found = [*(found or ()), *unwrap(db.all(sql(trusted(text)).rows(ForeignEntry)))]
    return None if found is None else tuple(found)
