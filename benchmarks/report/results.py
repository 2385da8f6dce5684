"""What a run found: every sample, and what follows from them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from benchmarks.data.rows import Sizes
from benchmarks.measure.machine import Machine
from benchmarks.measure.messages import Profiled
from benchmarks.measure.raw import Raw
from benchmarks.measure.stats import Interval, Summary, interval, median, ratios, summary
from benchmarks.peers.registry import Role
from benchmarks.suites.case import Case, Kind

FORMAT = 2


class Measured(Raw, frozen=True, kw_only=True):
    summary: Summary
    ratio: Interval | None
    """To the baseline, paired by round."""


class Absent(msgspec.Struct, frozen=True):
    peer: str
    why: str


class Measurement(msgspec.Struct, frozen=True):
    suite: str
    case: str
    label: str
    title: str
    kind: Kind
    size: int
    axis: str
    per: int
    pinned: bool
    """Whether client and server shared one core."""
    objects: int | None
    """What the collectors of the peers in Python looked at besides, or None where nothing was held."""
    rounds: int
    baseline: str | None
    peers: list[Measured]
    absent: list[Absent]

    def samples(self, peer: str) -> list[float] | None:
        return next((each.samples for each in self.peers if each.peer == peer), None)


class Participant(msgspec.Struct, frozen=True):
    """Who took part, with what."""

    peer: str
    role: Role
    runtime: str
    versions: dict[str, str]


class Verdict(msgspec.Struct, frozen=True):
    """A target of qb's: its figure is to be at most that many times another's, or at most that."""

    what: str
    against: str
    at_most: float
    found: Interval | None
    """None where somebody whom it takes was not there."""
    met: bool | None
    case: tuple[str, str, int]
    """Suite, name, size."""
    peer: str | None
    """The faster of ours."""
    unit: str = ""
    """Times, where it is not said."""


class ProfileOf(msgspec.Struct, frozen=True):
    title: str
    peer: str
    profile: Profiled


class Report(msgspec.Struct, frozen=True):
    format: int
    started: datetime
    seconds: float
    quick: bool
    seed: int
    sizes: Sizes
    machine: Machine
    server: dict[str, str]
    peers: list[Participant]
    missing: list[Absent]
    """Who could not take part at all."""
    measurements: list[Measurement]
    targets: list[Verdict]
    profiles: list[ProfileOf] = []
    """Of what is not reached."""
    failed: list[str] = []
    """What peers said that could not do what they have a method for; and that a run was ended before its end."""
    later: list[str] = []
    """The cases that were measured again afterwards, by themselves, and when."""


def baseline_of(raw: Sequence[Raw]) -> Raw | None:
    """The fastest by hand, round by round, as everything is compared: their medians alone may be of other rounds.

    Where nobody did it by hand, the floor.
    """
    for role in (Role.BY_HAND, Role.FLOOR):
        found = [each for each in raw if each.role is role]
        if found:
            first = found[0]
            return min(found, key=lambda each: median(ratios(each.samples, first.samples)) if any(first.samples) else 0)
    return None


def measurement(
    case: Case, raw: Sequence[Raw], absent: Sequence[Absent] = (), *, pinned: bool = False, objects: int | None = None
) -> Measurement:
    baseline = baseline_of(raw)
    return Measurement(
        suite=case.suite,
        case=case.name,
        label=case.label,
        title=case.title,
        kind=case.kind,
        size=case.size,
        axis=case.axis,
        per=case.per,
        pinned=pinned,
        objects=objects,
        rounds=max((len(each.samples) for each in raw), default=0),
        baseline=baseline.peer if baseline else None,
        peers=[
            Measured(
                **msgspec.structs.asdict(each),
                summary=summary(each.samples),
                ratio=interval(ratios(each.samples, baseline.samples)) if baseline and all(baseline.samples) else None,
            )
            for each in raw
        ],
        absent=list(absent),
    )
