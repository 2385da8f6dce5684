"""Random schemas of all kinds: what is created is what a shadow has, it leaves nothing when it is dropped, and pulled,
imported and created again it is the same."""

from __future__ import annotations

import itertools
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from qb import Database, connect, create_all
from qb.kit import canonical, introspect
from qb.kit.difference import Difference
from qb.kit.pull import pull, write_modules
from qb.kit.shadow import MadeOfSchema
from qb.kit.shadow_server import embedded_shadow, worthless_server
from qb.run.database.db import Db
from qb.typing import Schema
from tests.kit.alone import differences
from tests.kit.pull.again import pulled_again, untold
from tests.kit.pull.both_checkers import assert_pass
from tests.kit.random_schemas import schemas
from tests.kit.test_descriptors import made
from tests.samples import samples

COUNT = int(os.environ.get("QB_SCHEMAS", "500"))
"""How many the slow tests try, all together."""
SEED = int(os.environ.get("QB_SEED", "0"))
"""The same ones each time, unless one asks for others."""
PARTS = [(0, 18), (1, 18), (2, 18), (3, 18), (4, 16)]
"""In how many tests, so that several processes share them, and on which major version each."""
THROUGH_CANONICAL = 10
"""Of so many one goes through `canonical` itself, which connects each time; the rest to where it has them made."""
SLOW = [HealthCheck.too_slow]


class Place(NamedTuple):
    """A database with nothing in it, and a shadow that is open all the time."""

    db: Database
    shadow: Db
    shadows: Path
    folder: Path
    major: int

    def check(self, wanted: Schema, *, through: bool) -> None:
        with self.db.transaction(rollback=True) as tx:
            found = made(tx, wanted)
        alone = (
            canonical(wanted, major=self.major, cache=self.shadows)
            if through
            else MadeOfSchema(wanted).read(self.shadow, self.major, "the shadow", own=True)
        )
        assert_none("on a shadow", differences(alone.unwrap(), found))
        with self.db.transaction(rollback=True) as tx:
            pulled, after = pulled_again(tx, found, self.folder)
        assert_none("pulled", untold(pulled, differences(found, after)))


@contextmanager
def place(servers: Path, shadows: Path, folder: Path, major: int) -> Generator[Place]:
    with (
        worthless_server(servers, "server", major) as server,
        embedded_shadow(shadows, major) as shadow,
        connect(server.url) as db,
    ):
        yield Place(db, shadow, shadows, folder, major)


def assert_none(where: str, found: Sequence[Difference]) -> None:
    lines = "\n".join(map(str, found))
    assert not found, f"{where}:\n{lines}"


@settings(samples(20), derandomize=True, suppress_health_check=SLOW)
@given(schemas())
def test_a_random_schema_is_read_as_it_was_created(qb_db: Database, wanted: Schema) -> None:
    with qb_db.transaction(rollback=True) as tx:
        assert differences(made(tx, wanted), made(tx, wanted)) == ()


@pytest.mark.slow
@pytest.mark.parametrize(("part", "major"), PARTS)
def test_many_random_schemas(server_folder: Path, shadows: Path, tmp_path: Path, part: int, major: int) -> None:
    count = itertools.count()
    with place(server_folder, shadows, tmp_path, major) as there:

        @seed(SEED * len(PARTS) + part)
        @settings(max_examples=COUNT // len(PARTS), deadline=None, database=None, suppress_health_check=SLOW)
        @given(schemas(major))
        def tried(wanted: Schema) -> None:
            there.check(wanted, through=next(count) % THROUGH_CANONICAL == 0)

        tried()


@pytest.mark.slow
def test_both_checkers_pass_what_is_pulled_of_some(bare: Database, tmp_path: Path) -> None:
    packages: list[str] = []

    @settings(max_examples=12, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=SLOW)
    @given(schemas())
    def pulled(wanted: Schema) -> None:
        packages.append(f"pulled_{len(packages)}")
        with bare.transaction(rollback=True) as tx:
            tx.run(create_all(wanted)).unwrap()
            write_modules(pull(introspect(tx).unwrap(), packages[-1]), tmp_path / packages[-1]).unwrap()

    pulled()
    assert_pass(tmp_path, packages)
