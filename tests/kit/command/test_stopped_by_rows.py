"""`qb migrate` and `qb deploy`, and rows that are no more what the schema says."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import Script, connect, unwrap
from tables.scratch import scratch_database
from tests.kit.command.commands import open_folder, project, run

TABLES = """
from qb import Col, Table, column, pg


class Sensor(Table, name="sensors"):
    id: Col[int] = column(primary_key=True)
    labels: Col[list[str]] = column(pg.jsonb, default=[])
"""
MADE = "CREATE TABLE sensors (id int8 PRIMARY KEY, labels jsonb NOT NULL DEFAULT '[]'); INSERT INTO sensors VALUES (7);"
BAD = "-- qb:allow update:sensors\nUPDATE sensors SET labels = '[5]';"
FAILED = (
    "it is applied, and rows are not what the schema says: codec sensors.labels at $[]: Expected `str`, got `int` "
    "(1 row){keys}: mend them and run it again, which asks them again, or take it back: qb rollback"
)


def shop(folder: Path, *lines: str, **migrations: str) -> Path:
    for name, text in migrations.items():
        made = folder / "migrations" / name.removeprefix("_")
        made.mkdir(parents=True, exist_ok=True)
        (made / "up.sql").write_text(text)
    return project(folder, 'url = "env:GUARDED"', 'schema = "guarded_tables"', *lines, guarded_tables=TABLES)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture
def url(qb_url: str) -> Iterator[str]:
    with scratch_database(qb_url, name="guarded") as url:
        yield url


def mend(*urls: str) -> None:
    for url in urls:
        with connect(url) as db:
            unwrap(db.run(Script("UPDATE sensors SET labels = '[]'")))


def test_migrate_ends_where_a_guard_fails(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, _0001_made=MADE)
    good = run("migrate", folder=folder, GUARDED=url)
    assert (good.code, good.output) == (
        0,
        "1 migration applied, the last one is 0001_made\nthe rows of 1 table are what the schema says\n",
    ), good
    shop(folder, _0002_bad=BAD)
    planned = run("migrate", "--dry-run", folder=folder, GUARDED=url)
    assert planned.code == 0, planned
    bad = run("migrate", "--json", folder=folder, GUARDED=url).reply()
    assert bad.code == 6
    assert [(each.code, each.object, each.fix) for each in bad.problems] == [
        ("guard-failed", "table sensors", "qb validate --show-keys")
    ]
    assert bad.problems[0].message == FAILED.format(keys="")
    again = run("migrate", "--show-keys", folder=folder, GUARDED=url)
    assert again.code == 6
    assert "(1 row): 7: mend them" in again.errors
    assert "reads sensors for its guards, as they are now, about" not in again.errors  # nobody has counted
    none = run("migrate", "--guards", "none", folder=folder, GUARDED=url)
    assert (none.code, none.output) == (0, "nothing to do\n")
    mend(url)
    mended = run("migrate", folder=folder, GUARDED=url)
    assert (mended.code, mended.output) == (0, "the rows of 1 table are what the schema says\n")
    assert run("migrate", folder=folder, GUARDED=url).output == "nothing to do\n"


def test_each_ends_there(tmp_path: Path, url: str, qb_url: str) -> None:
    with scratch_database(qb_url, name="other") as other:
        folder = shop(tmp_path, "owned = true", _0001_made=MADE, _0002_bad=BAD)
        (folder / "guarded_all.py").write_text(f"addresses = {{1: {url!r}, 2: {other!r}}}\n")
        found = run("migrate", "--each", "guarded_all:addresses", "--json", folder=folder, GUARDED=url).reply()
    assert found.code == 6
    assert [(each.code, each.object) for each in found.problems] == [("guard-failed", "1"), ("not-begun", "2")]


@pytest.mark.slow
def test_deploy_ends_there(tmp_path: Path, url: str, qb_url: str) -> None:
    folder = shop(tmp_path, _0001_made=MADE, _0002_bad=BAD)
    lines = 'schema = "guarded_tables"\n'
    config = f'[tool.qb.databases.staging]\nurl = "env:STAGING"\n{lines}'
    config += f'[tool.qb.databases.production]\nurl = "env:GUARDED"\n{lines}'
    (folder / "pyproject.toml").write_text(config)
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)
    with scratch_database(qb_url, name="staging") as staging:
        there = {"GUARDED": url, "STAGING": staging}
        failed = run("deploy", "--env", "staging", folder=folder, **there)
        assert failed.code == 6, failed
        stopped = run("deploy", "--env", "production", folder=folder, **there)
        assert stopped.code == 6
        assert "the database staging goes first, and its rows were not what the schema says" in stopped.errors
        mend(staging)
        held = run("deploy", "--env", "staging", folder=folder, **there)
        assert (held.code, held.output) == (0, "nothing to do\nthe rows of 1 table are what the schema says\n")
        assert run("deploy", "--env", "production", folder=folder, **there).code == 6, "its own rows"
        mend(url)
        assert run("deploy", "--env", "production", folder=folder, **there).code == 0


@pytest.mark.slow
def test_rehearse_tells_it_before(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, _0001_made=MADE)
    assert run("migrate", folder=folder, GUARDED=url).code == 0
    shop(folder, _0002_bad=BAD)
    told = run("rehearse", "--show-keys", folder=folder, GUARDED=url)
    assert told.code == 3
    bad = "codec sensors.labels at $[]: Expected `str`, got `int` (1 row): 7"
    assert f"not what the schema says: {bad}\n" in told.output
    reply = run("rehearse", "--json", folder=folder, GUARDED=url).reply()
    assert [(each.code, each.object) for each in reply.problems] == [("codec", "table sensors")]
