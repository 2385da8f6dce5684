"""Whether what a query was built from is still what it was then: asked at every call, by identity.

The question is compiled. A function that runs in the namespace of a module reads its names as that module's own
functions do, which costs a few nanoseconds a name.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from keyword import iskeyword
from operator import is_
from types import CellType, FunctionType, MappingProxyType
from typing import Any, NamedTuple, cast
from uuid import UUID

from qb.generated import generated

Unchanged = Callable[[], bool]

CONTAINERS = (list, set, dict, OrderedDict, MappingProxyType)
"""The mutable containers whose contents are compared."""

_SCALARS = (type(None), bool, int, float, complex, str, bytes, dt.date, dt.datetime, dt.time, dt.timedelta, dt.timezone,
            Decimal, Fraction, UUID)  # fmt: skip
_GONE = object()


class Place(NamedTuple):
    """Where something was read, for errors."""

    text: str
    file: str
    line: int


class Name(NamedTuple):
    """A global of a module."""

    holder: dict[str, Any]
    name: str

    def now(self) -> object:
        """What it is bound to now."""
        found = self.holder.get(self.name, _GONE)
        if found is _GONE:
            beside: object = self.holder.get("__builtins__", {})
            names = cast("dict[str, object]", beside) if isinstance(beside, dict) else vars(beside)
            return names.get(self.name, _GONE)
        return found

    def asked(self, holder: str) -> str:
        """The expression that gives it."""
        return f"{holder}[{self.name!r}]"


class ClosureCell(NamedTuple):
    """A variable of an enclosing function."""

    holder: CellType

    def now(self) -> object:
        """What it is bound to now."""
        try:
            return self.holder.cell_contents
        except ValueError:
            return _GONE

    def asked(self, holder: str) -> str:
        """The expression that gives it."""
        return f"{holder}.cell_contents"


class GuardEntry(NamedTuple):
    """An entry of a dict that is not a module's: of a class, or of an instance."""

    holder: Mapping[str, Any]
    name: str

    def now(self) -> object:
        """What it is bound to now."""
        return self.holder.get(self.name, _GONE)

    def asked(self, holder: str) -> str:
        """The expression that gives it."""
        return f"{holder}[{self.name!r}]"


class Items(NamedTuple):
    """What a mutable container holds."""

    holder: Any

    def now(self) -> object:
        """Its items now, in their order."""
        held = self.holder
        if isinstance(held, list | set):
            return tuple(cast("Iterable[object]", held))
        pairs = cast("Mapping[object, object]", held)
        return (*pairs.keys(), *pairs.values())


Spot = Name | ClosureCell | GuardEntry | Items


class Kept(NamedTuple):
    """A value that a query was built from, and where it can be found again."""

    spot: Spot
    value: object
    place: Place


class Guards:
    """Everything that one prepared query was built from."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], Kept] = {}
        self.unchanged: Unchanged | None = None
        """None until something has been built, and where there is nothing to ask."""

    def __len__(self) -> int:
        return len(self._kept)

    def copy(self) -> Guards:
        """The same, to which more can be added."""
        other = Guards()
        other._kept, other.unchanged = dict(self._kept), self.unchanged
        return other

    def keep(self, spot: Spot, place: Place) -> None:
        """Remember what is there now, unless it was remembered before."""
        key = (type(spot), id(spot.holder), getattr(spot, "name", None))
        if key not in self._kept:
            self._kept[key] = Kept(spot, spot.now(), place)

    def compiled(self) -> None:
        """Make the question anew, after more was kept."""
        self.unchanged = _compiled(list(self._kept.values()))

    def changed(self) -> Place | None:
        """What is not what it was. What was bound anew to an equal value is what it was, and is kept from now on."""
        moved = False
        for key, kept in list(self._kept.items()):
            now = kept.spot.now()
            if now is kept.value or (isinstance(kept.spot, Items) and _identical(now, kept.value)):
                continue
            if not _alike(now, kept.value):
                return kept.place
            self._kept[key] = kept._replace(value=now)
            moved = True
        if moved:
            self.compiled()
        return None


def _identical(a: object, b: object) -> bool:
    first, second = cast("tuple[object, ...]", a), cast("tuple[object, ...]", b)
    return len(first) == len(second) and all(map(is_, first, second))


def _alike(a: object, b: object) -> bool:
    """Whether two immutable values are the same to every program: 1 and True are not, nor 1.0 and 1.00."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if type(a) is tuple:
        first, second = cast("tuple[object, ...]", a), cast("tuple[object, ...]", b)
        return len(first) == len(second) and all(map(_alike, first, second))
    return isinstance(a, _SCALARS) and type(a) in _SCALARS and repr(a) == repr(b)


# ------------------------------------------------------------------------------------------- the question


def _compiled(every: list[Kept]) -> Unchanged | None:
    """One function for each namespace, each asking the next one last."""
    spaces: dict[int, list[Kept]] = {}
    rest: list[Kept] = []
    for kept in every:
        spot = kept.spot
        if isinstance(spot, Name) and kept.value is not _GONE and spot.name.isidentifier() and not iskeyword(spot.name):
            spaces.setdefault(id(spot.holder), []).append(kept)
        else:
            rest.append(kept)
    check = _of_the_rest(rest) if rest else None
    for group in spaces.values():
        check = _of_a_namespace(group, check)
    return check


def _of_a_namespace(group: list[Kept], more: Unchanged | None) -> Unchanged:
    holder = cast("Name", group[0].spot).holder
    taken = {cast("Name", kept.spot).name for kept in group}
    prefix = "_kept"
    while any(name.startswith(prefix) for name in taken):
        prefix += "_"
    values: list[object] = [kept.value for kept in group]
    parts = [f"{cast('Name', kept.spot).name} is {prefix}{number}" for number, kept in enumerate(group)]
    if more is not None:
        parts.append(f"{prefix}{len(values)}()")
        values.append(more)
    return _function(prefix, parts, values, holder)


def _of_the_rest(group: list[Kept]) -> Unchanged:
    values: list[object] = []
    parts: list[str] = []

    def place(value: object) -> str:
        values.append(value)
        return f"_kept{len(values) - 1}"

    for kept in group:
        if isinstance(kept.spot, Items):
            parts.append(_items_are(kept.spot.holder, cast("tuple[object, ...]", kept.value), place))
        elif isinstance(kept.spot, GuardEntry) and kept.value is _GONE:
            parts.append(f"{kept.spot.name!r} not in {place(kept.spot.holder)}")
        else:
            parts.append(f"{kept.spot.asked(place(kept.spot.holder))} is {place(kept.value)}")
    return _function("_kept", parts, values, {})


_FEW = 8


def _items_are(held: object, items: tuple[object, ...], place: Callable[[object], str]) -> str:
    name = place(held)
    if isinstance(held, list):
        return _each_is(name, items, place)
    if isinstance(held, set):
        return _each_is(f"[*{name}]", items, place)
    half = len(items) // 2
    keys, values = _each_is(f"[*{name}]", items[:half], place), _each_is(f"[*{name}.values()]", items[half:], place)
    return f"{keys} and {values}"


def _each_is(listed: str, items: tuple[object, ...], place: Callable[[object], str]) -> str:
    if len(items) > _FEW:
        return f"{place(len)}(held := {listed}) == {len(items)} and {place(_all_are)}(held, {place(items)})"
    parts = [f"{place(len)}(held := {listed}) == {len(items)}"]
    parts += [f"held[{number}] is {place(item)}" for number, item in enumerate(items)]
    return " and ".join(parts)


def _all_are(held: list[object], items: tuple[object, ...]) -> bool:
    return all(map(is_, held, items))


def _function(prefix: str, parts: list[str], values: list[object], namespace: dict[str, Any]) -> Unchanged:
    arguments = ", ".join(f"{prefix}{number}" for number in range(len(values)))
    lines = f" try: return {' and '.join(parts)}\n except Exception: return False\n"  # a name is gone
    made = generated("unchanged", f"def unchanged({arguments}, Exception=Exception):\n{lines}", {})
    return cast("Unchanged", FunctionType(made.__code__, namespace, "unchanged", (*values, Exception)))
