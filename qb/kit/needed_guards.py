"""What keeps rows from somebody, and is not there or not in force: row security, policies, triggers, checks."""

from __future__ import annotations

from collections.abc import Iterator

from qb.kit.catalog import Catalog
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.policy import PolicyFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.trigger import TriggerFact
from qb.model.constraint import Check
from qb.model.object import Attached, Identity
from qb.model.policy import Policy, RowSecurity
from qb.model.role import SESSION
from qb.model.table import TableDefinition
from qb.model.trigger import Trigger
from qb.tree.expressions import ColumnNode
from qb.tree.visit import within


def not_in_force(table: TableDefinition, identity: Identity, catalog: Catalog) -> Iterator[str]:
    """What is declared of a table and is not in force, in words. `identity` is the table's."""
    for check in table.checks:
        if not _is_checked(check, identity, catalog):
            yield str(_part("check", identity, check.name))
    for each in table.attached:
        yield from _of_one(each, identity, catalog)


def _of_one(each: Attached, identity: Identity, catalog: Catalog) -> Iterator[str]:
    """The same of one of them."""
    match each:
        case RowSecurity():
            found = next((fact for kind in _SECURED if (fact := catalog.get(_as(kind, identity))) is not None), None)
            if isinstance(found, TableFact) and not found.row_security:
                yield f"row security of {identity}"
            elif isinstance(found, TableFact) and each.forced and not found.forced:
                yield f"row security of {identity} for its owner, too: it is not forced"
        case Policy():
            yield from _of_policy(each, _part("policy", identity, each.name), catalog)
        case Trigger():
            at = _part("trigger", identity, each.name)
            trigger = catalog.get(at)
            if not isinstance(trigger, TriggerFact):
                yield str(at)
            elif trigger.enabled != each.enabled and trigger.enabled in ("disabled", "replica"):
                yield f"{at}, enabled: it is {_STATES[trigger.enabled]}"
        case _:
            pass


_SECURED = ("table", "foreign table")
_STATES = {"disabled": "disabled", "replica": "for replicas alone"}


def _of_policy(policy: Policy, identity: Identity, catalog: Catalog) -> Iterator[str]:
    found = catalog.get(identity)
    if not isinstance(found, PolicyFact):
        yield str(identity)
        return
    if found.command != policy.command:
        yield f"{identity} for {policy.command}: it is for {found.command}"
    if found.permissive == policy.restrictive:
        yield f"{identity}, {_kind(policy.restrictive)}: it is {_kind(not policy.restrictive)}"
    if not set(policy.roles) & set(SESSION) and set(found.roles) != set(policy.roles):
        yield f"{identity} to {', '.join(sorted(policy.roles))}: it is to {', '.join(found.roles)}"
    for called, declared, there in (
        ("USING", policy.using, found.using),
        ("WITH CHECK", policy.with_check, found.with_check),
    ):
        if declared is not None and there is None:
            yield f"{identity} with {called}: it has none"
        elif declared is not None and there == "true" and _columns(declared.node):
            yield f"{identity} with a condition in {called}: it is true of every row"
        elif declared is None and there is not None and called == "USING":
            yield f"{identity} without {called}: it has one"


def _kind(restrictive: bool) -> str:
    return "restrictive" if restrictive else "permissive"


def _is_checked(check: Check, identity: Identity, catalog: Catalog) -> bool:
    """Whether there is such a one: by its name, or on the same columns under another one; enforced."""
    named = catalog.get(_part("check", identity, check.name))
    if isinstance(named, ConstraintFact):
        return _is_enforced(named)
    columns = _columns(check.condition)
    return any(
        each.kind == "check" and (each.schema, each.table) == (identity.schema, identity.name)
        for each, fact in catalog.of(ConstraintFact).items()
        if set(fact.columns) == columns and _is_enforced(fact)
    )


def _is_enforced(fact: ConstraintFact) -> bool:
    return not fact.definition.endswith("NOT ENFORCED")


def _columns(node: object) -> set[str]:
    return {each.name for each in within(node) if isinstance(each, ColumnNode)}


def _part(kind: str, table: Identity, name: str) -> Identity:
    return Identity(kind, table.schema, table.name, name)


def _as(kind: str, identity: Identity) -> Identity:
    return Identity(kind, identity.schema, "", identity.name)
