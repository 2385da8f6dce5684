"""What a listener hears, and where it stands until somebody takes it.

https://www.postgresql.org/docs/current/libpq-notify.html
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar, Union, cast

import msgspec

from qb.errors import DbError, QueryError
from qb.query.channel import Channel

if TYPE_CHECKING:
    from psycopg.pq import PGnotify

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

BUFFER: Final = 10_000
"""Events that wait for whoever takes them, until the oldest are thrown away."""


class Notification(msgspec.Struct, Generic[T_co], frozen=True):
    """What was told on a channel. `process` is the backend that told it: `pg_backend_pid()` there.

    >>> Notification("cache_cleared", "users", 4711).payload
    'users'
    """

    channel: str
    payload: T_co
    process: int


class Garbled(msgspec.Struct, frozen=True):
    """What was told on a channel and cannot be read as its shape: `reason` says where and why, `text` is what came.

    Everybody who may connect may NOTIFY, so this is no bug of the listener's. It does not print what it holds.

    >>> Garbled("order_events", "42", 4711, "Expected `object`, got `int`")
    <garbled payload of order_events, 2 characters: Expected `object`, got `int`>
    """

    channel: str
    text: str
    process: int
    reason: str

    def __repr__(self) -> str:
        return f"<garbled payload of {self.channel}, {len(self.text)} characters: {self.reason}>"


class Gap(msgspec.Struct, frozen=True):
    """Here something may be missing: read again what you keep up to date by listening.

    `error` is what broke the connection; listening has begun again, and what was told meanwhile is lost. It is None
    where events were thrown away because nobody took them: `dropped` counts these.

    >>> Gap(None, 12).dropped
    12
    """

    error: DbError | None = None
    dropped: int = 0


ChannelEvent: TypeAlias = Union[Notification[T], Garbled, Gap]  # noqa: UP007 - an alias with a parameter
"""What `db.listen` gives: a notification, one that cannot be read, or a gap."""


class Inbox(Generic[T]):
    """What came and was not taken yet, in its order. The newest are kept, and what they push out is counted."""

    __slots__ = ("_channels", "_dropped", "_events", "_size")

    def __init__(self, channels: Sequence[Channel[Any]], size: int) -> None:
        self._channels: dict[bytes, Channel[Any]] = {each.name.encode(): each for each in channels}
        self._events: deque[PGnotify | Gap] = deque()
        self._size = size
        self._dropped = Gap()

    def __bool__(self) -> bool:
        return bool(self._events or self._dropped.dropped)

    def put(self, event: PGnotify | Gap) -> None:
        """What came: as libpq has it, so that reading it is the work of whoever takes it."""
        self._events.append(event)
        while len(self._events) > self._size:
            oldest = self._events.popleft()
            error = oldest.error if isinstance(oldest, Gap) else None
            self._dropped = Gap(error or self._dropped.error, self._dropped.dropped + 1)

    def begin(self, lost: DbError | None, early: Iterable[PGnotify]) -> None:
        """Listening has begun, once more where something was `lost`; what came meanwhile stands behind that."""
        if lost is not None:
            self.put(Gap(lost))
        for each in early:
            self.put(each)

    def take(self) -> ChannelEvent[T] | None:
        """The oldest, None where nothing waits."""
        if self._dropped.dropped:
            gap, self._dropped = self._dropped, Gap()
            return gap
        event = self._events.popleft() if self._events else None
        return event if event is None or isinstance(event, Gap) else self._read(event)

    def _read(self, notice: PGnotify) -> Notification[T] | Garbled:
        channel = self._channels[notice.relname]
        try:
            text = notice.extra.decode()
            return Notification(channel.name, channel.read(text), notice.be_pid)
        except Exception as error:  # of msgspec's, or of what a class of the user's does where it is made
            return Garbled(channel.name, notice.extra.decode("utf-8", "replace"), notice.be_pid, _reason(error))


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, msgspec.MsgspecError) else type(error).__name__


def listened_to(channels: Sequence[object], buffer: object) -> tuple[Channel[Any], ...]:
    """The channels of a listener. QueryError for none, for two of one name, and for what is no channel."""
    found: dict[str, Channel[Any]] = {}
    for each in channels:
        if not isinstance(each, Channel):
            raise QueryError(f"listen takes channels, channel('order_events', Placed), not {type(each).__name__}")
        known: Channel[Any] = cast("Any", each)
        if known.name in found:
            raise QueryError(f"two of the channels are called {known.name}: one name has one shape")
        found[known.name] = known
    if not found:
        raise QueryError("listen takes one channel at least")
    if type(buffer) is not int or buffer < 1:
        raise QueryError(f"buffer is {buffer!r}: it counts the events that may wait, 1 or more")
    return tuple(found.values())
