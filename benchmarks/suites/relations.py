"""Rows within rows."""

from collections.abc import Sequence

from benchmarks.data import rows as data
from benchmarks.data.model import plain_row
from benchmarks.data.rows import CHILDREN, Sizes
from benchmarks.peers.peer import Method
from benchmarks.suites.calls import up_to
from benchmarks.suites.case import Case, Check

SUITE = "relations"


def cases(sizes: Sizes) -> Sequence[Case]:
    return [nested(sizes, count) for count in up_to(sizes.nested, 1, 20, 500)]


def nested(sizes: Sizes, count: int) -> Case:
    first = sizes.tickets_with_tasks - sizes.nested + 1
    return Case(
        suite=SUITE,
        name="nested",
        title=f"{count:,} parents and {CHILDREN} children of each",
        method=Method.NESTED,
        arguments=lambda _, calls: [[first, count] for _ in range(calls)],
        checks=[Check([first, count], lambda: map(plain_row, data.nested(sizes)[:count]))],
        size=count,
        axis="parents",
        per=count,
        pinned=count == 1,
    )
