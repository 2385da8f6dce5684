"""`diff`: two catalogs beside each other, object by object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final, TypeAlias, cast

from qb.kit.catalog import Catalog
from qb.kit.diffs.fields import field_changes
from qb.kit.diffs.folded import folded
from qb.kit.diffs.likely import likely_renames
from qb.kit.diffs.majors import UNQUALIFIED, across, major_of, said_in_two_ways, straddle
from qb.kit.diffs.renames import NO_RENAMES, Renames, is_new_name, renames_of, shared_key
from qb.kit.diffs.spelling import same_but_for_casts, same_but_for_tables, same_once_renamed
from qb.kit.diffs.strength import strength
from qb.kit.diffs.value import Diff, NotOurs, ObjectChange
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.texts import TextKind
from qb.kit.ours.value import Ours
from qb.kit.ours.whose import SERVERS, Theirs
from qb.model.object import Identity
from qb.run.talk.collector import seldom

_Keyed: TypeAlias = dict[Identity, tuple[Identity, Fact]]
_NO_HINTS: Final[Mapping[str, str]] = MappingProxyType({})


def diff(before: Catalog, after: Catalog, *, ours: Ours = Ours(), renamed: Mapping[str, str] = _NO_HINTS) -> Diff:
    """What differs between two catalogs: what is in the first alone is missing, what is in the second alone is added.

    `ours` says which objects are looked at: `ours_of(schema)`. What differs and is not ours is in `not_ours`. `renamed`
    are hints, what an object is in the first catalog and its name in the second:
    `{"column public.tasks.title": "headline"}`; what follows from one is no difference. Errors: DefinitionError for a
    hint that names nothing.

    Facts are compared as servers write them. Where the majors of both differ, a short list of what they say in two ways
    is left out, and `remarks` say so.

    >>> from qb.kit import diff, introspect
    >>> with db.transaction(rollback=True) as tx:
    ...     before = introspect(tx).unwrap()
    ...     tx.run(Script("ALTER TABLE tasks ALTER hours SET DEFAULT 3", "CREATE TABLE notes (text text)")).unwrap()
    ...     found = diff(before, introspect(tx).unwrap())
    2
    >>> found
    <diff: 1 added, 1 changed>
    >>> [str(each) for each in found.changes]
    ['added: table public.notes', 'changed: column public.tasks.hours (default)']
    """
    with seldom():
        pair = Paired(before, after, ours, renames_of(renamed, before, after))
        found = folded(pair.changes(), before, after)
        return Diff(
            tuple(found),
            pair.not_ours(),
            tuple(pair.remarks()),
            tuple(likely_renames(found)),
            (before.version, after.version),
        )


class Paired:
    """Two catalogs, each object of one beside that of the other."""

    def __init__(self, before: Catalog, after: Catalog, ours: Ours, renames: Renames) -> None:
        self.before: Final = before
        self.after: Final = after
        self.ours: Final = ours
        self.renames: Final = renames
        self.majors: Final[tuple[int, ...]] = tuple(major_of(each.version) for each in (before, after) if each.version)
        self.theirs: Final[Mapping[Identity, str]] = Theirs(before, after, ours)
        self.columns: Final[Mapping[Identity, Identity]] = {
            one: other for one, other in renames.known.items() if one.kind == "column"
        }
        self.names: Final[dict[str, str]] = dict(renames.names)
        self.second: Final[_Keyed] = self.keyed(after, NO_RENAMES)
        self.first: Final[_Keyed] = self.named(self.keyed(before, renames))
        self.unlike: Final = [
            key for key in self.first.keys() | self.second.keys() if self.first.get(key) != self.second.get(key)
        ]

    def keyed(self, catalog: Catalog, renames: Renames) -> dict[Identity, tuple[Identity, Fact]]:
        oldest = min(self.majors) if len(set(self.majors)) > 1 else None
        if not renames.known:
            return catalog.once(_keyed_plainly, self.ours.makers, oldest)
        return _keyed(catalog, renames, self.ours.makers, oldest)

    def named(self, first: dict[Identity, tuple[Identity, Fact]]) -> dict[Identity, tuple[Identity, Fact]]:
        """What follows from a rename: a key that is called as its table is, and is nowhere under its old name."""
        if not self.renames.following:
            return first
        found: dict[Identity, tuple[Identity, Fact]] = {}
        for key, (identity, fact) in first.items():
            others = () if key in self.second else self.renames.candidates(identity)
            new = next((each for each in others if each in self.second and each not in first), key)
            if new != key:
                self.names[identity.name] = new.name
            found[new] = identity, fact
        return found

    def changes(self) -> Iterator[ObjectChange]:
        for key in sorted(self.unlike, key=_order):
            one, other = self.first.get(key), self.second.get(key)
            if any(each is not None and each[0] in self.theirs for each in (one, other)):
                continue
            if one is None and other is not None:
                yield ObjectChange("added", other[0], None, other[1])
            elif other is None and one is not None:
                yield ObjectChange("missing", one[0], one[1], None)
            elif one is not None and other is not None:
                yield from self.changed(one, other)

    def changed(self, one: tuple[Identity, Fact], other: tuple[Identity, Fact]) -> Iterator[ObjectChange]:
        names = self.names_for(one[0])
        fields = tuple(field_changes(other[0], one[1], other[1], self.ours, partial(self.same, names)))
        if one[0] in self.renames.known and one[0] != other[0]:
            yield ObjectChange("renamed", other[0], one[1], other[1], was=one[0])
        if fields:
            yield ObjectChange(strength(other[1], fields), other[0], one[1], other[1], fields)

    def names_for(self, identity: Identity) -> Mapping[str, str]:
        """What is called otherwise in the texts of an object: a column where it is one of its table, or of what it
        needs; a name such as `id` is that of others, too."""
        if not self.columns:
            return self.names
        needs = self.before.needs(identity)
        whole = (identity.schema, identity.table or identity.name)
        own = {
            before.name: after.name
            for before, after in self.columns.items()
            if before in needs or (before.schema, before.table) == whole
        }
        return {**self.names, **own}

    def same(self, names: Mapping[str, str], how: TextKind, one: object, other: object) -> bool:
        """Whether two values of a field mean the same, which are not equal: several do if each of them does."""
        if isinstance(one, tuple) and isinstance(other, tuple):
            mine, theirs_ = cast("tuple[object, ...]", one), cast("tuple[object, ...]", other)
            # Roles are in the order of the alphabet, which may be another one for new names.
            if how is TextKind.NAME and names and _renamed(mine, names) == sorted(map(str, theirs_)):
                return True
            each = (self.same(names, how, *pair) for pair in zip(mine, theirs_, strict=False))
            return len(mine) == len(theirs_) and all(each)
        if one == other:
            return True
        if not isinstance(one, str) or not isinstance(other, str):
            return False
        if how is TextKind.NAME:
            return is_new_name(one, other, names)
        if same_once_renamed(one, other, names):
            return True
        if how is TextKind.NAMES:
            return False
        unqualified = straddle(self.majors, UNQUALIFIED)
        return same_but_for_casts(one, other) or (unqualified and same_but_for_tables(one, other))

    def not_ours(self) -> tuple[NotOurs, ...]:
        """What differs and is somebody else's. What is in the first catalog alone and not ours was made for it to be
        there."""
        found: list[NotOurs] = []
        for key in sorted(self.unlike):
            one, other = self.first.get(key), self.second.get(key)
            identity = other[0] if other is not None else None
            if identity is None:
                if one is not None and not self.ours.declares and one[0] in self.theirs:
                    found.append(NotOurs(one[0], self.theirs[one[0]]))
                continue
            why = self.theirs.get(identity) or (self.theirs.get(one[0]) if one is not None else None)
            if why == SERVERS and self.ours.declares and one is not None:
                continue  # a shadow's, which is nobody's
            if why is not None and (one is None or one[1] != self.second[key][1]):
                found.append(NotOurs(identity, why))
        return tuple(found)

    def remarks(self) -> Iterator[str]:
        if len(set(self.majors)) > 1:
            one, other = self.majors
            said = said_in_two_ways(self.majors)
            yield f"the first side is PostgreSQL {one}, the second {other}{f': {said}' if said else ''}"
        yield from self.orders()

    def orders(self) -> Iterator[str]:
        """The tables whose columns stand in another order, which no ALTER TABLE changes."""
        columns: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
        moved = {(key.schema, key.table) for key in self.unlike if key.kind == "column"}
        for key, (identity, fact) in self.first.items() if moved else ():
            if key.kind != "column" or (key.schema, key.table) not in moved:
                continue
            other = self.second.get(key)
            if other is None or not isinstance(fact, ColumnFact) or not isinstance(other[1], ColumnFact):
                continue
            if fact.of == "table" and identity not in self.theirs:
                where = (other[0].schema, other[0].table)
                columns.setdefault(where, []).append((fact.position, other[1].position, other[0].name))
        for (schema, table), places in sorted(columns.items()):
            mine = [name for _, _, name in sorted(places)]
            theirs_ = [name for _, _, name in sorted(places, key=lambda each: each[1])]
            if mine != theirs_:
                yield f"the columns of {schema}.{table} stand in another order: {_listed(theirs_)}, not {_listed(mine)}"


def _keyed_plainly(catalog: Catalog, makers: frozenset[str], oldest: int | None) -> _Keyed:
    return _keyed(catalog, NO_RENAMES, makers, oldest)


def _keyed(catalog: Catalog, renames: Renames, makers: frozenset[str], oldest: int | None) -> _Keyed:
    """Each object by who it is in both catalogs, as the `oldest` server would say it where they are of several."""
    found: _Keyed = {}
    for identity, fact in catalog.items():
        kept = fact if oldest is None else across(identity, fact, oldest)
        if kept is not None:
            key = shared_key(identity, fact, renames, makers)
            found[identity if key in found else key] = identity, kept
    return found


def _order(identity: Identity) -> tuple[str, str, bool, str, str]:
    """Schema by schema, a table before what is in it."""
    return identity.schema, identity.table or identity.name, bool(identity.table), identity.kind, identity.name


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _renamed(mine: Iterable[object], names: Mapping[str, str]) -> list[str]:
    return sorted(names.get(str(each), str(each)) for each in mine)
