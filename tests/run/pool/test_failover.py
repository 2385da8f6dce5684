# Made by tools/sync.py from test_async_failover.py: change that one, then run `make generate`.
"""Several hosts: the server that writes is found, and found again when it is another one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qb import ConnectionLost, ConnectionRefused, Outcome, ReadOnly, Success, Tx, connect, sql
from qb.errors.outcome import ignore, unwrap
from tests.run.pair import Server, caught_up, pair
from tests.run.plain import failure

PID = sql("SELECT pg_backend_pid()").rows(int)
STANDBY = sql("SELECT pg_is_in_recovery()").rows(bool)
ADD = sql("INSERT INTO visits VALUES (1)").command()


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, Server]]:
    """A primary with a table, and its standby."""
    with pair() as (primary, standby):
        primary.ask("CREATE TABLE visits (n int)")
        yield primary, standby


def address(*servers: Server, wants: str = "read-write") -> str:
    hosts = ",".join(str(server.folder) for server in servers)
    return f"postgresql://postgres:hunter2@/postgres?host={hosts}&target_session_attrs={wants}"


@pytest.mark.slow
def test_the_server_that_is_wanted_is_found_among_the_hosts(servers: tuple[Server, Server]) -> None:
    primary, standby = servers
    for url, stands_by in (
        (address(standby, primary), False),
        (address(primary, standby), False),
        (address(standby, primary, wants="primary"), False),
        (address(primary, standby, wants="standby"), True),
        (address(primary, standby, wants="prefer-standby"), True),
        (address(primary, wants="prefer-standby"), False),
    ):
        with connect(url) as db:
            assert db.scalar(STANDBY) == Success(stands_by)
    with connect(address(standby)) as db:
        error = failure(db.ping())
        assert isinstance(error, ConnectionRefused)
        assert "session is read-only" in error.reason
        assert "hunter2" not in repr(error)


@pytest.mark.slow
def test_a_standby_that_was_asked_for_is_kept_after_a_write(servers: tuple[Server, Server]) -> None:
    with connect(address(servers[1], wants="standby"), max_size=1) as db:
        pid = unwrap(db.scalar(PID))
        assert isinstance(failure(db.execute(ADD)), ReadOnly)
        assert db.scalar(PID) == Success(pid)


def test_a_server_that_writes_no_more_is_left(qb_url: str) -> None:
    with connect(f"{qb_url}&target_session_attrs=read-write", max_size=3) as db:
        with db.transaction() as one, db.apart.transaction() as two:
            before = {unwrap(one.scalar(PID)), unwrap(two.scalar(PID))}
        assert db.pool.idle == 2
        with db.transaction(rollback=True) as tx:
            tx.execute(sql("SET TRANSACTION READ ONLY").command()).unwrap()  # as such a server does
            refused = tx.execute(sql("CREATE TABLE refused_here (a int)").command())
            assert isinstance(failure(refused), ReadOnly)
        assert db.pool.idle == 0
        assert unwrap(db.scalar(PID)) not in before


def test_who_asks_to_read_only_stays(qb_url: str) -> None:
    with connect(f"{qb_url}&target_session_attrs=read-write", max_size=1) as db:
        pid = unwrap(db.scalar(PID))
        with db.transaction(read_only=True, rollback=True) as tx:
            refused = tx.execute(sql("CREATE TABLE refused_here (a int)").command())
            assert isinstance(failure(refused), ReadOnly)
        assert db.scalar(PID) == Success(pid)
        tries: list[int] = []

        def write(tx: Tx) -> Outcome[int]:
            tries.append(1)
            return tx.execute(sql("CREATE TABLE refused_here (a int)").command())

        assert isinstance(failure(db.transact(write, read_only=True)), ReadOnly)
        assert len(tries) == 1


@pytest.mark.slow
def test_the_next_primary_is_found() -> None:
    with pair() as (first, second):
        first.ask("CREATE TABLE visits (n int)")
        with connect(address(first, second), max_size=3, timeout=5.0) as db:
            assert db.execute(ADD) == Success(1)
            caught_up(second, first)
            with pytest.raises(ConnectionLost), db.transaction() as tx:
                tx.execute(ADD).unwrap()
                first.stop()
                ignore(tx.execute(ADD))
            nobody = failure(db.execute(ADD))
            assert isinstance(nobody, ConnectionRefused)
            assert "session is read-only" in nobody.reason
            assert "hunter2" not in repr(nobody)
            second.ask("SELECT pg_promote()")
            assert db.execute(ADD) == Success(1)
            assert db.transact(lambda tx: tx.execute(ADD)) == Success(1)
            assert db.scalar(STANDBY) == Success(False)
            assert second.ask("SELECT count(*) FROM visits") == 3


@pytest.mark.slow
def test_a_primary_that_reads_only_from_now_on_is_left() -> None:
    with pair() as (first, second):
        first.ask("CREATE TABLE visits (n int)")
        caught_up(second, first)
        tries: list[int] = []

        def write(tx: Tx) -> Outcome[int]:
            tries.append(1)
            if len(tries) == 1:  # after the transaction took its connection, and before it begins there
                second.ask("SELECT pg_promote()")
                first.ask("ALTER SYSTEM SET default_transaction_read_only = on")
                first.ask("SELECT pg_reload_conf()")
                while first.ask("SHOW default_transaction_read_only") != "on":
                    pass
            return tx.execute(ADD)

        with connect(address(first, second), max_size=2) as db:
            with db.transaction() as one, db.apart.transaction() as two:  # so that another connection idles
                one.ping().unwrap()
                two.ping().unwrap()
            assert db.transact(write) == Success(1)
            assert len(tries) == 2
            assert second.ask("SELECT count(*) FROM visits") == 1
            assert db.execute(ADD) == Success(1)
