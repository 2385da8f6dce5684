"""A whole catalog made from nothing by what its facts say, and taken away again."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, assume, given, seed, settings

from qb import Database, Tx, create_all
from qb.errors import DefinitionError
from qb.kit import Catalog, introspect, ours_of
from qb.kit.ours.value import Ours
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.planning.plan import plan
from qb.typing import Schema
from tests.kit.alone import differences
from tests.kit.everything import make
from tests.kit.planning.wholes import SCHEMAS, WHOLE, created, ours_for, run, with_roles, writable
from tests.kit.random_schemas import schemas
from tests.samples import samples

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
pytestmark = pytest.mark.usefixtures("same_draws")
SECRETS = {
    "ALTER FOREIGN DATA WRAPPER kit_wrapper OPTIONS (api_key 'secret')": "foreign-data wrapper kit_wrapper",
    "ALTER SERVER kit_server OPTIONS (password 'secret')": "server kit_server",
    "ALTER USER MAPPING FOR kit_clerk SERVER kit_server OPTIONS (password 'secret')": "user mapping kit_clerk",
    "ALTER FOREIGN TABLE app.away OPTIONS (token 'secret')": "foreign table app.away",
    "ALTER FOREIGN TABLE app.away ALTER id OPTIONS (token 'secret')": "column app.away.id",
}


def check(db: Database, empty: Catalog, found: Catalog, ours: Ours) -> None:
    """Made on a database in which nothing is, it is the same; and nothing is left once it is taken away."""
    made = plan(empty, found, ours=ours)
    assert plan(empty, found, ours=ours) == made
    assert plan(found, found, ours=ours).empty
    with db.transaction(rollback=True) as tx:
        with_roles(tx, found, ours)
        before = introspect(tx).unwrap()
        run(tx, made.up)
        again = introspect(tx).unwrap()
        assert fingerprint(again, ours) == fingerprint(found, ours), differences(found, again)
        run(tx, made.down)
        assert differences(before, introspect(tx).unwrap(), ours.grantees) == ()


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_of_the_repository(bare: Database, name: str) -> None:
    with bare.transaction(rollback=True) as tx:
        empty = introspect(tx).unwrap()
        found = created(tx, SCHEMAS[name])
    check(bare, empty, found, ours_for(SCHEMAS[name], found))


def test_a_database_with_an_object_of_every_kind(bare: Database) -> None:
    with bare.transaction(rollback=True) as tx:
        empty = introspect(tx).unwrap()
        make(tx, WHOLE)
        found = introspect(tx).unwrap()
    check(bare, empty, found, Ours())


def test_what_cannot_be_read_cannot_be_written(qb_tx: Tx) -> None:
    empty = introspect(qb_tx).unwrap()
    make(qb_tx, WHOLE)
    for secret, what in SECRETS.items():
        with qb_tx.transaction(rollback=True) as tx:
            make(tx, secret)
            with pytest.raises(DefinitionError, match=f"{what}.* cannot be written"):
                plan(empty, introspect(tx).unwrap())


def random(db: Database, wanted: Schema) -> None:
    with db.transaction(rollback=True) as tx:
        empty = introspect(tx).unwrap()
        tx.run(create_all(wanted)).unwrap()
        found = introspect(tx).unwrap()
    assume(writable(found))
    check(db, empty, found, ours_of(wanted))


@settings(samples(10), derandomize=True, suppress_health_check=SLOW)
@given(schemas(toast=False))
def test_random_schemas(bare: Database, wanted: Schema) -> None:
    random(bare, wanted)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(2))
def test_more_random_schemas(bare: Database, part: int) -> None:
    @seed(part)
    @settings(max_examples=75, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=SLOW)
    @given(schemas(toast=False))
    def found(wanted: Schema) -> None:
        random(bare, wanted)

    found()
