"""What `drop_all` revokes: privileges of what it drops, and of roles that are ours; of others nobody knows since when.

A right of "public", or of somebody else's role, on what stays may have been there before it was declared.
https://www.postgresql.org/docs/current/ddl-priv.html
"""

from __future__ import annotations

from collections.abc import Set

from msgspec.structs import replace

from qb.model.grant import DefaultPrivileges, GrantDefinition
from qb.model.object import Identity, Object, in_schema
from qb.model.role import PUBLIC_ROLE, Membership, of_role


def taken_back(item: Object, ours: Set[Identity]) -> Object | None:
    """What goes of an object of a schema: all of it, of a right that of some roles, or None."""
    match item:
        case Membership(of=group, name=member):
            return item if of_role(group) in ours or of_role(member) in ours else None
        case GrantDefinition():
            whole, roles = item.on in ours, item.roles
        case DefaultPrivileges():
            about = (*in_schema(item.schema), *(() if item.owner is None else (of_role(item.owner),)))
            whole, roles = not ours.isdisjoint(about), _given(item)
        case _:
            return item
    roles = tuple(each for each in roles if whole or of_role(each) in ours)
    return replace(item, roles=roles) if roles else None


def _given(default: DefaultPrivileges) -> tuple[str, ...]:
    """The roles that have it by a default of ours. What an owner has, and everybody of functions and types, PostgreSQL
    writes down where it is not so: revoking it would leave that behind."""
    if default.schema is not None:
        return default.roles
    begin = {default.owner, PUBLIC_ROLE if default.on in ("functions", "types") else None}
    return tuple(each for each in default.roles if each not in begin)
