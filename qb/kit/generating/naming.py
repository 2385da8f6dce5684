"""What a migration is called that nobody names: after what it does first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from qb.kit.planning.migration_plan import PlanStep
from qb.kit.sought import without_arguments

_VERBS: Final = {"create": "add", "lose": "drop", "end": "drop", "rename": "rename", "build": "add"}
_LATER: Final = ("check", "finish", "secure")


def migration_name(steps: Sequence[PlanStep]) -> str:
    """A name made of the change.

    >>> from qb.model.object import Identity
    >>> migration_name([PlanStep(Identity("column", "public", "users", "slug"), "create", "...")])
    'add users slug'
    """
    found = list(dict.fromkeys((_VERBS.get(each.verb, "change"), each.identity) for each in steps))
    moved = [("rebuild", each) for _, each in found if each.kind == "rows"]  # of a table that goes and comes, and stays
    told = moved + [pair for pair in found if pair[1].kind in ("table", "column", "view")] or found
    if not told:
        return "change"
    verb, identity = told[0]
    name = " ".join(part for part in (identity.table, without_arguments(identity).name) if part)
    wholes = {each.table or each.name for _, each in told}
    return f"{verb} {name}" if len(wholes) == 1 else f"{verb} {name} and more"
