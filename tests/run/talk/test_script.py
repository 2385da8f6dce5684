# Made by tools/sync.py from test_async_script.py: change that one, then run `make generate`.
"""A script is no command: `run` takes it, and nothing else does."""

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from qb import (
    Col,
    Database,
    InvalidSql,
    QueryError,
    SchemaMismatch,
    Script,
    Success,
    Table,
    column,
    connect,
    create_all,
    schema,
    select,
    sql,
    trusted,
)
from tests.examples import User
from tests.run.plain import failure

NONE = cast("Any", Script("SELECT 1", "SELECT 2"))
SAID = r"^a script is several statements and no query: db\.run\(script\) runs it$"


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    with connect(qb_url, max_size=2) as db:
        yield db


def piped(db: Database) -> None:
    with db.pipeline() as p:
        p.execute(NONE)


def streamed(db: Database) -> None:
    with db.stream(NONE):
        pass


WAYS: dict[str, Callable[[Database], object]] = {
    "execute": lambda db: db.execute(NONE),
    "raising": lambda db: db.raising.execute(NONE),
    "all": lambda db: db.all(NONE),
    "one": lambda db: db.one(NONE),
    "first": lambda db: db.first(NONE),
    "scalar": lambda db: db.scalar(NONE),
    "pipeline": piped,
    "stream": streamed,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_script_is_no_query(db: Database, way: str) -> None:
    with pytest.raises(QueryError, match=SAID):
        WAYS[way](db)


def test_no_query_is_a_script(db: Database) -> None:
    with pytest.raises(QueryError, match=r"db\.run takes a script, such as create_all\(\.\.\.\), and this is Select$"):
        db.run(cast("Any", select(User)))
    with pytest.raises(QueryError, match=r"db\.run takes a script.*and this is str$"):
        db.raising.run(cast("Any", "SELECT 1"))
    with pytest.raises(QueryError, match=r"and this is Command: db\.execute\(\.\.\.\) runs it$"):
        db.run(cast("Any", sql("SELECT 1").command()))


def test_it_gives_how_many_statements_there_are(db: Database) -> None:
    with db.transaction(rollback=True) as tx:
        assert tx.run(Script("CREATE TABLE run_once (n int)", "INSERT INTO run_once VALUES (1), (2)")) == Success(2)
        assert tx.raising.run(Script("INSERT INTO run_once VALUES (3)")) == 1
        assert tx.scalar(sql("SELECT count(*) FROM run_once").rows(int)) == Success(3)
        assert tx.run(Script()) == Success(0)


class Standing(Table, name="standing"):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column()


def test_it_is_all_or_nothing(db: Database) -> None:
    error = failure(db.run(Script("CREATE TABLE run_once (n int)", "SELECT no_such_thing")))
    assert isinstance(error, InvalidSql)
    assert error.statement == "SELECT no_such_thing"
    assert db.scalar(sql("SELECT to_regclass('run_once') IS NULL").rows(bool)) == Success(True)


def test_a_table_that_stands_there_and_is_another_one_is_a_failure(db: Database) -> None:
    with db.transaction(rollback=True) as tx:
        tx.run(Script("CREATE TABLE standing (id bigint PRIMARY KEY)")).unwrap()
        error = failure(tx.run(create_all(schema(Standing), if_not_exists=True)))
        assert isinstance(error, SchemaMismatch)
        assert (error.column, error.found) == ("name", "no such column")


OPEN = {
    "begins": Script("INSERT INTO left_open VALUES (1); BEGIN"),
    "start": Script("BEGIN", "INSERT INTO left_open VALUES (1)"),
    "savepoint": Script("START TRANSACTION; SAVEPOINT a; INSERT INTO left_open VALUES (1); RELEASE a"),
    "chain": Script("BEGIN; ROLLBACK AND CHAIN; INSERT INTO left_open VALUES (1)"),
    "hidden": Script("/* COMMIT */ bEgIn -- COMMIT"),
}
PID = sql("SELECT pg_backend_pid()").rows(int)
LEFT = sql("SELECT count(*) FROM left_open").rows(int)


@pytest.fixture
def one_link(qb_url: str) -> Iterator[Database]:
    with connect(qb_url, max_size=1) as db:
        db.run(Script("CREATE TABLE left_open (n int)")).unwrap()
        yield db
        db.run(Script("DROP TABLE left_open")).unwrap()


@pytest.mark.parametrize("how", OPEN)
def test_a_script_that_leaves_a_transaction_open_is_undone(one_link: Database, how: str) -> None:
    pid = one_link.scalar(PID)
    error = failure(one_link.run(OPEN[how]))
    assert error.sqlstate == "25001"
    assert "the script begins a transaction and does not end it, so what it did in there was undone" in str(error)
    assert one_link.scalar(LEFT) == Success(0)
    assert one_link.scalar(PID) == pid  # nothing is open there, so nobody had to close it
    with pytest.raises(type(error), match="begins a transaction and does not end it"):
        one_link.raising.run(OPEN[how])


def test_what_a_script_committed_before_stays(one_link: Database) -> None:
    ended = Script("BEGIN; INSERT INTO left_open VALUES (1); COMMIT; BEGIN; INSERT INTO left_open VALUES (2)")
    assert failure(one_link.run(ended)).sqlstate == "25001"
    assert one_link.scalar(LEFT) == Success(1)
    assert one_link.run(Script("BEGIN; INSERT INTO left_open VALUES (3); COMMIT")) == Success(1)
    assert one_link.scalar(LEFT) == Success(2)


def test_one_that_fails_within_its_transaction_leaves_none(one_link: Database) -> None:
    pid = one_link.scalar(PID)
    error = failure(one_link.run(Script("BEGIN", "INSERT INTO left_open VALUES (1)", "SELECT 1 / 0")))
    assert (error.sqlstate, error.statement) == ("22012", "SELECT 1 / 0")
    assert one_link.scalar(LEFT) == Success(0)
    assert one_link.scalar(PID) == pid


@pytest.mark.parametrize("text", ["BEGIN", "start transaction read only", "/**/ begin work"])
def test_a_statement_that_begins_a_transaction_is_not_sent(one_link: Database, text: str) -> None:
    pid = one_link.scalar(PID)
    error = failure(one_link.execute(sql(trusted(text)).command()))
    assert error.sqlstate == "25001"
    assert "write `with db.transaction() as tx`" in str(error)
    assert failure(one_link.all(sql(trusted(text)).rows(int))).sqlstate == "25001"
    assert one_link.scalar(PID) == pid
