"""Triggers, event triggers, rules and policies. https://www.postgresql.org/docs/current/sql-createtrigger.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.policy import PolicyFact
from qb.kit.facts.rule import RuleFact
from qb.kit.facts.trigger import EventTriggerFact, TriggerFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import Altered, DdlRule, Lines, drop_plainly
from qb.kit.planning.ddl.sql_names import name_of_table
from qb.model.object import Identity
from qb.render.literals import string_literal
from qb.types.identifier import quoted

_FIRES: Final = {"origin": "ENABLE", "always": "ENABLE ALWAYS", "replica": "ENABLE REPLICA", "disabled": "DISABLE"}


def _create_trigger(identity: Identity, fact: TriggerFact, parts: CatalogParts) -> Lines:
    return [fact.definition, *_trigger_fires(identity, fact.enabled, parts)]


def _trigger_fires(identity: Identity, enabled: str, parts: CatalogParts, before: str = "origin") -> Lines:
    relation = parts.relation(identity.schema, identity.table)
    word = "FOREIGN TABLE" if relation is not None and relation.kind == "foreign table" else "TABLE"
    said = f"ALTER {word} {name_of_table(identity)} {_FIRES[enabled]} TRIGGER {quoted(identity.name)}"
    return [said] if enabled != before else []


def _alter_trigger(change: Altered[TriggerFact]) -> Lines | None:
    if change.only("enabled"):
        return _trigger_fires(change.identity, change.other.enabled, change.after, change.one.enabled)
    if change.other.definition.startswith("CREATE TRIGGER ") and change.one.definition.startswith("CREATE TRIGGER "):
        replaced = change.other.definition.replace("CREATE TRIGGER ", "CREATE OR REPLACE TRIGGER ", 1)
        fires = _trigger_fires(change.identity, change.other.enabled, change.after, change.one.enabled)
        return [replaced, *fires]
    return None


def _create_event_trigger(identity: Identity, fact: EventTriggerFact, parts: CatalogParts) -> Lines:
    tags = f" WHEN TAG IN ({', '.join(map(string_literal, fact.tags))})" if fact.tags else ""
    lines = [f"CREATE EVENT TRIGGER {quoted(identity.name)} ON {fact.event}{tags} EXECUTE FUNCTION {fact.function}"]
    return [*lines, *_event_fires(identity, fact.enabled)]


def _event_fires(identity: Identity, enabled: str, before: str = "origin") -> Lines:
    return [f"ALTER EVENT TRIGGER {quoted(identity.name)} {_FIRES[enabled]}"] if enabled != before else []


def _alter_event_trigger(change: Altered[EventTriggerFact]) -> Lines | None:
    return _event_fires(change.identity, change.other.enabled, change.one.enabled) if change.only("enabled") else None


def _create_rule(identity: Identity, fact: RuleFact, parts: CatalogParts) -> Lines:
    return [fact.definition.strip().removesuffix(";"), *_rule_fires(identity, fact.enabled)]


def _rule_fires(identity: Identity, enabled: str, before: str = "origin") -> Lines:
    said = f"ALTER TABLE {name_of_table(identity)} {_FIRES[enabled]} RULE {quoted(identity.name)}"
    return [said] if enabled != before else []


def _alter_rule(change: Altered[RuleFact]) -> Lines | None:
    return _rule_fires(change.identity, change.other.enabled, change.one.enabled) if change.only("enabled") else None


def _create_policy(identity: Identity, fact: PolicyFact, parts: CatalogParts) -> Lines:
    kind = "" if fact.permissive else " AS RESTRICTIVE"
    command = f" FOR {fact.command.upper()}" if fact.command != "all" else ""
    return [f"CREATE POLICY {quoted(identity.name)} ON {name_of_table(identity)}{kind}{command}{_policy_body(fact)}"]


def _policy_body(fact: PolicyFact) -> str:
    roles = ", ".join("PUBLIC" if each == "public" else quoted(each) for each in fact.roles)
    using = f" USING ({fact.using})" if fact.using is not None else ""
    return f" TO {roles}{using}{f' WITH CHECK ({fact.with_check})' if fact.with_check is not None else ''}"


def _alter_policy(change: Altered[PolicyFact]) -> Lines | None:
    one, other = change.one, change.other
    gone = (one.using is not None and other.using is None) or (one.with_check is not None and other.with_check is None)
    if not change.only("roles", "using", "with_check") or gone:
        return None
    return [f"ALTER POLICY {quoted(change.identity.name)} ON {name_of_table(change.identity)}{_policy_body(other)}"]


TRIGGER_RULE: Final = DdlRule(_create_trigger, _alter_trigger, drop_plainly)
EVENT_TRIGGER_RULE: Final = DdlRule(_create_event_trigger, _alter_event_trigger, drop_plainly)
REWRITE_RULE_RULE: Final = DdlRule(_create_rule, _alter_rule, drop_plainly)
POLICY_RULE: Final = DdlRule(_create_policy, _alter_policy, drop_plainly)
