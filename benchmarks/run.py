"""A whole run: fill a database, verify everybody, measure everything."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from random import Random
from traceback import format_exc

import msgspec

from benchmarks.data import rows as data
from benchmarks.data.database import Database, temporary_database
from benchmarks.data.rows import Sizes
from benchmarks.measure.imports import import_all
from benchmarks.measure.machine import this_machine
from benchmarks.measure.memory import remember
from benchmarks.measure.messages import Open
from benchmarks.measure.processes import Server, pinned
from benchmarks.measure.raw import Raw
from benchmarks.measure.rounds import Pace, Turns, play
from benchmarks.measure.seat import Mismatch, Seat, SeatFailed
from benchmarks.measure.seats import Seats
from benchmarks.measure.turns import Counter
from benchmarks.measure.verify import verify
from benchmarks.peers.registry import ENTRIES, Key, Role
from benchmarks.report.results import FORMAT, Absent, Measurement, Participant, ProfileOf, Report, Verdict, measurement
from benchmarks.report.targets import verdicts
from benchmarks.suites.case import Case, Kind
from benchmarks.suites.registry import CASES, Suite

CALLS, MANY = 200, 1_000
"""Of a profile: calls of what is short, and the rows from which one call is long."""

Advance = Callable[[float], None]
Progress = Callable[[str, float], Advance]
"""Announces a part of the work and its number of steps; the result is told how many were done since the last time."""


class Plan(msgspec.Struct, frozen=True):
    suites: Sequence[Suite] = tuple(Suite)
    peers: Sequence[Key] = tuple(Key)
    sizes: Sizes = Sizes()
    pace: Pace = Pace()
    memory_rounds: int = 3
    import_rounds: int = 15
    only: Sequence[str] = ()
    """Names of cases; all of the suites where there are none."""
    quick: bool = False


QUICK = Plan(
    sizes=Sizes(
        tickets=10_000,
        tickets_with_tasks=1_000,
        convert=2_000,
        stream=10_000,
        nested=100,
        many=1_000,
        most=1_000,
        tasks=64,
        joins=15,
        objects=100_000,
        pipelined=100,
        wide=100,
        columns=50,
    ),
    pace=Pace(case_seconds=0.2, least=3, most=7, longest=2),
    memory_rounds=1,
    import_rounds=3,
    quick=True,
)
FULL = Plan()


def cases_of(plan: Plan, suites: Sequence[Suite] = ()) -> Sequence[Case]:
    found = [case for suite in suites or plan.suites for case in CASES[suite](plan.sizes)]
    return [case for case in found if not plan.only or case.name in plan.only]


def run(plan: Plan, server_url: str, progress: Progress) -> Report:
    """Raises ServerUnreachable, Mismatch.

    A peer that fails takes no part in that case, and Ctrl+C leaves what was measured: the report says both.
    """
    started, start = datetime.now(UTC), time.monotonic()
    machine = this_machine()
    cases = cases_of(plan)
    with temporary_database(server_url, plan.sizes) as database:
        fill(database, progress)
        server = Server(database)
        asked = Open(database.url, data.templates(plan.sizes))
        with closing(Seats(asked, plan.peers)) as seats, Counter(asked, database) as counter:
            seats.take_all()
            run = Run(plan, database, server, seats, counter)
            measurements: list[Measurement] = []
            profiles: list[ProfileOf] = []
            try:
                measurements.extend(run.measured(cases, progress))
                profiles.extend(run.profiles(verdicts(measurements), cases, progress))
            except KeyboardInterrupt:
                run.failed.append(f"It was ended by hand after {len(measurements)} of {len(cases)} cases.")
        return Report(
            format=FORMAT,
            started=started,
            quick=plan.quick,
            seed=data.SEED,
            sizes=plan.sizes,
            machine=machine,
            server=database.settings(),
            peers=[participant(key, seat) for key, seat in seats.seen.items()],
            missing=[Absent(ENTRIES[key].name, why) for key, why in seats.missing.items()],
            measurements=measurements,
            targets=list(verdicts(measurements)),
            profiles=profiles,
            failed=run.failed,
            seconds=time.monotonic() - start,
        )


def participant(key: Key, seat: Seat) -> Participant:
    return Participant(ENTRIES[key].name, ENTRIES[key].role, seat.opened.runtime, versions=dict(seat.opened.versions))


def fill(database: Database, progress: Progress) -> None:
    database.create()
    advance = progress("fill the database", database.sizes.projects + database.sizes.tickets)
    for rows in database.fill():
        advance(rows)


class Run:
    """What stays the same from case to case."""

    def __init__(self, plan: Plan, database: Database, server: Server, seats: Seats, counter: Counter) -> None:
        self.plan = plan
        self.database = database
        self.server = server
        self.seats = seats
        self.counter = counter
        self.known: dict[tuple[str, Key], float] = {}
        """Seconds a row or query of a work, from the size before."""
        self.remembered: dict[str, list[Raw]] = {}
        """Of memory by its title: what two suites show is done once."""
        self.failed: list[str] = []

    def measured(self, cases: Sequence[Case], progress: Progress) -> Iterator[Measurement]:
        """A case in which the benchmarks themselves fail costs no other case its samples."""
        for case in cases:
            try:
                yield self.measure(case, progress)
            except Mismatch:
                raise
            except Exception:
                self.failed.append(f"{case.title}: {format_exc()}")

    def measure(self, case: Case, progress: Progress) -> Measurement:
        advance = progress(f"{case.suite}: {case.label.replace('_', ' ')}", 1)
        found = self.imports(case, advance) if case.kind is Kind.IMPORT else self.work(case, advance)
        advance(1)
        return found

    def imports(self, case: Case, advance: Advance) -> Measurement:
        wanted = {key: text for key, text in case.programs.items() if key in self.plan.peers}
        raw, absent = import_all(wanted, self.plan.import_rounds, advance)
        judged = [key for key in self.plan.peers if ENTRIES[key].role in (Role.QB, Role.OTHER)]
        absent |= {key: "no program is written for it" for key in judged if key not in wanted}
        return measurement(case, raw, absences(absent))

    def work(self, case: Case, advance: Advance) -> Measurement:
        takes, absent = self.seats.doing(case.method_name)
        seats, slow = self.quick_enough(case, takes)
        absent |= slow
        while True:
            try:
                return self.by(case, seats, absent, advance)
            except SeatFailed as failure:  # the others begin again: they are compared round by round
                keys = {key for key in seats if ENTRIES[key].name != failure.peer}
                absent |= dict.fromkeys(seats.keys() - keys, self.dismiss(failure, case))
                seats, _ = self.seats.doing(case.method_name)
                seats = {key: seats[key] for key in seats if key in keys}

    def dismiss(self, failure: SeatFailed, case: Case) -> str:
        """Its process ends, and what it was doing on the server; the next case finds it afresh."""
        self.failed.append(f"{case.title}: {failure}")
        key = next(key for key, entry in ENTRIES.items() if entry.name == failure.peer)
        self.seats.leave(key)
        self.counter.leave(key)
        self.database.end_others_work()
        if case.clean is not None:
            case.clean(self.database)
        return str(failure).splitlines()[0].removeprefix(f"{failure.peer} ").rstrip(":")

    def by(self, case: Case, seats: Mapping[Key, Seat], absent: Mapping[Key, str], advance: Advance) -> Measurement:
        """Raises SeatFailed."""
        match case.kind:
            case Kind.MEMORY:
                if case.title not in self.remembered:
                    self.remembered[case.title] = self.memory(case, list(seats), advance)
                return measurement(case, self.remembered[case.title], absences(absent))
            case Kind.TURNS:
                raw = self.counter.count(case, seats, advance)
                return measurement(case, raw, absences(absent))
            case _:
                for seat in seats.values():
                    verify(seat, case, self.database)
                raw, held, together = self.time(case, seats, advance)
                return measurement(case, raw, absences(absent), pinned=together, objects=held)

    def quick_enough(self, case: Case, takes: Mapping[Key, Seat]) -> tuple[Mapping[Key, Seat], dict[Key, str]]:
        slow: dict[Key, str] = {}
        for key in takes:
            seconds = self.known.get((work_of(case), key), 0.0) * case.per
            others = ENTRIES[key].role is Role.OTHER and case.kind is not Kind.MEMORY  # which is looked at once
            longest = self.plan.pace.others if others else self.plan.pace.longest
            if seconds > longest:
                slow[key] = f"would take {seconds:,.1f} seconds a call, and at most {longest:.1f} are given"
        return {key: seat for key, seat in takes.items() if key not in slow}, slow

    def time(self, case: Case, seats: Mapping[Key, Seat], advance: Advance) -> tuple[list[Raw], int | None, bool]:
        held = [seat.hold(case.heap) for seat in seats.values()] if case.heap else []
        pids = [*self.server.pids(), *(seat.pid for seat in seats.values())] if self.server.here else []
        with pinned(pids, case.pinned) as together:
            series = play(Turns(case, self.database, self.server), list(seats.values()), self.plan.pace, advance)
        if case.heap:
            for seat in seats.values():
                seat.hold(0)
        for key, each in zip(seats, series, strict=True):
            self.known[work_of(case), key] = min(each.wall) / case.per
        raw = [
            Raw(ENTRIES[key].name, ENTRIES[key].role, each.wall, each.calls, each.cpu, each.server)
            for key, each in zip(seats, series, strict=True)
        ]
        return raw, min((each for each in held if each is not None), default=None), together

    def memory(self, case: Case, keys: Sequence[Key], advance: Advance) -> list[Raw]:
        """It differs little from time to time: who is not compared with does it once."""
        found: dict[Key, list[Raw]] = {key: [] for key in keys}
        turns = [
            (number, key)
            for number in range(self.plan.memory_rounds)
            for key in keys
            if number == 0 or ENTRIES[key].role is not Role.OTHER
        ]
        for number, key in turns:
            seat = self.seats.fresh(key)
            assert seat is not None, "it was there a moment ago"
            found[key].append(remember(seat, case, self.database))
            if number == 0:
                verify(seat, case, self.database)
            self.seats.leave(key)
            advance(1 / len(turns))
        return [joined(each) for each in found.values()]

    def profiles(self, targets: Iterable[Verdict], cases: Sequence[Case], progress: Progress) -> Iterator[ProfileOf]:
        """Of ours in every case whose target is not reached: where the time goes."""
        keys = {entry.name: key for key, entry in ENTRIES.items()}
        missed = {(each.case, each.peer) for each in targets if each.met is False}
        todo = [
            (case, keys[peer])
            for case in cases
            for (where, peer) in sorted(missed, key=str)
            if peer is not None and where == (case.suite, case.name, case.size) and case.kind is Kind.TIME
        ]
        advance = progress("profiles of what is not reached", max(len(todo), 1))
        for case, key in todo:
            try:
                yield self.profile(case, key)
            except SeatFailed as failure:
                self.dismiss(failure, case)
            advance(1)

    def profile(self, case: Case, key: Key) -> ProfileOf:
        """Raises SeatFailed."""
        seat = self.seats.take(key)
        assert seat is not None, "it was there a moment ago"
        arguments = case.arguments(Random(0), 1 if case.one_call or case.per >= MANY else CALLS)
        if not case.one_call:
            seat.turn(case.method_name, arguments)  # what is done once is not what it takes
        if case.ready is not None:
            case.ready(self.database, arguments[0])
        found = ProfileOf(case.title, ENTRIES[key].name, seat.profile(case.method_name, arguments))
        if case.clean is not None:
            case.clean(self.database)
        return found


LIKE = {"insert_of_a_generator": "insert", "many_in_a_large_program": "many", "stream": "many"}
"""Cases whose work takes about as long, a row, as that of others: all of them say in `per` how many rows a call has."""


def work_of(case: Case) -> str:
    """What a case has peers do, by which it is known beforehand who would take too long."""
    return LIKE.get(case.name, case.name)


def absences(why: Mapping[Key, str]) -> list[Absent]:
    return [Absent(ENTRIES[key].name, reason) for key, reason in why.items()]


def joined(rounds: Sequence[Raw]) -> Raw:
    """The rounds of one peer as one series."""
    first = rounds[0]
    return Raw(
        first.peer,
        first.role,
        [each.samples[0] for each in rounds],
        resident=max(each.resident or 0 for each in rounds),
        seconds=min(each.seconds or 0 for each in rounds),
    )
