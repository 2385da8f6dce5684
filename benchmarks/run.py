"""A whole run: fill a database, verify everybody, measure everything."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime

import msgspec

from benchmarks import data
from benchmarks.contender import Operation
from benchmarks.data import Sizes
from benchmarks.database import Database, temporary_database
from benchmarks.machine import this_machine
from benchmarks.memory import Job, Streamed, stream_alone
from benchmarks.registry import FACTORIES, Key, build
from benchmarks.results import Measurement, Raw, Report, measurement
from benchmarks.rounds import TURN_SECONDS, play
from benchmarks.seat import Seat, take_seat
from benchmarks.targets import verdicts
from benchmarks.verify import verify

Progress = Callable[[str, int], Callable[[int], None]]
"""Announces a part of the work and its number of steps; the result is told how many were done since the last time."""


class Plan(msgspec.Struct, frozen=True):
    operations: Sequence[Operation]
    contenders: Sequence[Key]
    sizes: Sizes = Sizes()
    rounds: int = 40
    stream_rounds: int = 3
    turn_seconds: float = TURN_SECONDS
    quick: bool = False


QUICK = Plan(
    operations=tuple(Operation),
    contenders=tuple(Key),
    sizes=Sizes(tickets=20_000, tickets_with_tasks=2_000, stream=20_000),
    rounds=7,
    stream_rounds=1,
    quick=True,
)
FULL = Plan(operations=tuple(Operation), contenders=tuple(Key))


def run(plan: Plan, server_url: str, progress: Progress) -> Report:
    """Raises ServerUnreachable, Mismatch, ChildFailed."""
    started, start = datetime.now(UTC), time.monotonic()
    machine = this_machine()
    with temporary_database(server_url, plan.sizes) as database, ExitStack() as stack:
        fill(database, progress)
        seats: dict[Key, Seat] = {}
        for key in plan.contenders:
            seats[key] = take_seat(build(FACTORIES[key]), database.url)
            stack.callback(seats[key].close)
        todo = [
            (operation, [key for key in plan.contenders if operation in seats[key].contender.operations])
            for operation in plan.operations
        ]
        verify_all(todo, seats, database, progress)
        measurements = [
            stream(plan, keys, seats, database, progress)
            if operation is Operation.STREAM
            else measure(plan, operation, [seats[key] for key in keys], database, progress)
            for operation, keys in todo
        ]
        return Report(
            format=1,
            started=started,
            quick=plan.quick,
            rounds=plan.rounds,
            seed=data.SEED,
            sizes=plan.sizes,
            machine=machine,
            server=database.settings(),
            measurements=measurements,
            targets=list(verdicts(measurements)),
            seconds=time.monotonic() - start,
        )


def fill(database: Database, progress: Progress) -> None:
    database.create()
    advance = progress("fill the database", database.sizes.projects + database.sizes.tickets)
    for rows in database.fill():
        advance(rows)


def verify_all(
    todo: Sequence[tuple[Operation, Sequence[Key]]], seats: dict[Key, Seat], database: Database, progress: Progress
) -> None:
    advance = progress("verify", sum(len(keys) for _, keys in todo))
    for operation, keys in todo:
        for key in keys:
            verify(seats[key], operation, database)
            advance(1)


def measure(
    plan: Plan, operation: Operation, seats: Sequence[Seat], database: Database, progress: Progress
) -> Measurement:
    advance = progress(operation.replace("_", " "), len(seats) * (plan.rounds + 1))
    calls, samples = play(
        operation,
        seats,
        plan.sizes,
        plan.rounds,
        clean=database.forget_inserted if operation is Operation.BULK_INSERT else lambda: None,
        step=lambda: advance(1),
        seconds=plan.turn_seconds,
    )
    return measurement(
        operation,
        [
            Raw(seat.contender.name, seat.contender.version, seat.contender.by_hand, calls[place], samples[place])
            for place, seat in enumerate(seats)
        ],
    )


def stream(
    plan: Plan, keys: Sequence[Key], seats: dict[Key, Seat], database: Database, progress: Progress
) -> Measurement:
    advance = progress("stream", len(keys) * plan.stream_rounds)
    streams: dict[Key, list[Streamed]] = {key: [] for key in keys}
    for number in range(plan.stream_rounds):
        for key in keys:
            job = Job(FACTORIES[key], database.url, plan.sizes, verify=number == 0)
            streams[key].append(stream_alone(job))
            advance(1)
    return measurement(
        Operation.STREAM,
        [
            Raw(
                contender=seats[key].contender.name,
                version=seats[key].contender.version,
                by_hand=seats[key].contender.by_hand,
                calls_a_round=1,
                # Of the whole process: the increase can be smaller than its error, and a ratio to that says nothing.
                samples=[each.peak_bytes for each in streams[key]],
                streams=streams[key],
            )
            for key in keys
        ],
    )
