"""`Catalog`: all that a database holds, as one frozen value."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar, TypeVarTuple, cast

from qb.frozen import Frozen, fix
from qb.kit.facts.base import Fact
from qb.model.object import Identity

F = TypeVar("F", bound=Fact)
T = TypeVar("T")
Ts = TypeVarTuple("Ts")
_NONE: frozenset[Identity] = frozenset()


class Catalog(Frozen, Mapping[Identity, Fact]):
    """What a database holds: of each object who it is, and what the server says of it. Equal by content.

    `introspect` reads one. Its objects are in order, and none is left out: one of a kind that qb knows nothing of has
    the server's own words.

    >>> from qb.kit import Identity, introspect
    >>> found = introspect(db).unwrap()
    >>> title = Identity("column", "public", "tasks", "title")
    >>> found[title].type, found[title].not_null
    ('text', True)
    >>> sorted(map(str, found.needs(title)))
    ['table public.tasks']
    """

    __slots__ = ("_facts", "_once", "depends", "version")
    _facts: Mapping[Identity, Fact]
    _once: dict[tuple[object, ...], Any]
    _said: ClassVar[str] = "a catalog is a frozen value: read another one"
    depends: Mapping[Identity, frozenset[Identity]]
    """What each object needs, of those that need others: as the server knows it, and what it is a part of."""
    version: int
    """The server's, as 180004."""

    def __init__(
        self, facts: Mapping[Identity, Fact], depends: Mapping[Identity, frozenset[Identity]], version: int = 0
    ) -> None:
        fix(self, "_facts", dict(facts))
        fix(self, "_once", {})
        fix(self, "depends", MappingProxyType(dict(depends)))
        fix(self, "version", version)

    def __getitem__(self, identity: Identity) -> Fact:
        return self._facts[identity]

    def __contains__(self, identity: object) -> bool:
        return identity in self._facts

    def items(self) -> ItemsView[Identity, Fact]:
        """All of it, in order."""
        return self._facts.items()

    def __iter__(self) -> Iterator[Identity]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Catalog) and self._facts == other._facts and self.depends == other.depends

    def __hash__(self) -> int:
        return hash(frozenset(self._facts))

    def __repr__(self) -> str:
        tables = sum(identity.kind == "table" for identity in self._facts)
        return f"<catalog of {tables} table{'' if tables == 1 else 's'}, {len(self)} objects>"

    def needs(self, identity: Identity) -> frozenset[Identity]:
        """What an object needs."""
        return self.depends.get(identity, _NONE)

    def of(self, fact: type[F]) -> Mapping[Identity, F]:
        """The objects with facts of one class.

        >>> from qb.kit import introspect
        >>> from qb.kit.facts.table import TableFact
        >>> for identity, table in introspect(db).unwrap().of(TableFact).items():
        ...     print(identity.title, table.persistence, table.row_security)
        public.tasks permanent False
        public.users permanent False
        """
        return {identity: each for identity, each in self._facts.items() if isinstance(each, fact)}

    def once(self, make: Callable[[Catalog, *Ts], T], *arguments: *Ts) -> T:
        """What a function makes of it, which nobody changes: made once for the same arguments, and as long as it lives.

        >>> from qb.kit import introspect
        >>> found = introspect(db).unwrap()
        >>> found.once(sorted) is found.once(sorted)
        True
        """
        key = (make, *arguments)
        if key not in self._once:
            self._once[key] = make(self, *arguments)
        return cast("T", self._once[key])

    def where(self, kept: Callable[[Identity, Fact], bool]) -> Catalog:
        """The objects that are kept; those they need are named still, kept or not.

        >>> from qb.kit import introspect
        >>> found = introspect(db).unwrap()
        >>> found.where(lambda identity, fact: identity.kind == "table")
        <catalog of 2 tables, 2 objects>
        """
        facts = {identity: fact for identity, fact in self._facts.items() if kept(identity, fact)}
        depends = {identity: needs for identity, needs in self.depends.items() if identity in facts}
        return Catalog(facts, depends, self.version)
