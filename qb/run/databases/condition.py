"""How a database is, as one value: whether it answers, how fast, and what its role may define there."""

from __future__ import annotations

from typing import Final

import msgspec

from qb.errors import DbError
from qb.query.raw import sql

OWNED: Final = 3
"""Tables that are named of those a role owns."""


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
    """What its role may do of DDL, and those roles that it is a member of and may become. Nothing, where no statement
    of whatever kind can change the schema. It is the role that statements run as: of one that is not the login's own
    (`role=` of `connect`) the login may do more, and SQL of one's own may go back to that."""

    @property
    def ok(self) -> bool:
        """Whether it answers."""
        return self.error is None


ASKED: Final = sql(
    """
SELECT current_setting('server_version_num')::int8,
  bool_or(r.rolsuper), bool_or(r.rolcreatedb), bool_or(r.rolcreaterole),
  bool_or(has_database_privilege(r.oid, current_database(), 'CREATE')),
  ARRAY(
    SELECT n.nspname::text FROM pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND EXISTS (
      SELECT FROM pg_roles m WHERE pg_has_role(m.oid, 'MEMBER') AND has_schema_privilege(m.oid, n.oid, 'CREATE'))
    ORDER BY 1),
  ARRAY(
    SELECT c.oid::regclass::text FROM pg_class c
    WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
      AND pg_has_role(c.relowner, 'MEMBER')
    ORDER BY 1 LIMIT 4)
FROM pg_roles r WHERE pg_has_role(r.oid, 'MEMBER')
"""
).rows(tuple[int, bool, bool, bool, bool, list[str], list[str]])


def healthy(row: tuple[int, bool, bool, bool, bool, list[str], list[str]], latency: float) -> Health:
    """What the answer says."""
    version, superuser, databases, roles, create, schemas, owned = row
    if superuser:
        return Health(latency=latency, version=version, may_define=("anything: it is a superuser",))
    found = [said for said, may in (("create databases", databases), ("create roles", roles)) if may]
    if create:
        found.append("create schemas and extensions")
    found += [f'create in schema "{name}"' for name in schemas]
    if owned:
        more = ", and more" if len(owned) > OWNED else ""
        found.append(f"alter and drop what it owns: {', '.join(owned[:OWNED])}{more}")
    return Health(latency=latency, version=version, may_define=tuple(found))
