"""The whole command on little data: what it writes, what it notices, how it ends. Nothing depends on how fast it is."""

import secrets
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner, Result

from benchmarks import cli, registry, run
from benchmarks.contender import Operation
from benchmarks.data import Sizes
from benchmarks.database import url_of
from benchmarks.registry import Key
from benchmarks.results import Report
from benchmarks.stats import median, ratios
from benchmarks.verify import Mismatch, verify
from qb.run.server.embedded import Embedded

ROOT = Path(__file__).parents[2]
LIARS = "tests.benchmarks.liars"
TINY = msgspec.structs.replace(
    run.QUICK,
    sizes=Sizes(tickets=120, tickets_with_tasks=60, bulk=10, convert=100, stream=120),
    rounds=3,
    turn_seconds=0.0001,
)


@pytest.fixture(scope="module")
def server(qb_server: Embedded) -> str:
    """The run's own: each measurement makes a database of its own."""
    return qb_server.url


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "QUICK", TINY)


def invoke(*options: str) -> Result:
    return CliRunner().invoke(cli.app, list(options), env={"COLUMNS": "120"})


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_a_run_measures_every_contender_in_every_operation(server: str, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    result = invoke("--quick", "--url", server, "--json", str(path))
    assert result.exit_code == 0, result.output

    report = msgspec.json.decode(path.read_bytes(), type=Report)
    assert report.quick
    assert report.machine.python == sys.version.split()[0]
    assert report.server["server_version"]
    assert [each.operation for each in report.measurements] == list(Operation)
    for each in report.measurements:
        by_name = {measured.contender: measured for measured in each.contenders}
        baseline = by_name[each.baseline]
        assert baseline.by_hand
        assert all(m.ratio.median >= 1 for m in each.contenders if m.by_hand)
        rounds = 1 if each.operation is Operation.STREAM else 3
        for measured in each.contenders:
            assert len(measured.samples) == rounds
            assert all(sample > 0 for sample in measured.samples)
            assert measured.summary.median == median(measured.samples)
            assert measured.ratio.median == median(ratios(measured.samples, baseline.samples))
            assert len(measured.streams) == (rounds if each.operation is Operation.STREAM else 0)
        assert {"psycopg by hand", "qb", "qb (async)", "asyncpg", "SQLAlchemy Core", "SQLAlchemy ORM"} <= by_name.keys()
        assert ("psycopg, VALUES" in by_name) == (each.operation is Operation.BULK_INSERT)
        for name in by_name:
            assert name in result.output


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_one_contender_in_one_operation_comes_with_its_baseline(server: str, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    options = ["--operation", "single_fetch", "--contender", "asyncpg", "--rounds", "2"]
    result = invoke("--quick", "--url", server, "--json", str(path), *options)
    assert result.exit_code == 0, result.output
    (only,) = msgspec.json.decode(path.read_bytes(), type=Report).measurements
    assert {each.contender: len(each.samples) for each in only.contenders} == {"psycopg by hand": 2, "asyncpg": 2}


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(
    ("liar", "operation", "row"),
    [
        ("WrongTitle", Operation.SINGLE_FETCH, 1),
        ("InsertsLess", Operation.BULK_INSERT, 10),
        ("ForgetsTasks", Operation.COMPLEX_JOIN, 1),
        ("SwapsRows", Operation.CONVERT, 1),
        pytest.param("DropsLast", Operation.STREAM, 120, marks=pytest.mark.slow),
        ("TagsAsText", Operation.STREAM, 1),
    ],
)
def test_a_contender_that_lies_is_named(
    server: str, monkeypatch: pytest.MonkeyPatch, liar: str, operation: Operation, row: int
) -> None:
    monkeypatch.setitem(registry.FACTORIES, Key.ASYNCPG, f"{LIARS}:{liar}")
    result = invoke("--quick", "--url", server, "--contender", "asyncpg", "--operation", operation)
    assert result.exit_code == 1, result.output
    assert f"liar returned something else for {operation}, first in row {row}:" in result.stderr


@pytest.mark.usefixtures("tiny")
def test_nothing_stays_on_the_server(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    from benchmarks import database

    ours = secrets.token_hex(4)  # another process may be measuring on this server

    def hexadecimal(_: int) -> str:
        return ours

    monkeypatch.setattr(database, "token_hex", hexadecimal)
    result = invoke(
        "--quick", "--url", server, "--operation", "single_fetch", "--contender", "asyncpg", "--rounds", "1"
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
    assert 'pip install "qb[bench]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_embedded_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_: str) -> None:
        return None

    monkeypatch.setattr(cli, "find_spec", nothing)
    result = invoke("--quick")
    assert result.exit_code == 4
    assert 'pip install "qb[embedded]"' in result.stderr


@pytest.mark.parametrize("options", [["--rounds", "0"], ["--operation", "dance"], ["--contender", "nobody"]])
def test_a_wrong_option_is_refused(options: Sequence[str]) -> None:
    assert invoke(*options).exit_code == 2


def test_help_names_every_operation_and_every_exit_code() -> None:
    output = " ".join(invoke("--help").output.split())
    for word in (*Operation, *Key, "--quick", "--json", "--url", "Ends with 0"):
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
    from benchmarks.database import temporary_database
    from benchmarks.seat import take_seat

    with temporary_database(server, TINY.sizes) as database:
        database.create()
        for _ in database.fill():
            pass
        seat = take_seat(registry.build(f"{LIARS}:WrongTitle"), database.url)
        try:
            with pytest.raises(Mismatch, match="title is 'something else' instead of 'Ticket 1: "):
                verify(seat, Operation.SINGLE_FETCH, database)
        finally:
            seat.close()
