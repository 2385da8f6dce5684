"""Writers and deliverers at once, and some that die: what is there in the end is there once, in order."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qb import Database, Failure, Outcome, Success, connect, select, sql, unwrap
from qb.moving import Delivery, QueuedWrite, WriteNumber, deliver, once
from tests.moving.writes import Account, AccountId, Opened, Paid, Write, done, old, written

ACCOUNTS, WRITERS, EACH, DELIVERERS = 3, 4, 25, 3


def state(db: Database) -> list[tuple[int, int, str]]:
    return unwrap(db.all(select(Account.id, Account.balance, Account.said).order_by(Account.id)))


@pytest.mark.slow
def test_writers_and_deliverers_at_once(urls: tuple[str, str]) -> None:
    """The order in which a row was written is told by a text that grows; the other storage has to end with the same."""
    seen: dict[str, list[WriteNumber]] = {}
    lock, writing, dice = threading.Lock(), threading.Event(), random.Random(7)

    with connect(urls[0], max_size=12) as db, connect(urls[1], max_size=12) as other:
        for account in range(ACCOUNTS):
            assert written(db, Opened(AccountId(account)), f"{account}") == Success(1)

        def writer(number: int) -> None:
            mine = random.Random(number)
            for n in range(EACH):
                account = mine.randrange(ACCOUNTS)
                unwrap(written(db, Paid(AccountId(account), n, f"{number}:{n} "), f"{account}"))

        def apply(write: QueuedWrite[Write]) -> Success[object] | Failure[object, object]:
            with lock:
                fails = dice.random() < 0.1
                late = dice.random() < 0.1
            if fails:
                return Failure("refused")
            outcome = once(other, write, lambda tx: done(tx, write.write))
            if outcome == Success(1):
                with lock:
                    seen.setdefault(write.line, []).append(write.number)
            return Failure("its answer was lost") if late else outcome

        def deliverer() -> None:
            while True:
                last = writing.is_set()
                unwrap(deliver(db, old, apply))
                unwrap(db.execute(old.retry()))
                if last and unwrap(db.one(old.backlog())).waiting == 0:
                    return

        with ThreadPoolExecutor(WRITERS + DELIVERERS) as threads:
            delivering = [threads.submit(deliverer) for _ in range(DELIVERERS)]
            for each in [threads.submit(writer, number) for number in range(WRITERS)]:
                each.result()
            writing.set()
            for each in delivering:
                each.result()
        assert state(other) == state(db)
    assert sum(map(len, seen.values())) == ACCOUNTS + WRITERS * EACH
    assert all(numbers == sorted(set(numbers)) for numbers in seen.values())


def test_no_two_are_at_one_line(urls: tuple[str, str]) -> None:
    inside, go = threading.Event(), threading.Event()

    def waits(_: QueuedWrite[Write]) -> Outcome[None]:
        inside.set()
        assert go.wait(30)
        return Success(None)

    with connect(urls[0]) as db:
        for n in (1, 2):
            unwrap(db.one(old.queue(Opened(AccountId(n)), line="one")))
        with ThreadPoolExecutor(1) as thread:
            first = thread.submit(lambda: deliver(db, old, waits, most=1))
            assert inside.wait(30)
            assert deliver(db, old, lambda _: Success(None)) == Success(Delivery(0, 0))
            unwrap(db.one(old.queue(Opened(AccountId(3)), line="other")))  # and nobody who writes waits
            assert deliver(db, old, lambda _: Success(None)) == Success(Delivery(1, 0))
            go.set()
            assert first.result() == Success(Delivery(1, 0))


def test_numbers_have_the_order_of_the_commits(urls: tuple[str, str]) -> None:
    """One who queues waits for whoever has queued in the same line, and is not over yet."""
    with connect(urls[0]) as db:
        with ThreadPoolExecutor(1) as thread, db.transaction() as tx:
            first = unwrap(tx.one(old.queue(Opened(AccountId(1)), line="one")))
            second = thread.submit(lambda: unwrap(db.one(old.queue(Opened(AccountId(2)), line="one"))))
            waiting = sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").rows(int)
            while unwrap(db.apart.scalar(waiting)) == 0:
                assert not second.done()
            assert unwrap(db.apart.one(old.queue(Opened(AccountId(3)), line="other"))) > first
            unwrap(tx.execute(sql("SELECT").command()))
        assert second.result() > first


PROGRAM = """
import os, signal, sys
from qb import Success, connect
from qb.moving import deliver, once
from tests.moving.writes import Paid, done, old

with connect(sys.argv[1]) as db, connect(sys.argv[2]) as other:
    def apply(write):
        outcome = once(other, write, lambda tx: done(tx, write.write))
        if isinstance(write.write, Paid) and outcome == Success(1):
            os.kill(os.getpid(), signal.SIGKILL)
        return outcome
    deliver(db, old, apply)
"""


@pytest.mark.slow
def test_a_process_that_is_killed_between_the_write_and_its_end(urls: tuple[str, str]) -> None:
    with connect(urls[0]) as db, connect(urls[1]) as other:
        writes: list[Write] = [Opened(AccountId(1)), *(Paid(AccountId(1), n, f"{n} ") for n in range(1, 4))]
        for write in writes:
            unwrap(written(db, write))
        for left in (3, 2, 1):
            killed = subprocess.run(
                [sys.executable, "-c", PROGRAM, *urls], cwd=Path(__file__).parents[2], check=False, timeout=60
            )
            assert killed.returncode == -signal.SIGKILL
            assert unwrap(db.one(old.backlog())).waiting == left
        assert deliver(db, old, lambda write: once(other, write, lambda tx: done(tx, write.write))) == Success(
            Delivery(1, 0)
        )
        assert state(other) == state(db) == [(1, 6, "1 2 3 ")]
