"""A database for each test: what is committed there is nobody else's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qb import AsyncDatabase, Database, Failure, InvalidSql, Script, Success, connect, sql
from qb.testing import Preparation

CALLS: list[str] = []
COUNT = sql("SELECT count(*) FROM notes").rows(int)
WRITE = sql("INSERT INTO notes VALUES ('written')").command()


def notes(db: Database) -> object:
    CALLS.append(db.scalar(sql("SELECT current_database()::text").rows(str)).unwrap())
    return db.run(Script("CREATE TABLE notes (text text)", "INSERT INTO notes VALUES ('first')"))


@pytest.fixture
def qb_prepare() -> Preparation:
    return notes


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_has_its_own(qb_database: Database, qb_url: str, time: str) -> None:
    assert qb_database.scalar(COUNT) == Success(1)
    assert qb_database.execute(WRITE) == Success(1)  # which is committed
    assert len(CALLS) == 1, "the template is made once"
    name = qb_database.scalar(sql("SELECT current_database()::text").rows(str)).unwrap()
    assert name != CALLS[0]
    with connect(qb_url) as db:
        assert db.scalar(sql("SELECT current_database()::text").rows(str)).unwrap() != name


@pytest.mark.anyio
@pytest.mark.parametrize("time", ["first", "second"])
async def test_each_coroutine_has_its_own(qb_async_database: AsyncDatabase, time: str) -> None:
    assert await qb_async_database.scalar(COUNT) == Success(1)
    assert await qb_async_database.execute(WRITE) == Success(1)


def test_several_connections_at_once(qb_database: Database, qb_database_url: str) -> None:
    with connect(qb_database_url) as other:
        assert other.execute(WRITE) == Success(1)
        assert qb_database.scalar(COUNT) == Success(2)


@pytest.fixture
def left_open(qb_database_url: str) -> Iterator[Database]:
    with connect(qb_database_url) as db:
        assert db.scalar(COUNT) == Success(1)
        yield db


def test_a_connection_that_is_open_at_the_end_is_no_obstacle(left_open: Database) -> None:
    assert left_open.ping() == Success(None)


class TestAnotherTemplate:
    """A class, or a module, may want another one."""

    @pytest.fixture
    def qb_prepare(self) -> Preparation:
        return lambda db: Success(None)

    def test_it_is_empty(self, qb_database: Database) -> None:
        found = qb_database.scalar(COUNT)
        assert isinstance(found, Failure)
        assert isinstance(found.failure(), InvalidSql)


PROJECT = """
import pytest
from qb import Script, sql

@pytest.fixture
def qb_prepare():
    return lambda db: db.run(Script("CREATE TABLE notes (text text) WITH (nonsense)"))

def test_it(qb_database):
    pass
"""


@pytest.mark.slow
def test_what_goes_wrong_while_it_is_made_is_told(pytester: pytest.Pytester) -> None:
    pytester.makeconftest('pytest_plugins = ["qb.testing"]')
    pytester.makepyfile(PROJECT)
    done = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*DataException: unrecognized parameter*"])


SEVERAL = """
import pytest
from qb import Script, Success, sql

def notes(db):
    return db.run(Script("CREATE TABLE notes (text text)"))

@pytest.fixture
def qb_prepare():
    return notes

@pytest.mark.parametrize("time", range(6))
def test_it(qb_database, time):
    assert qb_database.execute(sql("INSERT INTO notes VALUES ('x')").command()) == Success(1)
    assert qb_database.scalar(sql("SELECT count(*) FROM notes").rows(int)) == Success(1)
"""


@pytest.mark.slow
def test_processes_of_a_run_are_not_in_each_others_way(pytester: pytest.Pytester) -> None:
    pytester.makeconftest('pytest_plugins = ["qb.testing"]')
    pytester.makepyfile(SEVERAL)
    pytester.runpytest_subprocess("-n", "2", "-p", "no:cacheprovider").assert_outcomes(passed=6)
