"""Channels, as people write them: what is told is of the channel's shape, and what is heard is narrowed by `match`."""
# mypy: disallow-any-expr

from __future__ import annotations

from typing import Literal, assert_never, assert_type

import msgspec

from qb import AsyncDatabase, Command, Database, Db, Gap, Notification, Success, Garbled, channel, notify
from qb.typing import AsyncListening, Channel, ChannelEvent, Listening
from tests.typing.common import LogId, UserId


class Placed(msgspec.Struct, frozen=True, tag=True):
    order: LogId


class Cancelled(msgspec.Struct, frozen=True, tag=True):
    order: LogId
    why: str


PLACED = channel("placed", Placed)
EITHER = channel("either", Placed | Cancelled)
IDS = channel("ids", UserId)
STATES: Channel[Literal["on", "off"]] = channel("states", Literal["on", "off"])
TEXTS = channel("texts")


def known(db: Database, async_db: AsyncDatabase) -> Listening[Placed]:
    assert_type(PLACED, Channel[Placed])
    assert_type(EITHER, Channel[Placed | Cancelled])
    assert_type(IDS, Channel[UserId])
    assert_type(TEXTS, Channel[str])
    assert_type(notify(PLACED, Placed(LogId(1))), Command)
    assert_type(db.listen(PLACED), Listening[Placed])
    assert_type(db.listen(PLACED, TEXTS), Listening[Placed | str])
    assert_type(db.listen(PLACED, IDS, TEXTS, patience=5), Listening[Placed | UserId | str])
    assert_type(async_db.listen(EITHER, buffer=10), AsyncListening[Placed | Cancelled])
    return db.listen(PLACED)


def told(db: Db) -> None:
    assert db.execute(notify(PLACED, Placed(LogId(1)))) == Success(1)
    assert db.execute(notify(EITHER, Cancelled(LogId(1), "late"))) == Success(1)
    assert db.execute(notify(STATES, "on")) == Success(1)
    assert db.execute(notify(TEXTS, "anything")) == Success(1)


def tell_all(db: Db, to: Channel[Placed], orders: list[LogId]) -> int:
    return sum(db.execute(notify(to, Placed(order))).unwrap() for order in orders)


def named(event: ChannelEvent[Placed | str]) -> str:
    match event:
        case Notification(payload=Placed(order=order)):
            assert_type(order, LogId)
            return f"order {order}"
        case Notification(payload=payload):
            assert_type(payload, Placed | str)
            return payload if isinstance(payload, str) else "an order"
        case Garbled(reason=reason):
            return reason
        case Gap():
            return "a gap"
        case _:
            assert_never(event)


def taken(events: Listening[Placed]) -> list[LogId]:
    return [event.payload.order for event in events if isinstance(event, Notification)]


async def followed(db: AsyncDatabase) -> list[str]:
    async with db.listen(PLACED, TEXTS) as events:
        assert_type(await events.within(1.0), ChannelEvent[Placed | str] | None)
        return [named(event) async for event in events]


def all_kinds(db: Db) -> None:
    assert tell_all(db, PLACED, [LogId(1)]) == 1
    told_by: list[ChannelEvent[Placed | str]] = [
        Notification("placed", Placed(LogId(1)), 1),
        Notification("texts", "x", 1),
        Garbled("placed", "{", 1, "short"),
        Gap(),
    ]
    assert [named(event) for event in told_by] == ["order 1", "x", "short", "a gap"]
