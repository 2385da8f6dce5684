"""Triggers. https://www.postgresql.org/docs/current/sql-createtrigger.html"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from qb.ddl.operation import Create, Drop
from qb.model.target import Feature, Requirements
from qb.model.trigger import Trigger
from qb.render.ddl.equal import ANEW, unless_equal
from qb.render.ddl.expression import row_expression
from qb.render.ddl.parts import as_one, names, table_name
from qb.render.literals import string_literal
from qb.types.identifier import qualified, quoted

FUNCTION = Feature("EXECUTE FUNCTION", 11)
TRANSITION = Feature("the transition table of a trigger", 10)
ENABLED: Final = {
    "origin": "ENABLE TRIGGER",
    "disabled": "DISABLE TRIGGER",
    "replica": "ENABLE REPLICA TRIGGER",
    "always": "ENABLE ALWAYS TRIGGER",
}


def create(trigger: Trigger, operation: Create, needs: Requirements) -> str:
    """CREATE TRIGGER."""
    made = _made(trigger, needs)
    if not operation.if_not_exists:
        return as_one(*made)
    anew = ";\n  ".join(_made(replace(trigger, name=ANEW), needs))
    facts = _facts(trigger, trigger.name), _facts(trigger, ANEW)
    return unless_equal(";\n  ".join(made), "duplicate_object", anew, facts, ("trigger", trigger.identity.title))


def _facts(trigger: Trigger, name: str) -> str:
    """What the catalog says of it, but its name. https://www.postgresql.org/docs/current/catalog-pg-trigger.html"""
    called = "' TRIGGER ' || pg_catalog.quote_ident(t.tgname)"
    whole = "pg_catalog.pg_get_triggerdef(t.oid)"
    return (
        "SELECT pg_catalog.jsonb_build_object("
        f"'definition', substr({whole}, strpos({whole}, {called}) + length({called}) + 1), "
        "'constraint', t.tgconstraint <> 0, 'enabled', t.tgenabled) FROM pg_catalog.pg_trigger t "
        f"WHERE t.tgrelid = {string_literal(table_name(trigger.table))}::regclass "
        f"AND t.tgname = {string_literal(name)}"
    )


def _made(trigger: Trigger, needs: Requirements) -> tuple[str, ...]:
    where = trigger.identity.title
    needs.add(FUNCTION, where)
    word = "CREATE CONSTRAINT TRIGGER" if trigger.constraint else "CREATE TRIGGER"
    events = " OR ".join(
        f"UPDATE OF {names(trigger.columns)[1:-1]}" if each == "update" and trigger.columns else each.upper()
        for each in trigger.events
    )
    parts = [f"{word} {quoted(trigger.name)} {trigger.timing.upper()} {events} ON {table_name(trigger.table)}"]
    if trigger.deferrable:
        parts.append(f"DEFERRABLE INITIALLY {trigger.deferrable.upper()}")
    if trigger.old_table is not None or trigger.new_table is not None:
        needs.add(TRANSITION, where)
        tables = (("OLD", trigger.old_table), ("NEW", trigger.new_table))
        said = (f"{row} TABLE AS {quoted(name)}" for row, name in tables if name is not None)
        parts.append(f"REFERENCING {' '.join(said)}")
    parts.append(f"FOR EACH {trigger.for_each.upper()}")
    if trigger.when is not None:
        parts.append(f"WHEN ({row_expression(trigger.when.node, needs, where)})")
    arguments = ", ".join(map(string_literal, trigger.arguments))
    parts.append(f"EXECUTE FUNCTION {qualified(trigger.function.schema or None, trigger.called)}({arguments})")
    return " ".join(parts), *(() if trigger.enabled == "origin" else (_enabled(trigger),))


def alter(before: Trigger, after: Trigger, needs: Requirements) -> Iterator[str]:
    """ALTER TABLE ... ENABLE TRIGGER."""
    yield _enabled(after)


def drop(trigger: Trigger, operation: Drop) -> str:
    """DROP TRIGGER."""
    guard, more = "IF EXISTS " if operation.if_exists else "", " CASCADE" if operation.cascade else ""
    return f"DROP TRIGGER {guard}{quoted(trigger.name)} ON {table_name(trigger.table)}{more}"


def subject(trigger: Trigger) -> str:
    """What COMMENT ON calls it."""
    return f"TRIGGER {quoted(trigger.name)} ON {table_name(trigger.table)}"


def _enabled(trigger: Trigger) -> str:
    return f"ALTER TABLE {table_name(trigger.table)} {ENABLED[trigger.enabled]} {quoted(trigger.name)}"
