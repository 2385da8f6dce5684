"""Rounds: in each, every contender has one turn, in an order of its own."""

import gc
import random
from collections.abc import Callable, Sequence
from functools import partial
from math import ceil

from benchmarks.contender import Operation
from benchmarks.data import SEED, Sizes, bulk_rows
from benchmarks.model import NewTicket
from benchmarks.seat import Seat

WARM_UP = 7  # psycopg prepares a statement on its own from the sixth execution on, and SQLAlchemy relies on that
TURN_SECONDS = 0.02  # long enough that neither the clock nor one interruption decides


def arguments(
    operation: Operation, sizes: Sizes, calls: int, seed: object, own: Callable[[Sequence[NewTicket]], object] = list
) -> Sequence[object]:
    """The same for every contender in a round, up to the number of calls; rows to insert in the contender's `own` type.

    Made before the clock starts.
    """
    choice = random.Random(f"{SEED} {operation} {seed}")
    match operation:
        case Operation.SINGLE_FETCH:
            return [choice.randint(1, sizes.convert) for _ in range(calls)]
        case Operation.COMPLEX_JOIN:
            return [choice.randint(1, sizes.projects_with_tasks) for _ in range(calls)]
        case Operation.BULK_INSERT:
            return [own(bulk_rows(sizes, call)) for call in range(calls)]
        case Operation.CONVERT:
            return [sizes.convert] * calls
        case Operation.STREAM:
            raise ValueError("streams are measured in processes of their own")


def calibrate(turn: Callable[[int], float], seconds: float = TURN_SECONDS) -> int:
    """How many calls make a turn of at least that many seconds. Warms up on the way."""
    turn(WARM_UP)
    calls = 1
    while (took := turn(calls)) < seconds:
        # A tenth more, so as not to fall short by a hair; at most ten times as many, since few calls time badly.
        calls = max(calls + 1, min(calls * 10, ceil(calls * seconds / took * 1.1) if took else calls * 10))
    return calls


def play(
    operation: Operation,
    seats: Sequence[Seat],
    sizes: Sizes,
    rounds: int,
    *,
    clean: Callable[[], None],
    step: Callable[[], None],
    seconds: float = TURN_SECONDS,
) -> tuple[list[int], list[list[float]]]:
    """For each seat its calls a turn, and its seconds a call, one figure a round."""

    def turn(seat: Seat, calls: int, *, seed: object) -> float:
        todo = arguments(operation, sizes, calls, seed, seat.contender.own)
        gc.collect()  # nobody cleans up after another, before or while the clock runs
        took = seat.turn(operation, todo)
        clean()
        return took

    # What has been loaded stays: looking at it in every collection takes longer than a turn and empties the caches.
    gc.freeze()
    calls: list[int] = []
    for seat in seats:
        calls.append(calibrate(partial(turn, seat, seed="calibration"), seconds))
        step()
    samples: list[list[float]] = [[] for _ in seats]
    order = list(range(len(seats)))
    shuffle = random.Random(f"{SEED} {operation}").shuffle
    for number in range(rounds):
        shuffle(order)
        for place in order:
            samples[place].append(turn(seats[place], calls[place], seed=number) / calls[place])
            step()
    gc.unfreeze()
    return calls, samples
