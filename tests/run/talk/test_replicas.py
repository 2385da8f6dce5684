# Made by tools/sync.py from test_async_replicas.py: change that one, then run `make generate`.
"""`db.replica`: reads that may be a little late, of a real standby that follows by streaming replication."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    DefinitionError,
    Outcome,
    OutsideTransaction,
    QueryError,
    ReadOnly,
    Success,
    Table,
    column,
    connect,
    fn,
    insert,
    new,
    prepare,
    select,
    sql,
    unwrap,
    update,
)
from qb.errors import ConnectionLost
from qb.query.select import Select
from qb.run.talk.following import Following, PrimaryPlace
from qb.typing import ReadDb
from tests.run.pair import Server, caught_up, pair
from tests.run.plain import failure

pytestmark = [pytest.mark.slow]


class Visit(Table, name="visits"):
    n: Col[int] = column(primary_key=True)


NewVisit = new(Visit)
STANDBY = sql("SHOW in_hot_standby").rows(str)
COUNT = select(fn.count()).from_(Visit)
FROM_REPLICA, FROM_PRIMARY = Success("on"), Success("off")


@prepare
def visit(n: int) -> Select[Visit]:
    return select(Visit).where(Visit.n == n)


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, Server]]:
    """A primary with a table of two rows, and its standby."""
    with pair() as (primary, standby):
        primary.ask("CREATE TABLE visits (n int8 PRIMARY KEY)")
        primary.ask("INSERT INTO visits VALUES (1), (2)")
        caught_up(standby, primary)
        yield primary, standby


@pytest.fixture
def db(servers: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database with that replica, which is asked again soon where it could not be reached."""
    monkeypatch.setattr("qb.run.talk.following.LEFT_OUT", 0.1)
    primary, standby = servers
    caught_up(standby, primary)
    with connect(primary.url, replicas=[standby.url], max_lag=0.4, max_size=3, timeout=5.0) as db:
        yield db


def rest(seconds: float) -> None:
    """Wait, with all of the program: the servers are others."""
    time.sleep(seconds)


def until(asked: Callable[[], Any], wanted: object) -> None:
    end = time.monotonic() + 20
    while (found := asked()) != wanted:
        assert time.monotonic() < end, found
        rest(0.02)


def test_what_asks_for_it_is_read_from_the_replica_and_nothing_else(db: Database) -> None:
    assert db.replica.scalar(STANDBY) == FROM_REPLICA
    assert db.scalar(STANDBY) == FROM_PRIMARY
    assert db.apart.scalar(STANDBY) == FROM_PRIMARY
    with db.transaction() as tx:
        assert tx.scalar(STANDBY) == FROM_PRIMARY
        assert not hasattr(tx, "replica")
    (report,) = db.replica.reports
    assert report.behind < 0.4
    assert (report.idle, report.in_use) == (1, 0)


def test_every_way_to_read(db: Database) -> None:
    replica = db.replica
    assert replica.all(select(Visit.n).order_by(Visit.n)) == Success([1, 2])
    assert replica.one(visit(2)) == Success(Visit(n=2))
    assert replica.first(visit(5)) == Success(None)
    assert replica.scalar(COUNT) == Success(2)
    assert replica.ping() == Success(None)
    with replica.stream(select(Visit.n).order_by(Visit.n)) as rows:
        assert list(rows) == [1, 2]
        assert replica.reports[0].in_use == 1
    limits = sql("SELECT current_setting('statement_timeout')").rows(str)
    assert replica.options(statement_timeout=7.0).scalar(limits) == Success("7s")
    assert replica.scalar(limits) == Success("0")


def reading(db: ReadDb) -> Outcome[int]:
    return db.scalar(COUNT)


def test_a_function_that_only_reads_takes_both(db: Database) -> None:
    assert reading(db) == reading(db.replica) == Success(2)
    with db.transaction() as tx:
        assert reading(tx) == Success(2)


def test_a_replica_that_is_too_far_behind_is_left_out(servers: tuple[Server, Server], db: Database) -> None:
    primary, standby = servers
    assert db.replica.scalar(STANDBY) == FROM_REPLICA
    standby.ask("SELECT pg_wal_replay_pause()")
    try:
        primary.ask("INSERT INTO visits VALUES (3)")
        assert db.replica.options(max_lag=60).scalar(COUNT) == Success(2)
        until(lambda: db.replica.scalar(STANDBY), FROM_PRIMARY)
        assert db.replica.scalar(COUNT) == Success(3)
        assert db.replica.options(max_lag=60).scalar(COUNT) == Success(2)
        assert db.replica.reports[0].behind > 0.4
        with connect(primary.url, replicas=[standby.url], max_lag=0.4) as other:  # which has no past
            assert other.replica.scalar(STANDBY) == FROM_PRIMARY
            assert other.replica.options(max_lag=3600).scalar(STANDBY) == FROM_REPLICA
    finally:
        standby.ask("SELECT pg_wal_replay_resume()")
        primary.ask("DELETE FROM visits WHERE n = 3")
    until(lambda: db.replica.scalar(STANDBY), FROM_REPLICA)


def test_a_primary_that_rests_has_no_replica_behind(servers: tuple[Server, Server], db: Database) -> None:
    rest(1.5)
    for _ in range(5):
        assert db.replica.scalar(STANDBY) == FROM_REPLICA
        rest(0.15)


def test_a_dead_replica_is_left_out_and_comes_back(servers: tuple[Server, Server], db: Database) -> None:
    _, standby = servers
    assert db.replica.scalar(STANDBY) == FROM_REPLICA
    standby.stop()
    try:
        for _ in range(4):
            assert db.replica.scalar(STANDBY) == FROM_PRIMARY
            rest(0.06)
    finally:
        standby.start()
    until(lambda: db.replica.scalar(STANDBY), FROM_REPLICA)


def test_a_dead_primary_leaves_the_replica_until_it_may_be_too_late() -> None:
    with pair() as (primary, standby), connect(primary.url, replicas=[standby.url], max_lag=1.0, timeout=2.0) as db:
        assert db.replica.scalar(STANDBY) == FROM_REPLICA
        primary.stop()
        assert db.replica.scalar(STANDBY) == FROM_REPLICA
        rest(1.2)
        assert "could not connect" in str(failure(db.replica.scalar(STANDBY)))
        assert db.replica.options(max_lag=60).scalar(STANDBY) == FROM_REPLICA


def test_what_is_no_standby_is_no_replica(servers: tuple[Server, Server]) -> None:
    primary, standby = servers
    nobody = "postgresql://postgres@127.0.0.1:1/postgres"
    with connect(primary.url, replicas=[primary.url, nobody]) as db:
        assert db.replica.scalar(STANDBY) == FROM_PRIMARY
        assert [report.behind for report in db.replica.reports] == [math.inf, math.inf]
        assert db.replica.reports[1].address == "postgresql://postgres@127.0.0.1:1/postgres"
    with connect(primary.url, replicas=[nobody, standby.url]) as db:
        for _ in range(3):
            assert db.replica.scalar(STANDBY) == FROM_REPLICA


def test_a_standby_of_another_cluster_is_no_replica(servers: tuple[Server, Server], qb_url: str) -> None:
    _, standby = servers
    with connect(qb_url, replicas=[standby.url], max_lag=3600.0) as db:
        for _ in range(3):
            assert db.replica.scalar(STANDBY) == FROM_PRIMARY
        assert [report.behind for report in db.replica.reports] == [math.inf]


def test_a_standby_that_is_ahead_of_the_primary_follows_another_one() -> None:
    following = Following()
    places = [PrimaryPlace(time.monotonic(), 100, 1.0)]
    following.heard((120, None), deque(places))  # the primary goes on while the standby is asked
    following.heard((120, None), deque(places))
    assert following.behind < math.inf
    places.append(PrimaryPlace(time.monotonic() + 1, 110, 2.0))
    with pytest.raises(ConnectionLost, match="never written"):
        following.heard((130, None), deque(places))
    assert following.behind == math.inf


def test_what_is_committed_and_not_yet_flushed_counts(servers: tuple[Server, Server], db: Database) -> None:
    primary, _ = servers
    primary.ask("ALTER SYSTEM SET wal_writer_delay = '10s'")
    primary.ask("SELECT pg_reload_conf()")
    try:
        rest(0.3)
        with connect(primary.url, settings={"synchronous_commit": "off"}) as writer:
            for n in range(10, 15):
                unwrap(writer.execute(insert(NewVisit(n=n))))
                rest(0.6)  # more than a replica may be behind
                assert unwrap(db.replica.first(visit(n))) is not None
    finally:
        primary.ask("ALTER SYSTEM RESET wal_writer_delay")
        primary.ask("SELECT pg_reload_conf()")
        primary.ask("DELETE FROM visits WHERE n >= 10")


def test_replicas_take_turns(servers: tuple[Server, Server]) -> None:
    primary, standby = servers
    with connect(primary.url, replicas=[standby.url] * 3) as db:
        for _ in range(3):
            assert db.replica.scalar(STANDBY) == FROM_REPLICA
        assert [report.idle for report in db.replica.reports] == [1, 1, 1]
    assert [report.idle for report in db.replica.reports] == [0, 0, 0]


def test_without_replicas_the_primary_answers(servers: tuple[Server, Server]) -> None:
    with connect(servers[0].url) as db:
        assert db.replica.scalar(STANDBY) == FROM_PRIMARY
        assert db.replica.reports == ()


def test_what_writes_is_refused_wherever_it_would_go(servers: tuple[Server, Server], db: Database) -> None:
    with connect(servers[0].url) as alone:
        for each in (db, alone):
            for query in (
                insert(new(Visit)(n=9)).returning(),
                update(Visit).set(Visit.n.to(9)).all_rows().returning(Visit.n),
                sql("DELETE FROM visits RETURNING n").rows(int),
                sql("SELECT nextval('s')").rows(int),
            ):
                for read in (each.replica.all, each.replica.first, each.replica.stream):
                    with pytest.raises(QueryError, match=r"db\.replica only reads, and this statement"):
                        read(query)
    assert isinstance(failure(db.replica.all(select(Visit).for_("update"))), ReadOnly)


def test_it_is_no_part_of_a_transaction(db: Database) -> None:
    with db.transaction(rollback=True) as tx:
        tx.execute(insert(new(Visit)(n=7))).unwrap()
        with pytest.warns(OutsideTransaction, match="the database is used inside its own open transaction"):
            assert db.replica.scalar(COUNT) == Success(2)


def test_a_connection_that_ends_is_anothers_turn(servers: tuple[Server, Server], db: Database) -> None:
    _, standby = servers
    pid = sql("SELECT pid FROM pg_stat_activity WHERE pid = pg_backend_pid()").rows(int)
    replica = db.replica.options(max_lag=60)
    first = unwrap(replica.scalar(pid))
    standby.ask(f"SELECT pg_terminate_backend({first}, 5000)")
    assert replica.scalar(COUNT) == Success(2)
    assert replica.scalar(STANDBY) == FROM_REPLICA


def test_what_the_standby_takes_away_is_read_from_the_primary(servers: tuple[Server, Server], db: Database) -> None:
    primary, standby = servers
    standby.ask("ALTER SYSTEM SET max_standby_streaming_delay = '50ms'")
    standby.ask("SELECT pg_reload_conf()")
    primary.ask("CREATE TABLE watched AS SELECT 1 AS a")
    caught_up(standby, primary)
    long = "SELECT max(current_setting('in_hot_standby')) FROM watched, generate_series(1, 4000000) g WHERE g % 2 = a"
    change = threading.Timer(0.3, primary.ask, ["ALTER TABLE watched ADD COLUMN b int"])
    change.start()
    try:
        assert db.replica.options(max_lag=60).scalar(sql(long).rows(str)) == FROM_PRIMARY
    finally:
        change.join()
        primary.ask("DROP TABLE watched")


def test_what_can_be_no_replica_raises() -> None:
    with pytest.raises(DefinitionError, match="replicas takes several addresses"):
        connect("postgresql://a/x", replicas="postgresql://b/x")
    with pytest.raises(DefinitionError, match="PostgreSQL: the address begins with"):
        connect("postgresql://a/x", replicas=["mysql://b/x"])
    for wrong in (0, -1, math.nan, math.inf, True, "1"):
        lag: Any = wrong
        with pytest.raises(DefinitionError, match=r"max_lag is .*: it counts seconds"):
            connect("postgresql://a/x", max_lag=lag)
        with pytest.raises(DefinitionError, match="max_lag is"):
            connect("postgresql://a/x").replica.options(max_lag=lag)


def test_one_that_can_never_answer_is_told_of_once(
    servers: tuple[Server, Server], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qb.run.talk.following.LEFT_OUT", 0.0)
    primary, _ = servers
    nowhere = "postgresql://ada:hunter2@127.0.0.1:1/x"
    with connect(primary.url, replicas=[nowhere, primary.url]) as db:
        for _ in range(3):
            assert db.replica.scalar(STANDBY) == FROM_PRIMARY
        first, second = db.replica.reports
        assert "refused" in first.why
        assert (second.why, second.behind) == ("it is no standby", math.inf)
        told = [each.getMessage() for each in caplog.records if each.name == "qb"]
        assert len(told) == 2
        assert told[0].startswith(
            "the replica postgresql://ada@127.0.0.1:1/x is left out, and the others or the primary"
        )
        assert told[1].endswith(": it is no standby")
        assert "hunter2" not in repr(db.replica) + repr(db.replica.reports) + "".join(told)
        assert f"{type(db.replica).__name__}: postgresql://ada@127.0.0.1:1/x, " in repr(db.replica)


def test_one_that_answers_has_nothing_to_say(db: Database) -> None:
    assert db.replica.scalar(STANDBY) == FROM_REPLICA
    assert [each.why for each in db.replica.reports] == [""]
