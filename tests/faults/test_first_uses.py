"""Interrupts of what is done once: connecting, compiling, preparing, the first call of a prepared query."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import CodeType

import pytest

import qb
from qb import Database
from qb.errors import TransactionAborted
from qb.query.prepared import prepare
from qb.run.database.connect import connect
from tests.faults.scenes import SCENES, Pair
from tests.faults.strike import ours, struck
from tests.faults.whole import QUIET, SIZE, audit, names, whole

pytestmark = QUIET


def doing(work: Callable[[Database, int], None], db: Database, number: int) -> None:
    with suppress(TransactionAborted):  # a savepoint was interrupted at its end: its transaction is not committed
        work(db, number)


@pytest.mark.parametrize("name", ["write", "nested"])
def test_an_interrupt_of_the_first_use(qb_url: str, observer: Database, name: str) -> None:
    """Connecting, compiling and preparing are interrupted, too."""
    for at in range(3, 1200, 397):
        with connect(names(qb_url), max_size=SIZE, timeout=30) as db:
            strike, ended = struck(at, partial(doing, SCENES[name], db, at))
            whole(db, f"{name} at {at}, {strike.where}")
            SCENES[name](db, 100_000 + at)
            audit(observer, name, at, ended)


def first_calls(step: int, within: Callable[[CodeType], bool], run: Callable[[qb.Rows[int]], object]) -> int:
    """Strike the first call of a prepared query at each place in turn, then ask for another variant. How many."""
    at = 1
    while True:

        @qb.prepare
        def ids(number: int, least: int | None = None) -> qb.Select[int]:
            query = qb.select(Pair.id).where(Pair.number == number).order_by(Pair.id)
            return query if least is None else query.where(Pair.id >= least)

        strike, _ = struck(at, lambda: run(ids(-3)), within)
        again: list[object] = []
        thread = threading.Thread(target=lambda: again.append(run(ids(-3, -100))), daemon=True)  # noqa: B023
        thread.start()
        thread.join(60)
        assert not thread.is_alive(), f"a lock is held: {at}, {strike.where}"
        assert len(again) == 1, f"{at}, {strike.where}"
        if not strike.hit:
            return at
        at += step


@pytest.mark.slow
def test_an_interrupt_of_a_prepared_querys_first_call() -> None:
    """At every instruction of what keeps its variants."""

    def keeping(code: CodeType) -> bool:
        return code.co_name == "_first" and code.co_filename == prepare.__file__

    assert first_calls(1, keeping, lambda query: query.node) > 50


def test_an_interrupt_of_all_that_a_prepared_querys_first_call_does(qb_url: str, observer: Database) -> None:
    with connect(names(qb_url), max_size=SIZE, timeout=30) as db:
        first_calls(2999, ours, lambda query: qb.unwrap(db.all(query)))
        whole(db, "first calls")


@pytest.mark.slow
def test_an_interrupt_at_many_places_of_a_prepared_querys_first_call(qb_url: str, observer: Database) -> None:
    with connect(names(qb_url), max_size=SIZE, timeout=30) as db:
        first_calls(199, ours, lambda query: qb.unwrap(db.all(query)))
        whole(db, "first calls")


def test_who_waits_is_served_though_another_was_interrupted(qb_url: str, observer: Database) -> None:
    with connect(names(qb_url), max_size=SIZE, timeout=20) as db:
        for at in range(1, 700, 233):
            go_on = threading.Event()
            found: list[object] = []

            def work() -> None:
                go_on.wait()  # noqa: B023 - joined within the turn
                found.append(db.ping())  # noqa: B023

            threads = [threading.Thread(target=work) for _ in range(3)]
            for thread in threads:
                thread.start()
            go_on.set()
            struck(at, partial(doing, SCENES["transaction"], db, 10_000 + at))
            for thread in threads:
                thread.join(30)
                assert not thread.is_alive()
            assert len(found) == 3
        whole(db, "threads")
