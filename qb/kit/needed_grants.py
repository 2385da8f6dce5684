"""What roles must be able to do and cannot: what is declared to be granted, beside the privileges that are there.

What counts is what a role may do in the end: what is granted to it, to everybody or to a role whose privileges it
inherits, and whatever it likes with what it owns, or as a superuser.
https://www.postgresql.org/docs/current/ddl-priv.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from qb.kit.catalog import Catalog
from qb.kit.facts.grant import DefaultPrivilegesFact, GrantFact
from qb.kit.facts.role import MembershipFact, RoleFact
from qb.kit.sought import sought, without_arguments
from qb.model.grant import DefaultPrivileges, GrantDefinition
from qb.model.object import Identity
from qb.model.role import PUBLIC_ROLE, SESSION
from qb.types.identifier import PUBLIC

_EVERYBODYS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(("function", "procedure", "aggregate", "functions"), frozenset(("execute",))),
    **dict.fromkeys(("enum", "domain", "range", "composite type", "base type", "types"), frozenset(("usage",))),
}
"""What everybody may do with what is just made, by its kind."""
_NOTHING: Final[frozenset[str]] = frozenset()
_WITH: Final = " with grant option"
_TABLES: Final = frozenset(("table", "column", "foreign table", "view", "materialized view"))
"""What a grant may be on that is read as a table; a column, as a part of one."""
_MAIN: Final = Identity("schema", "", "", PUBLIC)
"""The schema that every database has, with privileges of its own."""
_SERVERS_OWN: Final = "pg_"
"""What the roles begin with that every server has, and nobody makes."""


class Privileges:
    """Who may do what in a database."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._granted: dict[tuple[Identity, str | None, str], frozenset[str]] = {}
        for identity, fact in catalog.of(GrantFact).items():
            key = _key(Identity(fact.kind, identity.schema, "", fact.object)), fact.column, fact.role
            self._granted[key] = self._granted.get(key, _NOTHING) | _said(fact.privileges)
        self._owners = {
            _key(identity): owner
            for identity, fact in catalog.items()
            if (owner := getattr(fact, "owner", None)) is not None and not identity.table
        }
        self._main = frozenset(("usage",) if catalog.version >= 150_000 else ("usage", "create"))
        self._groups: dict[str, set[str]] = {}
        for member in catalog.of(MembershipFact).values():
            role = catalog.get(Identity("role", "", "", member.role))
            inherits = member.inherit if member.inherit is not None else isinstance(role, RoleFact) and role.inherit
            if inherits:
                self._groups.setdefault(member.role, set()).add(member.group)

    def lacks(self, grant: GrantDefinition) -> Iterator[str]:
        """What of a grant is not so, in words."""
        on = _key(sought(grant.on))
        wanted = self._wanted(grant.granted, grant.known)
        places: tuple[str | None, ...] = grant.columns or (None,)
        for role in grant.roles:

            def may(each: str, role: str = role) -> bool:
                return all(self._may(role, each, on, place, grantable=grant.grantable) for place in places)

            if role not in SESSION and (absent := tuple(each for each in wanted if not may(each))):
                within = f" ({', '.join(grant.columns)})" if grant.columns else ""
                option = " with the grant option" if grant.grantable else ""
                yield f"grant of {', '.join(absent)} on {sought(grant.on)}{within} to {role}{option}"

    def lacks_later(self, declared: DefaultPrivileges) -> Iterator[str]:
        """The same of what is still to come."""
        found = self._catalog.of(DefaultPrivilegesFact)
        for role in declared.roles:
            has: frozenset[str] = _EVERYBODYS.get(declared.on, _NOTHING) if role == PUBLIC_ROLE else _NOTHING
            for identity, fact in found.items():
                here = identity.schema in ("", declared.schema or "") and fact.on == declared.on
                if here and fact.role == role and fact.owner == (declared.owner or fact.owner):
                    has |= _said(fact.privileges)
            wanted = self._wanted(declared.granted, declared.known)
            if absent := tuple(each for each in wanted if not _held(each, has, grantable=declared.grantable)):
                within = "" if declared.schema is None else f" in {declared.schema}"
                yield f"default privileges of {', '.join(absent)} on {declared.on}{within} to {role}"

    def _wanted(self, granted: tuple[str, ...], known: Mapping[str, int]) -> tuple[str, ...]:
        """What is granted, each by its name: "all" is all that this server has."""
        major = self._catalog.version // 10_000
        return granted if granted != ("all",) else tuple(each for each, since in known.items() if since <= major)

    def _may(self, role: str, privilege: str, on: Identity, column: str | None, *, grantable: bool) -> bool:
        if on not in self._owners and on != _MAIN:
            return False  # it is not there
        roles = self._as(role)
        has = (self._has(each, on, place) for each in roles for place in {None, column})
        return (
            self._is_superuser(role)
            or any(self._owns_all(each, on) for each in roles)
            or any(_held(privilege, each, grantable=grantable) for each in has)
        )

    def _has(self, role: str, on: Identity, column: str | None) -> frozenset[str]:
        usual = _NOTHING
        if role == PUBLIC_ROLE and column is None:
            usual = _EVERYBODYS.get(on.kind, _NOTHING) if on != _MAIN else self._main
        return self._granted.get((on, column, role), usual)

    def _is_superuser(self, role: str) -> bool:
        """Whether it is one itself: no member of a superuser is one by that."""
        fact = self._catalog.get(Identity("role", "", "", role))
        return isinstance(fact, RoleFact) and fact.superuser

    def _owns_all(self, role: str, on: Identity) -> bool:
        return self._owners.get(on) == role and (on, None, role) not in self._granted

    def _as(self, role: str) -> set[str]:
        """A role, everybody, and all whose privileges it has by itself."""
        found, left = {PUBLIC_ROLE}, [role]
        while left:
            if (one := left.pop()) not in found:
                found.add(one)
                left.extend(self._groups.get(one, ()))
        return found


def is_servers_own(identity: Identity) -> bool:
    """Whether it is a role that every server has, which no catalog tells."""
    return identity.kind == "role" and identity.name.startswith(_SERVERS_OWN)


def _key(identity: Identity) -> Identity:
    """Functions by their names alone, and what is read as a table under one kind: what is declared as one may be a
    view in the database."""
    if identity.kind in _TABLES:
        return Identity("table", identity.schema, "", identity.name)
    return without_arguments(identity)


def _said(privileges: tuple[str, ...]) -> frozenset[str]:
    """`select`, `select with grant option`, whoever gave it."""
    return frozenset(each.partition(" by ")[0] for each in privileges)


def _held(privilege: str, has: frozenset[str], *, grantable: bool) -> bool:
    return privilege + _WITH in has or (not grantable and privilege in has)
