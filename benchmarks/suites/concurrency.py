"""Many single rows at once: tasks and threads over a pool of 8, callers over pools of any size, pipelines over one."""

from collections.abc import Sequence

from benchmarks.data.rows import Sizes
from benchmarks.peers.by_hand import CALLERS
from benchmarks.peers.peer import Method
from benchmarks.suites.calls import fetched_together, lists_of_keys, up_to
from benchmarks.suites.case import Case

SUITE = "concurrency"


def cases(sizes: Sizes) -> Sequence[Case]:
    return [
        *(tasks(sizes, count) for count in up_to(sizes.tasks, 1, 8, 64, 256, 1_024)),
        *(threads(sizes, count) for count in up_to(min(sizes.tasks, 64), 1, 8, 64)),
        *(pool(sizes, connections) for connections in up_to(min(sizes.tasks, 32), 1, 2, 4, 8, 16, 32)),
        *(pipeline(sizes, length) for length in up_to(sizes.pipelined, 10, 100, 1_000)),
    ]


def tasks(sizes: Sizes, count: int) -> Case:
    queries = max(128, 2 * count) if sizes.tasks >= 128 else 2 * count
    return Case(
        suite=SUITE,
        name="tasks",
        title=f"Single rows by {count:,} tasks over a pool of 8, a row",
        method=Method.TASKS,
        arguments=lists_of_keys(sizes, queries, count),
        checks=[fetched_together(min(queries, 2 * count + 3), count)],
        size=count,
        axis="tasks",
        per=queries,
    )


def threads(sizes: Sizes, count: int) -> Case:
    queries = max(128, 4 * count) if sizes.tasks >= 128 else 2 * count
    return Case(
        suite=SUITE,
        name="threads",
        title=f"Single rows by {count:,} threads over a pool of 8, a row",
        method=Method.THREADS,
        arguments=lists_of_keys(sizes, queries, count),
        checks=[fetched_together(2 * count + 3, count)],
        size=count,
        axis="threads",
        per=queries,
    )


def pool(sizes: Sizes, connections: int) -> Case:
    """How much of it is the line before the pool, and from which size on the server is what takes time."""
    return Case(
        suite=SUITE,
        name="pool",
        title=f"Single rows by {CALLERS} callers over a pool of {connections:,}, a row",
        method=Method.POOL,
        arguments=lists_of_keys(sizes, 4 * CALLERS, connections),
        checks=[fetched_together(min(2 * CALLERS + 3, sizes.tickets), connections)],
        size=connections,
        axis="connections",
        per=4 * CALLERS,
    )


def pipeline(sizes: Sizes, length: int) -> Case:
    return Case(
        suite=SUITE,
        name="pipeline",
        title=f"A pipeline of {length:,} single rows, a row",
        method=Method.PIPELINE,
        arguments=lists_of_keys(sizes, length),
        checks=[fetched_together(min(length, 50))],
        size=length,
        axis="queries",
        per=length,
        pinned=True,
    )
