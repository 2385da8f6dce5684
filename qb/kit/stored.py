"""A catalog as bytes, and back: what a cache and a migration keep."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final, TypeAlias, get_type_hints

import msgspec

from qb.kit.assemble import READINGS
from qb.kit.catalog import Catalog
from qb.kit.facts.base import Fact
from qb.model.object import Identity
from qb.run.talk.collector import seldom

_FACTS: Final[Mapping[str, type[Fact]]] = {each.fact.__name__: each.fact for each in READINGS}
_SHAPE: Final = [(name, fact.__struct_fields__, get_type_hints(fact)) for name, fact in sorted(_FACTS.items())]
FORMAT: Final = f"4 {hashlib.sha256(repr(_SHAPE).encode()).hexdigest()[:16]}"
"""Of the bytes: how they are laid out, and which fields the facts have. Another one is not read: what is kept is read
from a server anew."""

_READERS: Final[Mapping[str, msgspec.json.Decoder[Any]]] = {
    name: msgspec.json.Decoder(fact) for name, fact in _FACTS.items()
}
"""By the name of a fact's class, what reads it."""


_Parts: TypeAlias = tuple[str, str, str, str]


class _Stored(msgspec.Struct, frozen=True):
    format: str
    version: int
    objects: list[tuple[str, str, str, str, str, msgspec.Raw]]
    """Kind, schema, table and name; the class of the fact, and its fields."""
    depends: list[tuple[int, list[_Parts]]]
    """The place of an object, and what it needs."""


def stored(catalog: Catalog) -> bytes:
    """A catalog as JSON: the same bytes for equal ones.

    >>> from qb.kit import introspect
    >>> from qb.kit.stored import restored, stored
    >>> found = introspect(db).unwrap()
    >>> restored(stored(found)) == found
    True
    """
    encoder = msgspec.json.Encoder()
    order = sorted(catalog)
    places = {identity: place for place, identity in enumerate(order)}
    return encoder.encode(
        _Stored(
            FORMAT,
            catalog.version,
            [
                (*_parts(each), type(catalog[each]).__name__, msgspec.Raw(encoder.encode(catalog[each])))
                for each in order
            ],
            [
                (places[each], [_parts(need) for need in sorted(catalog.needs(each))])
                for each in order
                if each in catalog.depends
            ],
        )
    )


def restored(content: bytes) -> Catalog | None:
    """The catalog that was stored; None where it was by another version of qb, or is none."""
    try:
        with seldom():
            return _restored(msgspec.json.decode(content, type=_Stored))
    except (msgspec.MsgspecError, KeyError, IndexError):
        return None


def _restored(kept: _Stored) -> Catalog | None:
    if kept.format != FORMAT:
        return None
    facts: dict[Identity, Fact] = {}
    named: dict[_Parts, Identity] = {}
    for kind, schema, table, name, fact, fields in kept.objects:
        identity = named[kind, schema, table, name] = Identity(kind, schema, table, name)
        facts[identity] = _READERS[fact].decode(fields)
    identities = [*facts]
    depends: dict[Identity, frozenset[Identity]] = {}
    for place, needs in kept.depends:
        found: list[Identity] = []
        for need in needs:
            if need not in named:  # what is no part of the catalog
                named[need] = Identity(*need)
            found.append(named[need])
        depends[identities[place]] = frozenset(found)
    return Catalog(facts, depends, kept.version)


def _parts(identity: Identity) -> _Parts:
    return identity.kind, identity.schema, identity.table, identity.name
