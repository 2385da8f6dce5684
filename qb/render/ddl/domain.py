"""Domains. https://www.postgresql.org/docs/current/sql-createdomain.html"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from qb.ddl.operation import Create, Drop
from qb.model.domain import Domain, DomainCheck
from qb.model.target import Requirements
from qb.render.ddl.equal import ANEW, unless_equal
from qb.render.ddl.expression import expression, operand
from qb.render.ddl.parts import dropped
from qb.render.literals import string_literal
from qb.types.identifier import qualified_type, quoted


def create(domain: Domain, operation: Create, needs: Requirements) -> str:
    """CREATE DOMAIN. One that stands has to be over the same type and to hold the same: it would round, or let pass."""
    if not operation.if_not_exists:
        return _made(domain, needs)
    anew = replace(domain, name=ANEW)
    made, what = _made(domain, needs), (domain.kind, domain.identity.title)
    return unless_equal(made, "duplicate_object", _made(anew, needs), (_facts(domain), _facts(anew)), what)


def _facts(domain: Domain) -> str:
    """What the catalog says of it. https://www.postgresql.org/docs/current/catalog-pg-type.html"""
    return (
        "SELECT pg_catalog.jsonb_build_object('type', pg_catalog.format_type(t.typbasetype, t.typtypmod), "
        "'default', pg_catalog.pg_get_expr(t.typdefaultbin, 0), 'not null', t.typnotnull, "
        "'checks', ARRAY(SELECT pg_catalog.pg_get_constraintdef(c.oid) FROM pg_catalog.pg_constraint c "
        "WHERE c.contypid = t.oid AND c.contype = 'c' ORDER BY 1)) FROM pg_catalog.pg_type t "
        f"WHERE t.typtype = 'd' AND t.oid = pg_catalog.to_regtype({string_literal(_name(domain))})"
    )


def _made(domain: Domain, needs: Requirements) -> str:
    where, below = domain.identity.title, domain.type
    parts = [f"CREATE DOMAIN {_name(domain)} AS {below.name}"]
    if below.collation:
        parts.append(f"COLLATE {below.collation}")
    if domain.default is not None:
        parts.append(f"DEFAULT {operand(domain.default, needs, where)}")
    if domain.not_null:
        parts.append("NOT NULL")
    parts += (_line(each, needs, where) for each in domain.checks)
    return " ".join(parts)


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
