"""Random pairs of databases: the up gives the second, the down the first, and there is nothing to do between equals."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from qb import Database, create_all
from qb.kit import introspect, ours_of
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.planning.plan import plan
from qb.typing import Schema
from tests.kit.alone import differences
from tests.kit.planning.edits import edited
from tests.kit.planning.wholes import run, writable
from tests.kit.random_schemas import schemas
from tests.samples import samples

PAIRS = int(os.environ.get("QB_PAIRS", "30"))
"""How many the slow test tries: the same ones each time, unless one asks for another number."""


def check(db: Database, wanted: Schema, data: st.DataObject) -> None:
    ours = ours_of(wanted)
    with db.transaction(rollback=True) as tx:
        tx.run(create_all(wanted)).unwrap()
        before = introspect(tx).unwrap()
        assume(writable(before))
        after, done = edited(tx, data.draw)
    note(";\n".join(done))
    made = plan(before, after, ours=ours, plain=True)
    note("UP\n" + ";\n".join(each.sql for each in made.up))
    note("DOWN\n" + ";\n".join(each.sql for each in made.down))
    assert made == plan(before, after, ours=ours, plain=True)
    assert plan(after, after, ours=ours).empty
    assert made.empty == (fingerprint(before, ours) == fingerprint(after, ours))
    plan(before, after, ours=ours)  # that of tables in use, too
    with db.transaction(rollback=True) as tx:
        tx.run(create_all(wanted)).unwrap()
        run(tx, made.up)
        found = introspect(tx).unwrap()
        assert fingerprint(found, ours) == fingerprint(after, ours), differences(after, found)
        run(tx, made.down)
        found = introspect(tx).unwrap()
        assert fingerprint(found, ours) == fingerprint(before, ours), differences(before, found)


@settings(samples(10), derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(schemas(), st.data())
def test_random_pairs(bare: Database, wanted: Schema, data: st.DataObject) -> None:
    check(bare, wanted, data)


@pytest.mark.slow
@settings(max_examples=PAIRS, deadline=None, derandomize=PAIRS == 30, suppress_health_check=[HealthCheck.too_slow])
@given(schemas(), st.data())
def test_many_random_pairs(bare: Database, wanted: Schema, data: st.DataObject) -> None:
    check(bare, wanted, data)
