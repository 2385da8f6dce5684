"""A script is no command: `run` takes it, and nothing else does."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, cast

import pytest

from qb import (
    Database,
    QueryError,
    Script,
    Success,
    compile,
    connect_async,
    create_all,
    prepare,
    schema,
    select,
    sql,
    trusted,
)
from qb.run.talk.script import scripted
from tests.examples import User

NONE = cast("Any", Script("SELECT 1", "SELECT 2"))
SAID = r"^a script is several statements and no query: db\.run\(script\) runs it$"


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
    "compile": lambda _: compile(NONE),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_script_is_no_query(qb_db: Database, way: str) -> None:
    with pytest.raises(QueryError, match=SAID):
        WAYS[way](qb_db)


def test_no_query_is_a_script(qb_db: Database) -> None:
    with pytest.raises(QueryError, match=r"db\.run takes a script, such as create_all\(\.\.\.\), and this is Select$"):
        qb_db.run(cast("Any", select(User)))
    with pytest.raises(QueryError, match=r"db\.run takes a script.*and this is str$"):
        qb_db.raising.run(cast("Any", "SELECT 1"))
    with pytest.raises(QueryError, match=r"and this is Command: db\.execute\(\.\.\.\) runs it$"):
        qb_db.run(cast("Any", sql("SELECT 1").command()))


def test_a_prepared_query_is_none() -> None:
    @prepare
    def both() -> Any:
        return NONE

    with pytest.raises(QueryError, match=r"both> returned a script, which has no parameters: db\.run\(script\) runs"):
        cast("Any", both)()


def test_it_gives_how_many_statements_there_are(qb_db: Database) -> None:
    with qb_db.transaction(rollback=True) as tx:
        assert tx.run(Script("CREATE TABLE run_once (n int)", "INSERT INTO run_once VALUES (1), (2)")) == Success(2)
        assert tx.raising.run(Script("INSERT INTO run_once VALUES (3)")) == 1
        assert tx.scalar(sql("SELECT count(*) FROM run_once").rows(int)) == Success(3)
        assert tx.run(Script()) == Success(0)
    assert qb_db.run(Script("CREATE TEMP TABLE gone ()", "SELECT no_such_thing")).failure().statement == (
        "SELECT no_such_thing"
    )


@pytest.mark.anyio
async def test_with_coroutines(qb_url: str) -> None:
    async with connect_async(qb_url) as db:
        async with db.transaction(rollback=True) as tx:
            assert await tx.run(Script("CREATE TABLE run_once (n int)")) == Success(1)
            assert await tx.raising.run(Script("DROP TABLE run_once")) == 1
        with pytest.raises(QueryError, match=SAID):
            await db.execute(NONE)
        with pytest.raises(QueryError, match=r"db\.run takes a script"):
            await db.run(cast("Any", select(User)))


def test_scripts_are_values() -> None:
    one = Script("SELECT 1", "SELECT 2")
    assert one == NONE
    assert hash(one) == hash(NONE)
    assert deepcopy(one) is one
    assert one != Script("SELECT 1")
    assert (
        create_all(schema(User))
        == create_all(schema(User))
        != Script(*map(trusted, create_all(schema(User)).statements))
    )
    with pytest.raises(AttributeError, match="a script is a frozen value"):
        setattr(one, "statements", ())  # noqa: B010  # as nobody who types would
    assert scripted(one).sql == b"SELECT 1;\nSELECT 2"
