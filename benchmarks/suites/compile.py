"""Queries that are built: compiled for the first time, and found again."""

from collections.abc import Sequence
from itertools import count

from benchmarks.data.rows import Sizes
from benchmarks.peers.peer import Method
from benchmarks.suites.calls import keys, up_to
from benchmarks.suites.case import Case, Check

SUITE = "compile"

NUMBERS = count(1)
"""No query is built twice."""


def cases(sizes: Sizes) -> Sequence[Case]:
    return [*(compiled(joins) for joins in up_to(sizes.joins, 0, 1, 3, 15, 50, 100, 200)), look_up(sizes)]


def compiled(joins: int) -> Case:
    return Case(
        suite=SUITE,
        name="compile",
        title=f"A query of five clauses and {joins} joins, built and compiled for the first time",
        method=Method.COMPILE,
        arguments=lambda _, calls: [[joins, next(NUMBERS)] for _ in range(calls)],
        checks=[Check([joins, 0], tuple, sql=lambda text: text.upper().count("JOIN ") == joins)],
        size=joins,
        axis="joins",
    )


def look_up(sizes: Sizes) -> Case:
    return Case(
        suite=SUITE,
        name="look_up",
        title="A query of three conditions, built and found in the cache",
        method=Method.LOOK_UP,
        arguments=keys(sizes),
        checks=[Check(7, tuple, sql=lambda text: text.upper().count(" AND ") == 2)],
    )
