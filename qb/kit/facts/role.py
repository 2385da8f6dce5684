"""Roles, and which of them are members of which. They are shared by all databases of a server.

https://www.postgresql.org/docs/current/view-pg-roles.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.plain_values import PLAIN_SETTING
from qb.kit.facts.texts import PlainName
from qb.model.object import Identity


class RoleFact(Fact, frozen=True):
    """A role, without its password. Those that every server has are left out."""

    superuser: bool
    inherit: bool
    createrole: bool
    createdb: bool
    login: bool
    replication: bool
    bypassrls: bool
    connection_limit: int
    valid_until: str | None
    settings: tuple[str, ...]
    """`name=value`, of ALTER ROLE SET in all databases; the name alone where anything may be in the value."""


class MembershipFact(Fact, frozen=True):
    """That a role is a member of another, a group. Of several who let it in, the name here says all but the first."""

    role: PlainName
    group: PlainName
    grantor: PlainName
    admin: bool
    inherit: bool | None
    """Since PostgreSQL 16."""
    set_role: bool | None

    def needs(self, identity: Identity) -> Iterable[Identity]:
        """Both roles."""
        return Identity("role", "", "", self.role), Identity("role", "", "", self.group)


ROLES: Final = Reading(
    RoleFact,
    "pg_authid",
    """
SELECT 'role', '', '', r.rolname, r.oid::int8, 0,
  r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolbypassrls,
  r.rolconnlimit, r.rolvaliduntil::text, ARRAY(SELECT """
    + PLAIN_SETTING
    + """ FROM unnest(s.setconfig) AS setting ORDER BY 1)
FROM pg_roles r
LEFT JOIN pg_db_role_setting s ON s.setrole = r.oid AND s.setdatabase = 0
WHERE r.oid >= 16384 OR r.oid = 10
""",
)

MEMBERSHIPS: Final = Reading(
    MembershipFact,
    "pg_auth_members",
    """
SELECT 'membership', '', g.rolname, m.rolname
    || CASE WHEN row_number() OVER (PARTITION BY g.oid, m.oid ORDER BY a.grantor) = 1 THEN ''
      ELSE ' by ' || a.grantor::regrole END,
  coalesce((to_jsonb(a) ->> 'oid')::int8, 0), 0,
  m.rolname, g.rolname, coalesce(b.rolname, ''), a.admin_option,
  (to_jsonb(a) ->> 'inherit_option')::bool, (to_jsonb(a) ->> 'set_option')::bool
FROM pg_auth_members a
JOIN pg_roles m ON m.oid = a.member
JOIN pg_roles g ON g.oid = a.roleid
LEFT JOIN pg_roles b ON b.oid = a.grantor
WHERE m.oid >= 16384 OR m.oid = 10
""",
)
