"""Reports that are made up."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from random import Random

from benchmarks.data.rows import Sizes
from benchmarks.measure.machine import Machine
from benchmarks.measure.raw import Raw
from benchmarks.peers.peer import Method
from benchmarks.peers.registry import Role
from benchmarks.report.results import FORMAT, Absent, Measurement, Participant, Report, measurement
from benchmarks.report.targets import verdicts
from benchmarks.suites.case import Case, Kind

ROLES = {"psycopg by hand": Role.BY_HAND, "libpq alone": Role.FLOOR, "qb": Role.QB}


def nothing(_: Random, calls: int) -> list[object]:
    return [None] * calls


def case(suite: str, name: str, size: int = 1, *, kind: Kind = Kind.TIME, per: int = 1, axis: str = "") -> Case:
    return Case(
        suite=suite,
        name=name,
        title=f"{name} of {size}",
        method=Method.CONVERT,
        arguments=nothing,
        checks=[],
        kind=kind,
        size=size,
        axis=axis,
        per=per,
    )


def made(of: Case, samples: Mapping[str, Sequence[float]], absent: Sequence[Absent] = ()) -> Measurement:
    raw = [Raw(name, ROLES.get(name, Role.OTHER), list(each), cpu=list(each)) for name, each in samples.items()]
    return measurement(of, raw, absent)


def report(*measurements: Measurement) -> Report:
    names = sorted({measured.peer for each in measurements for measured in each.peers})
    return Report(
        format=FORMAT,
        started=datetime(2025, 1, 17, tzinfo=UTC),
        seconds=60,
        quick=False,
        seed=1,
        sizes=Sizes(),
        machine=Machine("3.11.7", "CPython", "Linux 6", "x86_64", 2, 2**33, 0.1),
        server={"server_version": "18.4 (somewhere)", "fsync": "on", "synchronous_commit": "off"},
        peers=[
            Participant(name, ROLES.get(name, Role.OTHER), "CPython 3.11.7", {"a-library": "1.0"}) for name in names
        ],
        missing=[Absent("nobody", "its library is not installed: pip install nobody")],
        measurements=list(measurements),
        targets=list(verdicts(measurements)),
    )
