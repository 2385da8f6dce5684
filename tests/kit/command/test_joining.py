"""`qb merge`, `lint` and what else works on a history: what they say, and how they exit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from qb import Script, connect
from tables.scratch import scratch_database
from tests.kit.command.commands import open_folder, project, run


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture
def url(qb_url: str) -> Iterator[str]:
    with scratch_database(qb_url, name="joining") as url:
        yield url


def history(folder: Path, *lines: str, **migrations: str) -> Path:
    """A project with migrations: of two texts with a line of dashes between them the second is the down. The name is
    followed by that of its parent: `b__a`."""
    for name, text in migrations.items():
        id, _, parent = name.removeprefix("_").partition("__")
        made = folder / "migrations" / id
        made.mkdir(parents=True, exist_ok=True)
        up, _, down = text.partition("\n---\n")
        (made / "up.sql").write_text(up)
        if down:
            (made / "down.sql").write_text(down)
        if parent:
            record = msgspec.json.encode({"format": 1, "id": id, "parents": [parent], "up": "", "down": None})
            (made / "migration.json").write_bytes(record)
    return project(folder, 'url = "env:SHOP"', 'prefix = "index"', *lines)


@pytest.mark.slow
def test_merge(tmp_path: Path) -> None:
    folder = history(
        tmp_path,
        _0001_a="CREATE TABLE a (x int);",
        _0002_b__0001_a="ALTER TABLE a ADD b int;",
        _0003_c__0001_a="ALTER TABLE a ADD c int;",
    )
    done = run("merge", folder=folder, SHOP="postgresql://nowhere/x")
    assert done.code == 0
    assert done.output.endswith("0004_merge joins 0002_b and 0003_c: in both orders they make the same\n")
    assert (folder / "migrations/0004_merge/migration.json").exists()
    again = run("merge", folder=folder, SHOP="postgresql://nowhere/x")
    assert again.output == "there is one head, or none: nothing to join\n"
    (folder / "migrations/0005_d").mkdir()
    folder = history(
        tmp_path, _0005_d__0004_merge="ALTER TABLE a DROP b;", _0006_e__0004_merge="ALTER TABLE a ALTER b TYPE text;"
    )
    refused = run("merge", "--json", folder=folder, SHOP="postgresql://nowhere/x").reply()
    (problem,) = refused.problems
    assert (refused.code, problem.code, problem.object) == (4, "heads-do-not-commute", "column public.a.b")
    assert problem.file == str(folder / "migrations/0006_e/up.sql")
    assert problem.fix == "qb renumber 0006_e or qb renumber 0005_d"


def test_lint(tmp_path: Path) -> None:
    (tmp_path / "change.sql").write_text("DROP TABLE a;\nCREATE INDEX ON b (x);\n")
    (tmp_path / "good.sql").write_text("CREATE TABLE c ();\n")
    found = run("lint", "change.sql", folder=tmp_path)
    assert found.code == 3
    assert found.output == (
        "destroys       change.sql:1:1: drop-table:a\n"
        "locks          change.sql:1:1: AccessExclusiveLock on a, for a moment\n"
        "locks          change.sql:1:1: AccessExclusiveLock on the tables that a refers to, or is a part of, for a "
        "moment\n"
        "keeps waiting  change.sql:2:1: ShareLock on b while it builds the index; instead: CREATE INDEX CONCURRENTLY\n"
    )
    assert run("lint", "good.sql", folder=tmp_path).output == "nothing to say\n"
    (problem,) = run("lint", "good.sql", "change.sql", "--json", folder=tmp_path).reply().problems
    assert (problem.code, problem.line, problem.fix) == ("keeps-waiting", 2, "CREATE INDEX CONCURRENTLY")
    assert run("lint", "none.sql", folder=tmp_path).code == 1


@pytest.mark.slow
def test_revert_squash_renumber_and_which_applied(tmp_path: Path, url: str) -> None:
    folder = history(
        tmp_path,
        _0001_a="CREATE TABLE a (x int);\n---\nDROP TABLE a;",
        _0002_b="ALTER TABLE a ADD b int;\n---\nALTER TABLE a DROP b;",
        _0003_c="ALTER TABLE a ADD c int;\n---\nALTER TABLE a DROP c;",
    )
    assert run("which-applied", folder=folder, SHOP=url).output == "it is as before the first migration\n"
    assert run("migrate", "--to", "0002", folder=folder, SHOP=url).code == 0
    assert run("which-applied", folder=folder, SHOP=url).output == (
        "it is as behind 0002_b; if its journal says nothing: qb baseline 0002_b\n"
    )
    asked = run("revert", "b", "--json", folder=folder, SHOP=url).reply()
    assert (asked.code, asked.problems[0].fix) == (2, "--allow drop-column:a.b")
    done = run("revert", "b", "--allow", "drop-column:a.b", folder=folder, SHOP=url)
    assert done.code == 0, done
    assert done.output.endswith(
        "0004_revert_b undoes 0002_b: proved by replaying the history without it, and with 12 rows\n"
    )
    wrong = run("squash", "0001", folder=folder, SHOP=url)
    assert (wrong.code, "names no two migrations" in wrong.errors) == (4, True)
    shown = run("squash", "0001..0002", "--dry-run", folder=folder, SHOP=url)
    assert shown.output.startswith("-- 0002_squashed, up\n")
    squashed = run("squash", "0001..0002", folder=folder, SHOP=url)
    assert squashed.output.endswith(
        "0002_squashed replaces 2 migrations, and makes the same: replayed both ways, and proved with 0 rows\n"
    )
    assert run("migrate", folder=folder, SHOP=url).code == 0
    assert run("renumber", "revert_b", folder=folder, SHOP=url).output == ("it is behind all others already\n")
    tables = run("status", "--tables", "--exit-code", folder=folder, SHOP=url)
    assert (tables.code, tables.output) == (
        0,
        "as migrated  public.a  0004_revert_b  about 0 rows, 0 bytes\n1 table: 1 as migrated\n",
    )
    with connect(url) as db:
        db.run(Script("CREATE TABLE odd ()")).unwrap()
    odd = run("which-applied", folder=folder, SHOP=url)
    assert (odd.code, odd.output) == (
        3,
        "it is nothing that the migrations make; nearest is 0004_revert_b, which differs in table public.odd\n",
    )
