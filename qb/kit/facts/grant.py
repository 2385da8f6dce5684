"""What roles may do, where that is not what an owner and the public may do of an object that is just made.

https://www.postgresql.org/docs/current/ddl-priv.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.texts import PlainName, SqlNames
from qb.model.object import Identity


class GrantFact(Fact, frozen=True):
    """What one role has on one object, in place of what it would have by itself: that may be nothing."""

    kind: str
    """The kind of the object."""
    object: PlainName
    column: PlainName | None
    role: PlainName
    privileges: tuple[SqlNames, ...]
    """`select`, `select with grant option`, `select by somebody`: who gave it, where the owner did not."""

    def needs(self, identity: Identity) -> Iterable[Identity]:
        """The role and the object."""
        if self.role != "public":
            yield Identity("role", "", "", self.role)
        if self.column is None:
            yield Identity(self.kind, identity.schema, "", self.object)
        else:
            yield Identity("column", identity.schema, self.object, self.column)


class DefaultPrivilegesFact(Fact, frozen=True):
    """What one role has on what another makes from now on, in place of what it would have."""

    owner: PlainName
    on: str
    role: PlainName
    privileges: tuple[SqlNames, ...]

    def needs(self, identity: Identity) -> Iterable[Identity]:
        """Both roles, and the schema."""
        if self.role != "public":
            yield Identity("role", "", "", self.role)
        yield Identity("role", "", "", self.owner)
        if identity.schema:
            yield Identity("schema", "", "", identity.schema)


# Most objects have a list of privileges that others have, too: each is looked into once, and found by what it says, as
# text can be hashed.
# What is the system's or an extension's had privileges when it was made, which nobody has to say again; PostgreSQL
# keeps none of the information schema.
GRANTS: Final = Reading(
    GrantFact,
    "pg_class",
    """
WITH granted AS MATERIALIZED (
  SELECT attrelid, attnum, attname, attacl FROM pg_attribute WHERE attacl IS NOT NULL AND NOT attisdropped
), object (catalog, oid, part, kind, schema, name, attribute, owner, given, usual) AS (
  SELECT 'pg_class'::regclass, c.oid, 0,
    CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
      WHEN 'f' THEN 'foreign table' ELSE 'table' END,
    n.nspname, c.relname::text, NULL::name, c.relowner, c.relacl,
    acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, c.relowner)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relacl IS NOT NULL AND c.relpersistence <> 't'
  UNION ALL
  SELECT 'pg_class'::regclass, c.oid, a.attnum, 'column', n.nspname, c.relname::text, a.attname, c.relowner, a.attacl,
    acldefault('c', c.relowner)
  FROM granted a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relpersistence <> 't'
  UNION ALL
  SELECT 'pg_proc'::regclass, p.oid, 0,
    CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
    n.nspname, p.proname || '(' || oidvectortypes(p.proargtypes) || ')', NULL, p.proowner, p.proacl,
    acldefault('f', p.proowner)
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.proacl IS NOT NULL
  UNION ALL
  SELECT 'pg_type'::regclass, t.oid, 0,
    CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite type' WHEN 'r' THEN 'range'
      ELSE 'base type' END,
    n.nspname, t.typname, NULL, t.typowner, t.typacl, acldefault('T', t.typowner)
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typacl IS NOT NULL
  UNION ALL
  SELECT 'pg_namespace'::regclass, n.oid, 0, 'schema', '', n.nspname, NULL, n.nspowner, n.nspacl,
    acldefault('n', n.nspowner)
  FROM pg_namespace n WHERE n.nspacl IS NOT NULL
  UNION ALL
  SELECT 'pg_language'::regclass, l.oid, 0, 'language', '', l.lanname, NULL, l.lanowner, l.lanacl,
    acldefault('l', l.lanowner)
  FROM pg_language l WHERE l.lanacl IS NOT NULL
  UNION ALL
  SELECT 'pg_foreign_data_wrapper'::regclass, f.oid, 0, 'foreign-data wrapper', '', f.fdwname, NULL, f.fdwowner,
    f.fdwacl, acldefault('F', f.fdwowner)
  FROM pg_foreign_data_wrapper f WHERE f.fdwacl IS NOT NULL
  UNION ALL
  SELECT 'pg_foreign_server'::regclass, s.oid, 0, 'server', '', s.srvname, NULL, s.srvowner, s.srvacl,
    acldefault('S', s.srvowner)
  FROM pg_foreign_server s WHERE s.srvacl IS NOT NULL
  UNION ALL
  SELECT 'pg_database'::regclass, d.oid, 0, 'database', '', '', NULL, d.datdba, d.datacl, acldefault('d', d.datdba)
  FROM pg_database d WHERE d.datacl IS NOT NULL AND d.datname = current_database()
  UNION ALL
  SELECT 'pg_parameter_acl'::regclass, a.oid, 0, 'parameter', '', a.parname, NULL, 10, a.paracl, acldefault('p', 10)
  FROM pg_parameter_acl a
), changed AS (
  SELECT o.*, concat_ws(' ', o.owner, o.given, o.usual) AS said
  FROM (
    SELECT o.kind, o.schema, o.name, o.attribute, o.owner, o.given, coalesce(i.initprivs, o.usual) AS usual
    FROM object o
    LEFT JOIN pg_init_privs i ON i.classoid = o.catalog AND i.objoid = o.oid AND i.objsubid = o.part
  ) o
  WHERE o.schema <> 'information_schema' AND (o.kind <> 'schema' OR o.name <> 'information_schema')
), list AS MATERIALIZED (
  SELECT DISTINCT owner, given, usual, said FROM changed WHERE NOT (given @> usual AND given <@ usual)
), has AS MATERIALIZED (
  SELECT l.*, r.grantee, ARRAY(
      SELECT lower(e.privilege_type) || CASE WHEN e.is_grantable THEN ' with grant option' ELSE '' END
        || CASE WHEN e.grantor <> l.owner THEN ' by ' || pg_get_userbyid(e.grantor) ELSE '' END
      FROM aclexplode(l.given) e WHERE e.grantee = r.grantee ORDER BY 1) AS privileges, ARRAY(
      SELECT lower(e.privilege_type) || CASE WHEN e.is_grantable THEN ' with grant option' ELSE '' END
        || CASE WHEN e.grantor <> l.owner THEN ' by ' || pg_get_userbyid(e.grantor) ELSE '' END
      FROM aclexplode(l.usual) e WHERE e.grantee = r.grantee ORDER BY 1) AS before
  FROM list l
  CROSS JOIN LATERAL (SELECT grantee FROM aclexplode(l.given) UNION SELECT grantee FROM aclexplode(l.usual)) r
)
SELECT 'grant', c.schema, CASE WHEN c.kind IN ('table', 'column', 'view', 'materialized view', 'foreign table')
    THEN c.name ELSE '' END,
  CASE WHEN c.attribute IS NOT NULL THEN quote_ident(c.attribute) || ' '
    WHEN c.kind IN ('table', 'view', 'materialized view', 'foreign table') THEN ''
    ELSE c.kind || ' ' || c.name || ' ' END
    || 'to ' || CASE WHEN h.grantee = 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(h.grantee)) END,
  0, 0,
  c.kind, c.name, c.attribute, CASE WHEN h.grantee = 0 THEN 'public' ELSE pg_get_userbyid(h.grantee) END, h.privileges
FROM changed c
JOIN has h ON h.said = c.said
WHERE h.privileges <> h.before
""",
)

DEFAULT_PRIVILEGES: Final = Reading(
    DefaultPrivilegesFact,
    "pg_default_acl",
    """
SELECT 'default privileges', coalesce(n.nspname, ''), '',
  'of ' || d.defaclrole::regrole || ' on ' || o.name || ' to '
    || CASE WHEN r.grantee = 0 THEN 'public' ELSE r.grantee::regrole::text END,
  d.oid::int8, 0,
  pg_get_userbyid(d.defaclrole), o.name, CASE WHEN r.grantee = 0 THEN 'public' ELSE pg_get_userbyid(r.grantee) END,
  ARRAY(SELECT lower(e.privilege_type) || CASE WHEN e.is_grantable THEN ' with grant option' ELSE '' END
    FROM aclexplode(d.defaclacl) e WHERE e.grantee = r.grantee ORDER BY 1)
FROM pg_default_acl d
LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
CROSS JOIN LATERAL (SELECT CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'
  WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large objects' END) o (name)
CROSS JOIN LATERAL (
  SELECT grantee FROM aclexplode(d.defaclacl)
  UNION
  SELECT grantee FROM aclexplode(acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's'::"char" ELSE d.defaclobjtype END,
    d.defaclrole)) WHERE d.defaclnamespace = 0
) r
""",
)
