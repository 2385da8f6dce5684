"""All migrations of a folder, as a graph: who follows whom, in which order they run, where the branches end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import msgspec

from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError
from qb.kit.history.errors import MissingParent, ParentCircle, SeveralHeads, UnknownMigration
from qb.kit.history.migration import Migration
from qb.kit.history.migration_names import HistoryLayout, order_of

if TYPE_CHECKING:
    from pathlib import Path


class History(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Migrations, each behind all that it follows. `history_of` makes it, `read_history` reads one.

    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> found = history_of([Migration(id="0002_b", parents=("0001_a",)), Migration(id="0001_a")]).unwrap()
    >>> [each.id for each in found], found.heads
    (['0001_a', '0002_b'], ('0002_b',))
    """

    migrations: tuple[Migration, ...] = ()
    """Of two that do not follow each other the one with the smaller number is first."""
    folder: Path | None = None
    layout: HistoryLayout = "folder"

    def __repr__(self) -> str:
        return f"<history of {len(self.migrations)} migrations>"

    def __iter__(self) -> Iterator[Migration]:
        return iter(self.migrations)

    def __len__(self) -> int:
        return len(self.migrations)

    def __contains__(self, id: object) -> bool:
        return id in self._by_id

    def __getitem__(self, id: str) -> Migration:
        return self._by_id[id]

    @cached_property
    def _by_id(self) -> dict[str, Migration]:
        return {each.id: each for each in self.migrations}

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids, in order."""
        return tuple(each.id for each in self.migrations)

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """What nobody follows. One, where the history is of one line; none, where it is empty."""
        followed = {parent for each in self.migrations for parent in each.parents}
        return tuple(each.id for each in self.migrations if each.id not in followed)

    def head(self) -> Success[Migration | None] | Failure[KitError, Migration | None]:
        """The one head; None of an empty history. Errors: `SeveralHeads`."""
        if len(self.heads) > 1:
            files = tuple(self[each].file or each for each in self.heads)
            return Failure(SeveralHeads(self.heads, files))
        return Success(self[self.heads[0]] if self.heads else None)

    def ancestors(self, *ids: str) -> frozenset[str]:
        """All that some migrations follow, at any distance; without themselves, unless one follows another."""
        found: set[str] = set()
        open_ = [parent for each in ids for parent in self[each].parents]
        while open_:
            if (each := open_.pop()) not in found:
                found.add(each)
                open_.extend(self[each].parents)
        return frozenset(found)

    def descendants(self, *ids: str) -> frozenset[str]:
        """All that follow some migrations, at any distance."""
        found: set[str] = set()
        wanted = set(ids)
        for each in self.migrations:
            if not wanted.isdisjoint(each.parents):
                wanted.add(each.id)
                found.add(each.id)
        return frozenset(found)

    def up_to(self, id: str) -> tuple[Migration, ...]:
        """A migration and all that it follows, in order."""
        wanted = self.ancestors(id) | {id}
        return tuple(each for each in self.migrations if each.id in wanted)

    def find(self, said: str) -> Success[Migration] | Failure[KitError, Migration]:
        """The migration that somebody means: by its id, its number, what it begins with, its name without number, or
        words of that which no other has.

        Errors: `UnknownMigration`.
        """
        if said in self:
            return Success(self[said])
        found = [each for each in self.ids if each.startswith(said) or each.endswith(f"_{said}")] if said else []
        if said and not found:
            found = [each for each in self.ids if f"_{said}_" in f"_{each}_"]
        if len(found) == 1:
            return Success(self[found[0]])
        near = tuple(found) or tuple(get_close_matches(said, self.ids, 1, 0.5))
        return Failure(UnknownMigration(said, str(self.folder or "the history"), near, several=len(found) > 1))


def history_of(
    migrations: Iterable[Migration], *, folder: Path | None = None, layout: HistoryLayout = "folder"
) -> Success[History] | Failure[KitError, History]:
    """The history that migrations make, in whatever order they come. Two heads are no error here: see `History.head`.

    Errors: `MissingParent`, `ParentCircle`.
    """
    known = {each.id: each for each in migrations}
    for each in known.values():
        for parent in each.parents:
            if parent not in known:
                near = get_close_matches(parent, list(known), 1, 0.8)
                return Failure(MissingParent(each.file or each.id, each.id, parent, near[0] if near else None))
    ordered = _ordered(known)
    if len(ordered) < len(known):
        rest = {each: known[each] for each in known if each not in ordered}
        circle = _circle(rest)
        return Failure(ParentCircle(circle, tuple(known[each].file or each for each in circle)))
    return Success(History(migrations=tuple(known[each] for each in ordered), folder=folder, layout=layout))


def _ordered(known: dict[str, Migration]) -> dict[str, None]:
    waits = {id: len(set(each.parents)) for id, each in known.items()}
    followers: dict[str, list[str]] = {}
    for id, each in known.items():
        for parent in set(each.parents):
            followers.setdefault(parent, []).append(id)
    ready = [(order_of(id), id) for id, count in waits.items() if not count]
    heapify(ready)
    ordered: dict[str, None] = {}
    while ready:
        _, id = heappop(ready)
        ordered[id] = None
        for follower in followers.get(id, ()):
            waits[follower] -= 1
            if not waits[follower]:
                heappush(ready, (order_of(follower), follower))
    return ordered


def _circle(rest: dict[str, Migration]) -> tuple[str, ...]:
    """One circle among migrations of which each follows another of them, from its smallest id on."""
    path: list[str] = []
    at = min(rest, key=order_of)
    while at not in path:
        path.append(at)
        at = min((parent for parent in rest[at].parents if parent in rest), key=order_of)
    circle: Sequence[str] = path[path.index(at) :]
    first = circle.index(min(circle, key=order_of))
    return (*circle[first:], *circle[:first])
