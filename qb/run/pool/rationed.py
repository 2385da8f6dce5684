"""Pools that share a bound of links, and show nothing of where their server is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final, Self

from qb.errors import ConnectionRefused
from qb.run.pool.line import Lease
from qb.run.pool.pools import AsyncPool, SyncPool
from qb.run.pool.ration import AsyncRation, Ration
from qb.run.pool.stock import Seat, Stock
from qb.run.report.hiding import without_address
from qb.run.session.link import Link


class _Silence(logging.Filter):
    """Keeps what psycopg logs at DEBUG of a connection that is being made: host, user and database. Only of the threads
    that make one which is hidden."""

    def __init__(self) -> None:
        super().__init__()
        self.here = threading.local()

    def filter(self, record: logging.LogRecord) -> bool:
        return not getattr(self.here, "silent", False)


_SILENCE: Final = _Silence()


class HiddenLink(Link):
    """A connection that says nothing of its address, as psycopg's warnings and log do; and gives up its place among
    others when it is closed."""

    leave: Callable[[], None] | None = None

    @classmethod
    def connect(cls, *arguments: Any, **options: Any) -> Self:
        """As psycopg's, in silence."""
        logging.getLogger("psycopg").addFilter(_SILENCE)  # a second time it does nothing
        _SILENCE.here.silent = True
        try:
            return super().connect(*arguments, **options)
        finally:
            _SILENCE.here.silent = False

    def close(self) -> None:
        """Close the connection, whose place is free from now on."""
        super().close()
        if self.leave is not None:
            self.leave()
            self.leave = None

    def __repr__(self) -> str:
        return f"<link of one of many databases at {id(self):#x}>"


class _Rationed(Stock[Link]):
    """What both share."""

    def _named(self, state: str) -> str:
        return f"<{type(self).__name__} of one of many databases: {state}>"

    def idle_since(self) -> float | None:
        """Since when the link has idled that has idled longest."""
        try:
            return self._idle[0].since
        except IndexError:
            return None

    def spare(self) -> None:
        """Close that one."""
        with suppress(IndexError):  # somebody was faster, and has it
            self._idle.popleft().link.close()

    def _seated(self, ration: Ration | AsyncRation, place: Lease[Any], timeout: float) -> Seat[Link]:
        """A new link that has a place. Its refusal shows nothing of the address."""
        try:
            seat = Stock[Link]._connect(self, timeout)
        except ConnectionRefused as error:
            refused = without_address(error)
        else:
            if isinstance(seat.link, HiddenLink):
                seat.link.leave = partial(ration.leave, place)
            return seat
        raise refused  # out here, so that the server's words are not its context


class RationedPool(SyncPool[Link], _Rationed):
    """For threads."""

    def __init__(
        self,
        conninfo: str,
        ration: Ration,
        *,
        configure: Callable[[Link], None] | None = None,
        max_size: int = 10,
        timeout: float = 30.0,
    ) -> None:
        super().__init__(conninfo, connection_class=HiddenLink, configure=configure, max_size=max_size, timeout=timeout)
        self._ration = ration
        ration.share(self)

    def _connect(self, timeout: float) -> Seat[Link]:
        place = self._ration.place(timeout)
        try:
            return self._seated(self._ration, place, timeout)
        except BaseException:
            self._ration.leave(place)
            raise

    def give_back(self, lease: Lease[Link]) -> None:
        """As SyncPool's; where others wait for a link, one that idles is closed."""
        super().give_back(lease)
        self._ration.settle()


class _Attempt:
    """A link that a thread makes, for a task that may be cancelled meanwhile: then nobody takes it, and the thread may
    keep it for as long as it has nothing else to do. Each side says what it has done before it looks at the other."""

    __slots__ = ("begun", "given_up", "seat")

    def __init__(self) -> None:
        self.begun: bool = False
        self.seat: Seat[Link] | None = None
        self.given_up: bool = False

    def made(self, seat: Seat[Link]) -> None:
        """Say that it is made, and close it where nobody wants it any more."""
        self.seat = seat
        if self.given_up:
            seat.link.close()

    def give_up(self) -> bool:
        """Close it, now or when it is made. Whether the thread has not begun, and will not."""
        self.given_up = True
        if (seat := self.seat) is not None:
            seat.link.close()
        return not self.begun


class AsyncRationedPool(AsyncPool[Link], _Rationed):
    """For the tasks of one event loop."""

    def __init__(
        self,
        conninfo: str,
        ration: AsyncRation,
        *,
        configure: Callable[[Link], None] | None = None,
        max_size: int = 10,
        timeout: float = 30.0,
    ) -> None:
        super().__init__(conninfo, connection_class=HiddenLink, configure=configure, max_size=max_size, timeout=timeout)
        self._ration = ration
        ration.share(self)

    async def _connect_in_thread(self, limit: float) -> Seat[Link]:
        place = await self._ration.place(limit)
        attempt = _Attempt()
        try:
            return await self._in_thread(partial(self._tried, attempt, place, limit))
        except Exception:
            self._ration.leave(place)
            raise
        except BaseException:  # cancelled: the thread may still be connecting, so the place stays until it has
            if attempt.give_up():
                self._ration.leave(place)
            raise
        finally:
            attempt.seat = None

    def _tried(self, attempt: _Attempt, place: Lease[Any], limit: float) -> Seat[Link]:
        attempt.begun = True
        try:
            if attempt.given_up:
                raise ConnectionRefused("nobody wants it any more")
            seat = self._seated(self._ration, place, limit)
        except BaseException:
            self._ration.leave(place)
            raise
        attempt.made(seat)
        return seat

    def give_back(self, lease: Lease[Link]) -> None:
        """As RationedPool's."""
        super().give_back(lease)
        self._ration.settle()
