"""`qb deploy`, `rehearse`, `adopt` and the options of `qb migrate` around a run."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import Script, connect, sql
from tables.scratch import scratch_database
from tests.kit.command.commands import open_folder, project, run


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture
def url(qb_url: str) -> Iterator[str]:
    with scratch_database(qb_url, name="deploy") as url:
        yield url


def shop(folder: Path, *lines: str, **migrations: str) -> Path:
    """A project with migrations: of two texts with a line of dashes between them the second is the down."""
    for name, text in migrations.items():
        made = folder / "migrations" / name.removeprefix("_")
        made.mkdir(parents=True, exist_ok=True)
        up, _, down = text.partition("\n---\n")
        (made / "up.sql").write_text(up)
        if down:
            (made / "down.sql").write_text(down)
    return project(folder, 'url = "env:SHOP"', *lines)


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


NOTES = "CREATE TABLE notes (id int);\n---\nDROP TABLE notes;"
STAGED = """
[tool.qb.databases.staging]
url = "env:STAGING"
[tool.qb.databases.production]
url = "env:SHOP"
"""


@pytest.mark.slow
def test_what_is_committed_is_deployed_behind_staging(tmp_path: Path, url: str, qb_url: str) -> None:
    folder = shop(tmp_path, _0001_notes=NOTES)
    (folder / "pyproject.toml").write_text(STAGED)
    with scratch_database(qb_url, name="staging") as staging:
        there = {"SHOP": url, "STAGING": staging}
        nothing = run("deploy", "--env", "production", folder=folder, **there)
        assert nothing.code == 4
        assert "only what is committed is deployed" in nothing.errors
        git(folder, "init", "-q")
        git(folder, "add", "pyproject.toml")
        git(folder, "commit", "-qm", "config")
        loose = run("deploy", "--env", "production", folder=folder, **there)
        assert (loose.code, "0001_notes/up.sql" in loose.errors) == (4, True)
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "notes")
        first = run("deploy", "--env", "production", folder=folder, **there)
        assert first.code == 4
        assert "the database staging goes first, and has not 0001_notes yet: `qb deploy --env staging`" in first.errors
        for env in ("staging", "production"):
            done = run("deploy", "--env", env, folder=folder, **there)
            assert done.code == 0, done
            assert done.output.startswith("1 migration of commit ")
            assert "  CREATE TABLE notes (id int);" in done.errors
        assert run("deploy", "--env", "production", folder=folder, **there).output == "nothing to do\n"
        (folder / "migrations/0001_notes/down.sql").write_text("DROP TABLE IF EXISTS notes;")
        assert run("deploy", "--env", "production", folder=folder, **there).code == 4


@pytest.mark.slow
def test_backup_ephemeral_and_rehearse(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, _0001_notes=NOTES)
    tried = run("migrate", "--ephemeral", folder=folder, SHOP=url)
    assert (tried.code, tried.output) == (0, "good   all up\ngood   all down\ngood   up again\n")
    rehearsed = run("rehearse", folder=folder, SHOP=url)
    assert rehearsed.code == 0
    assert rehearsed.output.endswith("s  0001_notes\nall of it was undone, and the copy is what it was\n")
    done = run("migrate", "--backup", "kept", folder=folder, SHOP=url)
    (backup,) = (folder / "kept").iterdir()
    assert done.output == f"1 migration applied, the last one is 0001_notes\nbackup: kept/{backup.name}\n"
    assert run("rehearse", "--schema-only", folder=folder, SHOP=url).output == "nothing is to be run\n"
    seeded = shop(tmp_path, 'seeds = ["more.sql"]')
    (folder / "more.sql").write_text("INSERT INTO notes (id) VALUES (1)")
    twice = run("migrate", "--ephemeral", folder=seeded, SHOP=url)
    assert twice.code == 3
    assert "the seed more.sql is not the same twice: public.notes: 1 rows became 2" in twice.output
    shop(tmp_path, _0002_bad="CREATE TABLE more ();\n---\nSELECT 1;")
    wrong = run("migrate", "--ephemeral", "--json", folder=folder, SHOP=url).reply()
    assert wrong.code == 3
    left = run("rehearse", folder=folder, SHOP=url)
    assert (left.code, "these are not what they were: table public.more" in left.output) == (3, True)


def test_adopt(tmp_path: Path, url: str) -> None:
    folder = project(tmp_path, 'url = "env:SHOP"')
    (folder / "db").mkdir()
    (folder / "db" / "1_notes.sql").write_text("-- migrate:up\nCREATE TABLE notes ();\n-- migrate:down\n")
    (folder / "db" / "2_more.sql").write_text("-- migrate:up\nCREATE TABLE more ();\n")
    refused = run("adopt", "db", "--from", "dbmate", folder=folder, SHOP=url)
    assert refused.code == 1
    assert "the database has no journal of dbmate" in refused.errors
    with connect(url) as db:
        journal = Script("CREATE TABLE schema_migrations (version text)", "INSERT INTO schema_migrations VALUES ('1')")
        db.run(journal).unwrap()
        db.run(Script("CREATE TABLE notes ()")).unwrap()
    done = run("adopt", "db", "--from", "dbmate", folder=folder, SHOP=url)
    assert done.code == 0
    assert done.output.endswith(
        "2 migrations of dbmate are 2 of ours, of which the database has 1\nthe others are to be run: qb migrate\n"
    )
    assert run("migrate", folder=folder, SHOP=url).output == "1 migration applied, the last one is 2_more\n"


def test_each_database_of_a_resolver(tmp_path: Path, url: str, qb_url: str) -> None:
    with scratch_database(qb_url, name="other") as other:
        folder = shop(tmp_path, _0001_notes=NOTES)
        (folder / "tenants_here.py").write_text(f"def addresses():\n    return {{7: {url!r}, 'b': {other!r}}}\n")
        said = ("migrate", "--each", "tenants_here:addresses")
        one = run(*said, "--org", "b", folder=folder, SHOP=url)
        assert (one.code, one.output) == (
            0,
            "b: 1 migration applied, the last one is 0001_notes\n1 of 1 databases have all of it\n",
        )
        both = run(*said, folder=folder, SHOP=url)
        assert both.output == (
            "7: 1 migration applied, the last one is 0001_notes\nb: nothing to do\n2 of 2 databases have all of it\n"
        )
        assert both.errors.splitlines()[0] == "-- 7"
        shop(tmp_path, _0002_more="CREATE TABLE more ();\n---\nDROP TABLE more;")
        with connect(url) as db:
            db.run(Script("CREATE TABLE more ()")).unwrap()
        some = run(*said, "--json", folder=folder, SHOP=url).reply()
        assert some.code == 1
        assert some.data["b"]["applied"] == ["0002_more"]
        assert [(each.object, each.code) for each in some.problems] == [("7", "step-failed")]
        assert some.problems[0].message.startswith(f"7: {folder}/migrations/0002_more/up.sql:1:")
        bad = "def odd():\n    return {'bad': 'postgresql://u:hunter2@[::1/x', **addresses()}\n"
        (folder / "tenants_odd.py").write_text((folder / "tenants_here.py").read_text() + bad)
        others = run("migrate", "--each", "tenants_odd:odd", folder=folder, SHOP=url)
        assert others.output.endswith("b: nothing to do\n1 of 3 databases have all of it\n")
        assert "the database's address cannot be read" in others.errors
        assert "hunter2" not in others.errors
        assert "there is no c among 2 databases" in run(*said, "--org", "c", folder=folder, SHOP=url).errors
        assert "say it as shop.tenants" in run("migrate", "--each", "x", folder=folder, SHOP=url).errors
        missing = run("migrate", "--each", "tenants_here:none", folder=folder, SHOP=url)
        assert "has no attribute 'none'" in missing.errors


def test_each_database_of_the_config_s_resolver(tmp_path: Path, url: str, qb_url: str) -> None:
    with scratch_database(qb_url, name="other") as other:
        plain = shop(tmp_path, _0001_notes=NOTES)
        nothing = run("migrate", "--each", folder=plain, SHOP=url)
        assert nothing.code == 1
        assert (
            f'{plain}/pyproject.toml:1: tool.qb.databases.default.each: nothing is named: say each = "'
            in nothing.errors
        )
        folder = shop(tmp_path, 'each = "tenants_said:ADDRESSES"', 'custom.after = ["loud.sql"]')
        (folder / "loud.sql").write_text("CREATE OR REPLACE VIEW loud AS SELECT 1 AS one;")
        (folder / "tenants_said.py").write_text(f"ADDRESSES = {{'a/../x': {other!r}}}\n")
        own = run("migrate", folder=folder, SHOP=url)
        assert own.output.endswith("\nthe databases of tenants_said:ADDRESSES are others: qb migrate --each\n")
        planned = run("migrate", "--each", "--dry-run", folder=folder, SHOP=url)
        assert planned.output == (
            "a/../x: -- 0001_notes\n--   1. in one transaction\nCREATE TABLE notes (id int);\n"
            "-- run again, as it has changed: loud.sql\n0 of 1 databases have all of it\n"
        )
        with connect(other) as db:
            assert db.scalar(sql("SELECT to_regclass('notes') IS NULL").rows(bool)).unwrap()
            done = run("migrate", "--org", "a/../x", "--backup", "kept", folder=folder, SHOP=url)
            assert (done.code, done.output.splitlines()[1]) == (0, "run again, as it has changed: loud.sql")
            assert db.scalar(sql("SELECT one FROM loud").rows(int)).unwrap() == 1
        assert [each.name for each in (folder / "kept").iterdir()] == ["a%2F%2E%2E%2Fx"]
        assert run("migrate", "--each", folder=folder, SHOP=url).output == (
            "a/../x: nothing to do\n1 of 1 databases have all of it\n"
        )
