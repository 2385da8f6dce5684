"""Indexes, those that hold a constraint included. https://www.postgresql.org/docs/current/catalog-pg-index.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.storage_options import definition_in_order, options_in_order
from qb.kit.facts.texts import PlainName, SqlNames, SqlText


class IndexFact(Fact, frozen=True):
    """An index."""

    definition: SqlText | None
    """None where it holds a constraint, whose definition says it."""
    unique: bool
    valid: bool
    ready: bool
    """Whether it is kept up with what is written; one that was left half built is not."""
    options: tuple[str, ...]
    tablespace: PlainName | None
    clustered: bool
    replica_identity: bool
    constraint: PlainName | None
    """The constraint that it holds."""
    parent: SqlNames | None
    """The index of the partitioned table that it is a part of."""
    statistics: tuple[str, ...]
    """`column number=target`."""


INDEXES: Final = Reading(
    IndexFact,
    "pg_class",
    """
SELECT 'index', n.nspname, c.relname, i.relname, i.oid::int8, 0,
  CASE WHEN k.conname IS NULL THEN """
    + definition_in_order("pg_get_indexdef(i.oid)", "i.reloptions")
    + """ END, x.indisunique, x.indisvalid, x.indisready,
  """
    + options_in_order("i.reloptions")
    + """,
  s.spcname, x.indisclustered, x.indisreplident, k.conname,
  CASE WHEN h.inhparent IS NOT NULL THEN h.inhparent::regclass::text END,
  coalesce(a.targets, ARRAY[]::text[])
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = i.relnamespace
LEFT JOIN pg_tablespace s ON s.oid = i.reltablespace
LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_inherits h ON h.inhrelid = i.oid
LEFT JOIN (
  SELECT attrelid, array_agg(attnum || '=' || attstattarget ORDER BY attnum) AS targets
  FROM pg_attribute WHERE attstattarget >= 0 AND attrelid >= 16384 GROUP BY attrelid
) a ON a.attrelid = i.oid
WHERE x.indexrelid >= 16384 AND c.relkind <> 't' AND c.relpersistence <> 't'
""",
)
