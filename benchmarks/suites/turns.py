"""How often a client waits for the server: each is a trip over the network. Counted by a proxy in between, exactly."""

from collections.abc import Sequence

import msgspec

from benchmarks.data.rows import Sizes
from benchmarks.peers.peer import Method
from benchmarks.suites import bulk, relations
from benchmarks.suites.calls import always
from benchmarks.suites.case import Case, Kind

SUITE = "turns"


def cases(sizes: Sizes) -> Sequence[Case]:
    many = sizes.many
    return [
        reading("first_use", "The first use of a statement on a connection", Method.SINGLE_FETCH, 7, warm=0),
        reading("later_use", "A later use of a statement", Method.SINGLE_FETCH, 7),
        reading("built", "A query built anew, of a shape that was there before", Method.BUILT, 7),
        reading("nested", "Rows within rows", Method.NESTED, relations.nested(sizes, 1).checks[0].argument),
        reading("transaction_1", "A transaction of one statement", Method.TRANSACTION, [[7]]),
        reading("transaction_3", "A transaction of three", Method.TRANSACTION, [[7, 8, 9]]),
        reading("pipeline_100", "A pipeline of 100", Method.PIPELINE, [list(range(1, 101))]),
        counted(bulk.insert(sizes, min(100, many)), "insert_100"),
        counted(bulk.insert(sizes, many), "insert", f"A list of {many:,} rows inserted"),
        counted(
            bulk.insert(sizes, many, lazily=True), "insert_of_a_generator", f"{many:,} rows of a generator inserted"
        ),
        counted(bulk.insert_returning(sizes, many), "insert_returning"),
        counted(bulk.upsert(sizes, many), "upsert"),
        counted(bulk.update(sizes, many), "update"),
        counted(bulk.delete(sizes, many), "delete"),
    ]


def reading(name: str, title: str, method: Method, argument: object, *, warm: int = 2) -> Case:
    return Case(
        suite=SUITE,
        name=name,
        title=title,
        method=method,
        arguments=always(argument),
        checks=[],
        kind=Kind.TURNS,
        warm=warm,
    )


def counted(case: Case, name: str, title: str = "") -> Case:
    """The same work, without a clock."""
    return msgspec.structs.replace(
        case, suite=SUITE, name=name, title=title or case.title, checks=[], kind=Kind.TURNS, size=1, axis=""
    )
