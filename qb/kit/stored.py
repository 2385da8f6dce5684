"""A catalog as bytes, and back: what a cache and a migration keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from qb.kit.assemble import READINGS
from qb.kit.catalog import Catalog
from qb.model.object import Identity

FORMAT: Final = 2
"""Of the bytes. Another one is not read: what is kept is read from a server anew."""

_READERS: Final[Mapping[str, msgspec.json.Decoder[Any]]] = {
    each.fact.__name__: msgspec.json.Decoder(each.fact) for each in READINGS
}
"""By the name of a fact's class, what reads it."""


class _Stored(msgspec.Struct, frozen=True):
    format: int
    version: int
    objects: list[tuple[str, str, str, str, str, msgspec.Raw]]
    """Kind, schema, table and name; the class of the fact, and its fields."""
    depends: list[tuple[int, list[tuple[str, str, str, str]]]]
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
        kept = msgspec.json.decode(content, type=_Stored)
        if kept.format != FORMAT:
            return None
        identities = [Identity(*row[:4]) for row in kept.objects]
        facts = {each: _READERS[row[4]].decode(row[5]) for each, row in zip(identities, kept.objects, strict=True)}
        depends = {identities[place]: frozenset(Identity(*need) for need in needs) for place, needs in kept.depends}
    except (msgspec.MsgspecError, KeyError, IndexError):
        return None
    return Catalog(facts, depends, kept.version)


def _parts(identity: Identity) -> tuple[str, str, str, str]:
    return identity.kind, identity.schema, identity.table, identity.name
