"""The columns of tables and views, and the attributes of composite types.

https://www.postgresql.org/docs/current/catalog-pg-attribute.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.plain_values import PLAIN_COLUMN_OPTION
from qb.kit.facts.texts import SqlNames, SqlText
from qb.model.object import Identity


class ColumnFact(Fact, frozen=True):
    """A column. Only what its type does not say by itself is told: its collation, its storage."""

    of: str
    """The kind of what it is in: table, view, composite."""
    position: int
    type: SqlNames
    base: SqlNames
    """Its type as the catalog calls it, without limits; of an array its elements'."""
    collation: SqlNames | None
    not_null: bool
    default: SqlText | None
    """An expression; of a generated column what it is computed by."""
    identity: str
    """"", by default or always."""
    generated: str
    """"", stored or virtual."""
    storage: str | None
    compression: str | None
    statistics: int | None
    options: tuple[str, ...]
    inherited: bool
    """Whether a parent has it, too."""
    local: bool
    """Whether it is its own and not its parents' alone."""

    def needs(self, identity: Identity) -> Iterable[Identity]:
        """What it is in."""
        return (Identity(self.of, identity.schema, "", identity.table),)


# `pg_attver` is a stamp of the server's own: Debian's 15.20 writes another number into each column.
COLUMN_FACTS: Final = Reading(
    ColumnFact,
    "pg_class",
    """
SELECT CASE c.relkind WHEN 'c' THEN 'attribute' ELSE 'column' END, n.nspname, c.relname, a.attname,
  c.oid::int8, a.attnum,
  CASE c.relkind WHEN 'f' THEN 'foreign table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
    WHEN 'c' THEN 'composite type' ELSE 'table' END,
  CASE WHEN g.numbers IS NULL THEN a.attnum
    ELSE a.attnum - (SELECT count(*) FROM unnest(g.numbers) AS dropped WHERE dropped < a.attnum) END,
  format_type(a.atttypid, a.atttypmod),
  CASE WHEN b.typnamespace = 'pg_catalog'::regnamespace THEN b.typname::text
    ELSE b.typnamespace::regnamespace || '.' || quote_ident(b.typname) END,
  CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
  a.attnotnull,
  CASE WHEN a.atthasdef THEN pg_get_expr(d.adbin, d.adrelid) END,
  CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' ELSE '' END,
  CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' ELSE '' END,
  CASE WHEN a.attstorage <> t.typstorage THEN
    CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END END,
  CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
  nullif(a.attstattarget, -1),
  CASE WHEN a.attoptions IS NULL AND a.attfdwoptions IS NULL THEN ARRAY[]::text[] ELSE ARRAY(
    SELECT option FROM unnest(a.attoptions) AS option WHERE option !~ '^pg_attver='
    UNION ALL SELECT """
    + PLAIN_COLUMN_OPTION
    + """ FROM unnest(a.attfdwoptions) AS option
    ORDER BY 1
  ) END,
  a.attinhcount > 0, a.attislocal
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
LEFT JOIN (
  SELECT attrelid, array_agg(attnum) AS numbers FROM pg_attribute WHERE attisdropped GROUP BY attrelid
) g ON g.attrelid = c.oid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND c.oid >= 16384 AND c.relpersistence <> 't'
""",
)
