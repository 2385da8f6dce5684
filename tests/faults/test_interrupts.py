# Made by tools/sync.py from test_async_interrupts.py: change that one, then run `make generate`.
"""One interrupt at many places: nothing is lost, locked or half done."""

from contextlib import suppress
from gc import collect

import pytest

import qb
from qb import Database, connect, select
from qb.errors import ConnectionLost, TransactionAborted
from tests.faults.scenes import SCENES, Pair
from tests.faults.strike import Strike
from tests.faults.whole import QUIET, SIZE, audit, names, whole

pytestmark = [
    *QUIET,
    pytest.mark.slow,
]


def everywhere(db: Database, observer: Database, name: str, step: int) -> int:
    """Strike at each place in turn (at every `step`th), and look after each."""
    work = SCENES[name]
    work(db, 1)  # known from here on: compiled, prepared
    at = 11
    while True:
        number = 1000 + at
        lost = False
        with Strike(at) as strike, suppress(TransactionAborted):  # by a savepoint that was interrupted at its end
            try:
                work(db, number)
            except ConnectionLost:  # caught, where what was to read an answer could not be resumed: its link is closed
                assert name == "acting"
                lost = True
        collect()
        place = f"{name} at {at}, {strike.where}"
        if not strike.hit:
            return at
        whole(db, place)
        audit(observer, place, number, strike.ended)
        assert not (lost and qb.unwrap(observer.all(select(Pair).where(Pair.number == number)))), place
        at += step


@pytest.mark.parametrize("name", SCENES)
def test_an_interrupt_now_and_then(qb_url: str, observer: Database, name: str) -> None:
    with connect(names(qb_url), max_size=SIZE, timeout=30) as db:
        assert everywhere(db, observer, name, 397) > 197


@pytest.mark.parametrize("name", SCENES)
def test_an_interrupt_at_many_places(qb_url: str, observer: Database, name: str) -> None:
    with connect(names(qb_url), max_size=SIZE, timeout=30) as db:
        assert everywhere(db, observer, name, 41) > 100
