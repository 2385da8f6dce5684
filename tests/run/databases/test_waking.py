"""Databases that are waking up when somebody wants them: tried again for a while, and told where that is not enough."""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from math import inf

import anyio
import pytest

import qb
from qb import ConnectionRefused, DefinitionError, Success, connect_async
from qb.databases import DatabaseBounds, Databases, connect_each, connect_each_async
from qb.run.databases.waking import FIRST_PAUSE, LONGEST_BETWEEN, Awakening
from tests.run.databases.tenants import OrganizationId, Tenants, address, server_of, stored
from tests.run.gate import Gate, gate
from tests.run.pair import Server, alone

ONE = qb.sql("SELECT 1").rows(int)


def last_words(state: str, message: str) -> bytes:
    fields = {"S": "FATAL", "V": "FATAL", "C": state, "M": message, "R": "ProcessStartupPacket"}
    body = b"".join(f"{name}{value}".encode() + b"\0" for name, value in fields.items()) + b"\0"
    return b"E" + struct.pack("!i", len(body) + 4) + body


STARTING = last_words("57P03", "the database system is starting up")
CLOSES = b""
WRONG = last_words("28P01", 'password authentication failed for user "ada"')


class Sleeper:
    """A database behind a gate that says what a waking one says."""

    def __init__(self, many: Tenants, between: Gate, url: str) -> None:
        self.many = many
        self.gate = between
        self.key = many.add("sleeper", url)

    def asleep(self, words: bytes, tries: float = inf) -> None:
        """It says this to so many, and is awake then."""
        self.gate.openings, self.gate.links = tries, 0
        self.gate.opening = words

    def wakes(self) -> None:
        self.gate.opening = None

    @contextmanager
    def opened(self, wake: float | None) -> Generator[Databases[OrganizationId]]:
        with connect_each(self.many.builder, stored, address=address, bounds=DatabaseBounds(wake=wake)) as each:
            yield each


@pytest.fixture
def sleeper(many: Tenants, qb_url: str) -> Iterator[Sleeper]:
    with gate(server_of(qb_url, "postgres")) as (url, between):
        yield Sleeper(many, between, url)


@pytest.mark.parametrize(
    ("words", "wake"), [(STARTING, None), (STARTING, 20.0), (CLOSES, 20.0)], ids=["starting", "said", "closes"]
)
def test_one_that_wakes_up_is_waited_for(sleeper: Sleeper, words: bytes, wake: float | None) -> None:
    sleeper.asleep(words, 3)
    with sleeper.opened(wake) as each:
        assert each.of(sleeper.key).scalar(ONE) == Success(1)
        assert each.report.links == 1
    assert sleeper.gate.links == 4


@pytest.mark.parametrize(
    ("words", "wake", "state", "said"),
    [
        (STARTING, 0.0, "57P03", "the server is starting up or shutting down"),
        (CLOSES, None, None, "the server closed the connection"),
        (CLOSES, 0.0, None, "the server closed the connection"),
        (WRONG, 20.0, "28P01", "the server does not accept the password"),
    ],
    ids=["none is said", "closes", "closes and none", "password"],
)
def test_what_does_not_wake_up_is_a_failure_at_once(
    sleeper: Sleeper, words: bytes, wake: float | None, state: str | None, said: str
) -> None:
    sleeper.asleep(words)
    with sleeper.opened(wake) as each:
        error = each.of(sleeper.key).scalar(ONE).failure()
    assert isinstance(error, ConnectionRefused)
    assert (error.sqlstate, error.reason) == (state, said)
    assert sleeper.gate.links == 1


def test_it_is_tried_for_so_long_and_no_longer(sleeper: Sleeper) -> None:
    sleeper.asleep(STARTING)
    with sleeper.opened(0.3) as each:
        assert each.of(sleeper.key).scalar(ONE).failure().sqlstate == "57P03"
        assert sleeper.gate.links >= 2
        sleeper.wakes()
        assert each.of(sleeper.key).scalar(ONE) == Success(1)  # a failure is not kept


@pytest.mark.slow
def test_many_wait_for_one(sleeper: Sleeper) -> None:
    sleeper.asleep(STARTING, 5)
    with sleeper.opened(20.0) as each, ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(each.of(sleeper.key).scalar, ONE) for _ in range(8)]
        assert [one.result() for one in asked] == [Success(1)] * 8
        assert each.report.databases == 1
        assert each.report.links <= 2


def test_one_that_has_moved_meanwhile_is_found(sleeper: Sleeper, many: Tenants) -> None:
    sleeper.asleep(STARTING)
    threading.Timer(0.2, lambda: many.add("sleeper", many.url(0))).start()
    with sleeper.opened(20.0) as each:
        assert each.of(sleeper.key).scalar(ONE) == Success(1)


def test_closing_ends_the_tries(sleeper: Sleeper) -> None:
    sleeper.asleep(STARTING)
    with sleeper.opened(60.0) as each:
        threading.Timer(0.2, each.close).start()
        with pytest.raises(qb.ClosedError):
            each.of(sleeper.key).scalar(ONE)


@pytest.fixture(scope="module")
def late() -> Iterator[Server]:
    with alone() as server:
        yield server


@pytest.mark.slow
def test_a_server_that_starts_late(many: Tenants, late: Server) -> None:
    key = many.add("late", late.url)
    late.stop()
    with connect_each(many.builder, stored, address=address) as each:
        assert each.of(key).scalar(ONE).failure() == ConnectionRefused("no server listens there")
    starting = threading.Timer(0.3, late.start)
    starting.start()
    with connect_each(many.builder, stored, address=address, bounds=DatabaseBounds(wake=30)) as each:
        assert each.of(key).scalar(ONE) == Success(1)
        starting.join()
        # And once more, with a connection that was there: it was closed while it idled.
        late.stop()
        starting = threading.Timer(0.3, late.start)
        starting.start()
        assert each.of(key).scalar(ONE) == Success(1)
    starting.join()


@pytest.mark.anyio
@pytest.mark.parametrize("words", [STARTING, CLOSES], ids=["starting", "closes"])
async def test_tasks_wait_too_and_may_be_cancelled(sleeper: Sleeper, qb_url: str, words: bytes) -> None:
    bounds = DatabaseBounds(wake=30)
    async with (
        connect_async(qb_url) as builder,
        connect_each_async(builder, stored, address=address, bounds=bounds) as each,
    ):
        sleeper.asleep(words)
        with anyio.move_on_after(0.3) as scope:
            await each.of(sleeper.key).scalar(ONE)
        assert scope.cancelled_caught
        sleeper.asleep(words, 2)
        assert await each.of(sleeper.key).scalar(ONE) == Success(1)
        assert each.report.links == 1


def refused(reason: str, state: str | None = None) -> ConnectionRefused:
    return ConnectionRefused(reason, sqlstate=state)


NEVER: list[Callable[[], float | None]] = [
    lambda: Awakening(None).pause(refused("no server listens there")),
    lambda: Awakening(0.0).pause(refused("x", "57P03")),
    lambda: Awakening(9.0).pause(refused("the server has no such database", "3D000")),
    lambda: Awakening(9.0).pause(refused("its host is not known")),
]


@pytest.mark.parametrize("asked", NEVER)
def test_no_pause_where_there_is_no_try(asked: Callable[[], float | None]) -> None:
    assert asked() is None


def test_pauses_grow_to_a_second_and_end() -> None:
    waking = Awakening(100.0)
    pauses = [waking.pause(refused("x", "57P03")) for _ in range(20)]
    for number, pause in enumerate(pauses):
        longest = min(LONGEST_BETWEEN, FIRST_PAUSE * 2**number)
        assert pause is not None
        assert longest / 2 <= pause <= longest


def test_what_is_no_number_of_seconds() -> None:
    with pytest.raises(DefinitionError, match="DatabaseBounds: wake is -1: it counts seconds, from 0"):
        DatabaseBounds(wake=-1)
