"""Catalogs of older servers: the same facts, and what only newer ones know is absent."""

from __future__ import annotations

import pytest

from qb import connect
from qb.kit import introspect
from tests.kit.everything import EVERYTHING, make
from tests.kit.facts.test_properties import PROPERTIES
from tests.kit.servers import server

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("major", [15, 16, 17])
def test_an_older_server_is_read_the_same(major: int) -> None:
    with server(major) as address, connect(address) as db, db.transaction(rollback=True) as tx:
        make(tx, EVERYTHING)
        catalog = introspect(tx).unwrap()
        assert catalog.version // 10000 == major
        assert "not null" not in {each.kind for each in catalog}
        found = {
            identity: {name: getattr(catalog[identity], name) for name in fields} for identity, fields in PROPERTIES
        }
        assert found == dict(PROPERTIES)
