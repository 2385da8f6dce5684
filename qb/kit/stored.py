"""A catalog as bytes, and back: what a cache keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from itertools import starmap
from typing import Any, Final, get_type_hints

import msgspec

from qb.kit.assemble import READINGS
from qb.kit.catalog import Catalog
from qb.kit.facts.base import Fact
from qb.model.object import Identity
from qb.run.talk.collector import seldom

_FACTS: Final[Mapping[str, type[Fact]]] = {each.fact.__name__: each.fact for each in READINGS}
_HINTS: Final = {name: [get_type_hints(fact)[each] for each in fact.__struct_fields__] for name, fact in _FACTS.items()}
_SHAPE: Final = [(name, _FACTS[name].__struct_fields__, hints) for name, hints in sorted(_HINTS.items())]
FORMAT: Final = f"5 {hashlib.sha256(repr(_SHAPE).encode()).hexdigest()[:16]}"
"""Of the bytes: how they are laid out, and which fields the facts have. Another one is not read: what is kept is read
from a server anew."""

_row: Any = tuple
_READERS: Final[Mapping[str, msgspec.json.Decoder[Any]]] = {
    name: msgspec.json.Decoder(list[_row[*hints]]) for name, hints in _HINTS.items()
}
"""By the name of a fact's class, what reads all that are stored of it."""


class _Stored(msgspec.Struct, frozen=True):
    """By place, not by name: thousands of facts would say their fields' names thousands of times. Lists of numbers are
    flat, as each object in the midst is one more to make and to look through."""

    format: str
    version: int
    words: list[str]
    """All words of identities."""
    objects: list[int]
    """Places of words: kind, schema, table and name of each object, and behind those what is no part of the catalog."""
    facts: list[tuple[str, list[int], msgspec.Raw]]
    """The class of some facts, the places of their objects, and the facts."""
    needing: list[int]
    """Places of objects that need others."""
    needs: list[int]
    """Of each of these, what it needs: the place among `needed`."""
    needed: list[list[int]]
    """What several objects need alike: places of objects."""


def stored(catalog: Catalog) -> bytes:
    """A catalog as JSON: the same bytes for equal ones.

    >>> from qb.kit import introspect
    >>> from qb.kit.stored import restored, stored
    >>> found = introspect(db).unwrap()
    >>> restored(stored(found)) == found
    True
    """
    order = sorted(catalog)
    absent = sorted({need for each in catalog.depends.values() for need in each} - catalog.keys())
    places = {identity: place for place, identity in enumerate((*order, *absent))}
    words: dict[str, int] = {}
    objects = [words.setdefault(word, len(words)) for each in places for word in msgspec.structs.astuple(each)]
    facts: dict[str, tuple[list[int], list[tuple[object, ...]]]] = {}
    needed: dict[tuple[int, ...], int] = {}
    depends: dict[int, int] = {}
    for place, identity in enumerate(order):
        fact = catalog[identity]
        at, said = facts.setdefault(type(fact).__name__, ([], []))
        at.append(place)
        said.append(msgspec.structs.astuple(fact))
        if identity in catalog.depends:
            needs = tuple(sorted([places[need] for need in catalog.depends[identity]]))
            depends[place] = needed.setdefault(needs, len(needed))
    encode = msgspec.json.encode
    return encode(
        _Stored(
            FORMAT,
            catalog.version,
            [*words],
            objects,
            [(name, at, msgspec.Raw(encode(said))) for name, (at, said) in sorted(facts.items())],
            [*depends],
            [*depends.values()],
            [[*each] for each in needed],
        )
    )


def restored(content: bytes) -> Catalog | None:
    """The catalog that was stored; None where it was by another version of qb, or is none."""
    try:
        with seldom():
            return _restored(msgspec.json.decode(content, type=_Stored))
    except (msgspec.MsgspecError, KeyError, IndexError, ValueError):
        return None


def _restored(kept: _Stored) -> Catalog | None:
    if kept.format != FORMAT:
        return None
    words = [kept.words[place] for place in kept.objects]
    named = [*map(Identity, words[::4], words[1::4], words[2::4], words[3::4])]
    found: list[Fact] = []
    whose: list[int] = []
    for name, places, said in kept.facts:
        facts: Iterable[Fact] = starmap(_FACTS[name], _READERS[name].decode(said))
        found += facts
        whose += places
    by_place = dict(zip(whose, found, strict=True))
    needed = [frozenset([named[place] for place in each]) for each in kept.needed]
    pairs = zip(kept.needing, kept.needs, strict=True)
    return Catalog(
        {named[place]: by_place[place] for place in range(len(found))},
        {named[place]: needed[at] for place, at in pairs},
        kept.version,
    )
