"""Rows that are read: one by one, by the thousand, as a stream."""

from collections.abc import Sequence

from benchmarks.data import wide
from benchmarks.data.rows import Sizes
from benchmarks.peers.peer import Method
from benchmarks.suites.calls import always, fetched, keys, tickets, up_to
from benchmarks.suites.case import Case, Check

SUITE = "rows"
BLOCKS = (50, 500, 5_000)


def cases(sizes: Sizes) -> Sequence[Case]:
    last = min(sizes.most, sizes.tickets)
    return [
        single(sizes, "single", "One row by its key, prepared", Method.SINGLE_FETCH),
        single(sizes, "built", "One row, the query of three conditions built anew each time", Method.BUILT),
        single(sizes, "prepared", "The same query, prepared", Method.PREPARED),
        *(many(count) for count in up_to(last, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)),
        in_a_large_program(min(100_000, last), sizes.objects),
        *(wide_rows(sizes, columns) for columns in up_to(sizes.columns, 1, 10, 50, 100, 200)),
        *(stream(sizes, size) for size in up_to(sizes.stream, *BLOCKS)),
    ]


def single(sizes: Sizes, name: str, title: str, method: Method) -> Case:
    return Case(
        suite=SUITE,
        name=name,
        title=title,
        method=method,
        arguments=keys(sizes),
        checks=fetched(sizes),
        pinned=True,
    )


def many(count: int) -> Case:
    return Case(
        suite=SUITE,
        name="many",
        title=f"{count:,} typed rows with two documents each",
        method=Method.CONVERT,
        arguments=always(count),
        checks=[tickets(count, step=step_of(count))],
        size=count,
        axis="rows",
        per=count,
        pinned=count <= 100,
    )


def in_a_large_program(count: int, objects: int) -> Case:
    return Case(
        suite=SUITE,
        name="many_in_a_large_program",
        title=f"{count:,} typed rows in a program that holds {objects:,} objects, its collector on",
        method=Method.CONVERT,
        arguments=always(count),
        checks=[tickets(count, step=step_of(count))],
        per=count,
        heap=objects,
    )


def wide_rows(sizes: Sizes, columns: int) -> Case:
    return Case(
        suite=SUITE,
        name="wide",
        title=f"{sizes.wide:,} rows of {columns} columns and a key",
        method=Method.WIDE,
        arguments=always(columns),
        checks=[Check(columns, lambda: wide.expected(sizes.wide, columns))],
        size=columns,
        axis="columns",
    )


def stream(sizes: Sizes, size: int) -> Case:
    return Case(
        suite=SUITE,
        name="stream",
        title=f"A stream of {sizes.stream:,} rows, {size:,} at a time",
        method=Method.STREAM_BY,
        arguments=always([sizes.stream, size]),
        checks=[tickets(sizes.stream, [sizes.stream, size], step=step_of(sizes.stream))],
        size=size,
        axis="rows at a time",
        per=sizes.stream,
    )


def step_of(count: int) -> int:
    """Which rows are compared where they are many: `many` of a smaller size compares each."""
    return max(1, count // 5_000)
