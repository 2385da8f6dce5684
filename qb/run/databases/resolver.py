# Made by tools/sync.py from async_resolver.py: change that one, then run `make generate`.
"""One database for each key: opened where it is needed, once, and closed when it is not."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from time import monotonic
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

from qb.errors import ClosedError, ConnectionRefused, DbError, PoolExhausted
from qb.errors.outcome import Failure, Outcome
from qb.run.database.database import Database
from qb.run.database.db import Db
from qb.run.databases.bounds import DatabaseBounds, DatabasesReport
from qb.run.databases.opened import OpenDatabase, Turn, arrived, closed, unused
from qb.run.pool.line import GLANCE, Lease, Line
from qb.run.pool.outside import Openers
from qb.run.pool.ration import Ration
from qb.run.session.executable import retained
from qb.run.session.link import Link

K = TypeVar("K", bound=Hashable)

VERIFIED = 10_000
"""Keys of which it is kept that their database has what it must have."""


class Resolver(Generic[K]):
    """The databases that are open, and how others are opened.

    `find` gives the address of a key and `make` a database of it; either raises a DbError. `verify` looks at a database
    before it is first used. There is no background task: what idles is closed when something else is given back.
    """

    def __init__(
        self,
        find: Callable[[K], str],
        make: Callable[[str, Ration], Database],
        verify: Callable[[Db], Outcome[object]] | None,
        bounds: DatabaseBounds,
        timeout: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._find = find
        self._make = make
        self._verify = verify
        self._bounds = bounds
        self._timeout = timeout
        self._clock = clock
        self._opened: dict[K, OpenDatabase[Database]] = {}
        self._turns: dict[K, Turn[Line]] = {}
        self._places = Line(bounds.databases)
        self._ration = Ration(bounds.links)
        self._verified: dict[K, int] = {}
        self._openers: WeakValueDictionary[K, Openers] = WeakValueDictionary()
        self._swept = clock()
        self.closed: bool = False

    def openers(self, key: K) -> Openers:
        """Where those are noted who have a transaction open on the database of a key."""
        return self._openers.setdefault(key, Openers())

    def lend(self, key: K) -> Lease[Link]:
        """A link of the database of a key. Raises DbError, or ClosedError after `close`."""
        try:
            return self._lend(key)
        except DbError as error:
            failure = error
        raise failure.with_traceback(None)  # without the frames that know the address

    def _lend(self, key: K) -> Lease[Link]:
        """The same. Where no connection can be made its address is read again: it may be another one by now."""
        moved = False
        while True:
            opened = self._opened.get(key)
            if opened is None or opened.gone or opened.until <= self._clock():
                opened = self._resolved(key)
            try:
                lease = opened.database._pool.checkout()  # pyright: ignore[reportPrivateUsage]
            except ClosedError:
                if self.closed:
                    raise closed() from None
                self._drop(key, opened)
                continue  # it was closed in favour of another one
            except ConnectionRefused:
                if moved or not self._moved(key, opened):
                    raise
                moved = True
                continue
            opened.used = self._clock()
            lease.home = opened
            return lease

    def renew(self, lease: Lease[Link]) -> None:
        """As the pool's, of a link that was lent. What cannot be reached is looked for anew the next time."""
        opened: OpenDatabase[Database] = lease.home
        try:
            opened.database._pool.renew(lease)  # pyright: ignore[reportPrivateUsage]
        except ConnectionRefused:
            opened.until = self._clock()
            raise

    def give_back(self, lease: Lease[Link]) -> None:
        """The end of a `lend`."""
        opened: OpenDatabase[Database] = lease.home
        opened.database._pool.give_back(lease)  # pyright: ignore[reportPrivateUsage]
        if self._places.crowded:
            self._evict()
        if self._clock() - self._swept > self._bounds.idle:
            self.tidy()

    def tidy(self) -> None:
        """Close what nobody has used for as long as the bounds say."""
        self._swept = now = self._clock()
        for key, each in unused(self._opened):
            if now - each.used < self._bounds.idle:
                return
            self._drop(key, each)

    def forget(self, key: K) -> None:
        """Close the database of a key; its address is read again where it is needed."""
        if (opened := self._opened.get(key)) is not None:
            self._drop(key, opened)
        self._verified.pop(key, None)

    def close(self) -> None:
        """Close all: what is idle now, the rest as it comes back. Whoever waits gets ClosedError."""
        self.closed = True
        for turn in self._turns.copy().values():
            turn.line.close()
        self._places.close()
        self._ration.close()
        for key, each in self._opened.copy().items():
            self._drop(key, each)

    def report(self) -> DatabasesReport:
        """The numbers of this moment."""
        bounds = self._bounds
        # By their pools: one that is being closed gives up its place before it is gone, and another one is open there.
        pools = [each.database._pool for each in self._opened.copy().values()]  # pyright: ignore[reportPrivateUsage]
        open_now = sum(not pool.closed for pool in pools)
        return DatabasesReport(open_now, bounds.databases, self._ration.open, bounds.links)

    def _resolved(self, key: K, refused: OpenDatabase[Database] | None = None) -> OpenDatabase[Database]:
        """The database of a key, its address read now unless somebody else has done so meanwhile. `refused` is one that
        does not answer."""
        since, deadline = arrived(), monotonic() + self._timeout
        checks = 0 if refused is None else refused.checks
        while (found := self._in_turn(key, refused, checks, since, deadline)) is None:
            pass
        return found

    def _in_turn(
        self, key: K, refused: OpenDatabase[Database] | None, checks: int, since: int, deadline: float
    ) -> OpenDatabase[Database] | None:
        """The same, once nobody else opens it. None where the line that was waited in is the key's no more."""
        turn = self._turn(key)
        place: Lease[Any] = Lease()
        served = turn.line.join(place)
        try:
            served = served or turn.line.wait(place, max(0.0, deadline - monotonic()))
            turn.served(self._timeout, served=served)
            if self._turns.get(key) is not turn:
                return None
            if self.closed:
                raise closed()
            self._purge(key)
            opened = self._opened.get(key)
            known = opened is not refused or (refused is not None and refused.checks > checks)
            if opened is not None and known and opened.until > self._clock():
                return opened
            turn.check(key, since)
            try:
                return self._anew(key, opened)
            except DbError as error:
                turn.fail(key, error)
                raise
        finally:
            self._end_turn(key, turn, place)

    def _turn(self, key: K) -> Turn[Line]:
        """Where those stand who open the database of a key: a line of its own, for as long as somebody does."""
        return self._turns.setdefault(key, Turn(Line(1)))

    def _end_turn(self, key: K, turn: Turn[Line], place: Lease[Any]) -> None:
        """Leave the line, and take it away where nobody else stands in it. Who joins it too late finds another one."""
        if turn.line.first() is place and self._turns.get(key) is turn:
            self._purge(key)
            if not turn.line.crowded:
                self._turns.pop(key, None)
        turn.line.leave(place)

    def _moved(self, key: K, refused: OpenDatabase[Database]) -> bool:
        """Whether the address of a database that does not answer is another one by now."""
        try:
            return self._resolved(key, refused) is not refused
        except DbError:  # of the builder: that this one does not answer says more
            return False

    def _anew(self, key: K, opened: OpenDatabase[Database] | None) -> OpenDatabase[Database]:
        """The database of a key whose address is to be read; what is open stays, where that is the same."""
        try:
            address = self._find(key)
        except ConnectionRefused:  # of the builder, which may come back
            raise
        except DbError:
            if opened is not None:
                self._drop(key, opened)
            raise
        until = self._clock() + self._bounds.ttl
        if opened is not None:
            if opened.address == address and not opened.gone:
                opened.until, opened.checks = until, opened.checks + 1
                return opened
            self._drop(key, opened)
        made = self._open(key, address, until)
        if self.closed:
            made.database._pool.close()  # pyright: ignore[reportPrivateUsage]
            raise closed()
        self._opened[key] = made
        return made

    def _open(self, key: K, address: str, until: float) -> OpenDatabase[Database]:
        place: Lease[Any] = Lease()
        served = self._places.join(place)
        try:
            self._room(place, served=served)
            opened = OpenDatabase(self._make(address, self._ration), address, place, self._clock(), until)
            try:
                self._check(key, opened)
            except BaseException:
                opened.database.close()
                raise
        except BaseException:
            self._places.leave(place)
            raise
        return opened

    def _room(self, place: Lease[Any], *, served: bool) -> None:
        """Wait until one more database may be open."""
        deadline = monotonic() + self._timeout
        while not served:
            self._evict()  # each time: another one may have meant the same
            rest = deadline - monotonic()
            if rest <= 0:
                raise PoolExhausted(self._bounds.databases, self._timeout, bound="databases")
            served = self._places.wait(place, min(rest, GLANCE))

    def _check(self, key: K, opened: OpenDatabase[Database]) -> None:
        """Raise where the database has not what it must have. Of one address that is asked once."""
        if self._verify is None or self._verified.get(key) == hash(opened.address):
            return
        outcome = self._verify(opened.database)
        if isinstance(outcome, Failure):
            raise outcome.failure()
        self._verified.pop(key, None)
        retained(self._verified, VERIFIED, key, hash(opened.address))

    def _evict(self) -> None:
        """Close the database that was not used for longest."""
        for key, each in unused(self._opened)[:1]:
            self._drop(key, each)

    def _drop(self, key: K, opened: OpenDatabase[Database]) -> None:
        """Close a database, also one that somebody was interrupted in closing. Which one is a key's is changed by
        whoever has the key's turn alone."""
        opened.database._pool.close()  # pyright: ignore[reportPrivateUsage]
        self._places.leave(opened.place)
        opened.gone = True
        turn, place = self._turn(key), Lease[Any]()
        turn.line.join(place)
        self._end_turn(key, turn, place)

    def _purge(self, key: K) -> None:
        """Forget what was closed."""
        if (opened := self._opened.get(key)) is not None and opened.gone:
            self._opened.pop(key, None)


class KeySource(Generic[K]):
    """Where the statements of one key get a link from: whichever database is its at that moment."""

    __slots__ = ("_key", "_resolver", "fails_over", "opened", "openers")

    def __init__(self, resolver: Resolver[K], key: K) -> None:
        self._resolver = resolver
        self._key = key
        self.fails_over: bool = False
        """Whether the address that a link was lent of last means the server that writes, whichever it is."""
        self.openers: Openers = resolver.openers(key)
        self.opened: Mapping[object, Hashable] = self.openers.open

    def checkout(self) -> Lease[Link]:
        """As a pool's."""
        lease = self._resolver.lend(self._key)
        opened: OpenDatabase[Database] = lease.home
        self.fails_over = opened.database._pool.fails_over  # pyright: ignore[reportPrivateUsage]
        return lease

    def rested(self, lease: Lease[Link]) -> bool:
        """As a pool's."""
        rested: bool = lease.home.database._pool.rested(lease)
        return rested

    def renew(self, lease: Lease[Link]) -> None:
        """As a pool's."""
        self._resolver.renew(lease)

    def give_back(self, lease: Lease[Link]) -> None:
        """As a pool's."""
        self._resolver.give_back(lease)
