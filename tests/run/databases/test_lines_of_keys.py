"""Who opens the database of one key waits for nobody who opens another."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from qb import Db, Outcome, Success, connect
from qb.databases import DatabaseBounds, connect_each
from tests.run.databases.tenants import OrganizationId, Tenants, address, stored

SAME = 64
"""So many keys of one hash: there is no table of lines in which they could not meet."""


class Key(str):
    __slots__ = ()

    def __hash__(self) -> int:
        return 7


@pytest.fixture
def held() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_database_that_is_slow_to_open_holds_up_no_other(many: Tenants, qb_url: str, held: threading.Event) -> None:
    looked, opening = list[str](), threading.Event()

    def verify(db: Db) -> Outcome[None]:
        looked.append(threading.current_thread().name)
        if len(looked) == 1:
            opening.set()
            assert held.wait(60)
        return Success(None)

    bounds = DatabaseBounds(max_size=1, databases=SAME, links=SAME)
    keys = [OrganizationId(Key(many.add(f"turn {number}", many.url(0)))) for number in range(SAME)]
    with (
        connect(qb_url, max_size=4) as builder,
        connect_each(builder, stored, address=address, verify=verify, bounds=bounds) as each,
    ):
        results: list[Outcome[None]] = []
        slow = threading.Thread(target=lambda: results.append(each.of(keys[0]).ping()))
        slow.start()
        assert opening.wait(60)
        for key in keys[1:4]:
            assert each.of(key).ping() == Success(None)
        assert results == []
        held.set()
        slow.join()
        assert results == [Success(None)]
