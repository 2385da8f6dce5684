"""Two runners at once, and people who read and write all the while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest

from qb import Database, Failure, Outcome, connect, sql
from qb.kit import migrate
from qb.kit.history.history import History
from qb.kit.running.lock_patience import Patience
from qb.kit.running.run_progress import RunProgress
from tests.kit.running.histories import in_line, migration
from tests.kit.running.killing import Place, place, up
from tests.kit.running.killing_plans import ANYTHING, plan_of
from tests.kit.running.plans import seen

BOTH = plan_of("index", "value")
BUSY = in_line(
    migration(
        "0001_start",
        "CREATE TABLE t (id int PRIMARY KEY, what text, n int);\n"
        "INSERT INTO t SELECT i, 'w' || i, i % 3 FROM generate_series(1, 2000) i;",
    ),
    migration(
        "0002_change",
        "ALTER TABLE t ADD c int;\n-- qb: commit\n"
        "ALTER TABLE t ADD CONSTRAINT filled CHECK (what <> '') NOT VALID;\n-- qb: commit\n"
        "ALTER TABLE t VALIDATE CONSTRAINT filled;\n"
        "CREATE INDEX CONCURRENTLY t_what ON t (what);\n"
        "CREATE UNIQUE INDEX CONCURRENTLY t_key ON t (what, id);\n"
        "ALTER TABLE t ADD UNIQUE USING INDEX t_key;\n-- qb: commit\n"
        "ALTER TABLE t ADD CONSTRAINT there CHECK (what IS NOT NULL) NOT VALID;\n-- qb: commit\n"
        "ALTER TABLE t VALIDATE CONSTRAINT there;\n-- qb: commit\n"
        "ALTER TABLE t ALTER what SET NOT NULL;\nALTER TABLE t DROP CONSTRAINT there;",
    ),
)


def together(url: str, history: History, count: int) -> list[Any]:
    outcomes: list[Any] = []

    def run() -> None:
        with connect(url, max_size=2) as db:
            outcomes.append(up(db, history))

    threads = [threading.Thread(target=run) for _ in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return outcomes


def runners(there: Place, rounds: int) -> None:
    wanted = there.ended(BOTH, "up")
    for _ in range(rounds):
        there.empty()
        applied = sorted(len(each.unwrap().applied) for each in together(there.url, BOTH, 2))
        assert applied == [0, 2]
        assert seen(there.other)[1:] == wanted[1:]


def test_of_two_runners_one_has_nothing_to_do(qb_url: str) -> None:
    with place(qb_url) as there:
        runners(there, 2)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_of_two_runners_one_has_nothing_to_do_however_often(qb_url: str, part: int) -> None:
    with place(qb_url) as there:
        runners(there, 50)


def test_a_runner_that_waits_does_not_stop_an_index_from_being_built(db: Database, url: str) -> None:
    migrate(db, plan_of("index"), to="0001", rules=ANYTHING).unwrap()
    blocked = threading.Event()
    done: list[Any] = []
    with connect(url) as blocking, blocking.transaction() as tx:
        tx.scalar(sql("SELECT count(*) FROM t").rows(int)).unwrap()
        thread = threading.Thread(target=lambda: done.extend(together(url, plan_of("index"), 2)))
        thread.start()
        building = sql("SELECT count(*) = 1 FROM pg_stat_progress_create_index").rows(bool)
        with connect(url) as other:
            while not other.scalar(building).unwrap():
                blocked.wait(0.05)
    thread.join()
    assert sorted(each.unwrap().applied for each in done) == [(), ("0002_change",)]


@contextmanager
def all_the_while(url: str, *works: Callable[[Database, int], Outcome[Any]]) -> Generator[list[Any]]:
    """People at work until the block ends, who wait for no lock longer than two seconds; what went wrong for them."""
    errors: list[Any] = []
    over = threading.Event()
    begun = [threading.Event() for _ in works]

    def work(does: Callable[[Database, int], Outcome[Any]], first: threading.Event) -> None:
        with connect(url, max_size=1, lock_timeout=2.0) as db:
            number = 0
            while not over.is_set():
                outcome = does(db, number)
                if isinstance(outcome, Failure):
                    errors.append(outcome.failure())
                number += 1
                first.set()

    threads = [threading.Thread(target=work, args=pair) for pair in zip(works, begun, strict=True)]
    for each in threads:
        each.start()
    try:
        for event in begun:
            event.wait()
        yield errors
    finally:
        over.set()
        for each in threads:
            each.join()


def read(db: Database, number: int) -> Outcome[Any]:
    return db.scalar(sql("SELECT count(*) FROM t WHERE n = {n}", n=number % 3).rows(int))


def write(db: Database, number: int) -> Outcome[Any]:
    return db.transact(
        lambda tx: tx.execute(
            sql("INSERT INTO t (id, what, n) VALUES ({id}, 'new', 1)", id=10_000 + number).command()
        ).bind(lambda _: tx.execute(sql("UPDATE t SET n = n + 3 WHERE id = {id}", id=number % 2000 + 1).command()))
    )


def test_who_reads_and_writes_meanwhile_sees_no_error(db: Database, url: str) -> None:
    """Also while somebody keeps the table locked, so that the runner has to try again."""
    migrate(db, BUSY, to="0001", rules=ANYTHING).unwrap()
    locked = threading.Event()
    tried = threading.Event()

    def told(progress: RunProgress) -> None:
        if progress.moment == "tries again":
            tried.set()

    def lock() -> None:
        with connect(url, max_size=1) as other, other.transaction() as tx:
            tx.scalar(sql("SELECT count(*) FROM t").rows(int)).unwrap()
            locked.set()
            tried.wait(30)

    holder = threading.Thread(target=lock)
    with all_the_while(url, read, write, read) as errors:
        holder.start()
        locked.wait()
        done = migrate(db, BUSY, rules=ANYTHING, patience=Patience(60, 0.5), on_progress=told)
        holder.join()
    assert done.unwrap().applied == ("0002_change",)
    assert errors == []
    assert tried.is_set()
