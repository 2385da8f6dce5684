"""The operations of the document in which Promptliano measured its move to Drizzle, on the same tables."""

from collections.abc import Sequence
from functools import partial
from random import Random

from benchmarks.data.database import Database
from benchmarks.data.model import plain_ticket
from benchmarks.data.rows import Sizes
from benchmarks.measure.messages import New
from benchmarks.peers.peer import Method
from benchmarks.suites.calls import always, expected, fetched, keys, new_rows, tickets, with_tasks
from benchmarks.suites.case import Case, Check, Kind

SUITE = "operations"

PROJECTS = (1, 2, 3)


def cases(sizes: Sizes) -> Sequence[Case]:
    return [single_fetch(sizes), bulk_insert(sizes), complex_join(sizes), convert(sizes), stream(sizes)]


def single_fetch(sizes: Sizes) -> Case:
    return Case(
        suite=SUITE,
        name="single_fetch",
        title="Single fetch: a ticket by its key",
        method=Method.SINGLE_FETCH,
        arguments=keys(sizes),
        checks=fetched(sizes),
        pinned=True,
    )


def bulk_insert(sizes: Sizes) -> Case:
    def arguments(_: Random, calls: int) -> Sequence[object]:
        return [New(sizes.bulk, call) for call in range(calls)]

    return Case(
        suite=SUITE,
        name="bulk_insert",
        title=f"Bulk insert of {sizes.bulk:,} tickets",
        method=Method.BULK_INSERT,
        arguments=arguments,
        checks=[
            Check(New(sizes.bulk, 0), lambda: map(plain_ticket, new_rows(sizes, sizes.bulk)), stored=Database.inserted)
        ],
        clean=Database.forget_inserted,
    )


def complex_join(sizes: Sizes) -> Case:
    return Case(
        suite=SUITE,
        name="complex_join",
        title="Complex join: a project's 20 tickets with tasks and counts",
        method=Method.COMPLEX_JOIN,
        arguments=lambda random, calls: [random.randint(1, sizes.projects_with_tasks) for _ in range(calls)],
        checks=[
            Check(number, expected(partial(with_tasks, sizes), number))
            for number in PROJECTS[: sizes.projects_with_tasks]
        ],
        pinned=True,
    )


def convert(sizes: Sizes) -> Case:
    return Case(
        suite=SUITE,
        name="convert",
        title=f"Type conversion: {sizes.convert:,} tickets to typed rows",
        method=Method.CONVERT,
        arguments=always(sizes.convert),
        checks=[tickets(sizes.convert)],
    )


def stream(sizes: Sizes) -> Case:
    return Case(
        suite=SUITE,
        name="stream",
        title=f"Peak memory of a process streaming {sizes.stream:,} tickets",
        method=Method.STREAM,
        arguments=always(sizes.stream),
        # Every twentieth whole: `convert` compares the same rows one by one.
        checks=[tickets(sizes.stream, step=20)],
        kind=Kind.MEMORY,
        per=sizes.stream,
    )


DOCUMENT = {
    "single_fetch": "0.61",
    "bulk_insert": "4.92",
    "complex_join": "1.64",
    "convert": "0",
    "stream": "180 before, 120",
}
"""From Promptliano's own migration document: Drizzle on SQLite, on a machine it does not name (memory: its target).

Milliseconds and megabytes.
"""


def document(case: str) -> str | None:
    return DOCUMENT.get(case)
