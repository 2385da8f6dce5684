"""examples/deploy: an image that migrates and an image that serves. What they run is run here, without the images where
there is no Docker."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from qb import Script, connect
from tables.scratch import scratch_database

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "deploy"
_STAGE = re.compile(r"FROM \S+ AS (\w+)")


def stages() -> dict[str, dict[str, list[str]]]:
    """Of each stage of the Dockerfile what it runs, as lists of words, and what it copies."""
    found: dict[str, dict[str, list[str]]] = {}
    stage: dict[str, list[str]] = {}
    for line in (EXAMPLE / "Dockerfile").read_text().splitlines():
        word, _, rest = line.partition(" ")
        if named := _STAGE.match(line):
            stage = found[named[1]] = {"COPY": []}
        elif word in ("ENTRYPOINT", "CMD"):
            stage[word] = json.loads(rest)
        elif word == "COPY":
            stage["COPY"] += shlex.split(rest)[:-1]
    return found


def command(stage: str) -> list[str]:
    """What a stage runs, by the Python of the tests."""
    said = [*stages()[stage].get("ENTRYPOINT", []), *stages()[stage]["CMD"]]
    there = Path(sys.executable).parent / said[0]
    return [str(there if there.exists() else said[0]), *said[1:]]


@pytest.fixture
def compose() -> Any:
    yaml = pytest.importorskip("yaml", reason="pyyaml is in the extra dev")
    return yaml.safe_load((EXAMPLE / "compose.yaml").read_text())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "app", ignore=shutil.ignore_patterns("*.whl", "__pycache__", ".qb"))
    return tmp_path / "app"


@pytest.fixture
def environ(qb_url: str) -> Iterator[dict[str, str]]:
    with scratch_database(qb_url, name="deployed") as url:
        path = os.pathsep.join((str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])))
        yield {**os.environ, "DATABASE_URL": url, "PYTHONPATH": path, "PORT": "0"}


def test_the_application_waits_for_the_migrations_and_those_for_the_database(compose: Any) -> None:
    services = compose["services"]
    assert set(services) == {"database", "migrate", "app"}
    assert services["app"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert services["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert services["migrate"]["restart"] == "no", "where it fails somebody looks at it"
    assert "pg_isready" in services["database"]["healthcheck"]["test"][1]
    assert {each["build"]["target"] for each in services.values() if "build" in each} == {"migrator", "app"}
    assert {each.partition(":")[0] for each in services["database"]["volumes"]} == set(compose["volumes"])
    for each in services.values():
        for name, value in each["environment"].items():
            assert not name.endswith("PASSWORD") or value.startswith("${POSTGRES_PASSWORD:?")
    assert services["app"]["environment"] == services["migrate"]["environment"]


def test_what_is_copied_is_there_and_nothing_secret_is() -> None:
    allowed = [
        line.removeprefix("!") for line in (EXAMPLE / ".dockerignore").read_text().split("\n") if line[:1] == "!"
    ]
    copied = [each for stage in stages().values() for each in stage["COPY"]]
    for each in copied:
        assert each == "qb-*.whl" or (EXAMPLE / each).exists()
        assert any(fnmatch(each, pattern) for pattern in allowed), each
    assert set(allowed) == set(copied)
    assert command("migrator")[1:] == ["migrate", "--wait", "60", "--confirm", "default"]


@pytest.mark.slow
def test_migrated_then_served(folder: Path, environ: dict[str, str]) -> None:
    def ran(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, cwd=folder, env=environ, capture_output=True, text=True, check=False)

    early = ran(*command("app"))
    assert (early.returncode, "migration 0001_add_notes" in early.stderr) == (1, True)
    first = ran(*command("migrator"))
    assert (first.returncode, first.stdout) == (0, "1 migration applied, the last one is 0001_add_notes\n"), first
    again = ran(*command("migrator"))
    assert (again.returncode, again.stdout) == (0, "nothing to do\n")
    with connect(environ["DATABASE_URL"]) as db:
        db.run(Script("INSERT INTO notes (text) VALUES ('one'), ('two')")).unwrap()
    with subprocess.Popen(command("app"), cwd=folder, env=environ, stdout=subprocess.PIPE, text=True) as serving:
        try:
            assert serving.stdout is not None
            said = serving.stdout.readline()
            assert said.startswith("ready at port ")
            with urllib.request.urlopen(f"http://127.0.0.1:{said.split()[-1]}/", timeout=30) as answer:
                assert answer.read() == b"2 notes\n"
        finally:
            serving.kill()


@pytest.mark.slow
def test_a_migration_that_fails_keeps_the_application_from_starting(folder: Path, environ: dict[str, str]) -> None:
    (folder / "migrations" / "0001_add_notes" / "up.sql").write_text("SELECT 1;")
    refused = subprocess.run(command("migrator"), cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert refused.returncode == 4
    assert "the database is protected" in refused.stderr


@pytest.mark.slow
def test_the_migrations_are_those_of_the_schema(folder: Path, environ: dict[str, str], server_folder: Path) -> None:
    program = (
        "from qb.kit import generate, load_schema\n"
        "wanted = load_schema('shop.tables', folder='.').unwrap()\n"
        f"made = generate(wanted, 'migrations', prefix='index', dry_run=True, cache={str(server_folder)!r}).unwrap()\n"
        "print(made.id, made.up)"
    )
    server_folder.chmod(0o755)
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, cwd=folder, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == "None \n"


def daemon() -> str | None:
    """Why no image can be made here."""
    if shutil.which("docker") is None:
        return "docker is not installed"
    asked = subprocess.run(["docker", "info"], capture_output=True, text=True, check=False)
    return None if asked.returncode == 0 else "no docker daemon answers"


@pytest.mark.slow
def test_the_images_are_built(folder: Path) -> None:
    if (why := daemon()) is not None:
        pytest.skip(why)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    for target in ("migrator", "app"):
        tag = f"qb-example-{target}"
        subprocess.run(["docker", "build", "--target", target, "--tag", tag, str(folder)], check=True)
    said = subprocess.run(
        ["docker", "run", "--rm", "qb-example-migrator", "--version"], capture_output=True, check=True
    )
    assert said.stdout.startswith(b"qb ")
