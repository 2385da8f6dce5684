"""Policies of row-level security. https://www.postgresql.org/docs/current/catalog-pg-policy.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.texts import PlainName, SqlText


class PolicyFact(Fact, frozen=True):
    """A policy."""

    command: str
    permissive: bool
    roles: tuple[PlainName, ...]
    """In the order of the alphabet; "public" is everybody."""
    using: SqlText | None
    with_check: SqlText | None


POLICIES: Final = Reading(
    PolicyFact,
    "pg_policy",
    """
SELECT 'policy', n.nspname, c.relname, p.polname, p.oid::int8, 0,
  CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete'
    ELSE 'all' END,
  p.polpermissive,
  ARRAY(SELECT CASE WHEN each = 0 THEN 'public' ELSE pg_get_userbyid(each)::text END
    FROM unnest(p.polroles) AS each ORDER BY 1),
  pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
FROM pg_policy p
JOIN pg_class c ON c.oid = p.polrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relpersistence <> 't'
""",
)
