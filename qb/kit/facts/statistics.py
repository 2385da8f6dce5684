"""Statistics of several columns. https://www.postgresql.org/docs/current/catalog-pg-statistic-ext.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.texts import PlainName, SqlNames, SqlText
from qb.model.object import Identity
from qb.types.identifier import qualified, quoted


class StatisticsFact(Fact, frozen=True):
    """A statistics object."""

    owner: PlainName
    on: SqlNames
    """The table that it is about."""
    kinds: tuple[str, ...]
    """Nothing where it has all that its server knows."""
    columns: tuple[PlainName, ...]
    """By their names: the server tells them in the order of the table's, which says nothing."""
    expressions: tuple[SqlText, ...]
    """Without brackets around them."""
    target: int | None


def statistics_sql(identity: Identity, fact: StatisticsFact) -> str:
    """The statement that makes them.

    >>> fact = StatisticsFact(
    ...     owner="ann",
    ...     on="address",
    ...     kinds=("mcv",),
    ...     columns=("city",),
    ...     expressions=("lower(street)",),
    ...     target=None,
    ...     comment=None,
    ...     extension=None,
    ... )
    >>> print(statistics_sql(Identity("statistics", "public", "", "place"), fact))
    CREATE STATISTICS "public"."place" (mcv) ON "city", (lower(street)) FROM address
    """
    kinds = f" ({', '.join(fact.kinds)})" if fact.kinds else ""
    keys = ", ".join((*map(quoted, fact.columns), *(f"({each})" for each in fact.expressions)))
    return f"CREATE STATISTICS {qualified(identity.schema, identity.name)}{kinds} ON {keys} FROM {fact.on}"


STATISTICS: Final = Reading(
    StatisticsFact,
    "pg_statistic_ext",
    """
SELECT 'statistics', n.nspname, '', s.stxname, s.oid::int8, 0,
  pg_get_userbyid(s.stxowner), s.stxrelid::regclass::text, k.kinds,
  ARRAY(
    SELECT a.attname::text FROM unnest(s.stxkeys::int2[]) x(number)
    JOIN pg_attribute a ON a.attrelid = s.stxrelid AND a.attnum = x.number ORDER BY a.attname::text COLLATE "C"),
  e.written,
  nullif(s.stxstattarget, -1)
FROM pg_statistic_ext s
JOIN pg_namespace n ON n.oid = s.stxnamespace,
LATERAL (SELECT coalesce(pg_get_statisticsobjdef_expressions(s.oid), ARRAY[]::text[]) AS written) e,
LATERAL (
  SELECT CASE WHEN count(*) < 3 AND cardinality(e.written) + cardinality(s.stxkeys::int2[]) > 1
    THEN array_agg(x.kind ORDER BY x.place) ELSE ARRAY[]::text[] END AS kinds
  FROM (VALUES ('d'::"char", 'ndistinct', 1), ('f', 'dependencies', 2), ('m', 'mcv', 3)) x(letter, kind, place)
  WHERE x.letter = ANY (s.stxkind)
) k
WHERE n.nspname !~ '^pg_(toast_)?temp_'
""",
)
