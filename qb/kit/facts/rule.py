"""Rules, without those that views are. https://www.postgresql.org/docs/current/catalog-pg-rewrite.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.texts import SqlText


class RuleFact(Fact, frozen=True):
    """A rule."""

    definition: SqlText
    enabled: str
    """origin, always, replica or disabled."""


REWRITE_RULES: Final = Reading(
    RuleFact,
    "pg_rewrite",
    """
SELECT 'rule', n.nspname, c.relname, r.rulename, r.oid::int8, 0,
  pg_get_ruledef(r.oid),
  CASE r.ev_enabled WHEN 'O' THEN 'origin' WHEN 'A' THEN 'always' WHEN 'R' THEN 'replica' ELSE 'disabled' END
FROM pg_rewrite r
JOIN pg_class c ON c.oid = r.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.oid >= 16384 AND NOT (r.rulename = '_RETURN' AND c.relkind IN ('v', 'm')) AND c.relpersistence <> 't'
""",
)
