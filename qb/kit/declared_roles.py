"""Roles as they are declared, where a shadow makes none: those of somebody's server may be otherwise."""

from __future__ import annotations

from msgspec.structs import replace

from qb.kit.catalog import Catalog
from qb.kit.facts.base import Fact
from qb.kit.facts.role import MembershipFact, RoleFact
from qb.model.object import Identity
from qb.model.role import Membership, Role
from qb.model.schema import Schema


def with_declared_roles(found: Catalog, wanted: Schema) -> Catalog:
    """A catalog whose roles and memberships are what a schema says of them, as far as it declares them."""
    roles = {each.name: each for each in wanted.others if isinstance(each, Role) and not each.external}
    facts: dict[Identity, Fact] = {}
    for identity, fact in found.items():
        if isinstance(fact, MembershipFact) and fact.role in roles and fact.group in roles:
            continue
        declared = roles.get(identity.name) if isinstance(fact, RoleFact) else None
        facts[identity] = fact if declared is None or not isinstance(fact, RoleFact) else _role(fact, declared)
    since_16 = found.version >= 160_000
    for each in wanted.others:
        if isinstance(each, Membership) and each.name in roles and each.of in roles:
            inherit = roles[each.name].inherit if each.inherit is None else each.inherit
            facts[each.identity] = MembershipFact(
                comment=None,
                extension=None,
                role=each.name,
                group=each.of,
                grantor="",
                admin=each.admin,
                inherit=inherit if since_16 else None,
                set_role=each.set_role is not False if since_16 else None,
            )
    return Catalog(facts, found.depends, found.version)


def _role(fact: RoleFact, declared: Role) -> RoleFact:
    return replace(
        fact,
        superuser=declared.superuser,
        inherit=declared.inherit,
        createrole=declared.createrole,
        createdb=declared.createdb,
        login=declared.login,
        replication=declared.replication,
        bypassrls=declared.bypassrls,
        connection_limit=declared.connection_limit,
    )
