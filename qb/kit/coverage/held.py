"""How something is held by descriptors, and how a property says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from qb.frozen import FrozenStruct
from qb.kit.catalog import Catalog
from qb.kit.qualified import routine_parts
from qb.model.object import Identity

How: TypeAlias = Literal["typed", "raw", "no"]
"""With types, as SQL in a named place, or not at all."""
WITH_TYPES: Final = "typed"
AS_SQL: Final = "raw"
NOT_AT_ALL: Final = "no"


class Known(NamedTuple):
    """What is asked of a whole database while its objects are judged."""

    catalog: Catalog
    aggregates: frozenset[str]
    """Its aggregates, `schema.name`."""

    def has(self, kind: str, schema: str, name: str) -> bool:
        """Whether it has an object of some kind that stands by itself."""
        return Identity(kind, schema, "", name) in self.catalog


def known_of(catalog: Catalog) -> Known:
    """What is asked of a database."""
    aggregates = (each for each in catalog if each.kind == "aggregate")
    return Known(catalog, frozenset(f"{each.schema}.{routine_parts(each.name)[0]}" for each in aggregates))


class Judged(NamedTuple):
    """An object where it stands."""

    identity: Identity
    fact: Any
    known: Known


class Property(FrozenStruct):
    """Something that an object may have, and how it is held; None where this one does not have it."""

    what: str
    held: Callable[[Judged], How | None]


def always(what: str, held: How) -> Property:
    """What each object of the kind is."""
    return Property(what, lambda place: held)


def has(what: str, field: str, held: How, *, other_than: object = None) -> Property:
    """What an object has where a field says something, or something else than usual."""

    def judge(place: Judged) -> How | None:
        value = getattr(place.fact, field)
        usual = value == other_than if other_than is not None else not value
        return None if usual else held

    return Property(what, judge)


def when(what: str, test: Callable[[Any], bool], held: How) -> Property:
    """What an object has where its fact passes a test."""
    return Property(what, lambda place: held if test(place.fact) else None)


def by_text(what: str, field: str, judge: Callable[[str, Known], How]) -> Property:
    """What an object has where a field has a text, as held as a judge of that text says."""

    def held(place: Judged) -> How | None:
        text = getattr(place.fact, field)
        return None if not text else judge(text, place.known)

    return Property(what, held)
