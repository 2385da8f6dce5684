"""Turns of the network, counted by the proxy that the tests of what work costs have in between, too."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from random import Random

import msgspec

from benchmarks.data.database import Database
from benchmarks.measure.messages import Open
from benchmarks.measure.raw import Raw
from benchmarks.measure.seat import Seat
from benchmarks.measure.seats import Seats
from benchmarks.peers.peer import Method
from benchmarks.peers.registry import ENTRIES, Key
from benchmarks.suites.case import Case
from tests.run.gate import gate

COUNTED = 3
OTHERS = (Method.CONVERT, Method.PREPARED)
"""What every peer has one of, and no case counts."""


class Counter:
    """Seats of their own, which reach the server through the proxy. They are taken when something is counted."""

    def __init__(self, asked: Open, database: Database) -> None:
        self.asked = asked
        self.database = database
        self.stack = ExitStack()
        self.seats: Seats | None = None

    def __enter__(self) -> "Counter":
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def through(self) -> Seats:
        if self.seats is None:
            url, self.between = self.stack.enter_context(gate(self.asked.url))
            self.seats = self.stack.enter_context(closing(Seats(msgspec.structs.replace(self.asked, url=url), [])))
        return self.seats

    def count(self, case: Case, keys: Mapping[Key, Seat], step: Callable[[float], None]) -> list[Raw]:
        """Of each peer three calls' turns; of a first use one's."""
        found: list[Raw] = []
        for key in keys:
            seat = self.through().take(key) if case.warm else self.fresh(key)
            assert seat is not None, "it was there a moment ago"
            for _ in range(case.warm):
                self.turns(case, seat)
            samples = [self.turns(case, seat) for _ in range(COUNTED if case.warm else 1)]
            found.append(Raw(ENTRIES[key].name, ENTRIES[key].role, samples))
            step(1 / len(keys))
        return found

    def leave(self, key: Key) -> None:
        if self.seats is not None:
            self.seats.leave(key)

    def fresh(self, key: Key) -> Seat | None:
        """Its connection is there, and the statement is not."""
        seat = self.through().fresh(key)
        if seat is not None:
            seat.turn(next(method for method in OTHERS if method in seat.opened.methods), [1])
        return seat

    def turns(self, case: Case, seat: Seat) -> float:
        (argument,) = case.arguments(Random(0), 1)
        if case.ready is not None:
            case.ready(self.database, argument)
        before = self.between.turns
        seat.turn(case.method_name, [argument])
        after = self.between.turns
        if case.clean is not None:
            case.clean(self.database)
        return after - before
