"""Grants that are declared. https://www.postgresql.org/docs/current/sql-grant.html"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from qb.ddl.operation import Create, Drop
from qb.errors import DefinitionError
from qb.model.grant import GrantDefinition
from qb.model.object import Identity
from qb.model.role import PUBLIC_ROLE, SESSION
from qb.model.target import Feature, Requirements, Target
from qb.render.ddl.parts import guarded, names
from qb.types.identifier import qualified, qualified_type, quoted

ABSENT: Final = "undefined_table OR undefined_object OR undefined_column OR undefined_function OR invalid_schema_name"
"""What says that there is nothing, or nobody, to take a privilege from."""
_WORDS: Final = {
    "table": "TABLE",
    "view": "TABLE",
    "materialized view": "TABLE",
    "sequence": "SEQUENCE",
    "schema": "SCHEMA",
}


def create(grant: GrantDefinition, operation: Create, needs: Requirements) -> str:
    """GRANT."""
    option = " WITH GRANT OPTION" if grant.grantable else ""
    return f"GRANT {_privileges(grant, needs)} ON {_on(grant)} TO {role_list(grant.roles)}{option}"


def alter(before: GrantDefinition, after: GrantDefinition, needs: Requirements) -> Iterator[str]:
    """The right to give it to others, which comes and goes by itself."""
    if after.grantable:
        yield create(after, Create(after), needs)
    else:
        what = f"{_privileges(after, needs)} ON {_on(after)}"
        yield f"REVOKE GRANT OPTION FOR {what} FROM {role_list(after.roles)}"


def drop(grant: GrantDefinition, operation: Drop) -> str:
    """REVOKE."""
    cascade = " CASCADE" if operation.cascade else ""
    what = f"{_privileges(grant, Requirements(Target()))} ON {_on(grant)}"
    made = f"REVOKE {what} FROM {role_list(grant.roles)}{cascade}"
    return guarded(made, ABSENT) if operation.if_exists else made


def subject(grant: GrantDefinition) -> str:
    """Nothing: PostgreSQL keeps no comment on a grant."""
    raise DefinitionError(f"{grant.identity}: PostgreSQL keeps no comment on a grant")


def _privileges(grant: GrantDefinition, needs: Requirements) -> str:
    columns = f" {names(grant.columns)}" if grant.columns else ""
    return privilege_list(grant.granted, columns, grant.known, needs, grant.identity)


def _on(grant: GrantDefinition) -> str:
    on = grant.on
    if on.kind == "schema":
        return f"SCHEMA {quoted(on.name)}"
    if grant.routine:
        arguments = on.name.removeprefix(grant.routine)
        return f"{on.kind.upper()} {qualified(on.schema or None, grant.routine)}{arguments}"
    if on.kind == "enum":
        return f"TYPE {qualified_type(on.schema or None, on.name)}"
    return f"{_WORDS[on.kind]} {qualified(on.schema or None, on.name)}"


def privilege_list(
    privileges: Iterable[str], behind: str, known: Mapping[str, int], needs: Requirements, where: Identity
) -> str:
    """`SELECT ("id"), UPDATE ("id")`."""
    found: list[str] = []
    for each in privileges:
        needs.add(Feature(f"the privilege {each}", known.get(each, 1)), where.title)
        found.append(each.upper() + behind)
    return ", ".join(found)


def role_list(roles: Iterable[str]) -> str:
    """The roles that something is for."""
    return ", ".join(each.upper() if each in (PUBLIC_ROLE, *SESSION) else quoted(each) for each in roles)
