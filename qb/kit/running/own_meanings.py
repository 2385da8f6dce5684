"""What names of PostgreSQL's mean in a database that has something of its own by them, which may run anything.

What belongs to an extension is the extension's: it is as well known as what PostgreSQL brings.
https://www.postgresql.org/docs/current/catalog-pg-depend.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from qb.errors.outcome import unwrap
from qb.kit.history.doubts import Doubts
from qb.query.raw import sql
from qb.run.database.db import Db

_OWN: Final = """
WITH RECURSIVE own AS MATERIALIZED (
  SELECT p.oid, p.proname, p.pronargs, p.pronargdefaults, p.proargtypes[0] AS first,
    {elsewhere}::bool OR n.nspname = ANY (pg_catalog.current_schemas(true)) AS seen
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE p.oid >= 16384 AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
  )
), reached (kind, name, class, object) AS (
  SELECT 'type', t.typname::text, 'pg_catalog.pg_type'::regclass::oid, t.oid
  FROM pg_catalog.pg_type t WHERE t.oid >= 16384 AND t.typname = ANY ({types}::text[]) AND EXISTS (SELECT FROM own)
UNION
  SELECT CASE c.relkind WHEN 'v' THEN 'relation' ELSE 'filled' END, c.relname::text,
    'pg_catalog.pg_class'::regclass::oid, c.oid
  FROM pg_catalog.pg_class c
  WHERE c.oid >= 16384 AND EXISTS (SELECT FROM own)
    AND (c.relkind = 'v' AND c.relname = ANY ({relations}::text[])
      OR c.relkind = 'm' AND c.relname = ANY ({filled}::text[]))
UNION
  SELECT r.kind, r.name, next.class, next.object FROM reached r CROSS JOIN LATERAL (
      SELECT d.refclassid, d.refobjid FROM pg_catalog.pg_depend d
      WHERE d.classid = r.class AND d.objid = r.object AND d.deptype <> 'e'
        AND r.class <> 'pg_catalog.pg_proc'::regclass
        AND (r.class <> 'pg_catalog.pg_class'::regclass
          OR EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = r.object AND c.relkind = 'c'))
    UNION ALL
      SELECT 'pg_catalog.pg_rewrite'::regclass, w.oid
      FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_class c ON c.oid = w.ev_class
      WHERE r.class = 'pg_catalog.pg_class'::regclass AND c.oid = r.object
        AND (c.relkind = 'v' OR c.relkind = 'm' AND r.kind = 'filled')
    UNION ALL
      SELECT 'pg_catalog.pg_class'::regclass, t.typrelid FROM pg_catalog.pg_type t
      WHERE r.class = 'pg_catalog.pg_type'::regclass AND t.oid = r.object AND t.typrelid <> 0
    UNION ALL
      SELECT 'pg_catalog.pg_constraint'::regclass, k.oid FROM pg_catalog.pg_constraint k
      WHERE r.class = 'pg_catalog.pg_type'::regclass AND k.contypid = r.object
  ) next (class, object)
)
SELECT kind, name FROM reached JOIN own ON own.oid = object AND class = 'pg_catalog.pg_proc'::regclass
UNION
SELECT 'call', proname FROM own WHERE seen AND proname = ANY ({calls}::text[])
UNION
SELECT 'sign', o.oprname FROM pg_catalog.pg_operator o
  JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace JOIN own ON own.oid = o.oprcode
WHERE o.oprname = ANY ({signs}::text[]) AND ({elsewhere}::bool OR n.nspname = ANY (pg_catalog.current_schemas(true)))
UNION
SELECT 'dotted', proname FROM own
  JOIN pg_catalog.pg_type t ON t.oid = own.first AND t.typtype IN ('c', 'p')
  LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
WHERE seen AND proname = ANY ({dotted}::text[]) AND pronargs > 0 AND pronargs - pronargdefaults < 2 AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class named ON named.oid = a.attrelid
  WHERE a.attname = proname AND NOT a.attisdropped
    AND CASE WHEN c.relname = ANY ({relations}::text[]) THEN a.attrelid = c.oid
      ELSE named.relname = ANY ({relations}::text[]) END
)
UNION
SELECT found.kind, found.name FROM pg_catalog.pg_cast k JOIN own ON own.oid = k.castfunc CROSS JOIN LATERAL (
    SELECT 'cast', 'cast' WHERE k.castsource < 16384 AND k.casttarget < 16384
  UNION
    SELECT 'type', t.typname FROM pg_catalog.pg_type t
    WHERE t.oid IN (k.castsource, k.casttarget) AND t.oid >= 16384 AND t.typname = ANY ({types}::text[])
  UNION
    SELECT 'relation', c.relname
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    WHERE a.atttypid IN (k.castsource, k.casttarget) AND a.atttypid >= 16384 AND k.castcontext <> 'e'
      AND c.relname = ANY ({relations}::text[])
) found (kind, name)
"""


class _Own(msgspec.Struct, frozen=True):
    kind: str
    name: str


class OwnMeanings(msgspec.Struct, frozen=True):
    """What of some names means something of one's own."""

    names: Doubts
    casts: bool
    """Whether values of PostgreSQL's types are converted by a function of one's own."""


def own_meanings(db: Db, said: Iterable[Doubts], *, elsewhere: bool) -> OwnMeanings:
    """Ask a database; `elsewhere` says whether functions may be found in any schema, and not in those of its path."""
    asked = Doubts()
    for each in said:
        asked = asked.with_(each)
    if not asked.some:
        return OwnMeanings(asked, casts=False)
    query = sql(
        _OWN,
        elsewhere=elsewhere,
        types=_list(asked.types),
        relations=_list(asked.relations),
        filled=_list(asked.filled),
        calls=_list(asked.calls),
        signs=_list(asked.signs),
        dotted=_list(asked.dotted),
    )
    found = unwrap(db.all(query.rows(_Own)))
    by = {kind: frozenset(each.name for each in found if each.kind == kind) for kind in _KINDS}
    names = Doubts(*(by[kind] for kind in _KINDS[:-1]))
    return OwnMeanings(names, casts=bool(by["cast"]))


_KINDS: Final = ("call", "sign", "type", "relation", "filled", "dotted", "cast")


def _list(names: Iterable[str]) -> list[str]:
    return ["", *sorted(names)]  # an empty list has no type, and nothing has an empty name
