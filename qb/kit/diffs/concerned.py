"""Whom a rename concerns: in whose texts a new name may stand in the place of the old one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from qb.kit.catalog import Catalog
from qb.kit.facts.table import TableFact
from qb.model.object import Identity

_ANYWHERE: Final = frozenset(("role", "schema", "extension"))
"""What may stand in any text, whether or not the server knows of it."""


class Concerned:
    """The names that may differ in the texts of each object of a catalog, as things in it are renamed.

    An object has to do with what it needs, what that needs, and so on. A column of the same name elsewhere is not
    concerned: `CHECK ((a > 1))` of a table is another check than `CHECK ((c > 1))`, though `a` is `c` in the next one.
    """

    def __init__(self, catalog: Catalog, renamed: Mapping[Identity, Identity]) -> None:
        self._catalog = catalog
        self._renamed = dict(renamed)
        self._heirs = {
            identity.title for identity, fact in catalog.of(TableFact).items() if fact.inherits
        }  # whose columns are called as those of another table
        self._reached: dict[Identity, frozenset[Identity]] = {}

    def __bool__(self) -> bool:
        return bool(self._renamed)

    def add(self, before: Identity, after: Identity) -> None:
        """One more, which follows from the others."""
        self._renamed[before] = after

    def names(self, identity: Identity) -> dict[str, str]:
        """The old names and the new ones, as they stand in SQL."""
        found: dict[str, str] = {}
        for one, other in self._renamed.items():
            if self._concerns(one, identity):
                if one.name != other.name:
                    found[_plain(one)] = _plain(other)
                if one.schema != other.schema:
                    found[one.schema] = other.schema
        return found

    def _concerns(self, renamed: Identity, identity: Identity) -> bool:
        if renamed == identity or renamed.kind in _ANYWHERE:
            return True
        reached = self._reach(identity)
        if renamed in reached:
            return True
        if not renamed.table:
            return False
        whole = next((each for each in reached if (each.schema, each.name) == (renamed.schema, renamed.table)), None)
        return whole is not None and any(each.title in self._heirs for each in (identity, *reached) if not each.table)

    def _reach(self, identity: Identity) -> frozenset[Identity]:
        """All that an object needs, whether at once or by way of others."""
        if (known := self._reached.get(identity)) is not None:
            return known
        found: set[Identity] = set()
        waiting = [identity]
        while waiting:
            new = self._catalog.needs(waiting.pop()) - found
            found |= new
            waiting += new
        self._reached[identity] = frozenset(found)
        return self._reached[identity]


def _plain(identity: Identity) -> str:
    """A name without the signature of a function."""
    return identity.name.partition("(")[0]
