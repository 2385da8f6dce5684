"""Which partitions of a table would take the same rows, found without comparing each with each.

https://www.postgresql.org/docs/current/ddl-partitioning.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cmp_to_key
from itertools import combinations

from qb.model.partition import BoundValue, PartitionBounds, order, overlap


def overlapping(bounds: Sequence[PartitionBounds]) -> list[tuple[int, int]]:
    """The places of those that overlap, as far as that is known: the later of two first, in their order."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(bounds):
        kinds[each.strategy].append(place)
    near: set[tuple[int, int]] = set()
    for strategy, places in kinds.items():
        match strategy:
            case "range":
                pairs = _ranges(bounds, places)
            case "list":
                pairs = _lists(bounds, places)
            case "hash":
                pairs = _remainders(bounds, places)
            case _:
                pairs = combinations(places, 2)
        near.update((max(pair), min(pair)) for pair in pairs)
    return [(one, other) for one, other in sorted(near) if overlap(bounds[one], bounds[other])]


def _ranges(bounds: Sequence[PartitionBounds], places: list[int]) -> Iterator[tuple[int, int]]:
    """One after the other, where all of them have a place; texts are the server's to order."""
    if not all(_placed(each) for place in places for each in (*bounds[place].lower, *bounds[place].upper)):
        yield from combinations(places, 2)
        return

    def compared(one: int, other: int) -> int:
        return order(bounds[one].lower, bounds[other].lower) or 0

    open_: list[int] = []
    for place in sorted(places, key=cmp_to_key(compared)):
        begin = bounds[place].lower
        open_ = [each for each in open_ if (order(bounds[each].upper, begin) or 0) > 0]
        yield from ((place, each) for each in open_)
        open_.append(place)


def _placed(value: BoundValue) -> bool:
    return bool(value.side) or value.place is not None


def _lists(bounds: Sequence[PartitionBounds], places: list[int]) -> Iterator[tuple[int, int]]:
    """Those that name a value which another one has named."""
    seen: dict[object, int] = {}
    for place in places:
        for value in bounds[place].values:
            names: list[object] = [("text", value.text)]
            if value.place is not None:
                names.append(("place", value.place))
            for name in names:
                if (before := seen.setdefault(name, place)) != place:
                    yield place, before


def _remainders(bounds: Sequence[PartitionBounds], places: list[int]) -> Iterator[tuple[int, int]]:
    """Of each modulus those with the remainder that a greater one leaves."""
    by_modulus: dict[int, dict[int, list[int]]] = {}
    for place in sorted(places, key=lambda place: bounds[place].modulus):
        remainder = bounds[place].remainder
        own = by_modulus.setdefault(bounds[place].modulus, defaultdict(list))
        for modulus, found in by_modulus.items():
            yield from ((place, each) for each in found.get(remainder % modulus, ()))
        own[remainder].append(place)
