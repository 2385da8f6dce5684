"""Constraints: of tables, and those of domains.

https://www.postgresql.org/docs/current/catalog-pg-constraint.html
"""

from __future__ import annotations

import re
from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.texts import PlainName, SqlNames, SqlText

CHECK_DEFINITION: Final = re.compile(
    r"CHECK \((?P<condition>.*)\)(?P<alone> NO INHERIT)?(?P<new> NOT VALID)?", re.DOTALL
)
"""A check as the server writes it."""


class ConstraintFact(Fact, frozen=True):
    """A primary key, unique, foreign key, check, exclusion or (since PostgreSQL 18) not null."""

    of: str
    """The kind of what it is on: table, foreign table, domain."""
    definition: SqlText
    columns: tuple[PlainName, ...]
    target: SqlNames | None
    """The table that a foreign key refers to."""
    target_columns: tuple[PlainName, ...]
    valid: bool
    """Whether all rows are known to fulfil it."""
    deferrable: str
    """"", immediate or deferred, as it is at first."""
    inherited: bool
    local: bool
    triggers: str
    """enabled, or else what ALTER TABLE made of a foreign key's triggers."""


CONSTRAINTS: Final = Reading(
    ConstraintFact,
    "pg_constraint",
    """
SELECT CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
    WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion' WHEN 'n' THEN 'not null' ELSE 'constraint ' || k.contype::text END,
  n.nspname, coalesce(c.relname, t.typname), k.conname, k.oid::int8, 0,
  CASE WHEN c.relkind = 'f' THEN 'foreign table' WHEN t.oid IS NOT NULL THEN 'domain' ELSE 'table' END,
  pg_get_constraintdef(k.oid),
  k.conkey::text,
  CASE WHEN k.confrelid <> 0 THEN k.confrelid::regclass::text END,
  k.confkey::text,
  k.convalidated,
  CASE WHEN k.condeferred THEN 'deferred' WHEN k.condeferrable THEN 'immediate' ELSE '' END,
  k.coninhcount > 0, k.conislocal,
  coalesce(g.state, 'enabled'),
  k.conrelid::int8, k.confrelid::int8
FROM pg_constraint k
JOIN pg_namespace n ON n.oid = k.connamespace
LEFT JOIN pg_class c ON c.oid = k.conrelid
LEFT JOIN pg_type t ON t.oid = k.contypid
LEFT JOIN (
  SELECT tgconstraint, string_agg(DISTINCT tgenabled::text, '' ORDER BY tgenabled::text) AS state
  FROM pg_trigger WHERE tgisinternal AND tgenabled <> 'O' GROUP BY tgconstraint
) g ON g.tgconstraint = k.oid
WHERE k.oid >= 16384 AND k.contype <> 't' AND c.relpersistence IS DISTINCT FROM 't'
""",
    "columns",
    "target_columns",
)
