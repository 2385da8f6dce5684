"""Collations. https://www.postgresql.org/docs/current/catalog-pg-collation.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.texts import PlainName


class CollationFact(Fact, frozen=True):
    """A collation, without the version of the library that it was made with: that is the machine's."""

    owner: PlainName
    provider: str
    deterministic: bool
    collate: str | None
    character_type: str | None
    locale: str | None
    rules: str | None


COLLATIONS: Final = Reading(
    CollationFact,
    "pg_collation",
    """
SELECT 'collation', n.nspname, '', l.collname, l.oid::int8, 0,
  pg_get_userbyid(l.collowner),
  CASE l.collprovider WHEN 'i' THEN 'icu' WHEN 'c' THEN 'libc' WHEN 'b' THEN 'builtin' ELSE 'default' END,
  l.collisdeterministic, l.collcollate, l.collctype,
  coalesce(to_jsonb(l) ->> 'colllocale', to_jsonb(l) ->> 'colliculocale'),
  to_jsonb(l) ->> 'collicurules'
FROM pg_collation l
JOIN pg_namespace n ON n.oid = l.collnamespace
WHERE l.oid >= 16384
""",
)
