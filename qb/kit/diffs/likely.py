"""What looks as if it had been renamed: one is missing, another is new, and they are the same but for their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from qb.kit.diffs.value import Likely, ObjectChange
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.model.object import Identity


def likely_renames(changes: Sequence[ObjectChange]) -> Iterator[Likely]:
    """All pairs that it may be, columns of one table and tables of one schema."""
    places: dict[tuple[str, str, str], tuple[list[ObjectChange], list[ObjectChange]]] = defaultdict(lambda: ([], []))
    for each in changes:
        identity = each.identity
        if each.how in ("missing", "added") and identity.kind in ("table", "column"):
            gone, come = places[identity.kind, identity.schema, identity.table]
            (gone if each.how == "missing" else come).append(each)
    for gone, come in places.values():
        for one in gone:
            for each in come:
                if _same(one, each):
                    yield Likely(one.identity, each.identity)


def _same(one: ObjectChange, other: ObjectChange) -> bool:
    before, after = one.before, other.after
    if isinstance(before, ColumnFact) and isinstance(after, ColumnFact):
        return replace(before, position=after.position, default=after.default, comment=after.comment) == after
    return _said(before) == _said(after) and _parts(one) == _parts(other) != set()


def _said(fact: Fact | None) -> object:
    return None if fact is None else replace(fact, comment=None)


def _parts(change: ObjectChange) -> set[str]:
    return {each.name for each in change.parts if _is_column(each)}


def _is_column(identity: Identity) -> bool:
    return identity.kind == "column"
