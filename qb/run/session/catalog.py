"""The server's types by OID: PostgreSQL's own are known, all others are looked up once for each database.

https://www.postgresql.org/docs/current/catalog-pg-type.html
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import psycopg
from psycopg.types.array import ArrayLoader

if TYPE_CHECKING:
    from psycopg.adapt import AdaptersMap


class FieldFact(NamedTuple):
    """A field of a row type: its name, its type, and the limits of that, as PostgreSQL packs them."""

    name: str
    oid: int
    modifier: int


class Fact(NamedTuple):
    """What is known of a type."""

    oid: int
    name: str
    """Its bare name in the catalog: `int4`, `citext`."""
    shown: str
    """Its name as people write it: `integer`, `public.mood`."""
    enum: bool = False
    base: int = 0
    """Of a domain, the type below it."""
    element: int = 0
    """Of an array, the type of its elements."""
    fields: tuple[FieldFact, ...] = ()
    """Of a row type, its fields in their order."""


@cache
def _own() -> dict[int, Fact]:
    found: dict[int, Fact] = {}
    for info in psycopg.adapters.types:
        found[info.oid] = Fact(info.oid, info.name, info.regtype or info.name)
        if info.array_oid:
            shown = f"{info.regtype or info.name}[]"
            found[info.array_oid] = Fact(info.array_oid, f"_{info.name}", shown, element=info.oid)
    return found


class Catalog:
    """The types that a database is known to have. Shared by its links; added to by whole facts at a time."""

    __slots__ = ("_own", "domains", "keys", "redefined", "types")

    def __init__(self) -> None:
        self._own = _own()
        self.types: dict[int, Fact] = dict(self._own)
        self.domains: dict[str, frozenset[int]] = {}
        """The types below the domains of a name, for the names that were asked for."""
        self.keys: set[str] = set()
        """What was asked of tables' keys, as SQL, and is so."""
        self.redefined: frozenset[str] | None = None
        """The names of PostgreSQL's functions and operators that others have, too; None until somebody has asked."""

    def forget(self) -> None:
        """Have what may be altered, or created again, looked up once more: all that is not PostgreSQL's own."""
        self.domains.clear()
        for oid in list(self.types):
            if oid not in self._own:
                self.types.pop(oid, None)

    def missing(self, oids: Iterable[int]) -> set[int]:
        """Those that nobody has looked up yet."""
        return {oid for oid in oids if oid not in self.types}

    def plain(self, oid: int) -> Fact | None:
        """The type of values: of a domain, the one below it."""
        fact = self.types.get(oid)
        while fact is not None and fact.base:
            fact = self.types.get(fact.base)
        return fact

    def shown(self, oid: int) -> str:
        """How an error names a type."""
        fact = self.types.get(oid)
        return f"the type with OID {oid}" if fact is None else fact.shown

    def teach(self, adapters: AdaptersMap, oid: int) -> None:
        """Let psycopg read an array whose elements are of a type it does not know, or of a domain."""
        fact = self.types.get(oid)
        if oid in self._own or fact is None or not fact.element:
            return
        below = self.plain(fact.element)
        element = below.oid if below is not None else 0
        info = psycopg.adapters.types.get(element)  # a domain's elements have between them what those below it have
        delimiter = "," if info is None else info.delimiter
        named = {"base_oid": element, "delimiter": delimiter.encode()}
        adapters.register_loader(oid, type("OwnArrayLoader", (ArrayLoader,), named))
