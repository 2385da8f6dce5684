"""Putting a schema together grows as it does: twice as many of each kind need twice the calls, those in C included."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from qb import (
    Arg,
    Col,
    Expr,
    Table,
    column,
    exists,
    function,
    identity,
    index,
    partition_by_hash,
    partition_by_list,
    partition_by_range,
    schema,
    select,
    trusted,
    view,
)
from qb.model.overlapping import overlapping
from qb.model.partition import BoundValue, PartitionBounds, overlap
from tests.costs.test_growth import calls


def table(number: int, before: Any) -> Any:
    class Made(Table, name=f"t{number}"):
        id: Col[int] = column(primary_key=True, default=identity())
        ref: Col[int | None] = column(references=None if before is None else before.id, default=None, index=True)
        name: Col[str] = column(unique=True)

    return Made


def tables(count: int) -> list[Any]:
    found: list[Any] = []
    before: Any = None
    for number in range(count):
        before = table(number, before)
        found += [before, index(f"i{number}", before.name), view(f"v{number}", select(before).where(before.id > 0))]
    return found


class Row(Table, name="rows of growth"):
    id: Col[int] = column(primary_key=True)


def ranges(count: int) -> list[Any]:
    by = partition_by_range(Row, Row.id)
    return [Row, *(by.partition(f"p{number}", number, number + 1) for number in reversed(range(count)))]


def lists(count: int) -> list[Any]:
    by = partition_by_list(Row, Row.id)
    return [Row, *(by.partition(f"p{number}", number) for number in range(count))]


def hashes(count: int) -> list[Any]:
    by = partition_by_hash(Row, Row.id)
    return [Row, *(by.partition(f"p{number}", modulus=count, remainder=number) for number in range(count))]


def functions(count: int) -> list[Any]:
    found: list[Any] = []
    for number in range(count):

        @function(volatility="stable", name=trusted(f"f{number}"))
        def made(x: Arg[int]) -> Expr[bool]:
            return exists(select(Row)) if not found else found[-1](x)

        found.append(made)
    return [Row, *found]


def settled(items: list[Any]) -> object:
    return schema(*items)


@pytest.mark.parametrize("build", [tables, ranges, lists, hashes, functions])
def test_twice_the_schema_needs_twice_the_calls(build: Callable[[int], list[Any]]) -> None:
    schema(*build(3))  # what is done once is done
    few, more = (calls(partial(settled, build(count))) for count in (100, 200))
    assert more < 2.1 * few, (few, more)


def bound(number: int) -> BoundValue:
    return BoundValue("", None, -1 if number < 0 else 1) if abs(number) > 8 else BoundValue(str(number), number)


def test_those_that_overlap_are_those_that_do_one_by_one() -> None:
    spans = [(low, high) for low in range(-10, 9, 3) for high in (low + 1, low + 4, 10) if low < high]
    made = [PartitionBounds("range", (bound(low),), (bound(high),)) for low, high in spans]
    made += [PartitionBounds("range", (bound(low), bound(3)), (bound(low), bound(5))) for low in range(-2, 2)]
    made += [PartitionBounds("hash", modulus=m, remainder=r) for m, r in ((4, 0), (4, 1), (8, 5), (16, 3), (8, 2))]
    made += [PartitionBounds("list", values=(bound(each), bound(each + 3))) for each in (0, 3, 1, 5)]
    made += [PartitionBounds("default"), PartitionBounds("default")]
    one_by_one = [
        (number, before) for number, each in enumerate(made) for before in range(number) if overlap(each, made[before])
    ]
    assert overlapping(made) == one_by_one
    texts = [PartitionBounds("range", (BoundValue(low),), (BoundValue(high),)) for low, high in ("ab", "bc", "ad")]
    assert overlapping(texts) == [(2, 0)]
