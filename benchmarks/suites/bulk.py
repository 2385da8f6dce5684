"""Rows that are written, ten to a million: all of them, or none."""

from collections.abc import Iterable, Sequence
from random import Random

import msgspec

from benchmarks.data.database import Database
from benchmarks.data.model import NewTicket, Plain, plain_ticket
from benchmarks.data.rows import Sizes
from benchmarks.measure.messages import Changes, Ids, New
from benchmarks.peers.peer import Method
from benchmarks.suites.calls import new_rows, up_to
from benchmarks.suites.case import Case, Check

SUITE = "bulk"
EXACT = 10_000
"""Up to so many rows each is compared, of more some."""


def cases(sizes: Sizes) -> Sequence[Case]:
    return [
        *(insert(sizes, count) for count in up_to(sizes.most, 10, 100, 1_000, 10_000, 100_000, 1_000_000)),
        insert(sizes, min(100_000, sizes.most), lazily=True),
        *(insert_returning(sizes, count) for count in up_to(sizes.many, 10, 100, 1_000, 10_000)),
        upsert(sizes, sizes.many),
        update(sizes, sizes.many),
        delete(sizes, sizes.many),
    ]


def insert(sizes: Sizes, count: int, *, lazily: bool = False) -> Case:
    def arguments(_: Random, calls: int) -> Sequence[object]:
        return [New(count, call + 1, lazily) for call in range(calls)]

    step = max(1, count // EXACT)

    def expected() -> Iterable[Plain]:
        rows = list(map(plain_ticket, new_rows(sizes, count)))[::step]
        return [*rows, {"count": count}]

    def stored(database: Database) -> Iterable[Plain]:
        return [*database.intake(step), {"count": database.count_intake()}]

    return Case(
        suite=SUITE,
        name="insert_of_a_generator" if lazily else "insert",
        title=f"{count:,} rows inserted, nothing back" + (", made while they are sent" if lazily else ""),
        method=Method.INSERT,
        arguments=arguments,
        checks=[Check(New(count, 0, lazily), expected, stored=stored)],
        size=count,
        axis="" if lazily else "rows",
        per=count,
        one_call=count >= 1_000,
        clean=Database.clear_intake,
    )


def insert_returning(sizes: Sizes, count: int) -> Case:
    def arguments(_: Random, calls: int) -> Sequence[object]:
        return [New(count, call + 1) for call in range(calls)]

    return Case(
        suite=SUITE,
        name="insert_returning",
        title=f"{count:,} rows inserted, their keys back",
        method=Method.INSERT_RETURNING,
        arguments=arguments,
        checks=[
            Check(New(count, 0), lambda: range(1, count + 1)),
            Check(New(count, 0), lambda: map(plain_ticket, new_rows(sizes, count)), stored=Database.intake),
        ],
        size=count,
        axis="rows",
        per=count,
        one_call=count >= 1_000,
        clean=Database.clear_intake,
    )


def upsert(sizes: Sizes, count: int) -> Case:
    def half(database: Database, argument: object) -> None:
        """Every second row is there already, with something else in it."""
        assert isinstance(argument, New)
        rows = list(new_rows(sizes, count, argument.call))[::2]
        database.fill_intake(msgspec.structs.replace(row, title="old", position=0) for row in rows)

    return Case(
        suite=SUITE,
        name="upsert",
        title=f"{count:,} rows upserted, half of them there",
        method=Method.UPSERT,
        arguments=lambda _, calls: [New(count, call + 1) for call in range(calls)],
        checks=[Check(New(count, 0), lambda: map(plain_ticket, new_rows(sizes, count)), stored=Database.by_public_id)],
        per=count,
        one_call=True,
        ready=half,
        clean=Database.clear_intake,
    )


def fill(sizes: Sizes, count: int, database: Database) -> None:
    rows: Iterable[NewTicket] = new_rows(sizes, count)
    database.fill_intake(rows)


def update(sizes: Sizes, count: int) -> Case:
    def changed() -> Iterable[Plain]:
        return [{"id": key, "title": f"changed 7 {key}", "position": key + 7} for key in range(1, count + 1)]

    return Case(
        suite=SUITE,
        name="update",
        title=f"{count:,} rows updated by key",
        method=Method.UPDATE,
        arguments=lambda random, calls: [Changes(count, random.randint(10, 1_000)) for _ in range(calls)],
        checks=[Check(Changes(count, 7), changed, stored=Database.keys_of_intake)],
        per=count,
        one_call=True,
        ready=lambda database, _: fill(sizes, count, database),
        clean=Database.clear_intake,
    )


def delete(sizes: Sizes, count: int) -> Case:
    """Every row but the last, which has to stay."""

    def left() -> Iterable[Plain]:
        (row,) = list(new_rows(sizes, count + 1))[-1:]
        return [{"id": count + 1, "title": row.title, "position": row.position}]

    return Case(
        suite=SUITE,
        name="delete",
        title=f"{count:,} rows deleted by key",
        method=Method.DELETE,
        arguments=lambda _, calls: [Ids(1, count)] * calls,
        checks=[Check(Ids(1, count), left, stored=Database.keys_of_intake)],
        per=count,
        one_call=True,
        ready=lambda database, _: fill(sizes, count + 1, database),
        clean=Database.clear_intake,
    )
