"""Which file of a migration is another one than was applied: its SQL or its steps."""

from __future__ import annotations

from msgspec.structs import replace

from qb import Database
from qb.kit import audit, migrate
from qb.kit.history.checksum import checksum
from tests.kit.running.histories import in_line, migration

STEPS = """
from __future__ import annotations

from qb import Outcome, Success, Tx
from qb.kit import StepBatch, data_step


@data_step()
def nothing(tx: Tx, after: int | None) -> Outcome[StepBatch[int] | None]:
    return Success(None)
"""
MADE = migration("0001_steps", "SELECT 1;", data_steps=STEPS)


def test_the_one_that_was_edited_is_named(db: Database) -> None:
    recorded = replace(MADE, recorded=(checksum(MADE.up), None))
    for one in (MADE, recorded):
        migrate(db, in_line(one)).unwrap()
        steps = in_line(replace(one, data_steps=f"{STEPS}\n"))
        assert str(migrate(db, steps).failure()).startswith("0001_steps/steps.py: 0001_steps is not what was applied")
        assert [each.file for each in audit(steps, db).unwrap().findings if each.kind == "edited"] == [
            "0001_steps/steps.py"
        ]
        both = in_line(replace(one, up="SELECT 2;", data_steps=f"{STEPS}\n"))
        assert str(migrate(db, both).failure()).startswith("0001_steps/up.sql: ")
