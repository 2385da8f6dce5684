"""Mistakes with channels: every line marked `# error` must be refused, and no other.

See refused.py.
"""
# fmt: off

from __future__ import annotations

import msgspec

from qb import AsyncDatabase, AsyncDb, Database, Db, Notification, Tx, channel, notify
from qb.typing import Channel, Listening
from tests.typing.common import LogId, TaskId, UserId


class Placed(msgspec.Struct, frozen=True):
    order: LogId


PLACED, IDS, TEXTS = channel("placed", Placed), channel("ids", UserId), channel("texts")

channel()                                                                               # error: without a name
channel(7)                                                                              # error: no name
channel("x", 7)                                                                         # error: no type
notify(PLACED)                                                                          # error: what?
notify(PLACED, "text")                                                                  # error: another shape
notify(PLACED, LogId(1))                                                                # error: a field of it
notify(TEXTS, 1)                                                                        # error: no text
notify("placed", Placed(LogId(1)))                                                      # error: no channel
other: Channel[TaskId] = IDS                                                            # error: another key
wider: Channel[object] = TEXTS                                                          # error: nobody could read it
PLACED.name = "x"                                                                       # error: it is frozen


def mistaken(db: Db, tx: Tx, own: Database, task: TaskId) -> None:
    db.listen(PLACED)                                                                   # error: of what owns connections
    tx.listen(PLACED)                                                                   # error: of no transaction
    own.listen()                                                                        # error: to what?
    own.listen("placed")                                                                # error: no channel
    own.listen(PLACED, buffer="many")                                                   # error: no number
    db.all(notify(TEXTS, "x"))                                                          # error: it has no rows
    db.execute(notify(IDS, task))                                                       # error: another key
    mine: Listening[str] = own.listen(PLACED)                                           # error: another shape
    with own.listen(PLACED) as events:
        for event in events:
            event.payload                                                               # error: it may be a gap
            if isinstance(event, Notification):
                event.payload.title                                                     # error: no such field


async def mistaken_tasks(db: AsyncDb, own: AsyncDatabase) -> None:
    db.listen(PLACED)                                                                   # error: of what owns connections
    async with own.listen(PLACED) as events:
        for _ in events:                                                                # error: it is awaited
            pass
