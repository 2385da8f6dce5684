"""Random schemas of all kinds: what is created is what a shadow has, it leaves nothing when it is dropped, and pulled,
imported and created again it is the same."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from qb import Database, connect, create_all
from qb.kit import canonical, introspect
from qb.kit.difference import Difference
from qb.kit.pull import pull, write_modules
from qb.kit.shadow_server import SETTINGS
from qb.run.server.embedded import embedded
from qb.typing import Schema
from tests.kit.alone import differences
from tests.kit.pull.again import pulled_again, untold
from tests.kit.pull.both_checkers import assert_pass
from tests.kit.random_schemas import schemas
from tests.kit.test_descriptors import made
from tests.samples import samples

ASKED = os.environ.get("QB_SCHEMAS")
COUNT = int(ASKED or "120")
"""How many the slow tests try, all together: the same ones each time, unless one asks for a number."""
PARTS = [(0, 18), (1, 18), (2, 18), (3, 16)]
"""In how many tests, so that several processes share them, and on which major version each."""
SLOW = [HealthCheck.too_slow]


@contextmanager
def place(folder: Path, shadows: Path, major: int) -> Generator[Database]:
    """A database with nothing in it, and a shadow that runs all the time."""
    with (
        embedded(folder / f"server-{major}", major=major, settings=SETTINGS) as server,
        embedded(shadows / f"shadow-{major}", major=major, settings=SETTINGS),
        connect(server.url) as db,
    ):
        yield db


def check(db: Database, wanted: Schema, shadows: Path, folder: Path, major: int) -> None:
    with db.transaction(rollback=True) as tx:
        found = made(tx, wanted)
    alone = canonical(wanted, major=major, cache=shadows).unwrap()
    assert_none("on a shadow", differences(alone, found))
    with db.transaction(rollback=True) as tx:
        pulled, after = pulled_again(tx, found, folder)
    assert_none("pulled", untold(pulled, differences(found, after)))


def assert_none(where: str, found: Sequence[Difference]) -> None:
    lines = "\n".join(map(str, found))
    assert not found, f"{where}:\n{lines}"


@settings(samples(20), derandomize=ASKED is None, suppress_health_check=SLOW)
@given(schemas())
def test_a_random_schema_is_read_as_it_was_created(qb_db: Database, wanted: Schema) -> None:
    with qb_db.transaction(rollback=True) as tx:
        assert differences(made(tx, wanted), made(tx, wanted)) == ()


@pytest.mark.slow
@pytest.mark.parametrize(("part", "major"), PARTS)
def test_many_random_schemas(server_folder: Path, shadows: Path, tmp_path: Path, part: int, major: int) -> None:
    with place(server_folder, shadows, major) as db:

        @settings(max_examples=COUNT // len(PARTS), deadline=None, suppress_health_check=SLOW)
        @given(schemas(major))
        def tried(wanted: Schema) -> None:
            check(db, wanted, shadows, tmp_path, major)

        (tried if ASKED else seed(part)(tried))()


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
