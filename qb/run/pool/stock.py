"""What a pool has in stock: the idle links, their age, and how a new one is made."""

import math
import os
import select
import time
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final, Generic, Protocol, TypeVar
from weakref import ref

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import ConnStatus, PipelineStatus, TransactionStatus

from qb.errors import ClosedError, DefinitionError
from qb.run.pool.line import Lease
from qb.run.pool.outside import Openers
from qb.run.report.diagnose import connection_refused
from qb.run.server.url import redact, wants_primary
from qb.run.session.link import Link

C = TypeVar("C", bound=psycopg.Connection[Any])

MAX_IDLE: Final = 600.0
"""Seconds after which a link that nobody needed is closed, when another one comes back, unless it is said otherwise."""
MAX_LIFETIME: Final = 3600.0
"""Seconds after which a link is replaced, so that a new server behind the same name gets its share."""

DEAD_PEER: Final = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""A peer that is gone without a word is noticed after a minute, whether something is on its way to it or not: what the
system says is two hours, or a quarter of one. https://www.postgresql.org/docs/current/libpq-connect.html"""

_IDLE: Final = int(TransactionStatus.IDLE)
_OFF: Final = int(PipelineStatus.OFF)
_OK: Final = int(ConnStatus.OK)


class Sleeper(Protocol):
    """Who waits on a link that no pool has, and is to be woken when the database is closed."""

    def wake(self) -> None: ...


class Seat(Generic[C]):
    """A link and its age. It stands in a stock or a lease has it. One that got lost closes the link when collected."""

    __slots__ = ("born", "link", "listen", "process", "since")

    def __init__(self, link: C) -> None:
        self.process: Final = os.getpid()
        self.link: Final = link
        self.listen: Final = _listener(link)
        self.born: Final = time.monotonic()
        self.since: float = 0.0
        """Since when it is idle."""

    def __del__(self) -> None:
        # A server that nobody talks to any more would keep its transaction and its locks. In a forked child it is the
        # parent's, which goes on talking.
        with suppress(AttributeError):  # interrupted before there was a link
            if self.process == os.getpid():
                link = self.link
                link.forsake() if isinstance(link, Link) else link.close()


class Stock(Generic[C]):
    """Safe under threads, as its deque is. How many may be out at once is the business of the pools."""

    def __init__(
        self,
        conninfo: str,
        *,
        connection_class: type[C],
        configure: Callable[[C], None] | None = None,
        max_size: int = 10,
        timeout: float = 30.0,
        idle_timeout: float | None = None,
    ) -> None:
        if max_size < 1:
            raise DefinitionError(f"a pool needs room for one connection at least, and max_size is {max_size}")
        if idle_timeout is not None and not idle_timeout > 0:
            raise DefinitionError(f"idle_timeout is {idle_timeout!r}: it counts seconds, more than 0")
        self.conninfo: Final = conninfo
        self.max_size: Final = max_size
        self.timeout: Final = timeout
        self.idle_timeout: Final = idle_timeout
        self.closed = False
        self._connection_class = connection_class
        self._configure = configure
        self.fails_over: Final = wants_primary(conninfo)
        """Whether the address means the server that writes, and not one of this place."""
        self._before = 0.0
        """Links that were made before then are not kept: their server is not the one that writes any more."""
        self.openers: Final = Openers()
        self.opened: Final[Mapping[object, Hashable]] = self.openers.open
        self._empty()

    @property
    def address(self) -> str:
        """Where its links lead, without secrets."""
        return redact(self.conninfo)

    def _named(self, state: str) -> str:
        return f"<{type(self).__name__} {self.address}: {state}>"

    def _empty(self) -> None:
        self._idle: deque[Seat[C]] = deque()
        self.listening: dict[ref[Sleeper], None] = {}
        """Those who listen, each on a link of its own. Weakly: one that got lost listens no more."""

    def _take(self) -> Seat[C] | None:
        """An idle link that works, as far as one can tell without asking the server. ClosedError after `close`."""
        if self.closed:
            raise ClosedError("the database is closed")
        while self._idle:
            try:
                seat = self._idle.pop()
            except IndexError:  # another thread was faster
                return None
            if seat.link.pgconn.status == _OK and not seat.listen():
                return seat
            # An idle server has nothing to say but goodbye. (Or a changed setting: then connecting again costs little.)
            seat.link.close()
        return None

    def _connect(self, timeout: float) -> Seat[C]:
        """A new link, made in the calling thread. Raises ConnectionRefused with the server's reason."""
        try:
            link = self._connection_class.connect(
                self.complete(timeout),
                autocommit=True,
                prepare_threshold=None,  # qb prepares by itself
            )
            seat = Seat(link)
            try:
                if self._configure is not None:
                    self._configure(link)
            except BaseException:
                link.close()
                raise
        except (psycopg.Error, OSError) as error:
            failure = connection_refused(error)
        else:
            return seat
        raise failure  # out here, so that psycopg's error is not its context

    def complete(self, timeout: float) -> str:
        """The connection string, with what qb wants and with the patience of whoever waits, unless it says its own."""
        wanted: dict[str, str | int] = {"client_encoding": "utf8", "fallback_application_name": "qb"}
        given = conninfo_to_dict(self.conninfo)
        if "service" not in given and "PGSERVICE" not in os.environ:  # whose file may say it
            wanted |= {name: value for name, value in DEAD_PEER.items() if name not in given}
        if "connect_timeout" not in given and "PGCONNECT_TIMEOUT" not in os.environ:
            # psycopg's own least and default; each host has its share, so that one that is gone leaves time for others
            hosts = str(given.get("host") or given.get("hostaddr") or "").count(",") + 1
            wanted["connect_timeout"] = max(2, math.ceil(min(timeout, 130) / hosts))
        return make_conninfo(self.conninfo, **wanted)

    def _keep(self, lease: Lease[C]) -> bool:
        """Take a link back for the next one, or close it: broken, in the middle of something, old, of a closed pool.

        Whether there was one to take back.
        """
        seat: Seat[C] | None = lease.seat
        if seat is None or seat.process != os.getpid():
            return False
        lease.seat = None
        now = seat.since = time.monotonic()
        link = seat.link
        pgconn = link.pgconn
        rests = pgconn.transaction_status == _IDLE and pgconn.pipeline_status == _OFF
        # A block that was interrupted while it was entered has begun nothing yet, and leaves its depth: its BEGIN would
        # go ahead of the next one's statement.
        if self.fails_over and getattr(link, "demoted", False):
            self._before = now
            self._close_idle(now, all_of_them=True)
        if rests and not getattr(link, "depth", 0) and self._before < seat.born > now - MAX_LIFETIME:
            self._idle.append(seat)
        else:
            seat.link.close()
        try:
            if self.closed or now - self._idle[0].since > (self.idle_timeout or MAX_IDLE):
                self._close_idle(now)
        except IndexError:  # none is left
            pass
        return True

    def listens(self, who: Sleeper) -> None:
        """Somebody listens on a link of his own."""
        self.listening[ref(who, self.listening.pop)] = None

    def listens_no_more(self, who: Sleeper) -> None:
        """He does not."""
        self.listening.pop(ref(who), None)

    def _wake_all(self) -> None:
        for each in self.listening.copy():
            if (who := each()) is not None:
                who.wake()

    def _close_idle(self, now: float, *, all_of_them: bool = False) -> None:
        try:
            while all_of_them or self.closed or now - self._idle[0].since > (self.idle_timeout or MAX_IDLE):
                self._idle.popleft().link.close()
        except IndexError:  # none is left, or another thread was faster
            pass


if hasattr(select, "poll"):

    def _listener(link: psycopg.Connection[Any]) -> Callable[[], object]:
        """What tells whether a link has something to say. Made once for each: it is half of the cost of looking."""
        poll = select.poll()
        poll.register(link.pgconn.socket, select.POLLIN)
        return partial(poll.poll, 0)

else:  # Windows

    def _listener(link: psycopg.Connection[Any]) -> Callable[[], object]:
        socket = link.pgconn.socket
        return lambda: select.select([socket], [], [], 0)[0]
