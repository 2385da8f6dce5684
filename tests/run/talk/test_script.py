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
