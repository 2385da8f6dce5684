"""The databases of five real systems: each of their tables is read, through each of its codecs."""

from __future__ import annotations

import pytest

from qb import connect, create_all, unwrap
from qb.kit import validate
from tables.scratch import scratch_database
from tests.kit.checks.test_five_systems import SCHEMAS


@pytest.mark.slow
@pytest.mark.parametrize("name", SCHEMAS)
def test_an_empty_database_is_what_its_schema_says(name: str, qb_url: str) -> None:
    wanted = SCHEMAS[name]
    with scratch_database(qb_url, name=f"empty_{name}") as url, connect(url) as db:
        unwrap(db.run(create_all(wanted, stand_ins=True)))
        found = unwrap(validate(wanted, db))
    assert found.problems == ()
    ours = [each.title for each in wanted.tables if not each.external and each.partition_of is None]
    assert {each.table for each in found.tables} == set(ours)
