"""What qb wants to reach, compared with what a run has measured. For information: nothing fails when one is missed."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec

from benchmarks.measure.stats import Interval, interval, median, ratios
from benchmarks.peers.registry import ENTRIES, Key, Role
from benchmarks.report.results import Measured, Measurement, Verdict


class Figure(StrEnum):
    TIMES = "times"
    """qb's figure over another's."""
    EXTRA = "µs more"
    """Its time over that of another case of its own."""
    ITSELF = "itself"
    """In the case's own unit."""


class Target(msgspec.Struct, frozen=True):
    case: tuple[str, str, int]
    """Suite, name, size."""
    what: str
    at_most: float
    against: Sequence[str] = ()
    """Keys or roles: the fastest of those that took part. None: the fastest way by hand."""
    figure: Figure = Figure.TIMES
    besides: tuple[str, str, int] | None = None
    """The other case, of an extra."""
    ours: Sequence[Key] = (Key.QB,)
    """The fastest of these."""
    unit: str = ""
    scale: float = 1.0
    """From the case's unit to that one."""


def rows(name: str, size: int = 1) -> tuple[str, str, int]:
    return "rows", name, size


ASYNC = (Key.QB_ASYNC, Key.QB_UVLOOP)
CORE = (Key.SQLALCHEMY_CORE,)
FLOOR = (Role.FLOOR,)
ASYNCPG = ("asyncpg", "asyncpg-uvloop")
DRIZZLE = ("drizzle-postgres",)
MIB = 1 / 2**20

TARGETS: Sequence[Target] = (
    Target(rows("single"), "a prepared single row", 1.5, FLOOR),
    Target(rows("single"), "a prepared single row", 1.03),
    Target(rows("single"), "the same, async, each on its best loop", 1.0, ASYNCPG, ours=ASYNC),
    Target(
        rows("built"), "a query built on the fly, over its prepared form", 25, figure=Figure.EXTRA,
        besides=rows("prepared"), unit="µs", scale=1e6,
    ),
    Target(rows("built"), "a query built on the fly", 0.35, CORE),
    *(Target(("compile", "compile", joins), f"first compile, {joins} joins", 1.0, CORE) for joins in (0, 3, 15)),
    *(Target(rows("many", count), f"{count:,} typed rows", 1.6, FLOOR) for count in (1_000, 10_000)),
    Target(rows("many_in_a_large_program"), "100,000 typed rows in a large program", 2.0, FLOOR),
    Target(rows("many_in_a_large_program"), "100,000 typed rows in a large program", 0.55, DRIZZLE),
    *(
        Target(rows("stream", size), f"a stream of 200,000 rows, {size:,} at a time", 1 / 1.05)
        for size in (50, 500, 5_000)
    ),
    *(
        Target(("bulk", "insert", count), f"{count:,} rows inserted, nothing back", 1.05)
        for count in (10_000, 100_000)
    ),
    Target(("bulk", "insert_returning", 10_000), "10,000 rows inserted, their keys back", 1.05),
    Target(("bulk", "upsert", 1), "10,000 rows upserted, half of them there", 1.1),
    Target(("bulk", "update", 1), "10,000 rows updated by key", 1.1),
    Target(("bulk", "delete", 1), "10,000 rows deleted by key", 1.1),
    Target(("relations", "nested", 500), "500 parents and 10 children of each", 1.05),
    Target(("concurrency", "tasks", 64), "64 tasks over a pool of 8", 0.9, DRIZZLE, ours=ASYNC),
    Target(("concurrency", "tasks", 64), "64 tasks over a pool of 8", 0.55, ASYNCPG, ours=ASYNC),
    Target(("concurrency", "pipeline", 1_000), "a pipeline of 1,000 single rows", 1.8, FLOOR),
    *(
        Target(("turns", name, 1), f"turns of the network: {what}", at_most, figure=Figure.ITSELF, unit="turns")
        for name, what, at_most in (
            ("first_use", "the first use of a statement", 1),
            ("transaction_1", "a transaction of one statement", 2),
            ("transaction_3", "a transaction of three", 4),
            # A COPY for each of two chunks is two turns, the BEGIN with the first of them; the COMMIT is one more.
            ("insert_of_a_generator", "10,000 rows of a generator inserted", 5),
        )
    ),
    Target(("memory", "stream", 1), "peak memory of a stream", 4, figure=Figure.ITSELF, unit="MiB", scale=MIB),
    Target(
        ("memory", "insert", 1), "peak memory of 1,000,000 rows inserted", 8, figure=Figure.ITSELF, unit="MiB",
        scale=MIB,
    ),
    Target(("imports", "library", 1), "import qb", 60, figure=Figure.ITSELF, unit="ms", scale=1e3),
    Target(("imports", "tables", 1), "150 tables of 15 columns", 120, figure=Figure.ITSELF, unit="ms", scale=1e3),
    Target(("imports", "systems", 1), "five systems of 163 tables", 600, figure=Figure.ITSELF, unit="ms", scale=1e3),
)  # fmt: skip


def verdicts(measurements: Sequence[Measurement], targets: Sequence[Target] = TARGETS) -> Iterator[Verdict]:
    """Of the targets whose case was measured. Ratios are paired by round, as in the tables."""
    by_case = {(each.suite, each.case, each.size): each for each in measurements}
    for target in targets:
        measurement = by_case.get(target.case)
        if measurement is not None:
            yield verdict(target, measurement, by_case.get(target.besides) if target.besides else None)


def verdict(target: Target, measurement: Measurement, besides: Measurement | None) -> Verdict:
    ours = fastest(measurement, target.ours)
    match target.figure:
        case Figure.TIMES:
            other = compared(measurement, target)
            against = other.peer if other else " or ".join(map(named, target.against)) or "a way by hand"
            found = interval(ratios(ours.samples, other.samples)) if ours and other and all(other.samples) else None
        case Figure.EXTRA:
            against = "its prepared form"
            found = extra(target, ours, fastest(besides, target.ours) if besides else None)
        case Figure.ITSELF:
            against = ""
            found = interval([each * target.scale for each in ours.samples]) if ours else None
    met = None if found is None else found.median <= target.at_most
    return Verdict(
        target.what, against, target.at_most, found, met, target.case, ours.peer if ours else None, target.unit
    )


def extra(target: Target, ours: Measured | None, other: Measured | None) -> Interval | None:
    """Of two cases, whose rounds are no pairs: what the median of one has over that of the other."""
    if ours is None or other is None:
        return None
    floor = median(other.samples)
    return interval([(each - floor) * target.scale for each in ours.samples])


def named(key: str) -> str:
    names = {str(each): entry.name for each, entry in ENTRIES.items()}
    return names.get(key, key)


def compared(measurement: Measurement, target: Target) -> Measured | None:
    """With whom."""
    if target.against:
        return fastest(measurement, target.against)
    return next((each for each in measurement.peers if each.peer == measurement.baseline), None)


def fastest(measurement: Measurement, keys: Sequence[str]) -> Measured | None:
    names = set(map(named, keys))
    there = [each for each in measurement.peers if each.peer in names or each.role in keys]
    return min(there, key=lambda each: median(each.samples)) if there else None
