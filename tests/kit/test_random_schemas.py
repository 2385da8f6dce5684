"""Random schemas of all kinds: created, read, dropped with nothing left, and the same when they are created again."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from qb import Database, create_all
from qb.kit import introspect
from qb.typing import Schema
from tests.kit.alone import differences
from tests.kit.random_schemas import schemas
from tests.kit.test_descriptors import made
from tests.samples import samples


def check(db: Database, wanted: Schema) -> None:
    with db.transaction(rollback=True) as tx:
        assert differences(made(tx, wanted), made(tx, wanted)) == ()
        tx.run(create_all(wanted)).unwrap()
        tables = [each for each in introspect(tx).unwrap() if each.kind == "table"]
        assert len(tables) == len(wanted.tables)


@settings(samples(20), suppress_health_check=[HealthCheck.too_slow])
@given(schemas())
def test_a_random_schema_is_read_as_it_was_created(qb_db: Database, wanted: Schema) -> None:
    check(qb_db, wanted)


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schemas())
def test_five_hundred_random_schemas(qb_db: Database, wanted: Schema) -> None:
    check(qb_db, wanted)
