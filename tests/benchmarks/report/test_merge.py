"""Cases that are measured again stand in the report of a whole run, which says so."""

from pathlib import Path

import msgspec
import pytest

from benchmarks import cli
from benchmarks.report.markdown import page
from benchmarks.report.merge import merged
from benchmarks.report.results import Measurement, Report
from benchmarks.suites.case import Kind
from tests.benchmarks.report.made import case, made, report


def memory(name: str, mib: float) -> Measurement:
    return made(case("memory", name, kind=Kind.MEMORY), {"psycopg by hand": [mib * 2**20] * 2, "qb": [mib * 2**20] * 2})


@pytest.fixture
def whole() -> Report:
    single = made(case("rows", "single"), {"psycopg by hand": [1.0, 1.0], "qb": [1.0, 1.0]})
    return report(memory("stream", 9), single)


def test_a_case_takes_the_place_of_its_own(whole: Report) -> None:
    found = merged(whole, report(memory("stream", 3)))
    assert [(each.suite, each.case) for each in found.measurements] == [("memory", "stream"), ("rows", "single")]
    assert found.measurements[0].samples("qb") == [3 * 2**20] * 2
    before, after = ({each.case: each.met for each in one.targets}["memory", "stream", 1] for one in (whole, found))
    assert (before, after) == (False, True)
    said = "Measured again afterwards, by themselves: stream of 1 (2025-01-17 00:00, load 0.1)."
    assert said in "\n".join(page(found, []))
    assert "Measured again" not in "\n".join(page(whole, []))


def test_a_new_case_stands_behind_those_of_its_suite(whole: Report) -> None:
    found = merged(whole, report(memory("many", 3), made(case("imports", "library", kind=Kind.IMPORT), {"qb": [1.0]})))
    names = [(each.suite, each.case) for each in found.measurements]
    assert names == [("memory", "stream"), ("memory", "many"), ("rows", "single"), ("imports", "library")]


def test_the_command_puts_them_into_a_run(whole: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new, both = (tmp_path / f"{name}.json" for name in ("old", "new", "both"))
    for path, one in ((old, whole), (new, report(memory("stream", 3)))):
        path.write_bytes(msgspec.json.encode(one))
    monkeypatch.setattr(cli, "measured", None)  # nothing is
    cli.main(read=new, into=old, json=both)
    assert cli.reported(both) == merged(whole, report(memory("stream", 3)))
