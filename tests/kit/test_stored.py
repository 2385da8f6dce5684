"""What is stored of a catalog is all of it, and the same bytes each time."""

from __future__ import annotations

import pytest

from qb import Tx, create_all, drop_all
from qb.kit import Catalog, introspect
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


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"format":"0","version":1,"objects":[],"depends":[]}',
        b'{"format":"FORMAT","version":1,"objects":[["table","","","x","NoFact",{}]],"depends":[]}',
        b'{"format":"FORMAT","version":1,"objects":[["table","","","x","TableFact",{}]],"depends":[]}',
        b'{"format":"FORMAT","version":1,"objects":[],"depends":[[0,[]]]}',
    ],
)
def test_what_another_version_stored_is_not_read(content: bytes) -> None:
    empty = b'{"format":"FORMAT","version":1,"objects":[],"depends":[]}'
    assert restored(empty.replace(b"FORMAT", FORMAT.encode())) == Catalog({}, {})
    assert restored(content.replace(b"FORMAT", FORMAT.encode())) is None
