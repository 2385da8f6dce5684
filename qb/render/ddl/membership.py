"""Memberships of roles. https://www.postgresql.org/docs/current/sql-grant.html"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.errors import DefinitionError
from qb.model.role import Membership
from qb.model.target import Feature, Requirements
from qb.render.ddl.parts import guarded
from qb.types.identifier import quoted

OPTIONS = Feature("inherit and set_role of a membership", 16)


def create(membership: Membership, operation: Create, needs: Requirements) -> str:
    """GRANT of a role, which says again what is so already."""
    options = ["ADMIN OPTION"] if membership.admin else []
    more = {"INHERIT": membership.inherit, "SET": membership.set_role}
    if any(each is not None for each in more.values()):
        needs.add(OPTIONS, membership.identity.title)
        options = ["ADMIN TRUE"] if membership.admin else []
        options += [f"{word} {'TRUE' if value else 'FALSE'}" for word, value in more.items() if value is not None]
    behind = f" WITH {', '.join(options)}" if options else ""
    return f"GRANT {quoted(membership.of)} TO {quoted(membership.name)}{behind}"


def drop(membership: Membership, operation: Drop) -> str:
    """REVOKE of a role."""
    made = f"REVOKE {quoted(membership.of)} FROM {quoted(membership.name)}"
    return guarded(made, "undefined_object") if operation.if_exists else made


def subject(membership: Membership) -> str:
    """Nothing: PostgreSQL keeps no comment on a membership."""
    raise DefinitionError(f"{membership.identity}: PostgreSQL keeps no comment on a membership")
