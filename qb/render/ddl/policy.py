"""Policies. https://www.postgresql.org/docs/current/sql-createpolicy.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.policy import Policy
from qb.model.target import Feature, Requirements
from qb.render.ddl.expression import expression
from qb.render.ddl.grant import role_list
from qb.render.ddl.parts import guarded, table_name
from qb.types.identifier import quoted

RESTRICTIVE = Feature("a restrictive policy", 10)


def create(policy: Policy, operation: Create, needs: Requirements) -> str:
    """CREATE POLICY."""
    parts = [f"CREATE {subject(policy)}"]
    if policy.restrictive:
        needs.add(RESTRICTIVE, policy.identity.title)
        parts.append("AS RESTRICTIVE")
    if policy.command != "all":
        parts.append(f"FOR {policy.command.upper()}")
    if policy.roles != ("public",):
        parts.append(f"TO {role_list(policy.roles)}")
    made = " ".join((*parts, *_conditions(policy, needs)))
    return guarded(made, "duplicate_object") if operation.if_not_exists else made


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


def _conditions(policy: Policy, needs: Requirements) -> Iterator[str]:
    for word, condition in (("USING", policy.using), ("WITH CHECK", policy.with_check)):
        if condition is not None:
            yield f"{word} ({expression(condition.node, needs, policy.identity.title, table=policy.table)})"
