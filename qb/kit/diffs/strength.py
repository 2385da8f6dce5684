"""What is there and weaker than it should be: constraints that are not valid, indexes that nobody uses, triggers that
are off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from qb.kit.diffs.value import Became, FieldChange
from qb.kit.facts.base import Fact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.rule import RuleFact
from qb.kit.facts.trigger import EventTriggerFact, TriggerFact
from qb.kit.facts.view import ViewFact

_OFF: Final = "disabled"
WEAK: Final[Mapping[tuple[type[Fact], str], tuple[object, str]]] = {
    (ConstraintFact, "valid"): (False, "not validated: rows that were there before it may break it"),
    (IndexFact, "valid"): (False, "not valid: no query uses it, as building it did not end; build it anew"),
    (IndexFact, "ready"): (False, "not kept up with what is written, as building it did not end; build it anew"),
    (TriggerFact, "enabled"): (_OFF, "disabled: nothing calls it"),
    (EventTriggerFact, "enabled"): (_OFF, "disabled: nothing calls it"),
    (RuleFact, "enabled"): (_OFF, "disabled: nothing is rewritten by it"),
    (ViewFact, "populated"): (False, "not populated: reading it fails until it is refreshed"),
}
"""By class of fact and field: the value that is weak, and what it means."""


def strength(fact: Fact, fields: tuple[FieldChange, ...]) -> Became:
    """What became of an object both sides have: weaker or stronger where nothing else differs."""
    found: set[Became] = set()
    for each in fields:
        weak = WEAK.get((type(fact), each.name))
        if weak is None or (each.before == weak[0]) == (each.after == weak[0]):
            return "changed"
        found.add("weaker" if each.after == weak[0] else "stronger")
    return found.pop() if len(found) == 1 else "changed"


def weakness(fact: Fact | None, field: FieldChange) -> str | None:
    """What it means that a field is weak; None where it is not."""
    weak = WEAK.get((type(fact), field.name)) if fact is not None else None
    return weak[1] if weak is not None and field.after == weak[0] else None
