"""Roles. https://www.postgresql.org/docs/current/sql-createrole.html"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from qb.ddl.operation import Create, Drop
from qb.model.role import Role
from qb.model.target import Requirements
from qb.render.ddl.parts import dropped
from qb.render.ddl.standing import DIFFERS
from qb.render.literals import dollar_quoted, string_literal
from qb.types.identifier import quoted

FLAGS: Final = {
    "login": "rolcanlogin",
    "inherit": "rolinherit",
    "superuser": "rolsuper",
    "createdb": "rolcreatedb",
    "createrole": "rolcreaterole",
    "replication": "rolreplication",
    "bypassrls": "rolbypassrls",
}
"""The columns of pg_roles by the words of CREATE ROLE."""


def create(role: Role, operation: Create, needs: Requirements) -> str:
    """CREATE ROLE where it is missing; one that is there has to be the same, as others may use it, too."""
    return role_block(role.name, " ".join(_words(role)), same=not role.external)


def role_block(name: str, declared: str, *, until: str | None = None, same: bool = True) -> str:
    """What makes a role where it is missing. `declared` are the words of its CREATE ROLE in the order of `FLAGS`, and
    `until` its VALID UNTIL; with `same` one that is there has to be like that."""
    shown = " || ' ' || ".join(
        f"CASE WHEN r.{column} THEN '{flag.upper()}' ELSE 'NO{flag.upper()}' END" for flag, column in FLAGS.items()
    )
    limit = "r.rolconnlimit"
    if until is not None:
        declared = f"{declared} VALID UNTIL {string_literal(until)}"
        shown_until = f"CASE WHEN r.rolvaliduntil = {string_literal(until)} THEN {string_literal(until)}"
        limit += f" || ' VALID UNTIL ' || pg_catalog.quote_literal({shown_until} ELSE r.rolvaliduntil::text END)"
    differs = (
        f"  IF found <> {string_literal(declared)} THEN\n"
        f"    RAISE EXCEPTION USING ERRCODE = '{DIFFERS}', TABLE = {string_literal(name)}, CONSTRAINT = 'role',\n"
        f"      DATATYPE = {string_literal(declared)}, MESSAGE = found;\n"
        "  END IF;\n"
    )
    # Another session that makes it at the same time is seen by its error alone, and then by what it has made.
    return "DO " + dollar_quoted(
        "\nDECLARE\n  found text;\nBEGIN\n  FOR attempt IN 1..2 LOOP\n"
        f"    SELECT {shown} || ' CONNECTION LIMIT ' || {limit} INTO found\n"
        f"    FROM pg_catalog.pg_roles r WHERE r.rolname = {string_literal(name)};\n"
        "    EXIT WHEN found IS NOT NULL;\n    BEGIN\n"
        f"      CREATE ROLE {quoted(name)} {declared};\n      RETURN;\n"
        "    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;\n    END;\n  END LOOP;\n"
        f"{differs if same else ''}END\n"  # somebody else's is as it is
    )


def alter(before: Role, after: Role, needs: Requirements) -> Iterator[str]:
    """ALTER ROLE. https://www.postgresql.org/docs/current/sql-alterrole.html"""
    changed = [new for old, new in zip(_words(before), _words(after), strict=True) if old != new]
    yield f"ALTER ROLE {quoted(after.name)} {' '.join(changed)}"


def drop(role: Role, operation: Drop) -> str:
    """DROP ROLE, which knows no CASCADE."""
    return dropped(Drop(role, operation.if_exists), "ROLE", quoted(role.name))


def subject(role: Role) -> str:
    """What COMMENT ON calls it."""
    return f"ROLE {quoted(role.name)}"


def _words(role: Role) -> list[str]:
    flags = [each.upper() if getattr(role, each) else f"NO{each.upper()}" for each in FLAGS]
    return [*flags, f"CONNECTION LIMIT {role.connection_limit}"]
