"""The database itself, and its schemas.

https://www.postgresql.org/docs/current/catalog-pg-namespace.html
"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.plain_values import PLAIN_SETTING
from qb.kit.facts.texts import PlainName


class DatabaseFact(Fact, frozen=True):
    """The database; it has no name of its own here, so that two can be compared."""

    owner: PlainName
    encoding: str
    collation: str
    character_type: str
    settings: tuple[str, ...]
    """`name=value`, of ALTER DATABASE SET; those of one role alone begin with its name and a colon. The name alone
    where anything may be in the value."""


class SchemaFact(Fact, frozen=True):
    """A schema."""

    owner: PlainName


DATABASE: Final = Reading(
    DatabaseFact,
    "pg_database",
    """
SELECT 'database', '', '', '', d.oid::int8, 0,
  pg_get_userbyid(d.datdba), pg_encoding_to_char(d.encoding), d.datcollate::text, d.datctype::text,
  coalesce(s.settings, ARRAY[]::text[])
FROM pg_database d
LEFT JOIN (
  SELECT setdatabase, array_agg(CASE WHEN setrole = 0 THEN '' ELSE pg_get_userbyid(setrole) || ': ' END || """
    + PLAIN_SETTING
    + """
    ORDER BY setrole, setting) AS settings
  FROM pg_db_role_setting, unnest(setconfig) AS setting GROUP BY setdatabase
) s ON s.setdatabase = d.oid
WHERE d.datname = current_database()
""",
)

NAMESPACES: Final = Reading(
    SchemaFact,
    "pg_namespace",
    """
SELECT 'schema', '', '', n.nspname, n.oid::int8, 0, pg_get_userbyid(n.nspowner)
FROM pg_namespace n
WHERE (n.oid >= 16384 OR n.nspname = 'public') AND n.nspname !~ '^pg_(toast_)?temp_'
""",
)
