"""A task that is cancelled where a block within a transaction begins or ends: the transaction goes on as it was."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress

import anyio
import pytest

from qb import AsyncTx, Success, connect, connect_async, sql, unwrap
from qb.errors import ConnectionLost, TransactionAborted
from tests.run.gate import Gate, gate

pytestmark = pytest.mark.anyio

ROLE = sql("SELECT current_setting('role')").rows(str)
WROTE = sql("SELECT set_config('qb.wrote', 'x', true)").rows(str)
WRITTEN = sql("SELECT coalesce(current_setting('qb.wrote', true), '')").rows(str)
PID = sql("SELECT pg_backend_pid()").rows(int)
ONE = sql("SELECT 1").rows(int)

AT = {"begins": b"SAVEPOINT qb_", "ends": b"RELEASE qb_"}
BLOCKS: dict[str, Callable[[AsyncTx], AbstractAsyncContextManager[AsyncTx]]] = {
    "as_role": lambda tx: tx.as_role("pg_read_all_settings", claims={"sub": "ada"}),
    "transaction": lambda tx: tx.transaction(),
}


@pytest.fixture
def between(qb_url: str) -> Iterator[tuple[str, Gate]]:
    with gate(qb_url) as found:
        yield found


@asynccontextmanager
async def scoped() -> AsyncGenerator[None]:
    """As anyio and trio cancel: whatever waits within, until it is left."""
    with anyio.move_on_after(0.05):
        yield


@asynccontextmanager
async def native() -> AsyncGenerator[None]:
    """As asyncio's own timeouts do: once."""
    try:
        async with asyncio.timeout(0.05):
            yield
    except TimeoutError:
        pass


def limits(backend: str) -> list[Callable[[], AbstractAsyncContextManager[None]]]:
    return [scoped, native] if backend == "asyncio" else [scoped]


@pytest.mark.slow
@pytest.mark.parametrize("known", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("when", AT)
@pytest.mark.parametrize("block", BLOCKS)
async def test_the_transaction_goes_on(
    between: tuple[str, Gate], anyio_backend_name: str, block: str, when: str, known: bool
) -> None:
    url, slow = between
    for limit in limits(anyio_backend_name):
        async with connect_async(url, max_size=1) as db:
            async with db.as_role("pg_monitor", claims={"sub": "bob"}) as tx:
                unwrap(await tx.scalar(ONE))
                slow.slow = AT[when], 0.2, known
                async with limit(), BLOCKS[block](tx) as inner:
                    unwrap(await inner.scalar(WROTE))
                slow.slow = b"", 0.0, False
                # What comes while a block ends comes after it; what comes while it begins undoes it.
                assert await tx.scalar(WRITTEN) == Success("x" if when == "ends" else "")
                assert await tx.scalar(ROLE) == Success("pg_monitor")
                async with BLOCKS[block](tx) as inner:
                    assert isinstance(await inner.scalar(ROLE), Success)
                assert await tx.scalar(ROLE) == Success("pg_monitor")
            assert await db.scalar(ROLE) == Success("none")


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS)
async def test_what_fails_is_undone_however_late(
    between: tuple[str, Gate], anyio_backend_name: str, block: str
) -> None:
    """Cancelled in the ROLLBACK of a block that failed of something else."""
    url, slow = between
    for limit in limits(anyio_backend_name):
        async with connect_async(url, max_size=1) as db, db.transaction() as tx:
            unwrap(await tx.scalar(ONE))
            slow.slow = b"ROLLBACK TO qb_", 0.2, True
            with suppress(KeyError):
                async with limit(), BLOCKS[block](tx) as inner:
                    unwrap(await inner.scalar(WROTE))
                    raise KeyError("x")
            slow.slow = b"", 0.0, False
            assert await tx.scalar(WRITTEN) == Success("")
            assert await tx.scalar(ROLE) == Success("none")


@pytest.mark.slow
async def test_a_task_that_is_cancelled_whole_keeps_nothing(between: tuple[str, Gate]) -> None:
    url, slow = between
    async with connect_async(url, max_size=1) as db:
        pid = await db.scalar(PID)
        for when in AT.values():
            slow.slow = when, 0.2, True
            with anyio.move_on_after(0.05) as scope:
                async with db.as_role("pg_monitor") as tx, tx.as_role("pg_read_all_settings") as inner:
                    await inner.scalar(ONE)
            assert scope.cancelled_caught
            slow.slow = b"", 0.0, False
            assert await db.scalar(ROLE) == Success("none")
            assert await db.scalar(PID) == pid


@pytest.mark.slow
async def test_an_answer_that_does_not_come_is_not_waited_for(
    between: tuple[str, Gate], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qb.run.talk.converse.PATIENCE", 0.1)
    url, slow = between
    async with connect_async(url, max_size=1) as db:
        with pytest.raises(ConnectionLost, match="did not answer in time where a savepoint begins or ends"):
            async with db.transaction() as tx:
                unwrap(await tx.scalar(ONE))
                slow.slow = b"RELEASE qb_", 2.0, False
                async with tx.transaction() as inner:
                    unwrap(await inner.scalar(ONE))
        slow.slow = b"", 0.0, False
        assert await db.scalar(ONE) == Success(1)


TOLD: dict[tuple[str, str], list[str | None]] = {
    ("as_role", "begins"): ["25000", "25000"],
    ("as_role", "ends"): ["25000", "25000"],
    ("transaction", "begins"): [],
    ("transaction", "ends"): ["25000"],
}


class Interrupted(BaseException):
    """As Ctrl-C is."""


@contextmanager
def interrupted() -> Generator[None]:
    """What runs in it is interrupted in a moment, as Ctrl-C interrupts a thread."""

    def strike(*_: object) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGALRM, strike)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with suppress(Interrupted):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGALRM")
@pytest.mark.parametrize("when", AT)
@pytest.mark.parametrize("block", BLOCKS)
def test_a_thread_that_is_interrupted_there_is_told(between: tuple[str, Gate], block: str, when: str) -> None:
    url, slow = between
    with connect(url, max_size=1) as db:
        told: list[str | None] = []
        try:
            with db.transaction() as tx:
                unwrap(tx.scalar(ONE))
                slow.slow = AT[when], 0.2, True
                with interrupted(), tx.as_role("pg_monitor") if block == "as_role" else tx.transaction() as inner:
                    unwrap(inner.scalar(WROTE))
                slow.slow = b"", 0.0, False
                if block == "as_role":  # as whom would it run?
                    told.append(tx.scalar(ROLE).failure().sqlstate)
        except TransactionAborted as aborted:
            told.append(aborted.cause.sqlstate)
        assert told == TOLD[block, when]
        assert db.scalar(ROLE) == Success("none")
        assert db.scalar(WRITTEN) == Success("")
