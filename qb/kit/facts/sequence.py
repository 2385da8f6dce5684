"""Sequences. https://www.postgresql.org/docs/current/catalog-pg-sequence.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.texts import PlainName, SqlNames


class SequenceFact(Fact, frozen=True):
    """A sequence: how it counts, not how far it is."""

    owner: PlainName
    persistence: str
    type: SqlNames
    start: int
    increment: int
    min: int
    max: int
    cache: int
    cycle: bool
    column: SqlNames | None
    """The column that owns it, `schema.table.column`."""
    identity: bool
    """Whether it is that of an identity column."""


SEQUENCES: Final = Reading(
    SequenceFact,
    "pg_class",
    """
SELECT 'sequence', n.nspname, '', c.relname, c.oid::int8, 0,
  pg_get_userbyid(c.relowner),
  CASE c.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END,
  format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
  CASE WHEN a.attname IS NOT NULL THEN d.refobjid::regclass::text || '.' || quote_ident(a.attname) END,
  d.deptype IS NOT DISTINCT FROM 'i'
FROM pg_sequence s
JOIN pg_class c ON c.oid = s.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
  AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.oid >= 16384 AND c.relpersistence <> 't'
""",
)
