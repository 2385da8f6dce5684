"""Triggers of tables and views, and event triggers. https://www.postgresql.org/docs/current/catalog-pg-trigger.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.texts import PlainName, SqlNames, SqlText


class TriggerFact(Fact, frozen=True):
    """A trigger, constraint triggers included."""

    definition: SqlText
    enabled: str
    """origin, always, replica or disabled."""
    function: SqlNames
    inherited: bool
    """Whether it is there because the partitioned table has it."""


class EventTriggerFact(Fact, frozen=True):
    """An event trigger."""

    owner: PlainName
    event: str
    tags: tuple[str, ...]
    function: SqlNames
    enabled: str


TRIGGERS: Final = Reading(
    TriggerFact,
    "pg_trigger",
    """
SELECT 'trigger', n.nspname, c.relname, t.tgname, t.oid::int8, 0,
  pg_get_triggerdef(t.oid),
  CASE t.tgenabled WHEN 'O' THEN 'origin' WHEN 'A' THEN 'always' WHEN 'R' THEN 'replica' ELSE 'disabled' END,
  t.tgfoid::regprocedure::text, t.tgparentid <> 0
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND t.oid >= 16384 AND c.relpersistence <> 't'
""",
)

EVENT_TRIGGERS: Final = Reading(
    EventTriggerFact,
    "pg_event_trigger",
    """
SELECT 'event trigger', '', '', e.evtname, e.oid::int8, 0,
  pg_get_userbyid(e.evtowner), e.evtevent, coalesce(e.evttags, ARRAY[]::text[]),
  e.evtfoid::regprocedure::text,
  CASE e.evtenabled WHEN 'O' THEN 'origin' WHEN 'A' THEN 'always' WHEN 'R' THEN 'replica' ELSE 'disabled' END
FROM pg_event_trigger e
""",
)
