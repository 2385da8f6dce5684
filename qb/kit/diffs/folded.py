"""One line for what is one thing: a table that is missing is one difference, whatever was in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from qb.kit.catalog import Catalog
from qb.kit.diffs.value import ObjectChange
from qb.kit.facts.base import Fact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.function import FunctionFact
from qb.kit.facts.grant import GrantFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.kinds import HOLDING_PARTS, OF_KEYS
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.statistics import StatisticsFact
from qb.kit.facts.table import TableFact
from qb.kit.qualified import parts, pieces
from qb.model.object import Identity

_COME_AND_GO: Final = ("missing", "added")


def folded(changes: Iterable[ObjectChange], before: Catalog, after: Catalog) -> list[ObjectChange]:
    """The changes, each part with its whole: the columns of a table that is missing, the index of a key, a sequence
    of its column, what a partition has because its table has it."""
    found = list(changes)
    fold = _Fold(found, before, after)
    within: dict[int, list[Identity]] = defaultdict(list)
    left: list[tuple[int, ObjectChange]] = []
    for place, each in enumerate(found):
        whole = fold.whole(place)
        if whole == place:
            left.append((place, each))
        else:
            within[whole].append(each.identity)
    return [replace(each, parts=tuple(within[place])) if place in within else each for place, each in left]


class _Fold:
    """The changes by who they are about."""

    def __init__(self, changes: list[ObjectChange], before: Catalog, after: Catalog) -> None:
        self.changes, self.before, self.after = changes, before, after
        self.places: dict[Identity, int] = {}
        self.of_table: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        self.indexes: dict[tuple[str, str], int] = {}
        for place, each in enumerate(changes):
            if each.how != "renamed":
                identity = each.identity
                self.places[identity] = place
                self.of_table[identity.kind, identity.schema, identity.table].append(place)
                if identity.kind == "index":
                    self.indexes[identity.schema, identity.name] = place

    def whole(self, place: int) -> int:
        """The place of what a change is a part of, and that is a part of nothing itself."""
        seen = {place}
        while True:
            steps = (each for each in self.steps(self.changes[place]) if each is not None)
            step = next((each for each in steps if each not in seen), None)
            if step is None:
                return place
            seen.add(step)
            place = step

    def at(self, how: str, kind: str, schema: str, table: str, name: str) -> int | None:
        """The change of an object, where it is the same that happened to it."""
        place = self.places.get(Identity(kind, schema, table, name))
        return place if place is not None and self.changes[place].how == how else None

    def steps(self, change: ObjectChange) -> Iterator[int | None]:
        """What it may be a part of."""
        fact = change.after if change.after is not None else change.before
        identity, how = change.identity, change.how
        if how == "renamed":
            return
        if how in _COME_AND_GO:
            yield from self.of_whole(how, identity, fact)
            yield from self.of_needs(change, fact)
        if identity.kind == "not null" and isinstance(fact, ConstraintFact) and how in _COME_AND_GO:
            yield self.not_null(change, fact)
        if isinstance(fact, SequenceFact) and fact.column is not None:
            schema, table, *column = pieces(fact.column)
            yield self.places.get(Identity("column", schema, table, column[0] if column else ""))
            if [each.name for each in change.fields] == ["persistence"]:
                yield self.at(how, "table", schema, "", table)
        if isinstance(fact, IndexFact) and fact.constraint is not None:
            for kind in OF_KEYS:
                yield self.places.get(Identity(kind, identity.schema, identity.table, fact.constraint))
        if isinstance(fact, IndexFact) and fact.parent is not None:
            place = self.indexes.get(parts(fact.parent))
            yield place if place is not None and self.changes[place].how == how else None
        if getattr(fact, "inherited", False) and not getattr(fact, "local", False):
            yield from self.inherited(change)

    def of_whole(self, how: str, identity: Identity, fact: Fact | None) -> Iterator[int | None]:
        if identity.table and identity.kind != "membership":
            for kind in HOLDING_PARTS:
                yield self.at(how, kind, identity.schema, "", identity.table)
        if isinstance(fact, GrantFact):
            schema = identity.schema if fact.kind != "schema" else ""
            yield self.at(how, fact.kind, schema, "", fact.object)
            yield self.at(how, "column", schema, fact.object, fact.column or "")
        if isinstance(fact, StatisticsFact):
            yield self.at(how, "table", parts(fact.on)[0], "", parts(fact.on)[1])
        if isinstance(fact, SequenceFact) and fact.column is not None:
            yield self.at(how, "table", parts(fact.column)[0], "", parts(fact.column)[1])

    def of_needs(self, change: ObjectChange, fact: Fact | None) -> Iterator[int | None]:
        """What comes and goes with a column, as the keys and indexes of it do, or with a range, whose functions and
        casts PostgreSQL makes itself."""
        identity, how = change.identity, change.how
        made = identity.kind == "cast" or (isinstance(fact, FunctionFact) and fact.language == "internal")
        if not identity.table and not made:
            return
        for each in (self.after if how == "added" else self.before).needs(identity):
            its_column = each.kind == "column" and (each.schema, each.table) == (identity.schema, identity.table)
            if its_column or (made and each.kind == "range"):
                yield self.at(how, each.kind, each.schema, each.table, each.name)

    def not_null(self, change: ObjectChange, fact: ConstraintFact) -> int | None:
        """That a column is not null is one thing, although PostgreSQL has a constraint for it since 18."""
        identity = change.identity
        if fact.of == "domain":
            place = self.places.get(Identity("domain", identity.schema, "", identity.table))
        else:
            name = fact.columns[0] if fact.columns else ""
            place = self.places.get(Identity("column", identity.schema, identity.table, name))
        if place is None:
            return None
        whole = self.changes[place]
        same = whole.how == change.how or any(each.name == "not_null" for each in whole.fields)
        return place if same else None

    def inherited(self, change: ObjectChange) -> Iterator[int | None]:
        """The same of a table that this one has it from."""
        identity = change.identity
        catalog = self.after if change.after is not None else self.before
        table = catalog.get(Identity("table", identity.schema, "", identity.table))
        for parent in table.inherits if isinstance(table, TableFact) else ():
            for place in self.of_table.get((identity.kind, *parts(parent)), ()):
                if _alike(self.changes[place], change):
                    yield place


def _alike(one: ObjectChange, other: ObjectChange) -> bool:
    """Whether the same happened to both: by their names, or where names are made by what they say."""
    if one.how != other.how:
        return False
    if one.identity.name == other.identity.name:
        return True
    facts = one.after or one.before, other.after or other.before
    mine, theirs = (getattr(each, "definition", None) for each in facts)
    return mine is not None and mine == theirs
