"""Event triggers. https://www.postgresql.org/docs/current/sql-createeventtrigger.html"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from qb.ddl.operation import Create, Drop
from qb.model.target import Feature, Requirements
from qb.model.trigger import EventTrigger
from qb.render.ddl.parts import as_one, dropped, guarded
from qb.render.ddl.trigger import FUNCTION
from qb.render.literals import string_literal
from qb.types.identifier import qualified, quoted

LOGIN = Feature("an event trigger on login", 17)
STATES: Final = {"origin": "ENABLE", "disabled": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS"}


def create(trigger: EventTrigger, operation: Create, needs: Requirements) -> str:
    """CREATE EVENT TRIGGER."""
    where = trigger.identity.title
    needs.add(FUNCTION, where)
    if trigger.event == "login":
        needs.add(LOGIN, where)
    tags = f" WHEN TAG IN ({', '.join(map(string_literal, trigger.tags))})" if trigger.tags else ""
    first = (
        f"CREATE EVENT TRIGGER {quoted(trigger.name)} ON {trigger.event}{tags} "
        f"EXECUTE FUNCTION {qualified(*trigger.called)}()"
    )
    made = first, *(() if trigger.enabled == "origin" else (_enabled(trigger),))
    return guarded(";\n  ".join(made), "duplicate_object") if operation.if_not_exists else as_one(*made)


def alter(before: EventTrigger, after: EventTrigger, needs: Requirements) -> Iterator[str]:
    """ALTER EVENT TRIGGER."""
    yield _enabled(after)


def drop(trigger: EventTrigger, operation: Drop) -> str:
    """DROP EVENT TRIGGER."""
    return dropped(operation, "EVENT TRIGGER", quoted(trigger.name))


def subject(trigger: EventTrigger) -> str:
    """What COMMENT ON calls it."""
    return f"EVENT TRIGGER {quoted(trigger.name)}"


def _enabled(trigger: EventTrigger) -> str:
    return f"ALTER EVENT TRIGGER {quoted(trigger.name)} {STATES[trigger.enabled]}"
