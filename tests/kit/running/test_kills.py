"""Whoever runs migrations may be killed at any moment: the next one goes on, nothing is lost, nothing is done twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from qb import ConnectionLost, Database, Failure, connect, sql
from qb.kit import differences, migrate, rollback
from qb.kit.history.history import History
from qb.run.database.own_session import OwnSession
from tables.scratch import scratch_database
from tests.kit.running.plans import ALL, PLANS, first, seen

Talk = Callable[[OwnSession, str, Sequence[str | None]], Any]
Way = Callable[[Database, History], Any]


def up(db: Database, history: History) -> Any:
    return migrate(db, history, rules=ALL)


def down(db: Database, history: History) -> Any:
    return rollback(db, history, to=history.ids[-2], rules=ALL)  # a number would be another one the second time


def kill(other: Database, process: int) -> None:
    """End a backend, and wait until it is gone."""
    other.scalar(sql("SELECT pg_terminate_backend({p}::int, 5000)", p=process).rows(bool)).unwrap()


@contextmanager
def killed(monkeypatch: pytest.MonkeyPatch, other: Database, message: int, when: str) -> Generator[list[str]]:
    """Kill the backend of a runner before, during or after so many messages; what was sent is told."""
    talk: Talk = OwnSession._talk  # pyright: ignore[reportPrivateUsage]
    sent: list[str] = []

    def killing(session: OwnSession, text: str, values: Sequence[str | None]) -> Any:
        sent.append(text)
        if len(sent) != message or not session.process:
            return talk(session, text, values)
        if when == "before":
            kill(other, session.process)
        elif when == "during":
            delay = threading.Timer(0.0005 * (message % 7), kill, (other, session.process))
            delay.start()
            try:
                return talk(session, text, values)
            finally:
                delay.join()
        found = talk(session, text, values)
        kill(other, session.process)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(OwnSession, "_talk", killing)
        yield sent


def same_end(url: str, history: History, way: Way, wanted: Any) -> None:
    """Go on until it is done; the end is that of a run that nobody has stopped."""
    with connect(url, max_size=2) as db:
        way(db, history).unwrap()
        catalog, log, book = seen(db)
        assert differences(wanted[0], catalog) == ()
        assert (log, book) == wanted[1:]


def ended(qb_url: str, history: History, way: Way) -> Any:
    """What a run leaves that nobody stops, and how many messages it sends."""
    sent: list[str] = []
    talk: Talk = OwnSession._talk  # pyright: ignore[reportPrivateUsage]

    def counting(session: OwnSession, text: str, values: Sequence[str | None]) -> Any:
        sent.append(text)
        return talk(session, text, values)

    with scratch_database(qb_url, name="whole") as url, connect(url, max_size=2) as db:
        if way is down:
            migrate(db, history, rules=ALL).unwrap()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(OwnSession, "_talk", counting)
            way(db, history).unwrap()
        return seen(db), len(sent)


def try_each(
    qb_url: str, monkeypatch: pytest.MonkeyPatch, history: History, way: Way, when: str, messages: range | None = None
) -> int:
    wanted, count = ended(qb_url, history, way)
    tried = 0
    with connect(qb_url, max_size=2) as other:
        for message in messages or range(1, count + 1):
            with scratch_database(qb_url, name="killed") as url:
                with connect(url, max_size=2) as db:
                    if way is down:
                        migrate(db, history, rules=ALL).unwrap()
                    with killed(monkeypatch, other, message, when):
                        outcome = way(db, history)
                if isinstance(outcome, Failure):
                    assert isinstance(outcome.failure(), ConnectionLost), outcome
                    tried += 1
                same_end(url, history, way, wanted)
    return tried


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_backend_is_killed_at_some_moments(qb_url: str, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    assert try_each(qb_url, monkeypatch, PLANS["segments"], up, when, range(24, 40, 9)) > 0


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "during", "after"])
@pytest.mark.parametrize("way", [up, down])
@pytest.mark.parametrize("plan", PLANS)
def test_the_backend_is_killed_at_every_message(
    qb_url: str, monkeypatch: pytest.MonkeyPatch, plan: str, way: Way, when: str
) -> None:
    assert try_each(qb_url, monkeypatch, PLANS[plan], way, when) > 0


def together(urls: str, history: History, count: int) -> list[Any]:
    outcomes: list[Any] = []

    def run() -> None:
        with connect(urls, max_size=2) as db:
            outcomes.append(migrate(db, history, rules=ALL))

    threads = [threading.Thread(target=run) for _ in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return outcomes


def runners(qb_url: str, rounds: int) -> None:
    for _ in range(rounds):
        with scratch_database(qb_url, name="two") as url:
            outcomes = together(url, PLANS["segments"], 2)
            applied = sorted(len(each.unwrap().applied) for each in outcomes)
            assert applied == [0, 2]
            with connect(url) as db:
                assert seen(db)[1].count("end") == 1


def test_of_two_runners_one_has_nothing_to_do(qb_url: str) -> None:
    runners(qb_url, 2)


@pytest.mark.slow
def test_of_two_runners_one_has_nothing_to_do_however_often(qb_url: str) -> None:
    runners(qb_url, 60)


def test_a_runner_that_waits_does_not_stop_an_index_from_being_built(db: Database, url: str) -> None:
    migrate(db, first(PLANS["segments"])).unwrap()
    with connect(url) as blocking, blocking.transaction() as tx:
        tx.scalar(sql("SELECT count(*) FROM log").rows(int)).unwrap()
        done: list[Any] = []
        thread = threading.Thread(target=lambda: done.extend(together(url, PLANS["segments"], 2)))
        thread.start()
        time.sleep(1)
    thread.join()
    assert sorted(each.unwrap().applied for each in done) == [(), ("0002_many",)]
