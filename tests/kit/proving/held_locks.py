"""Who waits while a plan runs, as it was measured."""

from __future__ import annotations

from typing import Final

from qb.kit.facts.kinds import OF_TYPES
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.proving.proof import ProvedPlan

_MADE_AGAIN: Final = ("end", "lose", "rename")


def kept_waiting(made: MigrationPlan, seen: ProvedPlan) -> list[str]:
    """Statements that take as long as a table is large while others wait for a lock, and of which no plan says so.

    Those that a plan marks may have more than their own tables locked only where something is made again behind them.
    """
    found: list[str] = []
    for steps, each in ((made.up, seen.up), (made.down, seen.down)):
        begins = 0
        for place, (step, measured) in enumerate(zip(steps, each, strict=True)):
            begins = place if step.commits or not measured.transactional else begins
            if not measured.keeps_waiting:
                continue
            own = {
                f"{step.identity.schema}.{step.identity.table}",
                *measured.locks,
                *measured.rewrites,
                *measured.scans,
            }
            again = any(one.verb in _MADE_AGAIN or one.identity.kind in OF_TYPES for one in steps[begins:place])
            if not step.holds or (set(measured.waited_for) - own and not again):
                found.append(f"{step.sql}: {dict(measured.waited_for)}, {dict(measured.locks)}")
    return found
