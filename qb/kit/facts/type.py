"""Types that a database defines: enums, domains, composites, ranges, and those written in C.

https://www.postgresql.org/docs/current/catalog-pg-type.html
"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.texts import PlainName, SqlNames, SqlText


class EnumFact(Fact, frozen=True):
    """An enum."""

    owner: PlainName
    labels: tuple[str, ...]


class DomainFact(Fact, frozen=True):
    """A domain; its checks are constraints."""

    owner: PlainName
    base: SqlNames
    collation: SqlNames | None
    not_null: bool
    default: SqlText | None


class CompositeFact(Fact, frozen=True):
    """A composite type; its attributes are facts of their own."""

    owner: PlainName


class RangeFact(Fact, frozen=True):
    """A range type, with its multirange."""

    owner: PlainName
    subtype: SqlNames
    operator_class: SqlNames | None
    """Where it is not that of the subtype."""
    collation: SqlNames | None
    canonical: SqlNames | None
    difference: SqlNames | None
    multirange: SqlNames


class BaseTypeFact(Fact, frozen=True):
    """A type that is written in C, or one that is only named yet."""

    owner: PlainName
    input: SqlNames | None
    output: SqlNames | None
    size: int
    category: str


ENUMS: Final = Reading(
    EnumFact,
    "pg_type",
    """
SELECT 'enum', n.nspname, '', t.typname, t.oid::int8, 0,
  pg_get_userbyid(t.typowner), coalesce(e.labels, ARRAY[]::text[])
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN (
  SELECT enumtypid, array_agg(enumlabel::text ORDER BY enumsortorder) AS labels FROM pg_enum GROUP BY enumtypid
) e ON e.enumtypid = t.oid
WHERE t.typtype = 'e' AND t.oid >= 16384 AND n.nspname !~ '^pg_(toast_)?temp_'
""",
)

DOMAINS: Final = Reading(
    DomainFact,
    "pg_type",
    """
SELECT 'domain', n.nspname, '', t.typname, t.oid::int8, 0,
  pg_get_userbyid(t.typowner), format_type(t.typbasetype, t.typtypmod),
  CASE WHEN t.typcollation <> b.typcollation THEN t.typcollation::regcollation::text END,
  t.typnotnull, pg_get_expr(t.typdefaultbin, 0)
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
JOIN pg_type b ON b.oid = t.typbasetype
WHERE t.typtype = 'd' AND t.oid >= 16384 AND n.nspname !~ '^pg_(toast_)?temp_'
""",
)

COMPOSITES: Final = Reading(
    CompositeFact,
    "pg_type",
    """
SELECT 'composite type', n.nspname, '', t.typname, t.oid::int8, 0, pg_get_userbyid(t.typowner)
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
WHERE t.oid >= 16384 AND n.nspname !~ '^pg_(toast_)?temp_'
""",
)

RANGES: Final = Reading(
    RangeFact,
    "pg_type",
    """
SELECT 'range', n.nspname, '', t.typname, t.oid::int8, 0,
  pg_get_userbyid(t.typowner), format_type(r.rngsubtype, NULL),
  CASE WHEN NOT o.opcdefault THEN quote_ident(m.nspname) || '.' || quote_ident(o.opcname) END,
  CASE WHEN r.rngcollation <> s.typcollation THEN r.rngcollation::regcollation::text END,
  CASE WHEN r.rngcanonical <> 0 THEN r.rngcanonical::regproc::text END,
  CASE WHEN r.rngsubdiff <> 0 THEN r.rngsubdiff::regproc::text END,
  format_type(r.rngmultitypid, NULL)
FROM pg_range r
JOIN pg_type t ON t.oid = r.rngtypid
JOIN pg_namespace n ON n.oid = t.typnamespace
JOIN pg_type s ON s.oid = r.rngsubtype
JOIN pg_opclass o ON o.oid = r.rngsubopc
JOIN pg_namespace m ON m.oid = o.opcnamespace
WHERE t.oid >= 16384 AND n.nspname !~ '^pg_(toast_)?temp_'
""",
)

BASE_TYPES: Final = Reading(
    BaseTypeFact,
    "pg_type",
    """
SELECT 'base type', n.nspname, '', t.typname, t.oid::int8, 0,
  pg_get_userbyid(t.typowner),
  CASE WHEN t.typinput <> 0 THEN t.typinput::regproc::text END,
  CASE WHEN t.typoutput <> 0 THEN t.typoutput::regproc::text END,
  t.typlen, t.typcategory::text
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype IN ('b', 'p') AND t.oid >= 16384 AND n.nspname !~ '^pg_(toast_)?temp_'
  AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
""",
)
