"""What is stored of a catalog is all of it, and the same bytes each time."""

from __future__ import annotations

import msgspec
import pytest

from qb import Tx, create_all, drop_all
from qb.kit import Catalog, Identity, introspect
from qb.kit.facts.collation import CollationFact
from qb.kit.stored import FORMAT, restored, stored
from tests.kit.everything import make
from tests.render import ddl_schemas


@pytest.mark.parametrize("name", ddl_schemas.ALL)
def test_a_catalog_comes_back(qb_tx: Tx, name: str) -> None:
    wanted = ddl_schemas.ALL[name]
    for extension in wanted.extensions:
        make(qb_tx, f"CREATE EXTENSION IF NOT EXISTS {extension}")
    before = introspect(qb_tx).unwrap()
    qb_tx.run(create_all(wanted)).unwrap()
    found = introspect(qb_tx).unwrap()
    again = restored(stored(found))
    assert again == found
    assert again is not None
    assert again.version == found.version
    assert stored(again) == stored(found)
    assert stored(before) != stored(found)
    qb_tx.run(drop_all(wanted)).unwrap()


EMPTY: dict[str, object] = {
    "format": FORMAT,
    "version": 1,
    "words": ["table", "", "x"],
    "objects": [0, 1, 1, 2],
    "facts": [],
    "needing": [],
    "needs": [],
    "needed": [],
}
FACT = ["c", None, "me", "C", True, None, None, None, None]


def test_what_this_version_stored_is_read() -> None:
    assert restored(msgspec.json.encode(EMPTY)) == Catalog({}, {})
    found = restored(msgspec.json.encode({**EMPTY, "facts": [["CollationFact", [0], [FACT]]]}))
    fact = CollationFact("c", None, "me", "C", True, None, None, None, None)
    assert found == Catalog({Identity("table", "", "", "x"): fact}, {})


@pytest.mark.parametrize(
    "otherwise",
    [
        {"format": "0"},
        {"facts": [["NoFact", [0], [FACT]]]},
        {"facts": [["CollationFact", [1], [FACT]]]},
        {"facts": [["CollationFact", [0, 1], [FACT]]]},
        {"facts": [["CollationFact", [0], [FACT[1:]]]]},
        {"facts": [["CollationFact", [0], [[*FACT[:4], "yes", *FACT[5:]]]]]},
        {"objects": [0, 1, 1, 3]},
        {"needing": [0], "needs": [0]},
        {"needing": [0], "needs": [0], "needed": [[1]]},
        {"needing": [0], "needs": [], "needed": [[0]]},
    ],
)
def test_what_another_version_stored_is_not_read(otherwise: dict[str, object]) -> None:
    assert restored(msgspec.json.encode(EMPTY | otherwise)) is None


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]"])
def test_what_is_no_catalog_is_not_read(content: bytes) -> None:
    assert restored(content) is None


def test_what_is_needed_may_be_no_part_of_it(qb_tx: Tx) -> None:
    make(qb_tx, "CREATE TABLE t (a int)")
    column = Identity("column", "public", "t", "a")
    found = introspect(qb_tx).unwrap().where(lambda identity, _: identity == column)
    again = restored(stored(found))
    assert again == found
    assert again is not None
    assert again.needs(column) == {Identity("table", "public", "", "t")}
