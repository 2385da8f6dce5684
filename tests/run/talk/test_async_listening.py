"""Listening: what is told arrives as it was meant, in its order, and what may be missing is said."""

import datetime as dt
import re
from typing import Any, Literal
from uuid import UUID

import msgspec
import pytest

from qb import (
    AsyncDatabase,
    ClosedError,
    ConnectionLost,
    ConnectionRefused,
    DefinitionError,
    EncodeError,
    Gap,
    Garbled,
    Notification,
    QueryError,
    Success,
    TransactionAborted,
    channel,
    connect_async,
    notify,
    sql,
    trusted,
    unwrap,
)
from qb.typing import Channel
from tests.run.talk.channels import PLACED, Placed, door, killed, listeners, lone, moment

pytestmark = pytest.mark.anyio  # sync:

SOON = 20.0
"""Seconds in which everything has come."""

ID = UUID("018f0000-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("shape", "payload", "text"),
    [
        (str, "", ""),
        (str, 'a "b" \\ ü 🐘 %s $1', 'a "b" \\ ü 🐘 %s $1'),
        (str, "x" * 7_999, "x" * 7_999),
        (UUID, ID, str(ID)),
        (dt.date, dt.date(2026, 1, 2), "2026-01-02"),
        (Literal["on", "off"], "on", "on"),
        (int, 42, "42"),
        (bool, True, "true"),
        (int | str, "7", '"7"'),
        (list[str], ["ü", "'"], '["ü","\'"]'),
        (Placed, Placed(1, ["x"]), '{"order":1,"tags":["x"]}'),
        (Placed | None, None, "null"),
    ],
)
async def test_what_is_told_arrives_as_it_was(qb_url: str, shape: Any, payload: Any, text: str) -> None:
    told: Channel[Any] = channel("told", shape)
    async with connect_async(qb_url) as db, db.listen(told) as events:
        assert await db.execute(notify(told, payload)) == Success(1)
        event = await events.within(SOON)
        assert isinstance(event, Notification)
        assert (event.channel, event.payload, type(event.payload)) == ("told", payload, type(payload))
        async with db.listen(channel("told")) as plain:  # what travels
            await db.execute(notify(told, payload))
            seen = await plain.within(SOON)
            assert isinstance(seen, Notification)
            assert seen.payload == text


@pytest.mark.parametrize(
    "name",
    [
        *(
            '"',
            'a"b',
            "'",
            "; DROP TABLE x; --",
            "%s",
            "{x}",
            "$1",
            "$$",
            "\\",
            "\n",
            " ",
            "select",
            "A",
            "ü",
            "🐘" * 15,
        ),
        "x" * 63,
    ],
)
async def test_hostile_names(qb_url: str, name: str) -> None:
    hostile, other = channel(name), channel(f"{name[:40]}_")
    async with connect_async(qb_url) as db, db.listen(hostile) as events:
        await db.execute(notify(other, "no"))
        await db.execute(notify(hostile, "yes"))
        event = await events.within(SOON)
        assert isinstance(event, Notification)
        assert (event.channel, event.payload) == (name, "yes")


async def test_names_differ_by_their_case(qb_url: str) -> None:
    small, large = channel("orders"), channel("Orders")
    async with connect_async(qb_url) as db, db.listen(small, large) as events:
        await db.execute(notify(large, "1"))
        await db.execute(notify(small, "2"))
        first, second = await events.within(SOON), await events.within(SOON)
        assert isinstance(first, Notification)
        assert isinstance(second, Notification)
        assert (first.channel, second.channel) == ("Orders", "orders")


async def test_a_transaction_tells_when_it_commits_and_each_thing_once(qb_url: str) -> None:
    async with connect_async(qb_url) as db, db.listen(PLACED) as events:
        async with db.transaction() as tx:
            for order in (1, 2, 1):
                unwrap(await tx.execute(notify(PLACED, Placed(order))))
            assert await events.within(0.1) is None
        found = [await events.within(SOON), await events.within(SOON)]
        assert [event.payload for event in found if isinstance(event, Notification)] == [Placed(1), Placed(2)]
        async with db.transaction(rollback=True) as tx:
            unwrap(await tx.execute(notify(PLACED, Placed(3))))
        async with db.pipeline() as p:
            told = p.execute(notify(PLACED, Placed(4)))
        assert told.result() == Success(1)
        event = await events.within(SOON)
        assert isinstance(event, Notification)
        assert event.payload == Placed(4)
        assert event.process == unwrap(await db.scalar(sql("SELECT pg_backend_pid()").rows(int)))


@pytest.mark.parametrize(
    ("told", "payload", "reason"),
    [
        (channel("told"), "x" * 8_000, "8,000 bytes long"),
        (channel("told"), "ü" * 4_000, "8,000 bytes long"),
        (channel("told"), "\0", "NUL"),
        (channel("told", float), float("nan"), "NaN"),
        (PLACED, Placed(1, ["x" * 8_000]), "8,023 bytes long"),
        (PLACED, Placed(True), "cannot be read back"),
        (PLACED, 7, "cannot be read back"),
        (channel("told", dict[str, Any]), {"a": (1, 2)}, "cannot be read back as it is, at $[...]: another value"),
        (channel("told", dict[str, Any]), {"a": {1: 2}}, "cannot be read back as it is, at $[...]: another value"),
        (channel("told", dict[str, Any]), {"a": b"x"}, "cannot be read back as it is"),
        (channel("told", Any), {"a"}, "cannot be read back as it is, at $: another value"),
    ],
)
async def test_what_cannot_be_told(qb_url: str, told: Channel[Any], payload: Any, reason: str) -> None:
    async with connect_async(qb_url) as db, db.listen(told) as events:
        error = (await db.execute(notify(told, payload))).failure()
        assert isinstance(error, EncodeError)
        assert error.column == told.name
        assert reason in str(error)
        with pytest.raises(TransactionAborted):
            async with db.transaction() as tx:
                (await tx.execute(notify(told, payload))).failure()
        assert await events.within(0.05) is None


async def test_what_cannot_be_read_is_an_event_and_the_next_one_comes(qb_url: str) -> None:
    ids = channel("ids", UUID)
    texts = ("", "{", "42", '{"order": "secret"}', '{"order": 1, "tags": [1]}')
    async with connect_async(qb_url) as db, db.listen(PLACED, ids) as events:
        for text in texts:
            await db.execute(sql("SELECT pg_notify({c}, {t})", c=PLACED.name, t=text).command())
        await db.execute(sql("SELECT pg_notify('ids', 'no id')").command())
        await db.execute(notify(PLACED, Placed(5)))
        found = [await events.within(SOON) for _ in range(len(texts) + 2)]
        wrong = [event for event in found[:-1] if isinstance(event, Garbled)]
        assert [event.text for event in wrong] == [*texts, "no id"]
        assert "$.tags[0]" in wrong[4].reason
        assert "secret" not in repr(wrong)
        assert isinstance(found[-1], Notification)


async def test_a_class_that_refuses_its_values_is_no_crash(qb_url: str) -> None:
    class Even(msgspec.Struct):
        n: int

        def __post_init__(self) -> None:
            if self.n % 2:
                raise RuntimeError("odd")

    even = channel("even", Even)
    async with connect_async(qb_url) as db, db.listen(even) as events:
        await db.execute(sql("SELECT pg_notify('even', {t})", t='{"n": 1}').command())
        await db.execute(notify(even, Even(2)))
        assert isinstance(await events.within(SOON), Garbled)
        assert isinstance(await events.within(SOON), Notification)


@pytest.mark.slow
async def test_a_killed_backend_is_a_gap_and_listening_goes_on(qb_url: str) -> None:
    told = lone()
    async with connect_async(qb_url) as db, db.listen(told) as events:
        for n in range(3):
            await db.execute(notify(told, f"before {n}"))
            before = await events.within(SOON)
            assert isinstance(before, Notification)
            assert before.payload == f"before {n}"
            assert await db.scalar(killed(told)) == Success(1)
            gap = await events.within(SOON)
            assert isinstance(gap, Gap)
            assert isinstance(gap.error, ConnectionLost)
            assert gap.dropped == 0
            await db.execute(notify(told, f"after {n}"))
            after = await events.within(SOON)
            assert isinstance(after, Notification)
            assert after.payload == f"after {n}"
        assert await db.scalar(listeners(told)) == Success(1)


@pytest.mark.slow
async def test_a_server_that_refuses_is_tried_until_patience_is_over(own_url: str, qb_url: str) -> None:
    told = lone()
    async with connect_async(qb_url) as admin, connect_async(own_url) as db:
        async with db.listen(told, patience=0) as events:
            assert repr(events) == f"<listening to {told.name}: connected>"
            (await admin.execute(door(own_url, open=False))).unwrap()
            (await admin.scalar(killed(told))).unwrap()
            with pytest.raises(ConnectionRefused):
                await events.within(SOON)
            assert repr(events) == f"<listening to {told.name}: reconnecting>"
            (await admin.execute(door(own_url, open=True))).unwrap()
            assert isinstance(await events.within(SOON), Gap)
        async with db.listen(told) as events:
            (await admin.execute(door(own_url, open=False))).unwrap()
            (await admin.scalar(killed(told))).unwrap()
            assert await events.within(0.5) is None  # it goes on trying
            (await admin.execute(door(own_url, open=True))).unwrap()
            assert isinstance(await events.within(SOON), Gap)
            await db.execute(notify(told, "there"))
            assert isinstance(await events.within(SOON), Notification)


async def test_no_connection_to_begin_with_is_raised(own_url: str, qb_url: str) -> None:
    async with connect_async(qb_url) as admin, connect_async(own_url) as db:
        (await admin.execute(door(own_url, open=False))).unwrap()
        with pytest.raises(ConnectionRefused):
            async with db.listen(lone()):
                raise AssertionError
        assert db.pool.listening == 0
        (await admin.execute(door(own_url, open=True))).unwrap()


async def test_what_nobody_takes_in_time_is_counted(qb_url: str) -> None:
    told = lone()
    text = "SELECT pg_notify({c}, {n}::int || ' ' || repeat('x', 7000) || g) FROM generate_series(1, 20) g"
    async with connect_async(qb_url) as db, db.listen(told, buffer=5) as events:  # far less than a socket holds
        heard: list[str] = []
        dropped = 0
        for n in range(30):
            unwrap(await db.execute(sql(text, c=told.name, n=n).command()))
        queue = sql("SELECT pg_notification_queue_usage()").rows(float)
        while len(heard) + dropped < 600:
            match await events.within(SOON):
                case Notification(payload=payload):
                    heard.append(payload)
                case Gap(error=None, dropped=count):
                    dropped += count
                case other:
                    raise AssertionError(other)
        assert dropped > 0
        assert heard[-1].endswith("x20")
        rounds = [int(each.partition(" ")[0]) for each in heard]
        assert rounds == sorted(rounds)
        used = await db.scalar(queue)
        for _ in range(500):  # others listen on the same server, and may be reading yet
            if used == Success(0.0):
                break
            unwrap(await db.execute(moment()))
            used = await db.scalar(queue)
        assert used == Success(0.0)


async def test_waiting_has_an_end(qb_url: str) -> None:
    told = lone()
    async with connect_async(qb_url) as db, db.listen(told) as events:
        for wait in (0, 0.01, 0.3):
            assert await events.within(wait) is None
        await db.execute(notify(told, "x"))
        assert isinstance(await events.within(SOON), Notification)
        assert await events.within(0) is None
        with pytest.raises(QueryError, match="wait is -1"):
            await events.within(-1)


async def test_it_stands_beside_the_pool_and_leaves_nothing(qb_url: str) -> None:
    told = lone()
    async with connect_async(qb_url, max_size=1, timeout=1.0) as db, db.transaction() as tx:
        async with db.listen(told) as events, db.listen(told):
            assert (db.pool.in_use, db.pool.size, db.pool.listening) == (1, 1, 2)
            unwrap(await tx.execute(sql("SELECT 1").command()))
            assert await events.within(0) is None
        assert db.pool.listening == 0
    async with connect_async(qb_url) as db:
        for _ in range(500):
            if unwrap(await db.scalar(listeners(told))) == 0:
                break
            unwrap(await db.execute(moment()))
        assert await db.scalar(listeners(told)) == Success(0)
        assert await db.all(sql("SELECT pg_listening_channels()").rows(str)) == Success([])


async def test_an_exception_in_the_loop_passes(qb_url: str) -> None:
    told = lone()
    async with connect_async(qb_url) as db:
        events = db.listen(told)
        with pytest.raises(KeyError, match="mine"):
            async with events:
                await db.execute(notify(told, "x"))
                async for _ in events:
                    raise KeyError("mine")
        with pytest.raises(ClosedError, match="nobody listens"):
            await events.within(0)


async def test_the_end_of_the_database_ends_it(qb_url: str) -> None:
    db = connect_async(qb_url)
    async with db.listen(lone()) as events:
        await db.close()
        with pytest.raises(ClosedError, match="the database is closed"):
            await events.within(SOON)
    with pytest.raises(ClosedError, match="the database is closed"):
        async with db.listen(lone()):
            raise AssertionError


async def test_blocks_are_entered_once_and_before_anything(qb_url: str) -> None:
    async with connect_async(qb_url) as db:
        events = db.listen(lone())
        with pytest.raises(ClosedError, match="nobody listens"):
            await events.within(0)
        async with events:
            with pytest.raises(QueryError, match="entered once"):
                await events.__aenter__()
        with pytest.raises(QueryError, match="entered once"):
            await events.__aenter__()


async def test_a_block_that_is_never_left_is_told(qb_url: str) -> None:
    async with connect_async(qb_url) as db:
        events = db.listen(lone())
        await events.__aenter__()
        lost = [events]
        del events
        with pytest.warns(ResourceWarning, match="was never left"):
            lost.clear()
        assert db.pool.listening == 0


async def test_what_is_no_channel(qb_url: str) -> None:
    async with connect_async(qb_url) as db:
        wrong: Any = db
        for channels, message in (
            ((), "one channel at least"),
            (("orders",), "takes channels, .* not str"),
            ((channel("a"), channel("a", int)), "two of the channels are called a"),
        ):
            with pytest.raises(QueryError, match=message):
                wrong.listen(*channels)
        for options, message in (({"buffer": 0}, "buffer is 0"), ({"patience": -1}, "patience is -1")):
            with pytest.raises(QueryError, match=message):
                wrong.listen(PLACED, **options)


def test_channels_that_cannot_be() -> None:  # the same in both halves
    for name, message in (
        ("", "an empty name"),
        ("a\0b", "NUL"),
        ("x" * 64, "64 bytes long"),
        ("ü" * 32, "64 bytes long"),
        ("\ud800", "surrogate"),
    ):
        with pytest.raises(DefinitionError, match=message):
            channel(name)
    with pytest.raises(DefinitionError, match=re.escape("the channel 'x': no document can be read as")):
        channel("x", AsyncDatabase)
    wrong: Any = notify
    with pytest.raises(QueryError, match="notify takes a channel"):
        wrong("orders", "x")
    with pytest.raises(QueryError, match="takes a value"):
        wrong(PLACED, sql("now()").as_(dt.datetime))
    assert PLACED == channel("placed", Placed)
    assert hash(PLACED) == hash(channel("placed", Placed))
    assert channel("placed") != PLACED
    assert trusted("x") == "x"
