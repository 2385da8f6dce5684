"""A plan as the text of a file: each statement under a comment that says what it does to those who work meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from qb.kit.planning.migration_plan import PlanStep

COMMIT: Final = "-- qb: commit"
"""A line between two transactions."""
OUTSIDE: Final = "-- qb: no transaction"
"""A line ahead of what is run outside of one."""


def plan_sql(steps: Sequence[PlanStep], notes: Sequence[str] = ()) -> str:
    """The text of up.sql or down.sql. `notes` are what is said of each statement.

    >>> from qb.model.object import Identity
    >>> print(
    ...     plan_sql([PlanStep(Identity("table", "", "", "t"), "alter", "ALTER TABLE t ADD x int")], ["locks t"]),
    ...     end="",
    ... )
    -- 1. locks t
    ALTER TABLE t ADD x int;
    """
    lines: list[str] = []
    for number, each in enumerate(steps, 1):
        if each.commits:
            lines.append(COMMIT)
        note = notes[number - 1] if number <= len(notes) else ""
        said = "; ".join(filter(None, (note, each.says and f"{each.says}")))
        for place, line in enumerate(said.splitlines()):  # a name may hold the end of one
            lines.append(f"--    {line}" if place else f"-- {number}. {line}")
        if each.marked:
            lines.append(OUTSIDE)
        lines.append(f"{each.sql};")
    return "".join(f"{line}\n" for line in lines)
