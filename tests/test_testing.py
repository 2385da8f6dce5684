"""The fixtures of qb.testing, used as a user's tests would: here, and in a project of its own."""

import pytest

from qb import AsyncDatabase, AsyncTx, Database, Failure, InvalidSql, Success, Tx, sql

CREATE = sql("CREATE TABLE left_over (id integer)").command()


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_transaction_does_is_undone(qb_tx: Tx, time: str) -> None:
    # It would fail the second time if the first were still there.
    assert qb_tx.execute(CREATE) == Success(0)
    assert qb_tx.execute(sql("INSERT INTO left_over VALUES (1)").command()) == Success(1)


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_failed_transaction_harms_nobody(qb_tx: Tx, time: str) -> None:
    match qb_tx.execute(sql("SELECT bad").command()):
        case Failure(InvalidSql()):
            pass
        case other:
            pytest.fail(repr(other))


def test_the_database_is_this_processs_own(qb_db: Database, qb_url: str, worker_id: str) -> None:
    name = "qb_main" if worker_id == "master" else f"qb_{worker_id}"
    assert f"/{name}?" in qb_url
    assert qb_db.ping() == Success(None)


@pytest.mark.anyio
@pytest.mark.parametrize("time", ["first", "second"])
async def test_what_a_coroutines_transaction_does_is_undone(qb_async_tx: AsyncTx, time: str) -> None:
    assert await qb_async_tx.execute(CREATE) == Success(0)


@pytest.mark.anyio
async def test_a_database_for_coroutines(qb_async_db: AsyncDatabase) -> None:
    assert await qb_async_db.ping() == Success(None)


class TestIsolation:
    """Tests that choose the isolation of their transaction."""

    @pytest.fixture
    def qb_isolation(self) -> str:
        return "serializable"

    def test_a_function_that_wants_it(self, qb_tx: Tx) -> None:
        shown = sql("SHOW transaction_isolation").rows(str)
        assert qb_tx.transact(lambda tx: tx.scalar(shown), isolation="serializable") == Success("serializable")

    @pytest.mark.anyio
    async def test_a_coroutine_that_wants_it(self, qb_async_tx: AsyncTx) -> None:
        async with qb_async_tx.transaction(isolation="serializable") as tx:
            assert await tx.ping() == Success(None)


LOSING = """
import pytest
from qb import Failure, NotFound, UnseenFailure, ignore, sql
from qb.errors.outcome import watched

BAD = sql("SELECT bad").command()

def test_lost(qb_tx):
    qb_tx.execute(BAD)

def test_lost_and_failed(qb_tx):
    qb_tx.execute(BAD)
    assert False, "its own reason"

def test_seen(qb_tx):
    assert isinstance(qb_tx.execute(BAD), Failure)

def test_meant(qb_tx):
    ignore(qb_tx.execute(BAD))

@pytest.mark.filterwarnings("ignore::qb.UnseenFailure")
def test_meant_by_a_mark(qb_tx):
    qb_tx.execute(BAD)

def test_warned(qb_tx):
    with pytest.warns(UnseenFailure, match="InvalidSql of SELECT bad"):
        qb_tx.execute(BAD)

@pytest.fixture
def losing():
    watched(NotFound(), "SELECT 1")
    yield
    watched(NotFound(), "SELECT 2")

def test_fixture():
    pass

@pytest.mark.usefixtures("losing")
def test_of_a_losing_fixture():
    pass

def test_outside(qb_db, qb_tx):
    qb_db.ping()

def test_apart(qb_db, qb_tx):
    assert isinstance(qb_db.apart.execute(BAD), Failure)
"""


def test_what_a_test_loses_fails_it(pytester: pytest.Pytester, qb_url: str) -> None:
    pytester.makeconftest(
        f"""
import pytest
pytest_plugins = ["qb.testing"]

@pytest.fixture(scope="session")
def qb_url():
    return {qb_url!r}
"""
    )
    pytester.makepyfile(LOSING)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=6, failed=3, errors=2)
    lines = result.stdout.str()
    assert "nobody looked at a failure, InvalidSql of SELECT bad: match it" in lines
    assert "nobody looked at a failure, NotFound of SELECT 1: match it" in lines
    assert "AssertionError: its own reason" in lines
    assert "OutsideTransaction: the database is used inside its own open transaction" in lines


PROJECT = """
import pytest
from qb import Success, sql

@pytest.mark.parametrize("time", range(4))
def test_create(qb_tx, time):
    assert qb_tx.execute(sql("CREATE TABLE t (id integer)").command()) == Success(0)

@pytest.mark.parametrize("time", range(4))
def test_server(qb_server, time):
    with open("servers", "a") as file:
        print(qb_server.directory, file=file)
"""


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [(), ("-n2",)], ids=["one process", "two processes"])
def test_a_project_has_one_server_which_is_gone_afterwards(
    pytester: pytest.Pytester, arguments: tuple[str, ...]
) -> None:
    pytester.makeconftest('pytest_plugins = ["qb.testing"]')
    pytester.makepyfile(PROJECT)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)
    result.assert_outcomes(passed=8)
    (directory,) = set(pytester.path.joinpath("servers").read_text().splitlines())
    assert not pytester.path.joinpath(directory).exists()
