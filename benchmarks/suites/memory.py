"""The most that a process had over what it had before the work."""

from collections.abc import Sequence

import msgspec

from benchmarks.data.rows import Sizes
from benchmarks.measure.messages import New
from benchmarks.suites import bulk, operations
from benchmarks.suites.calls import always, tickets
from benchmarks.suites.case import Case, Kind
from benchmarks.suites.rows import step_of

SUITE = "memory"


def cases(sizes: Sizes) -> Sequence[Case]:
    stream = msgspec.structs.replace(operations.stream(sizes), suite=SUITE)
    held = min(100_000, sizes.tickets, sizes.most)
    many = msgspec.structs.replace(
        operations.convert(sizes),
        suite=SUITE,
        name="many",
        title=f"Peak memory of {held:,} typed rows in a list",
        arguments=always(held),
        checks=[tickets(held, step=step_of(held))],
        kind=Kind.MEMORY,
        per=held,
    )
    insert = msgspec.structs.replace(
        bulk.insert(sizes, sizes.most, lazily=True),
        suite=SUITE,
        name="insert",
        title=f"Peak memory of {sizes.most:,} rows inserted, made while they are sent",
        arguments=always(New(sizes.most, 1, lazily=True)),
        checks=[],
        kind=Kind.MEMORY,
        size=1,
    )
    return [stream, many, insert]
