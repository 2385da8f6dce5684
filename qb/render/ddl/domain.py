"""Domains. https://www.postgresql.org/docs/current/sql-createdomain.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.domain import Domain, DomainCheck
from qb.model.target import Requirements
from qb.render.ddl.expression import expression, operand
from qb.render.ddl.parts import dropped, unless_there
from qb.types.identifier import qualified_type, quoted


def create(domain: Domain, operation: Create, needs: Requirements) -> str:
    """CREATE DOMAIN."""
    where, below = domain.identity.title, domain.type
    parts = [f"CREATE DOMAIN {_name(domain)} AS {below.name}"]
    if below.collation:
        parts.append(f"COLLATE {below.collation}")
    if domain.default is not None:
        parts.append(f"DEFAULT {operand(domain.default, needs, where)}")
    if domain.not_null:
        parts.append("NOT NULL")
    parts += (_line(each, needs, where) for each in domain.checks)
    return unless_there(" ".join(parts), operation.if_not_exists)


def alter(before: Domain, after: Domain, needs: Requirements) -> Iterator[str]:
    """ALTER DOMAIN: its conditions are asked of all values that are there.

    https://www.postgresql.org/docs/current/sql-alterdomain.html
    """
    begin, where = f"ALTER DOMAIN {_name(after)}", after.identity.title
    for each in before.checks:
        if each not in after.checks:
            yield f"{begin} DROP CONSTRAINT {quoted(each.name)}"
    if before.default != after.default:
        said = "DROP DEFAULT" if after.default is None else f"SET DEFAULT {operand(after.default, needs, where)}"
        yield f"{begin} {said}"
    if before.not_null != after.not_null:
        yield f"{begin} {'SET' if after.not_null else 'DROP'} NOT NULL"
    for each in after.checks:
        if each not in before.checks:
            yield f"{begin} ADD {_line(each, needs, where)}"


def drop(domain: Domain, operation: Drop) -> str:
    """DROP DOMAIN."""
    return dropped(operation, "DOMAIN", _name(domain))


def subject(domain: Domain) -> str:
    """What COMMENT ON and GRANT call it."""
    return f"DOMAIN {_name(domain)}"


def _name(domain: Domain) -> str:
    return qualified_type(domain.schema, domain.name)


def _line(check: DomainCheck, needs: Requirements, where: str) -> str:
    return f"CONSTRAINT {quoted(check.name)} CHECK ({expression(check.condition, needs, where)})"
