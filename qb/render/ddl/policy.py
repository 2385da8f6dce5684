"""Policies. https://www.postgresql.org/docs/current/sql-createpolicy.html"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from qb.ddl.operation import Create, Drop
from qb.model.policy import Policy
from qb.model.target import Feature, Requirements
from qb.render.ddl.equal import ANEW, unless_equal
from qb.render.ddl.expression import expression
from qb.render.ddl.grant import role_list
from qb.render.ddl.parts import table_name
from qb.render.literals import string_literal
from qb.types.identifier import quoted

RESTRICTIVE = Feature("a restrictive policy", 10)


def create(policy: Policy, operation: Create, needs: Requirements) -> str:
    """CREATE POLICY."""
    made = _made(policy, needs)
    if not operation.if_not_exists:
        return made
    anew = _made(replace(policy, name=ANEW), needs)
    return unless_equal(
        made,
        "duplicate_object",
        anew,
        (_facts(policy, policy.name), _facts(policy, ANEW)),
        ("policy", policy.identity.title),
    )


def _made(policy: Policy, needs: Requirements) -> str:
    parts = [f"CREATE {subject(policy)}"]
    if policy.restrictive:
        needs.add(RESTRICTIVE, policy.identity.title)
        parts.append("AS RESTRICTIVE")
    if policy.command != "all":
        parts.append(f"FOR {policy.command.upper()}")
    if policy.roles != ("public",):
        parts.append(f"TO {role_list(policy.roles)}")
    return " ".join((*parts, *_conditions(policy, needs)))


def alter(before: Policy, after: Policy, needs: Requirements) -> Iterator[str]:
    """ALTER POLICY; a condition that goes takes the policy with it, and it comes anew."""
    if any(getattr(before, each) and not getattr(after, each) for each in ("using", "with_check")):
        yield drop(before, Drop(before))
        yield create(after, Create(after), needs)
    else:
        yield " ".join((f"ALTER {subject(after)} TO {role_list(after.roles)}", *_conditions(after, needs)))


def drop(policy: Policy, operation: Drop) -> str:
    """DROP POLICY."""
    guard = "IF EXISTS " if operation.if_exists else ""
    return f"DROP POLICY {guard}{quoted(policy.name)} ON {table_name(policy.table)}"


def subject(policy: Policy) -> str:
    """What COMMENT ON calls it."""
    return f"POLICY {quoted(policy.name)} ON {table_name(policy.table)}"


def _facts(policy: Policy, name: str) -> str:
    """What the catalog says of it, but its name. https://www.postgresql.org/docs/current/catalog-pg-policy.html"""
    return (
        "SELECT pg_catalog.jsonb_build_object("
        "'restrictive', NOT p.polpermissive, 'for', p.polcmd, 'to', ARRAY(SELECT CASE WHEN r = 0 THEN 'public' ELSE "
        "pg_catalog.pg_get_userbyid(r)::text END FROM unnest(p.polroles) r ORDER BY 1), "
        "'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid), "
        "'with check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) "
        f"FROM pg_catalog.pg_policy p WHERE p.polrelid = {string_literal(table_name(policy.table))}::regclass "
        f"AND p.polname = {string_literal(name)}"
    )


def _conditions(policy: Policy, needs: Requirements) -> Iterator[str]:
    for word, condition in (("USING", policy.using), ("WITH CHECK", policy.with_check)):
        if condition is not None:
            yield f"{word} ({expression(condition.node, needs, policy.identity.title, table=policy.table)})"
