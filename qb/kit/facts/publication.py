"""Publications and subscriptions. https://www.postgresql.org/docs/current/catalog-pg-publication.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.texts import PlainName, SqlNames, SqlText


class PublicationFact(Fact, frozen=True):
    """A publication."""

    owner: PlainName
    all_tables: bool
    tables: tuple[SqlText, ...]
    """`schema.table (columns) WHERE (condition)`."""
    schemas: tuple[SqlNames, ...]
    operations: tuple[str, ...]
    via_root: bool
    generated_columns: str
    """none or stored."""


class SubscriptionFact(Fact, frozen=True):
    """A subscription, without the address that it goes to: that holds a password."""

    owner: PlainName
    enabled: bool
    publications: tuple[PlainName, ...]
    slot: str | None


PUBLICATION_FACTS: Final = Reading(
    PublicationFact,
    "pg_publication",
    """
SELECT 'publication', '', '', p.pubname, p.oid::int8, 0,
  pg_get_userbyid(p.pubowner), p.puballtables,
  ARRAY(SELECT r.prrelid::regclass::text
      || coalesce(' (' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)) || ')', '')
      || coalesce(' WHERE ' || pg_get_expr(r.prqual, r.prrelid), '')
    FROM pg_publication_rel r WHERE r.prpubid = p.oid ORDER BY 1),
  ARRAY(SELECT n.pnnspid::regnamespace::text FROM pg_publication_namespace n WHERE n.pnpubid = p.oid ORDER BY 1),
  array_remove(ARRAY[CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
    CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END], NULL),
  p.pubviaroot,
  CASE to_jsonb(p) ->> 'pubgencols' WHEN 's' THEN 'stored' ELSE 'none' END
FROM pg_publication p
""",
)

SUBSCRIPTIONS: Final = Reading(
    SubscriptionFact,
    "pg_subscription",
    """
SELECT 'subscription', '', '', s.subname, s.oid::int8, 0,
  pg_get_userbyid(s.subowner), s.subenabled, s.subpublications, s.subslotname
FROM pg_subscription s
WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
""",
)
