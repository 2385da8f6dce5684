"""A database that is open for a key, and the turns in which they are opened."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from qb.errors import ClosedError, ConnectionRefused, DbError
from qb.run.pool.line import AsyncLine, Lease, Line

if TYPE_CHECKING:
    from qb.run.database.async_database import AsyncDatabase
    from qb.run.database.database import Database

D = TypeVar("D", bound="Database | AsyncDatabase")
L = TypeVar("L", Line, AsyncLine)


class OpenDatabase(Generic[D]):
    """A database that is open."""

    __slots__ = ("address", "checks", "database", "gone", "place", "until", "used")

    def __init__(self, database: D, address: str, place: Lease[Any], now: float, until: float) -> None:
        self.database: Final[D] = database
        self.address: Final = address
        self.place: Final = place
        """Its place among all that are open."""
        self.until: float = until
        """Until when its address need not be read again."""
        self.checks: int = 0
        """How often it was read again since, and had not changed."""
        self.used: float = now
        self.gone: bool = False
        """Whether it was closed, and is nobody's any more."""

    def __repr__(self) -> str:
        return f"<one of many databases: {self.database!r}>"

    @property
    def rests(self) -> bool:
        """Whether nobody uses it, or waits for that."""
        report = self.database.pool
        return not (report.in_use or report.waiting)


class Turn(Generic[L]):
    """Those who open a database, one after the other; who waited for one that failed has failed with it."""

    __slots__ = ("_failed", "line")

    def __init__(self, line: L) -> None:
        self.line: Final[L] = line
        self._failed: tuple[Hashable, int, DbError] | None = None

    def fail(self, key: Hashable, error: DbError) -> None:
        """Note that a database could not be opened."""
        self._failed = key, next(_COUNT), error

    def check(self, key: Hashable, since: int) -> None:
        """Raise what it failed of meanwhile: whoever came before that need not try once more."""
        if (failed := self._failed) is not None and failed[0] == key and failed[1] > since:
            raise copy.copy(failed[2])

    def served(self, limit: float, *, served: bool) -> None:
        """Raise where the turn never came."""
        if self.line.closed:
            raise closed()
        if not served:
            raise ConnectionRefused(f"for {limit:g} s others were opening the database")


_COUNT: Final = itertools.count()


def arrived() -> int:
    """A number for who comes, greater than that of all who came before."""
    return next(_COUNT)


def closed() -> ClosedError:
    """For who uses databases after `close`."""
    return ClosedError("the databases are closed")


def unused(opened: dict[Any, OpenDatabase[Any]]) -> list[tuple[Any, OpenDatabase[Any]]]:
    """Those that nobody uses, the one first that was not used for longest."""
    resting = [(key, each) for key, each in opened.copy().items() if not each.gone and each.rests]
    return sorted(resting, key=lambda item: item[1].used)
