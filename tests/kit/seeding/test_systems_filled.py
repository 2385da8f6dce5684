"""The databases of five real systems, filled with rows: each of them is what its descriptors say."""

from __future__ import annotations

import pytest

from qb import connect, create_all, unwrap
from qb.kit import generate_rows, validate
from tables.scratch import scratch_database
from tests.kit.checks.test_five_systems import SCHEMAS


@pytest.mark.slow
@pytest.mark.parametrize("name", SCHEMAS)
def test_made_up_rows_are_what_the_schema_says(name: str, qb_url: str) -> None:
    wanted = SCHEMAS[name]
    with scratch_database(qb_url, name=f"filled_{name}") as url, connect(url) as db:
        unwrap(db.run(create_all(wanted, stand_ins=True)))
        made = unwrap(generate_rows(wanted, db, 15, seed=1))
        found = unwrap(validate(wanted, db))
    assert found.problems == ()
    assert {each.table for each in made.tables} == {each.table for each in found.tables}
    assert all(each.rows > 0 for each in made.tables)
