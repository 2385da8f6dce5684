"""What of a schema has to be created to know the catalog of all of it, where that of a schema which is nearly the same
is known: what has changed, what stands on that, and what both need. The rest is as it was.

Nothing is guessed: where something might be another thing without the rest there is no part, and all of it is created.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Final

from msgspec.structs import replace

from qb.kit.catalog import Catalog
from qb.kit.facts.base import Fact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.kinds import OF_CONSTRAINTS, READ_AS_TABLES
from qb.kit.facts.sequence import SequenceFact
from qb.kit.made_places import WHOLE, MadePlace, catalog_places, declared_place, made_place, parents_of
from qb.model.custom_object import CustomObject
from qb.model.namespace import Namespace
from qb.model.object import Identity, Object, of_table
from qb.model.role import Role
from qb.model.routine import Routine
from qb.model.schema import Schema
from qb.model.table import TableDefinition
from qb.query.script import Script

LARGEST_PART: Final = 0.5
"""Of all places: to create more is no less work than to create all."""
_FIRST_IN_PATH: Final = "postgres"
"""The schema of the role that creates, in which a new name would hide one of `public`."""
_RELATIONS: Final = frozenset((*READ_AS_TABLES, "sequence", "index", "composite type"))


class ChangedPart:
    """A schema beside the catalog of one that is nearly the same, and the places where they differ."""

    def __init__(self, wanted: Schema, changed: Set[MadePlace], known: Catalog) -> None:
        self.wanted: Final = wanted
        self.changed: Final = changed
        self.known: Final = known
        self._declared: Final[dict[MadePlace, list[Object]]] = defaultdict(list)
        self._there: Final[dict[MadePlace, list[Identity]]] = defaultdict(list)
        self._needing: Final[dict[Identity, list[Identity]]] = defaultdict(list)
        for each in (*wanted.tables, *wanted.enums, *wanted.others):
            self._declared[declared_place(each)].append(each)
        for identity, fact in known.items():
            for place in catalog_places(identity, fact):
                self._there[place].append(identity)
        for identity, needs in known.depends.items():
            for need in needs:
                self._needing[need].append(identity)
        self.touched: Final = self._touched()
        """What of the known catalog has changed or stands on what has; None where that cannot be said."""

    def schema(self, create: Callable[[Schema], Script]) -> Schema | None:
        """What is to be created; None where that is most of it. `create` gives the statements."""
        if self.touched is None:
            return None
        places = {place for each in self.touched for place in self._made_at(each)}
        places.update(place for place in self.changed if place in self._declared)
        places.update(place for place, items in self._declared.items() if any(map(_is_of_all, items)))
        self._with_needs(places)
        while len(places) <= LARGEST_PART * len(self._declared):
            part = self._only(places)
            text = "\n".join(create(part).statements)
            named = {place for place in self._routines() if place not in places and place[2] in text}
            if not named:
                return part
            places |= named  # of several by one name the arguments decide, and so they are all there
            self._with_needs(places)
        return None

    def whole(self, found: Catalog) -> Catalog | None:
        """The catalog of all of it, of that of the part; None where something else has become another thing."""
        assert self.touched is not None, "there is no part without"
        kept = {each: fact for each, fact in self.known.items() if each not in self.touched}
        new: dict[Identity, Fact] = {}
        for each, fact in found.items():
            if each in kept:
                if kept[each] != fact or self.known.needs(each) != found.needs(each):
                    return None
            elif each in self.touched or not self.changed.isdisjoint(catalog_places(each, fact)):
                new[each] = fact
            else:
                return None
        gone = {each: self.known[each] for each in self.touched}
        if found.version != self.known.version or not _names_apart(kept, (gone, new)):
            return None
        facts = {**kept, **new}
        depends = {each: needs for each, needs in self.known.depends.items() if each in kept}
        depends.update((each, needs) for each, needs in found.depends.items() if each in new)
        order = sorted(facts)
        return Catalog(
            {each: facts[each] for each in order},
            {each: depends[each] for each in order if each in depends},
            found.version,
        )

    def _touched(self) -> frozenset[Identity] | None:
        if any(kind != WHOLE or schema == _FIRST_IN_PATH for kind, schema, _ in self.changed):
            return None
        waiting = [each for place in self.changed for each in self._there[place]]
        for place in self.changed:
            for item in self._declared.get(place, ()):
                if isinstance(item, TableDefinition):
                    waiting += [each for parent in item.parents for each in self._there[made_place(of_table(parent))]]
        found: set[Identity] = set()
        while waiting:
            each = waiting.pop()
            if each in found:
                continue
            found.add(each)
            fact = self.known[each]
            if not any(place in self._declared or place in self.changed for place in catalog_places(each, fact)):
                return None
            waiting += self._needing[each]
            for parent in parents_of(fact):
                waiting += self._there[parent]
        return frozenset(found)

    def _made_at(self, each: Identity) -> Iterator[MadePlace]:
        return (place for place in catalog_places(each, self.known[each]) if place in self._declared)

    def _with_needs(self, places: set[MadePlace]) -> None:
        """More places, until what all of them need is there."""
        waiting = [*places]
        while waiting:
            for need in self._needs(waiting.pop()):
                if need in self._declared and need not in places:
                    places.add(need)
                    waiting.append(need)

    def _needs(self, place: MadePlace) -> Iterator[MadePlace]:
        for item in self._declared[place]:
            yield from map(made_place, (*item.needs, *(need for each in item.children for need in each.needs)))
        for each in self._there[place]:
            for need in self.known.needs(each):
                if (fact := self.known.get(need)) is not None:
                    yield from catalog_places(need, fact)

    def _only(self, places: Set[MadePlace]) -> Schema:
        wanted = self.wanted

        def kept(each: Object) -> bool:
            return declared_place(each) in places

        tables, others = tuple(filter(kept, wanted.tables)), tuple(filter(kept, wanted.others))
        there = {each.identity for each in (*tables, *others)}
        return replace(
            wanted,
            tables=tables,
            enums=tuple(filter(kept, wanted.enums)),
            others=others,
            order=tuple(each for each in wanted.order if each in there),
            declared=tuple(each for each in wanted.roots if isinstance(each, Namespace)),
        )

    def _routines(self) -> Iterator[MadePlace]:
        return (place for place, items in self._declared.items() if any(isinstance(each, Routine) for each in items))


def _is_of_all(item: Object) -> bool:
    """What is there whatever else is: nobody knows what an object that is known by its SQL changes."""
    return isinstance(item, Role | CustomObject)


def _names_apart(kept: Mapping[Identity, Fact], touched: Iterable[Mapping[Identity, Fact]]) -> bool:
    """Whether no name that the server gives would be another one if all were created: it counts what is taken."""
    here = _Names(kept)
    return all(here.apart(_Names(each)) for each in touched)


class _Names:
    """The names of relations and of constraints, without the number that the server may have put behind them."""

    def __init__(self, objects: Mapping[Identity, Fact]) -> None:
        self.all: Final[set[tuple[bool, str, str]]] = set()
        self.given: Final[set[tuple[bool, str, str]]] = set()
        """Those by the server."""
        for each, fact in objects.items():
            relation = each.kind in _RELATIONS
            if relation or each.kind in OF_CONSTRAINTS:
                name = relation, each.schema, each.name.rstrip("0123456789")
                self.all.add(name)
                if _is_given(each, fact):
                    self.given.add(name)

    def apart(self, other: _Names) -> bool:
        return self.given.isdisjoint(other.all) and self.all.isdisjoint(other.given)


def _is_given(identity: Identity, fact: Fact) -> bool:
    match fact:
        case SequenceFact():
            return fact.column is not None
        case IndexFact():
            return fact.parent is not None
        case ConstraintFact():
            return identity.kind == "not null" or fact.inherited
        case _:
            return False
