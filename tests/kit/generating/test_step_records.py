"""What is kept of each statement of a plan."""

from __future__ import annotations

import msgspec

from qb.kit.generating.step_records import step_records
from qb.kit.planning.migration_plan import PlanStep
from qb.kit.proving.measuring import Measured
from qb.model.object import Identity

SEEN = Measured({}, (), (), True)


def test_what_the_plan_knows_better_than_the_text_is_kept() -> None:
    column = Identity("column", "public", "notes", "n")
    text = "ALTER TABLE public.notes ALTER n TYPE bigint, DROP m"
    step = PlanStep(column, "alter", text, ("drop-column:notes.m",))
    (planned,) = step_records([step], [SEEN], planned=True)
    assert planned.keeps == ("retype:public.notes.n",)
    (written,) = step_records([step], [SEEN])
    assert written.keeps is msgspec.UNSET
    (plain,) = step_records([PlanStep(column, "create", "CREATE TABLE t ()")], [SEEN], planned=True)
    assert b"keeps" not in msgspec.json.encode(plain)
