"""The seats of a run: each is taken when it is first needed, and who could not come is remembered with why."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.measure.messages import Open
from benchmarks.measure.seat import NotInstalled, Seat
from benchmarks.peers.peer import Method
from benchmarks.peers.registry import ENTRIES, Key, Role


class Seats:
    def __init__(self, asked: Open, keys: Sequence[Key]) -> None:
        self.asked = asked
        self.keys = keys
        self.missing: dict[Key, str] = {}
        self.there: dict[Key, Seat] = {}
        self.seen: dict[Key, Seat] = {}
        """Also those that are gone again, for what they said of themselves."""

    def take_all(self) -> None:
        """At once: most of it is waiting for others' imports."""
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            for _ in threads.map(self.take, self.keys):
                pass

    def take(self, key: Key) -> Seat | None:
        if key in self.missing:
            return None
        if key not in self.there:
            try:
                self.there[key] = self.seen[key] = Seat(ENTRIES[key], self.asked)
            except NotInstalled as why:
                self.missing[key] = str(why)
                return None
        return self.there[key]

    def fresh(self, key: Key) -> Seat | None:
        """In a process that has done nothing yet."""
        self.leave(key)
        return self.take(key)

    def leave(self, key: Key) -> None:
        if seat := self.there.pop(key, None):
            seat.close()

    def doing(self, method: Method) -> tuple[dict[Key, Seat], dict[Key, str]]:
        """Who does a piece of work, and why the others do not."""
        takes: dict[Key, Seat] = {}
        absent: dict[Key, str] = {}
        for key in self.keys:
            seat = self.take(key)
            if seat is None:
                absent[key] = self.missing[key]
            elif method in seat.opened.methods:
                takes[key] = seat
            elif ENTRIES[key].role in (Role.QB, Role.OTHER):  # a yardstick is of one thing
                absent[key] = seat.opened.absent.get(method, "not written for it")
        return takes, absent

    def close(self) -> None:
        for key in list(self.there):
            self.leave(key)
