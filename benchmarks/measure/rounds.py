"""Rounds: in each, every peer has one turn, in an order of its own."""

import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from math import ceil

import msgspec

from benchmarks.data.database import Database
from benchmarks.data.rows import SEED
from benchmarks.measure.messages import Took
from benchmarks.measure.processes import Server
from benchmarks.measure.seat import Seat
from benchmarks.suites.case import Case

WARM_UP = 7  # psycopg prepares a statement on its own from the sixth execution on, and SQLAlchemy relies on that


LEAST = 3


class Pace(msgspec.Struct, frozen=True):
    """How long is measured."""

    turn_seconds: float = 0.02
    """At least, so that neither the clock nor one interruption decides."""
    case_seconds: float = 5.0
    """What the rounds of one case may take."""
    least: int = 5
    most: int = 40
    """Rounds."""
    longest: float = 15.0
    """Where a call of qb, or of what it is compared with, would take longer, it is left out, and the report says so."""
    others: float = 1.5
    """The same of all other peers: where curves end, most of a run would be theirs."""


class Series(msgspec.Struct, frozen=True):
    """What one peer's turns took: seconds a call, a figure a round."""

    calls: int
    wall: list[float]
    cpu: list[float]
    server: float | None
    """Of the processor in the server's processes, over all rounds: its clock is too coarse for one turn."""


def calibrate(turn: Callable[[int], float], seconds: float) -> int:
    """How many calls make a turn of at least that many seconds. Warms up on the way."""
    if turn(1) > 5 * seconds:  # warm by then: what is prepared by use is prepared at once where it takes so long
        return 1
    turn(WARM_UP)
    calls = 1
    while (took := turn(calls)) < seconds:
        # A tenth more, so as not to fall short by a hair; at most ten times as many, since few calls time badly.
        calls = max(calls + 1, min(calls * 10, ceil(calls * seconds / took * 1.1) if took else calls * 10))
    return calls


class Turns:
    """Turns of one case."""

    def __init__(self, case: Case, database: Database, server: Server) -> None:
        self.case = case
        self.database = database
        self.server = server

    def take(self, seat: Seat, calls: int, seed: object) -> tuple[Took, float]:
        """What the turn took, and the server's processor."""
        case = self.case
        arguments = case.arguments(random.Random(f"{SEED} {case.suite} {case.name} {seed}"), calls)
        if case.ready is not None:
            case.ready(self.database, arguments[0])
        before = self.server.cpu() or 0.0
        took = seat.turn(case.method_name, arguments)
        after = self.server.cpu() or 0.0
        if case.clean is not None:
            case.clean(self.database)
        return took, max(after - before, 0.0)

    def seconds(self, seat: Seat, calls: int) -> float:
        return self.take(seat, calls, "calibration")[0].wall


def rounds_of(pace: Pace, round_seconds: float) -> int:
    """As many as there is time for; of those that take half of it, three."""
    least = pace.least if round_seconds < pace.case_seconds / 2 else min(pace.least, LEAST)
    return max(least, min(pace.most, int(pace.case_seconds / max(round_seconds, 1e-9))))


def play(turns: Turns, seats: Sequence[Seat], pace: Pace, step: Callable[[float], None]) -> list[Series]:
    """A series for each seat; `step` is told which part of the work was done since the last time."""
    one_call = turns.case.one_call
    calls: list[int] = []
    round_seconds = 0.0
    for seat in seats:
        calls.append(1 if one_call else calibrate(partial(turns.seconds, seat), pace.turn_seconds))
        # One more, to see how long it takes with all that is around the turn: of a single call the first one.
        start = time.monotonic()
        turns.seconds(seat, calls[-1])
        round_seconds += time.monotonic() - start
        step(0.1 / len(seats))
    rounds = rounds_of(pace, round_seconds)
    wall: list[list[float]] = [[] for _ in seats]
    cpu: list[list[float]] = [[] for _ in seats]
    server = [0.0 for _ in seats]
    order = list(range(len(seats)))
    shuffle = random.Random(f"{SEED} {turns.case.suite} {turns.case.name}").shuffle
    for number in range(rounds):
        shuffle(order)
        for place in order:
            took, there = turns.take(seats[place], calls[place], number)
            wall[place].append(took.wall / calls[place])
            cpu[place].append(took.cpu / calls[place])
            server[place] += there
            step(0.9 / rounds / len(seats))
    return [
        Series(
            calls=calls[place],
            wall=wall[place],
            cpu=cpu[place],
            server=server[place] / rounds / calls[place] if turns.server.here else None,
        )
        for place in range(len(seats))
    ]
