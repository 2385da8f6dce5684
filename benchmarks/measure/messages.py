"""What a run and a seat say to each other: one JSON object a line, on the seat's standard input and output.

A seat is a process of its own, in Python or any other language: nobody's garbage is another's memory, and nobody's
collector looks at another's objects. It answers every message with one line, and ends when its input ends.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from benchmarks.data.model import NewTicket


class Open(msgspec.Struct, frozen=True, tag_field="do", tag="open"):
    """First of all: connect. Passwords stand here and on no command line."""

    url: str
    templates: Sequence[NewTicket]
    """What rows to insert are made of: see `New`."""


class Turn(msgspec.Struct, frozen=True, tag_field="do", tag="turn"):
    """Call the method once for each of the arguments, one after the other, and take the time of all together."""

    method: str
    arguments: Sequence[Any]


class Rows(msgspec.Struct, frozen=True, tag_field="do", tag="rows"):
    """Call it once, for what it returns: the rows number 0, `step`, twice `step` and so on."""

    method: str
    argument: Any
    step: int = 1


class Profile(msgspec.Struct, frozen=True, tag_field="do", tag="profile"):
    """As `Turn`, under a profiler. A seat that has none answers with `Failed`."""

    method: str
    arguments: Sequence[Any]


class Hold(msgspec.Struct, frozen=True, tag_field="do", tag="hold"):
    """Hold that many objects that the collector looks at from now on, as a program of some size does; 0: let go."""

    objects: int


Message: TypeAlias = Open | Turn | Rows | Profile | Hold


class Opened(msgspec.Struct, frozen=True, tag_field="is", tag="opened"):
    versions: Mapping[str, str]
    methods: Sequence[str]
    """What it has."""
    absent: Mapping[str, str] = {}
    """What it has not, and why."""
    runtime: str = ""
    """As `CPython 3.11.7` or `Node 20.1.0`."""


class Missing(msgspec.Struct, frozen=True, tag_field="is", tag="missing"):
    """It cannot take part on this machine: what is not installed, and how it is."""

    why: str


class Took(msgspec.Struct, frozen=True, tag_field="is", tag="took"):
    """Seconds, of all calls together; the processor's are those of the seat's process with all its threads."""

    wall: float
    cpu: float


class Found(msgspec.Struct, frozen=True, tag_field="is", tag="found"):
    count: int
    """Of all rows."""
    rows: Sequence[Any]


class Held(msgspec.Struct, frozen=True, tag_field="is", tag="held"):
    tracked: int | None = None
    """The objects that its collector now looks at, where it can say."""


class Wrong(msgspec.Struct, frozen=True, tag_field="is", tag="wrong"):
    """The call returned what no row of that method is."""

    row: int
    difference: str


class Spent(msgspec.Struct, frozen=True):
    where: str
    calls: int
    seconds: float
    """In that function itself, without those that it called."""


class Profiled(msgspec.Struct, frozen=True, tag_field="is", tag="profiled"):
    seconds: float
    functions: Sequence[Spent]
    """Those that took most, first."""


class Failed(msgspec.Struct, frozen=True, tag_field="is", tag="failed"):
    why: str


Answer: TypeAlias = Opened | Missing | Took | Found | Profiled | Held | Wrong | Failed


# Arguments are JSON; of an array each element is one argument of the call. Those that are objects are made by the seat,
# before the clock starts:


class New(msgspec.Struct, frozen=True, tag_field="make", tag="new"):
    """That many new rows in the type that the peer inserts.

    Row i is template i (modulo their number) with a `public_id` of 8 hexadecimal digits of `call`, `-0000-4000-8000-`,
    and 12 of i.
    """

    count: int
    call: int
    lazily: bool = False
    """Made one after the other while they are asked for, as an iterator."""


class Ids(msgspec.Struct, frozen=True, tag_field="make", tag="ids"):
    """A list of keys, one after the other from `first`."""

    first: int
    count: int


class Changes(msgspec.Struct, frozen=True, tag_field="make", tag="changes"):
    """What to set by key: `id` from 1 to `count`, `title` "changed {call} {id}", `position` of id plus call."""

    count: int
    call: int


Made: TypeAlias = New | Ids | Changes
