"""What a migration is called."""

from __future__ import annotations

from qb.kit import Identity
from qb.kit.generating.naming import migration_name
from qb.kit.planning.migration_plan import PlanStep


def test_what_it_does_to_one_object() -> None:
    table = Identity("table", "public", "", "a (b)")
    routine = Identity("function", "public", "", "odd (name)(integer)")
    assert migration_name([PlanStep(table, "lose", "DROP")]) == "drop a (b)"
    assert migration_name([PlanStep(routine, "lose", "DROP")]) == "drop odd (name)"
