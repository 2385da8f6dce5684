"""The order in which tables can be created: what is referenced first.

Tables that reference each other in a circle are kept together (Tarjan's strongly connected components), in the order
they were given; a reference to one that is not there yet is added once all are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")


def in_order(needs: Mapping[T, Iterable[T]]) -> list[T]:
    """The keys, each after those it needs, wherever that is possible; the same input gives the same order.

    >>> in_order({"task": ["user", "task"], "user": ["team"], "team": ["user"], "log": []})
    ['user', 'team', 'task', 'log']
    """
    position = {item: number for number, item in enumerate(needs)}
    reached: dict[T, int] = {}
    lowest: dict[T, int] = {}
    path: list[T] = []
    on_path: set[T] = set()
    done: list[T] = []

    def visit(item: T) -> None:
        reached[item] = lowest[item] = len(reached)
        path.append(item)
        on_path.add(item)
        for need in sorted(needs[item], key=position.__getitem__):
            if need not in reached:
                visit(need)
                lowest[item] = min(lowest[item], lowest[need])
            elif need in on_path:
                lowest[item] = min(lowest[item], reached[need])
        if lowest[item] == reached[item]:
            start = path.index(item)
            circle = sorted(path[start:], key=position.__getitem__)
            del path[start:]
            on_path.difference_update(circle)
            done.extend(circle)

    for item in needs:
        if item not in reached:
            visit(item)
    return done
