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
    target: int | None


STATISTICS: Final = Reading(
    StatisticsFact,
    "pg_statistic_ext",
    """
SELECT 'statistics', n.nspname, '', s.stxname, s.oid::int8, 0,
  pg_get_userbyid(s.stxowner), s.stxrelid::regclass::text, pg_get_statisticsobjdef(s.oid), nullif(s.stxstattarget, -1)
FROM pg_statistic_ext s
JOIN pg_namespace n ON n.oid = s.stxnamespace
WHERE n.nspname !~ '^pg_(toast_)?temp_'
""",
)
