"""The whole command on little data: what it writes, what it notices, how it ends. Nothing depends on how fast it is."""

import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner, Result

from benchmarks import cli, run
from benchmarks.data import rows
from benchmarks.data.database import temporary_database, url_of
from benchmarks.data.rows import Sizes
from benchmarks.data.server import embedded_server
from benchmarks.measure.messages import Open
from benchmarks.measure.rounds import Pace
from benchmarks.measure.seat import Mismatch, Seat
from benchmarks.measure.stats import median, ratios
from benchmarks.measure.verify import verify
from benchmarks.peers import registry
from benchmarks.peers.registry import Entry, Key, Role, python
from benchmarks.report.results import Measurement, Report
from benchmarks.suites.case import Case, Kind
from benchmarks.suites.operations import single_fetch
from benchmarks.suites.registry import Suite

ROOT = Path(__file__).parents[2]
LIARS = "tests.benchmarks.liars"
TINY = msgspec.structs.replace(
    run.QUICK,
    sizes=Sizes(
        tickets=120,
        tickets_with_tasks=60,
        bulk=10,
        convert=100,
        stream=120,
        nested=20,
        many=10,
        most=20,
        tasks=4,
        joins=2,
        objects=1_000,
        pipelined=10,
        wide=5,
        columns=12,
    ),
    pace=Pace(turn_seconds=0.0001, case_seconds=0, least=3, most=3),
    memory_rounds=2,
    import_rounds=1,
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """One with room for all peers; each measurement makes a database of its own."""
    with embedded_server() as url:
        yield url


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "QUICK", TINY)


def invoke(*options: str) -> Result:
    return CliRunner().invoke(cli.app, list(options), env={"COLUMNS": "120"})


def read(path: Path) -> Report:
    return msgspec.json.decode(path.read_bytes(), type=Report)


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("suite", Suite)
def test_every_peer_is_measured_or_said_to_be_absent(server: str, tmp_path: Path, suite: Suite) -> None:
    path = tmp_path / "report.json"
    result = invoke(suite, "--quick", "--url", server, "--json", str(path))
    assert result.exit_code == 0, result.output

    report = read(path)
    assert report.quick
    assert report.machine.python == sys.version.split()[0]
    assert report.server["server_version"]
    assert [each.label for each in report.measurements] == [case.label for case in run.cases_of(TINY, [suite])]
    for each in report.measurements:
        assert_consistent(each)
        there = {measured.peer for measured in each.peers}
        absent = {one.peer for one in each.absent}
        judged = {entry.name for entry in registry.ENTRIES.values() if entry.role in (Role.QB, Role.OTHER)}
        assert judged <= there | absent
        assert not there & absent
        for name in there:
            assert name in result.output


def assert_consistent(each: Measurement) -> None:
    by_name = {measured.peer: measured for measured in each.peers}
    for measured in each.peers:
        once = each.kind is Kind.MEMORY and measured.role is Role.OTHER
        assert len(measured.samples) == (1 if once else each.rounds)
        assert measured.summary.median == median(measured.samples)
    if each.kind is Kind.TIME:
        assert each.rounds == 3
        assert all(sample > 0 for measured in each.peers for sample in measured.samples)
    if each.baseline is not None:
        baseline = by_name[each.baseline]
        assert baseline.role in (Role.BY_HAND, Role.FLOOR)
        for measured in each.peers:
            if measured.ratio is not None:
                assert measured.ratio.median == median(ratios(measured.samples, baseline.samples))


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_one_peer_in_one_case_comes_with_what_it_is_compared_with(server: str, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    options = ["--case", "single_fetch", "--peers", "asyncpg", "--rounds", "2"]
    result = invoke("operations", "--quick", "--url", server, "--json", str(path), *options)
    assert result.exit_code == 0, result.output
    (only,) = read(path).measurements
    found = {each.peer: len(each.samples) for each in only.peers}
    assert found.items() >= {"psycopg by hand": 2, "asyncpg": 2}.items()
    assert "qb" not in found


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (Entry("nobody", ["a-program-that-is-nowhere"], advice="write it"), "a-program-that-is-nowhere is not there"),
        (Entry("nobody", python("benchmarks.peers.registry:Nobody"), needs=["no/such/folder"]), "no/such/folder"),
        (Entry("nobody", python(f"{LIARS.removesuffix('liars')}absent:Nobody")), "no_such_library is not installed"),
    ],
)
def test_who_is_not_installed_is_said_to_be_missing(
    server: str, monkeypatch: pytest.MonkeyPatch, entry: Entry, why: str
) -> None:
    monkeypatch.setitem(registry.ENTRIES, Key.ASYNCPG, entry)
    options = ["--peers", "asyncpg", "--case", "single_fetch", "--rounds", "1"]
    result = invoke("operations", "--quick", "--url", server, *options)
    assert result.exit_code == 0, result.output
    assert "nobody took no part: " in result.output
    assert why in " ".join(result.output.split())


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(
    ("liar", "case", "row"),
    [
        ("WrongTitle", "single_fetch", 1),
        pytest.param("InsertsLess", "bulk_insert", 10, marks=pytest.mark.slow),
        pytest.param("ForgetsTasks", "complex_join", 1, marks=pytest.mark.slow),
        pytest.param("SwapsRows", "convert", 1, marks=pytest.mark.slow),
        pytest.param("DropsLast", "stream", 120, marks=pytest.mark.slow),
        pytest.param("TagsAsText", "stream", 1, marks=pytest.mark.slow),
        pytest.param("IdsAsText", "single_fetch", 1, marks=pytest.mark.slow),
    ],
)
def test_a_peer_that_lies_is_named(
    server: str, monkeypatch: pytest.MonkeyPatch, liar: str, case: str, row: int
) -> None:
    monkeypatch.setitem(registry.ENTRIES, Key.ASYNCPG, Entry("liar", python(f"{LIARS}:{liar}")))
    result = invoke("operations", "--quick", "--url", server, "--peers", "asyncpg", "--case", case)
    assert result.exit_code == 1, result.output
    assert f"liar returned something else for {case}, first in row {row}:" in result.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(("liar", "said"), [("Breaks", "liar failed:"), ("Ends", "liar ended:\ngone home")])
def test_a_peer_that_fails_is_named_and_the_others_are_measured(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, liar: str, said: str
) -> None:
    path = tmp_path / "report.json"
    monkeypatch.setitem(registry.ENTRIES, Key.ASYNCPG, Entry("liar", python(f"{LIARS}:{liar}")))
    cases = ["--case", "single_fetch", "--case", "bulk_insert"]
    result = invoke("operations", "--quick", "--url", server, "--peers", "asyncpg", "--json", str(path), *cases)
    assert result.exit_code == 1, result.output
    assert said in result.stderr
    report = read(path)
    (failure,) = report.failed
    assert failure.startswith(f"{report.measurements[0].title}: {said}")
    failed, went_on = report.measurements
    assert [each.peer for each in failed.absent] == ["liar"]
    assert {"liar", "psycopg by hand"} & {each.peer for each in failed.peers} == {"psycopg by hand"}
    assert {"liar", "psycopg by hand"} <= {each.peer for each in went_on.peers}


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_a_case_that_cannot_be_measured_costs_no_other_its_samples(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    work = run.Run.work

    def unless_the_first(self: run.Run, case: Case, advance: run.Advance) -> Measurement:
        if case.name == "single_fetch":
            raise ValueError("a bug of the benchmarks")
        return work(self, case, advance)

    monkeypatch.setattr(run.Run, "work", unless_the_first)
    cases = ["--case", "single_fetch", "--case", "bulk_insert"]
    result = invoke("operations", "--quick", "--url", server, "--peers", "asyncpg", "--json", str(path), *cases)
    assert result.exit_code == 1, result.output
    assert "ValueError: a bug of the benchmarks" in result.stderr
    assert [each.case for each in read(path).measurements] == ["bulk_insert"]


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_what_was_measured_until_it_was_ended_is_reported(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    measure = run.Run.measure

    def until_the_second(self: run.Run, case: Case, progress: run.Progress) -> Measurement:
        if case.name == "bulk_insert":
            raise KeyboardInterrupt
        return measure(self, case, progress)

    monkeypatch.setattr(run.Run, "measure", until_the_second)
    cases = ["--case", "single_fetch", "--case", "bulk_insert"]
    result = invoke("operations", "--quick", "--url", server, "--peers", "asyncpg", "--json", str(path), *cases)
    assert result.exit_code == 1, result.output
    assert "It was ended by hand after 1 of 2 cases." in result.stderr
    assert [each.case for each in read(path).measurements] == ["single_fetch"]


@pytest.mark.usefixtures("tiny")
def test_nothing_stays_on_the_server(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    from benchmarks.data import database

    ours = secrets.token_hex(4)  # another process may be measuring on this server

    def hexadecimal(_: int) -> str:
        return ours

    monkeypatch.setattr(database, "token_hex", hexadecimal)
    result = invoke(
        "operations", "--quick", "--url", server, "--case", "single_fetch", "--peers", "asyncpg", "--rounds", "1"
    )
    assert result.exit_code == 0, result.output
    with psycopg.connect(server) as connection:
        left = connection.execute("select datname from pg_database where datname = %s", [f"qb_benchmarks_{ours}"])
        assert left.fetchall() == []


def test_a_server_that_does_not_answer_is_said_in_a_sentence(tmp_path: Path) -> None:
    result = invoke("--quick", "--url", f"postgresql://somebody:secret@/nothing?host={tmp_path}")
    assert result.exit_code == 3
    assert result.stderr.strip().startswith("The server cannot be used: ")
    assert "Traceback" not in result.output
    assert "secret" not in result.output


def test_a_missing_extra_is_named() -> None:
    program = "import sys; sys.modules['typer'] = None; import benchmarks.__main__ as main; main.main()"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert 'pip install -e ".[bench]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_embedded_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_: str) -> None:
        return None

    monkeypatch.setattr(cli, "find_spec", nothing)
    result = invoke("--quick")
    assert result.exit_code == 4
    assert 'pip install "qb[embedded]"' in result.stderr


@pytest.mark.parametrize("options", [["--rounds", "0"], ["--case", "dance"], ["--peers", "nobody"], ["dance"]])
def test_a_wrong_option_is_refused(options: Sequence[str]) -> None:
    assert invoke(*options).exit_code == 2


def test_help_names_every_suite_and_every_exit_code() -> None:
    output = " ".join(invoke("--help").output.split())
    for word in (*Suite, *Key, "--quick", "--json", "--url", "Ends with 0"):
        assert word in output


@pytest.mark.parametrize(
    "conninfo",
    ["host='/tmp/a b' port=5433 user=me dbname=x", "postgresql://me:s%40cret@localhost:5433/x?connect_timeout=3"],
)
def test_any_form_of_address_becomes_a_url_with_the_same_meaning(conninfo: str) -> None:
    wanted = {**conninfo_to_dict(conninfo), "dbname": "other/one"}
    assert {k: str(v) for k, v in conninfo_to_dict(url_of(conninfo, dbname="other/one")).items()} == {
        k: str(v) for k, v in wanted.items()
    }


def test_mismatch_says_what_differs(server: str) -> None:
    with temporary_database(server, TINY.sizes) as database:
        database.create()
        for _ in database.fill():
            pass
        entry = Entry("liar", python(f"{LIARS}:WrongTitle"))
        seat = Seat(entry, Open(database.url, rows.templates(TINY.sizes)))
        try:
            with pytest.raises(Mismatch, match="title is 'something else' instead of 'Ticket 1: "):
                verify(seat, single_fetch(TINY.sizes), database)
        finally:
            seat.close()
