"""Statistics of several columns. https://www.postgresql.org/docs/current/catalog-pg-statistic-ext.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.texts import PlainName, SqlNames, SqlText


class StatisticsFact(Fact, frozen=True):
    """A statistics object."""

    owner: PlainName
    on: SqlNames
    """The table that it is about."""
    definition: SqlText
    """With the columns by their names: the server tells them in the order of the table's, which says nothing."""
    target: int | None


STATISTICS: Final = Reading(
    StatisticsFact,
    "pg_statistic_ext",
    """
SELECT 'statistics', n.nspname, '', s.stxname, s.oid::int8, 0,
  pg_get_userbyid(s.stxowner), s.stxrelid::regclass::text,
  CASE WHEN k.plain IS NULL THEN d.whole ELSE d.head || overlay(
    d.tail placing k.sorted from strpos(d.tail, k.plain) for length(k.plain)) END,
  nullif(s.stxstattarget, -1)
FROM pg_statistic_ext s
JOIN pg_namespace n ON n.oid = s.stxnamespace,
LATERAL (
  SELECT ' ON ' || string_agg(quote_ident(a.attname), ', ' ORDER BY x.place) AS plain,
    ' ON ' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname COLLATE "C") AS sorted
  FROM unnest(s.stxkeys::int2[]) WITH ORDINALITY x(number, place)
  JOIN pg_attribute a ON a.attrelid = s.stxrelid AND a.attnum = x.number
) k,
LATERAL (
  SELECT pg_get_statisticsobjdef(s.oid) AS whole, format('CREATE STATISTICS %I.%I', n.nspname, s.stxname) AS head
) o,
LATERAL (SELECT o.whole, o.head, substr(o.whole, length(o.head) + 1) AS tail) d
WHERE n.nspname !~ '^pg_(toast_)?temp_'
""",
)
