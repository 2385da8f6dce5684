"""Two catalogs beside each other: what is in one alone, and what is said otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from qb.frozen import FrozenStruct
from qb.kit.catalog import Catalog
from qb.kit.facts.base import Fact
from qb.model.object import Identity


class Difference(FrozenStruct):
    """One difference: an object that is in one catalog alone (`field` is ""), or a field that is not the same."""

    identity: Identity
    field: str
    before: object
    after: object

    def __str__(self) -> str:
        if not self.field:
            return f"{self.identity}: {'only after' if self.before is None else 'only before'}"
        return f"{self.identity}: {self.field} {self.before!r} -> {self.after!r}"


def differences(before: Catalog, after: Catalog) -> tuple[Difference, ...]:
    """What differs, in the order of the objects; nothing where the two are equal.

    Facts are compared as the server writes them, so both catalogs come from servers of one major version.

    >>> from qb.kit import differences, introspect
    >>> with db.transaction(rollback=True) as tx:
    ...     before = introspect(tx).unwrap()
    ...     tx.run(Script("ALTER TABLE tasks ALTER hours SET DEFAULT 3")).unwrap()
    ...     for each in differences(before, introspect(tx).unwrap()):
    ...         print(each)
    1
    column public.tasks.hours: default None -> '3'
    """
    return tuple(_each(before, after))


def _each(before: Catalog, after: Catalog) -> Iterator[Difference]:
    for identity in sorted(before.keys() | after.keys()):
        one, other = before.get(identity), after.get(identity)
        if one is None or other is None:
            yield Difference(identity, "", one, other)
            continue
        if one != other:
            yield from _fields(identity, one, other)
        if before.needs(identity) != after.needs(identity):
            yield Difference(identity, "needs", _shown(before, identity), _shown(after, identity))


def _fields(identity: Identity, one: Fact, other: Fact) -> Iterator[Difference]:
    if type(one) is not type(other):
        yield Difference(identity, "kind of fact", type(one).__name__, type(other).__name__)
        return
    for field in one.__struct_fields__:
        if (mine := getattr(one, field)) != (theirs := getattr(other, field)):
            yield Difference(identity, field, mine, theirs)


def _shown(catalog: Catalog, identity: Identity) -> tuple[str, ...]:
    return tuple(map(str, sorted(catalog.needs(identity))))
