"""A case: one piece of work of a suite, of one size, which every peer does that has a method for it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from random import Random

import msgspec

from benchmarks.data.database import Database
from benchmarks.data.model import Plain
from benchmarks.peers.peer import Method
from benchmarks.peers.registry import Key


class Kind(StrEnum):
    """What is measured of a case."""

    TIME = "time"
    MEMORY = "memory"
    TURNS = "turns"
    IMPORT = "import"


class Check(msgspec.Struct, frozen=True):
    """A call, and what it has to return, or to leave in the database."""

    argument: object
    expected: Callable[[], Iterable[Plain | int]]
    count: int | None = None
    """Of all rows, where one of `step` rows is compared and not each."""
    step: int = 1
    stored: Callable[[Database], Iterable[Plain]] | None = None
    """What is compared instead of what is returned."""
    sql: Callable[[str], bool] | None = None
    """Where SQL comes back: whether it is what was asked for. The server has to understand it, too."""


class Case(msgspec.Struct, frozen=True):
    suite: str
    name: str
    title: str
    method: Method | None
    arguments: Callable[[Random, int], Sequence[object]]
    """Those of that many calls, as JSON: the same for every peer in a round."""
    checks: Sequence[Check]
    kind: Kind = Kind.TIME
    size: int = 1
    axis: str = ""
    """What `size` counts, where the case has several: rows, tasks, joins."""
    per: int = 1
    """The queries or rows of a call, where figures are of one of them."""
    pinned: bool = False
    """Client and server on one core: waking another one adds 20 to 60 microseconds at random, more than is measured."""
    heap: int = 0
    """The objects that the program holds besides."""
    one_call: bool = False
    """A turn is one call: the database is made ready for each."""
    ready: Callable[[Database, object], None] | None = None
    """Makes the database ready for a call with that argument, before the clock starts."""
    clean: Callable[[Database], None] | None = None
    """Gives every turn the same tables."""
    warm: int = 2
    """Calls before those whose turns are counted."""
    programs: Mapping[Key, str] = {}
    """Of imports: the module of each peer."""

    @property
    def method_name(self) -> Method:
        """Of what is done by seats."""
        if self.method is None:
            raise ValueError(f"no peer does {self.name}")
        return self.method

    @property
    def label(self) -> str:
        """As in `convert 10,000`."""
        return f"{self.name} {self.size:,}" if self.axis else self.name
