"""How a database is, as one value: whether it answers, how fast, and what its role may define there."""

from __future__ import annotations

from typing import Final

import msgspec

from qb.errors import DbError
from qb.query.raw import sql

NAMED: Final = 3
"""How many are named of what a role owns, and of what it has rights on."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a database answers, how fast, and what its role may define there. What `health` gives.

    >>> found = health(db)
    >>> found.ok, found.error, found.version >= 150000
    (True, None, True)
    >>> found.may_define  # of the superuser that examples run as
    ('anything: it is a superuser',)
    """

    latency: float
    """Seconds from the question to the answer, a connection that had to be made included."""
    error: DbError | None = None
    """Why it does not answer."""
    version: int | None = None
    """The server's, as 180004."""
    may_define: tuple[str, ...] = ()
    """What its role may do of DDL, with the rights of every role that it may become, or may let itself become. Nothing,
    where no statement of its own can change the schema. A function that runs with its owner's rights may do more; and
    so may the login, where the role is another one (`role=` of `connect`): SQL of one's own may go back to that."""

    @property
    def ok(self) -> bool:
        """Whether it answers."""
        return self.error is None


ASKED: Final = sql(
    """
WITH mine AS MATERIALIZED (
  SELECT oid, rolname, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE pg_has_role(oid, 'MEMBER')
), rights AS (
  SELECT 'pg_class'::regclass AS catalog, oid AS object, 0 AS part, relowner AS owner, relacl AS acl
    FROM pg_class WHERE relacl IS NOT NULL AND relpersistence <> 't'
  UNION ALL SELECT 'pg_class', c.oid, attnum, relowner, attacl
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE attacl IS NOT NULL AND relpersistence <> 't'
  UNION ALL SELECT 'pg_namespace', oid, 0, nspowner, nspacl FROM pg_namespace
  UNION ALL SELECT 'pg_proc', oid, 0, proowner, proacl FROM pg_proc
  UNION ALL SELECT 'pg_type', oid, 0, typowner, typacl FROM pg_type
  UNION ALL SELECT 'pg_language', oid, 0, lanowner, lanacl FROM pg_language
  UNION ALL SELECT 'pg_foreign_server', oid, 0, srvowner, srvacl FROM pg_foreign_server
  UNION ALL SELECT 'pg_foreign_data_wrapper', oid, 0, fdwowner, fdwacl FROM pg_foreign_data_wrapper
  UNION ALL SELECT 'pg_database', oid, 0, datdba, datacl FROM pg_database WHERE datname = current_database()
), held AS MATERIALIZED (
  SELECT catalog, object, pg_describe_object(catalog, object, part) AS name, privilege_type, is_grantable
  FROM rights, aclexplode(acl) WHERE (grantee = 0 OR grantee IN (SELECT oid FROM mine))
    AND owner NOT IN (SELECT oid FROM mine)
    AND (is_grantable OR privilege_type IN ('TRIGGER', 'MAINTAIN') OR catalog::text LIKE 'pg_foreign%')
), owned AS MATERIALIZED (
  SELECT CASE WHEN d.classid = 'pg_class'::regclass THEN d.objid::regclass::text
    ELSE pg_describe_object(d.classid, d.objid, 0) END AS name
  FROM pg_shdepend d, pg_identify_object(d.classid, d.objid, 0) i
  WHERE d.deptype = 'o' AND d.refclassid = 'pg_authid'::regclass AND d.refobjid IN (SELECT oid FROM mine)
    AND (d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      OR (d.classid = 'pg_database'::regclass
        AND d.objid = (SELECT oid FROM pg_database WHERE datname = current_database())))
    AND d.classid <> 'pg_largeobject'::regclass
    AND i.schema IS DISTINCT FROM 'pg_temp' AND COALESCE(i.schema, '') !~ '^"?pg_(toast_)?temp_'
)
SELECT current_setting('server_version_num')::int8,
  (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
  bool_or(rolsuper OR rolname IN ('pg_execute_server_program', 'pg_write_server_files')),
  bool_or(rolcreatedb),
  bool_or(rolcreaterole),
  bool_or(has_database_privilege(oid, current_database(), 'CREATE')),
  bool_or(rolname = 'pg_maintain'),
  ARRAY(
    SELECT n.nspname::text FROM pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND EXISTS (SELECT FROM mine WHERE has_schema_privilege(mine.oid, n.oid, 'CREATE'))
    ORDER BY 1),
  ARRAY(SELECT name FROM owned ORDER BY 1 LIMIT 4),
  ARRAY(SELECT DISTINCT object::regclass::text FROM held WHERE privilege_type = 'TRIGGER' ORDER BY 1 LIMIT 4),
  ARRAY(SELECT DISTINCT object::regclass::text FROM held WHERE privilege_type = 'MAINTAIN' ORDER BY 1 LIMIT 4),
  ARRAY(SELECT DISTINCT name FROM held WHERE privilege_type = 'USAGE' AND catalog::text LIKE 'pg_foreign%'
    ORDER BY 1 LIMIT 4),
  ARRAY(SELECT DISTINCT name FROM held WHERE is_grantable ORDER BY 1 LIMIT 4)
FROM mine
"""
).rows(tuple[int, bool, bool, bool, bool, bool, bool, list[str], list[str], list[str], list[str], list[str], list[str]])


def healthy(
    row: tuple[
        *tuple[int, bool, bool, bool, bool, bool, bool],
        *tuple[list[str], list[str], list[str], list[str], list[str], list[str]],
    ],
    latency: float,
) -> Health:
    """What the answer says."""
    version, superuser, almost, databases, roles, create, maintain, schemas, owned, triggers, maintained = row[:11]
    servers, granted = row[11:]
    if superuser or almost:
        how = "it is a superuser" if superuser else "it may become one, or run programs on the server"
        return Health(latency=latency, version=version, may_define=(f"anything: {how}",))
    found = [said for said, may in (("create databases", databases), ("create roles", roles)) if may]
    if create:
        found.append("create schemas and extensions")
    found += [f'create in schema "{name}"' for name in schemas]
    if maintain:
        found.append("reindex and cluster all there is")
    found += _some("alter and drop what it owns", owned)
    found += _some("create triggers on", triggers)
    found += _some("reindex and cluster", maintained)
    found += _some("create servers and user mappings of", servers)
    found += _some("grant rights on", granted)
    return Health(latency=latency, version=version, may_define=tuple(found))


def _some(what: str, names: list[str]) -> list[str]:
    more = ", and more" if len(names) > NAMED else ""
    return [f"{what}: {', '.join(names[:NAMED])}{more}"] if names else []
