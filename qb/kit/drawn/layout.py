"""Where tables stand: within a group from left to right, what is referred to first; then where the groups stand.

The same picture is laid out the same each time, so that a drawing in a repository changes only where the schema does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from qb.kit.drawn.picture import Arrow, Picture, PictureTable
from qb.model.object import Identity

ROW: Final = 18
HEAD: Final = 26
LETTER_WIDTH: Final = 6.6
"""About the width of a letter; of wide ones the box is a little too small, and they are squeezed."""
_ACROSS: Final = 70
_BELOW: Final = 18
_AROUND: Final = 24
_TITLE: Final = 30
_TALL: Final = 700
"""The least height at which the tables of one rank go on in another column."""
_WIDE: Final = 1.6
"""How much wider than high the whole is to be."""


class Rectangle(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


class Layout(NamedTuple):
    """Where everything stands."""

    width: float
    height: float
    groups: dict[str, Rectangle]
    tables: dict[Identity, Rectangle]


def laid_out(drawn: Picture) -> Layout:
    """The places of groups and tables."""
    inner = {name: _group(tables, drawn.references) for name, tables in drawn.groups.items()}
    area = sum((size[0] + _AROUND) * (size[1] + _AROUND) for size, _ in inner.values())
    limit = max([(area * _WIDE) ** 0.5, *(size[0] for size, _ in inner.values())])
    groups: dict[str, Rectangle] = {}
    places: dict[Identity, Rectangle] = {}
    x = y = float(_AROUND)
    row = 0.0
    for name, ((width, height), tables) in inner.items():
        if x > _AROUND and x + width > limit + _AROUND:
            x, y, row = float(_AROUND), y + row + _AROUND, 0.0
        groups[name] = Rectangle(x, y, width, height)
        for identity, box in tables.items():
            places[identity] = Rectangle(x + box.x, y + box.y, box.width, box.height)
        x, row = x + width + _AROUND, max(row, height)
    whole = max((box.x + box.width for box in groups.values()), default=0.0)
    return Layout(whole + _AROUND, y + row + _AROUND, groups, places)


def table_size(table: PictureTable) -> tuple[float, float]:
    """How large a table is."""
    names = max((len(each.name) for each in table.columns), default=0)
    types = max((len(each.type) for each in table.columns), default=0)
    letters = max(len(table.identity.name) + 1, names + types + 5)
    rows = len(table.columns) + bool(table.more and table.columns)
    return max(110.0, min(letters, 60) * LETTER_WIDTH + 16), float(HEAD + rows * ROW + (4 if rows else 0))


def _group(
    tables: Sequence[PictureTable], references: Iterable[Arrow]
) -> tuple[tuple[float, float], dict[Identity, Rectangle]]:
    """The size of a group, and where its tables stand in it."""
    own = {each.identity for each in tables}
    inside = [each for each in references if each.table in own and each.target in own and each.table != each.target]
    sizes = {each.identity: table_size(each) for each in tables}
    area = sum((width + _ACROSS) * (height + _BELOW) for width, height in sizes.values())
    tall = max(_TALL, (area / _WIDE) ** 0.5)
    x, lowest = float(_AROUND), 0.0
    places: dict[Identity, Rectangle] = {}
    for column in _columns(tables, inside, sizes, tall):
        y = float(_TITLE)
        wide = max(sizes[each][0] for each in column)
        for each in column:
            places[each] = Rectangle(x, y, *sizes[each])
            y += sizes[each][1] + _BELOW
        x, lowest = x + wide + _ACROSS, max(lowest, y)
    return (x - _ACROSS + _AROUND, lowest - _BELOW + _AROUND), places


def _columns(
    tables: Sequence[PictureTable],
    inside: Sequence[Arrow],
    sizes: Mapping[Identity, tuple[float, float]],
    tall: float,
) -> list[list[Identity]]:
    """The tables from left to right and from above, those that nothing in the group is joined to at the end."""
    targets: dict[Identity, list[Identity]] = {each.identity: [] for each in tables}
    joined: set[Identity] = set()
    for each in inside:
        targets[each.table].append(each.target)
        joined |= {each.table, each.target}
    ranks = _ranks(targets)
    by_rank: dict[int, list[Identity]] = {}
    for table in targets:
        if table in joined:
            by_rank.setdefault(ranks[table], []).append(table)
    alone = [table for table in targets if table not in joined]
    place: dict[Identity, float] = {}
    columns: list[list[Identity]] = []
    for _, rank in sorted(by_rank.items()):
        # Each as near as can be to what it refers to.
        near = {table: _middle([place[each] for each in targets[table] if each in place]) for table in rank}
        ordered = sorted(rank, key=lambda table: (near[table], table))
        columns += (new := _cut(ordered, sizes, tall))
        for column in new:
            place.update({table: float(number) / len(column) for number, table in enumerate(column)})
    return columns + _cut(alone, sizes, tall)


def _cut(
    tables: Iterable[Identity], sizes: Mapping[Identity, tuple[float, float]], tall: float
) -> list[list[Identity]]:
    columns: list[list[Identity]] = []
    used = 0.0
    for table in tables:
        height = sizes[table][1] + _BELOW
        if not columns or used + height > tall:
            columns.append([])
            used = 0.0
        columns[-1].append(table)
        used += height
    return columns


def _middle(places: Sequence[float]) -> float:
    return sum(places) / len(places) if places else 0.5


def _ranks(targets: Mapping[Identity, Sequence[Identity]]) -> dict[Identity, int]:
    """How many references lead at most from a table to one that refers to none; circles are cut where they close."""
    ranks: dict[Identity, int] = {}
    for start in targets:
        stack, open_ = [start], set[Identity]()
        while stack:
            table = stack[-1]
            if table in ranks:
                stack.pop()
                continue
            open_.add(table)
            waiting = [each for each in targets[table] if each not in ranks and each not in open_]
            if waiting:
                stack.append(waiting[0])
                continue
            ranks[table] = 1 + max((ranks[each] for each in targets[table] if each in ranks), default=-1)
            open_.discard(table)
            stack.pop()
    return ranks
