"""Tables, foreign ones and partitioned ones included.

https://www.postgresql.org/docs/current/catalog-pg-class.html
"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.plain_values import PLAIN_OPTION
from qb.kit.facts.storage_options import options_in_order
from qb.kit.facts.texts import PlainName, SqlNames, SqlText


class TableFact(Fact, frozen=True):
    """A table without what is in it: columns, constraints, indexes and the like are facts of their own."""

    owner: PlainName
    persistence: str
    """permanent or unlogged."""
    options: tuple[str, ...]
    """Storage parameters, `fillfactor=70`; those of its TOAST table begin with `toast.`."""
    access_method: PlainName | None
    tablespace: PlainName | None
    row_security: bool
    forced: bool
    """Whether row-level security holds its owner, too."""
    replica_identity: str
    """default, nothing, full, or index: then the index says so itself."""
    partition_key: SqlText | None
    bound: SqlText | None
    """What a partition holds."""
    inherits: tuple[SqlNames, ...]
    """Its parents; of a partition the table that it is of."""
    type: SqlNames | None
    """The composite type that it is a table of."""
    server: PlainName | None
    """Of a foreign table."""
    server_options: tuple[str, ...]


TABLES: Final = Reading(
    TableFact,
    "pg_class",
    """
SELECT CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END, n.nspname, '', c.relname, c.oid::int8, 0,
  pg_get_userbyid(c.relowner),
  CASE c.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END,
  CASE WHEN c.reloptions IS NULL AND t.reloptions IS NULL THEN ARRAY[]::text[] ELSE """
    + options_in_order("c.reloptions")
    + " || ARRAY(SELECT 'toast.' || option FROM unnest("
    + options_in_order("t.reloptions")
    + """) AS option) END,
  a.amname, s.spcname, c.relrowsecurity, c.relforcerowsecurity,
  CASE c.relreplident WHEN 'd' THEN 'default' WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' ELSE 'index' END,
  CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
  pg_get_expr(c.relpartbound, c.oid),
  coalesce(i.parents, ARRAY[]::text[]),
  CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END,
  fs.srvname, ARRAY(SELECT """
    + PLAIN_OPTION
    + """ FROM unnest(ft.ftoptions) AS option ORDER BY option)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class t ON t.oid = c.reltoastrelid AND t.reloptions IS NOT NULL
LEFT JOIN pg_am a ON a.oid = c.relam
LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
LEFT JOIN (
  SELECT inhrelid, array_agg(inhparent::regclass::text ORDER BY inhseqno) AS parents FROM pg_inherits GROUP BY inhrelid
) i ON i.inhrelid = c.oid
LEFT JOIN pg_foreign_table ft ON ft.ftrelid = c.oid
LEFT JOIN pg_foreign_server fs ON fs.oid = ft.ftserver
WHERE c.relkind IN ('r', 'p', 'f') AND c.oid >= 16384 AND c.relpersistence <> 't'
""",
)
