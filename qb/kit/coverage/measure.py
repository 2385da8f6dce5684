"""How much of a catalog descriptors hold, by kind, and what the rest is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

import msgspec

from qb.kit.carried_kinds import is_told
from qb.kit.catalog import Catalog
from qb.kit.coverage.held import AS_SQL, NOT_AT_ALL, WITH_TYPES, How, Judged, known_of
from qb.kit.coverage.rules import COUNTED, COVERED
from qb.kit.facts.base import Fact
from qb.model.object import Identity


class Share(msgspec.Struct, frozen=True):
    """So many things, and how they are held."""

    total: int = 0
    typed: int = 0
    raw: int = 0
    no: int = 0

    def __add__(self, other: Share) -> Share:
        mine, theirs = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return Share(*(one + another for one, another in zip(mine, theirs, strict=True)))


class Rest(msgspec.Struct, frozen=True):
    """What is not held with types: the kind of object, what of it, how it is held, how often, and one of them."""

    kind: str
    what: str
    held: How
    count: int
    example: str


class Coverage(msgspec.Struct, frozen=True):
    """What descriptors hold of a database."""

    tables: Share
    """Whole tables: with all that is in them."""
    objects: Share
    properties: Share
    """What objects have beside being there; and the objects themselves."""
    kinds: dict[str, Share]
    """The objects of each kind."""
    rest: tuple[Rest, ...]
    extensions: int = 0
    """Objects of extensions, which are not counted: CREATE EXTENSION makes them."""


_WORST: Final[tuple[How, ...]] = (WITH_TYPES, AS_SQL, NOT_AT_ALL)
OF_THE_SERVER: Final = ("role", "membership")
"""Kinds that belong to the server: one database does not say whose they are."""


def measure(catalog: Catalog, *, roles: bool = False) -> Coverage:
    """What descriptors hold of a catalog. With `roles` those of the whole server are counted, too.

    >>> from qb.kit import introspect
    >>> measure(introspect(db).unwrap()).tables
    Share(total=2, typed=2, raw=0, no=0)
    """
    kinds: dict[str, list[How]] = defaultdict(list)
    properties: list[How] = []
    whole: dict[tuple[str, str], How] = {}
    rest: Counter[tuple[str, str, How]] = Counter()
    examples: dict[tuple[str, str, How], str] = {}
    extensions = 0
    whole_of = known_of(catalog)
    for identity, fact in catalog.items():
        if fact.extension is not None:
            extensions += 1
            continue
        if not _counts(identity, fact) or (identity.kind in OF_THE_SERVER and not roles):
            continue
        held: How = WITH_TYPES
        for what, how in _properties(Judged(identity, fact, whole_of)):
            properties.append(how)
            held = _worse(held, how)
            if how != WITH_TYPES:
                key = (identity.kind, what, how)
                rest[key] += 1
                examples.setdefault(key, identity.title)
        kinds[identity.kind].append(held)
        if identity.kind in ("table", "foreign table") or (
            identity.table and identity.kind not in ("grant", "membership")
        ):
            table = (identity.schema, identity.table or identity.name)
            whole[table] = _worse(whole.get(table, WITH_TYPES), held)
    tables: list[How] = [
        whole[identity.schema, identity.name]
        for identity, fact in catalog.items()
        if identity.kind in ("table", "foreign table") and fact.extension is None
    ]
    by_kind = {kind: _share(kinds[kind]) for kind in sorted(kinds)}
    order = sorted(rest, key=lambda key: (-_WORST.index(key[2]), -rest[key], key))
    return Coverage(
        _share(tables),
        sum(by_kind.values(), Share()),
        _share(properties),
        by_kind,
        tuple(Rest(*key, rest[key], examples[key]) for key in order),
        extensions,
    )


def _counts(identity: Identity, fact: Fact) -> bool:
    own = identity.kind != "schema" or identity.name != "public"  # which every database has
    return own and (identity.kind not in COUNTED or COUNTED[identity.kind](fact))


def _properties(place: Judged) -> Iterator[tuple[str, How]]:
    kind = place.identity.kind
    if kind not in COVERED:
        yield f"{'an' if kind[0] in 'aeio' else 'a'} {kind}", NOT_AT_ALL if is_told(kind, place.fact) else AS_SQL
        return
    for each in COVERED[kind]:
        if (held := each.held(place)) is not None:
            yield each.what, held


def _worse(one: How, other: How) -> How:
    return _WORST[max(_WORST.index(one), _WORST.index(other))]


def _share(held: list[How]) -> Share:
    return Share(len(held), held.count(WITH_TYPES), held.count(AS_SQL), held.count(NOT_AT_ALL))
