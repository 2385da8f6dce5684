"""The corpus, which has objects of all kinds: created from descriptors it has no drift, and is read alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.corpus.corpus import described, rest
from qb import Database, Script, connect, create_all, trusted
from qb.kit import Catalog, drift, introspect
from qb.kit.shadow_server import SETTINGS
from qb.model.target import Target
from qb.run.server.embedded import embedded
from tests.kit.alone import differences
from tests.kit.test_everything import KINDS
from tests.kit.test_no_drift import told

MORE = {
    "access method",
    "base type",
    "database",
    "language",
    "not null",
    "operator class",
    "subscription",
    "text search parser",
    "text search template",
    "transform",
}
"""The kinds that are in no other test's database."""


def check(db: Database, shadows: Path, count: int, major: int = 18) -> Catalog:
    """Its catalog, once it is known to be without drift, and to be read alike twice."""
    wanted = described(count, major)
    with db.transaction(rollback=True) as tx:
        tx.run(create_all(wanted, target=Target(major))).unwrap()
        assert told(drift(tx, wanted, cache=shadows).unwrap()) == ""
        tx.run(Script(trusted(rest(count, major)))).unwrap()
        whole = introspect(tx).unwrap()
        assert differences(whole, introspect(tx).unwrap()) == ()
        assert sum(identity.kind == "table" for identity in whole) == count
        return whole


def test_fifty_tables_have_no_drift(bare: Database, shadows: Path) -> None:
    whole = check(bare, shadows, 50)
    assert {identity.kind for identity in whole} == KINDS | MORE


@pytest.mark.slow
@pytest.mark.parametrize("major", [18, 16])
def test_nor_have_a_thousand(server_folder: Path, shadows: Path, major: int) -> None:
    with embedded(server_folder / f"{major}", major=major, settings=SETTINGS) as server, connect(server.url) as db:
        whole = check(db, shadows, 1_000, major)
    assert len(whole) > (25_000 if major == 18 else 20_000)


def test_it_is_the_same_each_time() -> None:
    one, other = described(50), described.__wrapped__(50)
    assert str(create_all(one)) == str(create_all(other))
    with pytest.raises(ValueError, match="a multiple of that, not 51"):
        described(51)
