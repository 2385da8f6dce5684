"""`qb dev`: once, and at every save of real files, until Ctrl-C."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import Database, Script, connect, sql
from qb.kit.developing import Developed
from tables.scratch import scratch_database
from tests.kit.command.commands import process, project, run
from tests.kit.command.watching import watched

TABLES = """
from qb import Col, Table, column, identity


class Note(Table, name="notes"):
    id: Col[int] = column(primary_key=True, default=identity())
    text: Col[str | None]
"""
WAITING = "waiting for the next save"


@pytest.fixture
def url(qb_url: str) -> Iterator[str]:
    with scratch_database(qb_url, name="dev") as url:
        yield url


def shop(folder: Path, *lines: str, text: str = TABLES) -> Path:
    (folder / "shop").mkdir(exist_ok=True)
    (folder / "shop" / "tables.py").write_text(text)
    return project(folder, 'url = "env:SHOP"', 'schema = "shop.tables"', *lines)


def columns(db: Database) -> list[str]:
    return db.all(
        sql("SELECT column_name::text FROM information_schema.columns WHERE table_name = 'notes' ORDER BY 1").rows(str)
    ).unwrap()


@pytest.mark.slow
def test_once(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, 'outputs.typescript = "web/schema.ts"')
    done = process("dev", folder=folder, SHOP=url)
    assert (done.code, done.output) == (0, f"2 statements run\n{folder}/web/schema.ts: written\n")
    assert 'CREATE TABLE "public"."notes"' in done.errors
    assert "notes" in (folder / "web/schema.ts").read_text()
    reply = process("dev", "--json", folder=folder, SHOP=url)
    data = reply.reply_of(Developed).data
    assert (reply.errors, data.pushed.applied, [each.state for each in data.outputs]) == ("", False, ["same"])


def test_json_and_watch_are_not_both(tmp_path: Path, url: str) -> None:
    refused = run("dev", "--watch", "--json", folder=shop(tmp_path), SHOP=url).reply()
    assert (refused.code, [each.code for each in refused.problems]) == (1, ["usage"])


def test_without_watchfiles_it_says_what_to_install(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    failed = run("dev", "--watch", folder=shop(tmp_path), SHOP=url)
    assert failed.code == 1
    assert 'error: --watch needs watchfiles, which the extra kit brings\n  pip install "qb[kit]"' in failed.errors


@pytest.mark.slow
def test_what_is_not_free_is_refused(tmp_path: Path, url: str) -> None:
    for options in ((), ("--watch",)):
        refused = process("dev", *options, folder=shop(tmp_path, "protected = true"), SHOP=url)
        assert refused.code == 4
        assert "tool.qb.databases.default.protected: it is true, so qb dev changes nothing" in refused.errors


@pytest.mark.slow
def test_at_every_save(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, 'outputs.typescript = "schema.ts"')
    tables = folder / "shop" / "tables.py"
    with connect(url) as db, watched("dev", "--watch", folder=folder, SHOP=url) as dev:
        first = dev.until(WAITING)
        assert "2 statements run" in first
        assert f"{folder}/schema.ts: written" in first
        assert columns(db) == ["id", "text"]

        # of the same length, within the same second: what was compiled is not taken for it
        for name in ("more", "size", "rank"):
            tables.write_text(f"{TABLES}    {name}: Col[int | None]\n")
            said = dev.until(WAITING)
            assert f'ADD COLUMN "{name}"' in said
            assert columns(db) == sorted(["id", "text", name])
            assert f"{name}: number | null" in (folder / "schema.ts").read_text()

        tables.write_text(f"{TABLES}    rank Col[int | None]\n")
        assert f"error: {tables}:8: SyntaxError: invalid syntax" in dev.until(WAITING)
        tables.write_text(f"from shop.nowhere import x\n{TABLES}")
        assert f"error: {tables}:1: ModuleNotFoundError: No module named 'shop.nowhere'" in dev.until(WAITING)
        tables.write_text(TABLES.replace("primary_key=True", "primary_kei=True"))
        assert f"error: {tables}:6: DefinitionError: column has no option primary_kei" in dev.until(WAITING)
        assert columns(db) == ["id", "rank", "text"]

        db.run(Script("INSERT INTO notes (text, rank) VALUES ('kept', 1)")).unwrap()
        tables.write_text(TABLES)
        asked = dev.until(WAITING)
        assert "this loses rows, or values of them: drop-column:notes.rank" in asked
        assert "--allow drop-column:notes.rank" in asked
        db.run(Script("UPDATE notes SET rank = NULL")).unwrap()
        tables.write_text(f"{TABLES}\n")
        assert 'DROP COLUMN "rank"' in dev.until(WAITING)

        tables.write_text(
            TABLES.replace("text: Col[str | None]", "body: Col[str | None] = column(renamed_from='text')")
        )
        assert 'RENAME COLUMN "text" TO "body"' in dev.until(WAITING)
        assert db.scalar(sql("SELECT body FROM notes").rows(str)).unwrap() == "kept"

        code, said = dev.interrupted()
        assert (code, "interrupted" in said, "Traceback" in said) == (130, True, False)
    assert not list(folder.rglob("*.pyc"))


@pytest.mark.slow
def test_other_modules_the_config_and_who_becomes_protected(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path)
    with connect(url) as db, watched("dev", "--watch", folder=folder, SHOP=url) as dev:
        dev.until(WAITING)
        (folder / "shop" / "parts").mkdir()
        (folder / "shop" / "parts" / "names.py").write_text('NAME = "first"\n')
        text = TABLES.replace("from qb", "from shop.parts.names import NAME\nfrom qb", 1)
        (folder / "shop" / "tables.py").write_text(f"{text}    more: Col[int | None] = column(name=NAME)\n")
        assert 'ADD COLUMN "first"' in dev.until(WAITING)
        assert "in 3 folders" in dev.until(WAITING), "the folder of the new module is looked at, too"
        (folder / "shop" / "parts" / "names.py").write_text('NAME = "other"\n')
        assert 'ADD COLUMN "other"' in dev.until(WAITING)
        assert columns(db) == ["id", "other", "text"]
        (folder / "pyproject.toml").write_text("[tool.qb.databases.default]\nshema = 'shop.tables'\n")
        assert "there is no such key: did you mean schema?" in dev.until(WAITING)
        project(folder, 'url = "env:SHOP"', 'schema = "shop.tables"', "protected = true")
        assert "tool.qb.databases.default.protected: it is true" in dev.until("error: ")
        assert dev.running.wait(timeout=60) == 4


@pytest.mark.slow
def test_ctrl_c_in_the_midst_leaves_nothing_half_done(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path)
    with connect(url) as db, watched("dev", "--watch", folder=folder, SHOP=url) as dev:
        dev.until(WAITING)
        with db.transaction() as tx:
            tx.execute(sql("INSERT INTO notes (text) VALUES ('kept')").command()).unwrap()
            more = TABLES.replace('name="notes"', 'name="another"').replace("Note(", "Another(").partition("identity\n")
            text = f"{TABLES}    more: Col[int | None]\n{more[2]}"
            (folder / "shop" / "tables.py").write_text(text)
            assert "blocked by session" in dev.until("blocked by")
            code, said = dev.interrupted()
            assert (code, "interrupted" in said) == (130, True)
        assert columns(db) == ["id", "text"]
        assert db.scalar(sql("SELECT to_regclass('another') IS NULL").rows(bool)).unwrap()
        assert process("dev", folder=folder, SHOP=url).code == 0
        assert columns(db) == ["id", "more", "text"]
