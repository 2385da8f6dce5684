"""The order in which tables can be created: what is referenced first.

Tables that reference each other in a circle are kept together (Tarjan's strongly connected components), in the order
they were given; a reference to one that is not there yet is added once all are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")


def in_order(needs: Mapping[T, Iterable[T]]) -> list[T]:
    """The keys, each after those it needs, wherever that is possible; the same input gives the same order.

    >>> in_order({"task": ["user", "task"], "user": ["team"], "team": ["user"], "log": []})
    ['user', 'team', 'task', 'log']
    """
    return [item for circle in _circles(needs) for item in circle]


def _circles(needs: Mapping[T, Iterable[T]]) -> list[list[T]]:
    """The same, what is in a circle together; most are alone."""
    position = {item: number for number, item in enumerate(needs)}
    reached: dict[T, int] = {}
    lowest: dict[T, int] = {}
    path: list[T] = []
    begins: dict[T, int] = {}
    on_path: set[T] = set()
    done: list[list[T]] = []

    def entered(item: T) -> tuple[T, Iterator[T]]:
        reached[item] = lowest[item] = len(reached)
        begins[item] = len(path)
        path.append(item)
        on_path.add(item)
        return item, iter(sorted(needs[item], key=position.__getitem__))

    for root in needs:
        open_: list[tuple[T, Iterator[T]]] = [] if root in reached else [entered(root)]
        while open_:  # no recursion: a chain of references may be as long as it likes
            item, left = open_[-1]
            for need in left:
                if need not in reached:
                    open_.append(entered(need))
                    break
                if need in on_path:
                    lowest[item] = min(lowest[item], reached[need])
            else:
                open_.pop()
                if open_:
                    above = open_[-1][0]
                    lowest[above] = min(lowest[above], lowest[item])
                if lowest[item] == reached[item]:
                    circle = sorted(path[begins[item] :], key=position.__getitem__)
                    del path[begins[item] :]
                    on_path.difference_update(circle)
                    done.append(circle)
    return done


def loosened(needs: Mapping[T, Iterable[T]], loose: Mapping[T, Iterable[T]]) -> list[T]:
    """The same, where what is in a circle does without those of its needs that may also come later.

    >>> loosened({"check": ["table"], "table": ["check"]}, {"check": ["table"]})
    ['check', 'table']
    """
    found = [each for each in _circles(needs) if len(each) > 1 or each[0] in needs[each[0]]] if loose else []
    circling = {item for circle in found for item in circle if item in loose}
    if circling:
        kept = {item: set(later) for item, later in loose.items() if item in circling}
        needs = {item: [each for each in first if each not in kept.get(item, ())] for item, first in needs.items()}
    return in_order(needs)
