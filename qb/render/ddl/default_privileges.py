"""Default privileges. https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.errors import DefinitionError
from qb.model.grant import DefaultPrivileges
from qb.model.target import Feature, Requirements, Target
from qb.render.ddl.grant import ABSENT, privilege_list, role_list
from qb.render.ddl.parts import guarded
from qb.types.identifier import quoted

SCHEMAS = Feature("default privileges on schemas", 10)


def create(default: DefaultPrivileges, operation: Create, needs: Requirements) -> str:
    """ALTER DEFAULT PRIVILEGES ... GRANT."""
    option = " WITH GRANT OPTION" if default.grantable else ""
    return f"{_about(default)} GRANT {_what(default, needs)} TO {role_list(default.roles)}{option}"


def alter(before: DefaultPrivileges, after: DefaultPrivileges, needs: Requirements) -> Iterator[str]:
    """The right to give it to others, which comes and goes by itself."""
    if after.grantable:
        yield create(after, Create(after), needs)
    else:
        yield f"{_about(after)} REVOKE GRANT OPTION FOR {_what(after, needs)} FROM {role_list(after.roles)}"


def drop(default: DefaultPrivileges, operation: Drop) -> str:
    """ALTER DEFAULT PRIVILEGES ... REVOKE."""
    made = f"{_about(default)} REVOKE {_what(default, Requirements(Target()))} FROM {role_list(default.roles)}"
    return guarded(made, ABSENT) if operation.if_exists else made


def subject(default: DefaultPrivileges) -> str:
    """Nothing: PostgreSQL keeps no comment on them."""
    raise DefinitionError(f"{default.identity}: PostgreSQL keeps no comment on default privileges")


def _about(default: DefaultPrivileges) -> str:
    owner = "" if default.owner is None else f" FOR ROLE {quoted(default.owner)}"
    within = "" if default.schema is None else f" IN SCHEMA {quoted(default.schema)}"
    return f"ALTER DEFAULT PRIVILEGES{owner}{within}"


def _what(default: DefaultPrivileges, needs: Requirements) -> str:
    if default.on == "schemas":
        needs.add(SCHEMAS, default.identity.title)
    return f"{privilege_list(default.granted, '', default.known, needs, default.identity)} ON {default.on.upper()}"
