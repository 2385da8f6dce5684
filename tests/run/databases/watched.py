"""What is opened for whom, and all that is said meanwhile."""

from __future__ import annotations

import io
import logging
import threading
import traceback
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, ClassVar, Self

import pytest

from qb import DbError, Failure, Outcome, Success
from qb.databases import Address
from qb.run.databases import async_resolver, resolver
from qb.run.databases.opened import OpenDatabase
from qb.run.pool import rationed
from qb.run.pool.rationed import HiddenLink
from tests.run.databases.tenants import KEY, OLD_KEY, PASSWORD, ROLE, SOCKETS, Stored, address

BESIDE = "beside what is watched"
"""The name of a thread whose own connections are the test's, and not qb's."""


class CountedLink(HiddenLink):
    """Links that tell how many there are."""

    living: ClassVar[set[int]] = set()
    most: ClassVar[int] = 0
    counting: ClassVar[Any] = threading.Lock()

    @classmethod
    def connect(cls, *arguments: Any, **options: Any) -> Self:
        made = super().connect(*arguments, **options)
        with cls.counting:
            cls.living.add(id(made))
            cls.most = max(cls.most, len(cls.living))
        return made

    def close(self) -> None:
        with self.counting:
            self.living.discard(id(self))
        super().close()


class Watched:
    """What is opened for whom, and all that is said meanwhile."""

    def __init__(self) -> None:
        self.reads: Counter[str] = Counter()
        """How often each address was read."""
        self.twice: list[str] = []
        """Addresses of what was opened while it was open."""
        self.said = io.StringIO()
        self.errors: list[DbError] = []
        self._open: list[OpenDatabase[Any]] = []
        self._noting = threading.Lock()

    def address(self, row: Stored) -> Address:
        """As `address`, and noted."""
        self.reads[row.secret.hex()] += 1
        return address(row)

    def opened(self, database: OpenDatabase[Any]) -> None:
        """One is open from now on."""
        with self._noting:
            self._open = [each for each in self._open if not each.gone]
            self.twice += [each.address for each in self._open if each.address == database.address]
            self._open.append(database)

    def note(self, outcome: Outcome[object]) -> bool:
        """Look at an outcome, and write down all that can be seen of it."""
        match outcome:
            case Success():
                return True
            case Failure(error):
                self.errors.append(error)
                print(outcome, repr(outcome), error, repr(error), vars(error), file=self.said)
                print(error.__cause__, error.__context__, "".join(traceback.format_exception(error)), file=self.said)
                return False

    def silent(self, *more: str) -> None:
        """Nothing of any address, and of no key, was said."""
        said = self.said.getvalue()
        parts = [PASSWORD, ROLE, KEY, OLD_KEY, SOCKETS, "_tenant_", "application_name", *more]
        found = [line for line in said.splitlines() if any(part in line for part in parts)]
        assert found[:3] == []


@contextmanager
def watching(monkeypatch: pytest.MonkeyPatch) -> Generator[Watched]:
    """All logs, all links, all that is opened."""
    found = Watched()

    class Noted(OpenDatabase[Any]):
        __slots__ = ()

        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            found.opened(self)

    handler = logging.StreamHandler(found.said)
    handler.addFilter(lambda record: record.threadName != BESIDE)
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "qb.sql", "qb", "psycopg")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(handler)
    CountedLink.living, CountedLink.most = set(), 0
    monkeypatch.setattr(rationed, "HiddenLink", CountedLink)
    for module in (resolver, async_resolver):
        monkeypatch.setattr(module, "OpenDatabase", Noted)
    yield found
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    assert CountedLink.living == set()
