"""What a pool has in stock: the links that are out, the idle ones, their age, and how a new one is made."""

import math
import os
import select
import time
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final, Generic, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import PipelineStatus, TransactionStatus

from qb.errors import ClosedError
from qb.run.diagnose import refused
from qb.run.outside import Openers
from qb.run.url import redact

C = TypeVar("C", bound=psycopg.Connection[Any])

MAX_IDLE: Final = 600.0
"""Seconds after which a link that nobody needed is closed, when another one comes back."""
MAX_LIFETIME: Final = 3600.0
"""Seconds after which a link is replaced, so that a new server behind the same name gets its share."""

_IDLE: Final = int(TransactionStatus.IDLE)
_OFF: Final = int(PipelineStatus.OFF)


class Stock(Generic[C]):
    """Safe under threads, as its deque and dict are. How many may be out at once is the business of the pools."""

    def __init__(
        self,
        conninfo: str,
        *,
        connection_class: type[C],
        configure: Callable[[C], None] | None = None,
        max_size: int = 10,
        timeout: float = 30.0,
    ) -> None:
        if max_size < 1:
            raise ValueError(f"a pool needs room for one connection at least, and max_size is {max_size}")
        self.conninfo: Final = conninfo
        self.max_size: Final = max_size
        self.timeout: Final = timeout
        self.closed = False
        self._connection_class = connection_class
        self._configure = configure
        self.openers: Final = Openers()
        self.opened: Final[Mapping[Hashable, int]] = self.openers.open
        self._empty()

    def __repr__(self) -> str:
        state = "closed" if self.closed else f"{len(self._out)} of {self.max_size} in use, {len(self._idle)} idle"
        return f"<{type(self).__name__} {redact(self.conninfo)}: {state}>"

    def _empty(self) -> None:
        self._idle: deque[tuple[C, float, float]] = deque()
        """Links with when they were made, and since when they are idle."""
        self._out: dict[C, float] = {}

    def _take(self) -> C | None:
        """An idle link that works, as far as one can tell without asking the server. ClosedError after `close`."""
        if self.closed:
            raise ClosedError("the database is closed")
        while self._idle:
            try:
                link, born, _ = self._idle.pop()
            except IndexError:  # another thread was faster
                return None
            if not _hung_up(link):
                self._out[link] = born
                return link
            link.close()
        return None

    def _connect(self, timeout: float) -> C:
        """A new link, made in the calling thread. Raises ConnectionRefused with the server's reason."""
        try:
            link = self._connection_class.connect(
                self._complete(timeout),
                autocommit=True,
                prepare_threshold=None,  # qb prepares by itself
            )
            try:
                if self._configure is not None:
                    self._configure(link)
            except BaseException:
                link.close()
                raise
        except (psycopg.Error, OSError) as error:
            failure = refused(error)
        else:
            return link
        raise failure  # out here, so that psycopg's error is not its context

    def _complete(self, timeout: float) -> str:
        """The connection string, with what qb wants and with the patience of whoever waits, unless it says its own."""
        wanted: dict[str, str | int] = {"client_encoding": "utf8", "fallback_application_name": "qb"}
        if "connect_timeout" not in conninfo_to_dict(self.conninfo) and "PGCONNECT_TIMEOUT" not in os.environ:
            wanted["connect_timeout"] = max(2, math.ceil(min(timeout, 130)))  # psycopg's own least and default
        return make_conninfo(self.conninfo, **wanted)

    def _keep(self, link: C, born: float) -> None:
        """Take a link back for the next one, or close it: broken, in the middle of something, old, of a closed pool."""
        now = time.monotonic()
        pgconn = link.pgconn
        if pgconn.transaction_status == _IDLE and pgconn.pipeline_status == _OFF and now - born < MAX_LIFETIME:
            self._idle.append((link, born, now))
        else:
            link.close()
        if self.closed or (self._idle and now - self._idle[0][2] > MAX_IDLE):
            self._close_idle(now)

    def _close_idle(self, now: float) -> None:
        try:
            while self.closed or now - self._idle[0][2] > MAX_IDLE:
                self._idle.popleft()[0].close()
        except IndexError:  # none is left, or another thread was faster
            pass


def _hung_up(link: psycopg.Connection[Any]) -> bool:
    """An idle server has nothing to say but goodbye. (Or a changed setting: then connecting again costs little.)"""
    try:
        socket = link.pgconn.socket
    except psycopg.OperationalError:
        return True
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([socket], [], [], 0)[0])
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))
