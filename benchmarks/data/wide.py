"""A table of many columns: whole numbers and texts in turn, each a function of its place."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import msgspec

from benchmarks.data.model import Plain

COLUMNS = 200


def names(columns: int) -> Sequence[str]:
    """The key, and as many as are wanted."""
    return ["id", *(f"c{place}" for place in range(1, columns + 1))]


def is_number(place: int) -> bool:
    return place % 2 == 1


def kinds(columns: int) -> Sequence[tuple[str, bool]]:
    """Of each column its name, and whether it is of numbers."""
    return [("id", True), *((f"c{place}", is_number(place)) for place in range(1, columns + 1))]


def cell(row: int, place: int) -> int | str:
    return row * place if is_number(place) else f"{row} of {place}"


def create() -> str:
    columns = ", ".join(
        f"c{place} {'bigint' if is_number(place) else 'text'} not null" for place in range(1, COLUMNS + 1)
    )
    return f"create unlogged table wide (id bigint primary key, {columns})"


def rows(count: int) -> Iterator[tuple[int | str, ...]]:
    for row in range(1, count + 1):
        yield (row, *(cell(row, place) for place in range(1, COLUMNS + 1)))


def expected(count: int, columns: int) -> list[Plain]:
    return [dict(zip(names(columns), row, strict=False)) for row in rows(count)]


def query(columns: int) -> str:
    return f"select {', '.join(names(columns))} from wide order by id"


@cache
def row_class(columns: int) -> Any:
    """A Struct for whoever builds rows by hand."""
    fields = [(name, int if number else str) for name, number in kinds(columns)]
    return msgspec.defstruct(f"Wide{columns}", fields, frozen=True, gc=False)
