"""Migrations as files: both layouts, written and read back; what lies in a folder that should not."""

from __future__ import annotations

import re
import resource
from pathlib import Path

import pytest

from qb.kit.history.adding import add_migration
from qb.kit.history.errors import UnreadableHistory, UnwritableHistory
from qb.kit.history.history_files import catalog_file, migration_files
from qb.kit.history.migration import Migration, Proof
from qb.kit.history.migration_names import HistoryLayout
from qb.kit.history.reading import read_history

SUPABASE = re.compile(r"^([0-9]+)_(.*)\.sql$")
"""`migrateFilePattern` of the Supabase CLI, pkg/migration/file.go: each such file of the folder is run."""

MIXED = Migration(
    id="20261122093000_add_slug",
    parents=(),
    up=(
        "-- 1. none\nALTER TABLE users ADD slug text;\n"
        "-- 2. none\nCREATE INDEX CONCURRENTLY users_slug ON users (slug);\n"
        "-- 3. AccessExclusiveLock\nALTER TABLE users ADD CHECK (slug <> '') NOT VALID;\n-- qb: commit\n"
        "-- 4. ShareUpdateExclusiveLock\nALTER TABLE users VALIDATE CONSTRAINT users_slug_check;\n"
    ),
    down="ALTER TABLE users DROP slug;\n",
    major=18,
    proved=Proof(up=True, down=True, rows=9),
)
INIT = Migration(id="0001_init", up="CREATE TABLE users (id int);\n", down="DROP TABLE users;\n")


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_folder_for_each(tmp_path: Path) -> None:
    paths = add_migration(tmp_path, INIT).unwrap()
    assert files(tmp_path) == ["0001_init/down.sql", "0001_init/migration.json", "0001_init/up.sql"]
    assert sorted(paths) == sorted(tmp_path / each for each in files(tmp_path))
    (found,) = read_history(tmp_path).unwrap()
    assert (found.id, found.up, found.down) == (INIT.id, INIT.up, INIT.down)
    assert (found.file, found.down_file) == (str(paths[0]), str(paths[1]))
    assert not found.edited


def test_flat_as_the_supabase_cli_runs_it(tmp_path: Path) -> None:
    add_migration(tmp_path, MIXED, "flat").unwrap()
    run = sorted(path.name for path in tmp_path.iterdir() if SUPABASE.match(path.name))
    assert run == [
        "20261122093000_add_slug.sql",
        "20261122093001_add_slug_2.sql",
        "20261122093002_add_slug_3.sql",
        "20261122093003_add_slug_4.sql",
    ]
    assert [(tmp_path / each).read_text().count(";") for each in run] == [1, 1, 1, 1]
    assert files(tmp_path / ".qb") == ["20261122093000_add_slug.down.sql", "20261122093000_add_slug.json"]
    (found,) = read_history(tmp_path, "flat").unwrap()
    assert (found.up, found.down, found.parts, found.proved) == (MIXED.up, MIXED.down, tuple(run), MIXED.proved)
    assert not found.edited


def test_what_can_be_one_file_is_one(tmp_path: Path) -> None:
    add_migration(tmp_path, INIT, "flat").unwrap()
    assert files(tmp_path) == [".qb/0001_init.down.sql", ".qb/0001_init.json", "0001_init.sql"]
    (found,) = read_history(tmp_path, "flat").unwrap()
    assert (found.up, found.parts) == (INIT.up, ())


def test_files_that_somebody_wrote_follow_each_other(tmp_path: Path) -> None:
    for name in ("10_c.sql", "9_b.sql", "8_a.sql", "seed.sql", "README.md"):
        (tmp_path / name).write_text("SELECT 1;\r\n")
    found = read_history(tmp_path, "flat").unwrap()
    assert [(each.id, each.parents) for each in found] == [("8_a", ()), ("9_b", ("8_a",)), ("10_c", ("9_b",))]
    assert {each.down for each in found} == {None}


def test_folders_that_somebody_wrote_follow_each_other(tmp_path: Path) -> None:
    add_migration(tmp_path, INIT).unwrap()
    for name in ("2024-01-01-000000_x", "before", "after", ".git", "_old", "0002_y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "up.sql").write_text("\ufeffSELECT 1;")
    (tmp_path / "catalog.sql").write_text("")
    found = read_history(tmp_path).unwrap()
    assert [(each.id, each.parents) for each in found] == [
        ("0001_init", ()),
        ("0002_y", ("0001_init",)),
        ("2024-01-01-000000_x", ("0002_y",)),
    ]
    assert found["0002_y"].up == "SELECT 1;"


def test_no_folder_is_an_empty_history(tmp_path: Path) -> None:
    assert len(read_history(tmp_path / "none", "flat").unwrap()) == 0


def test_the_catalog_lies_where_no_other_tool_looks() -> None:
    assert (catalog_file("folder"), catalog_file("flat")) == ("catalog.sql", ".qb/catalog.sql")


def test_the_same_migration_is_the_same_bytes() -> None:
    for layout in ("folder", "flat"):
        assert migration_files(MIXED, layout) == migration_files(MIXED, layout)


@pytest.mark.parametrize("layout", ["folder", "flat"])
def test_nothing_is_written_over(tmp_path: Path, layout: HistoryLayout) -> None:
    add_migration(tmp_path, INIT, layout).unwrap()
    before = {each: (tmp_path / each).read_bytes() for each in files(tmp_path)}
    error = add_migration(tmp_path, Migration(id="0001_init", up="other"), layout).failure()
    assert isinstance(error, UnwritableHistory)
    assert str(error).endswith(": it is there already: nothing was written")
    assert {each: (tmp_path / each).read_bytes() for each in files(tmp_path)} == before


@pytest.mark.parametrize("layout", ["folder", "flat"])
def test_a_full_disk_leaves_nothing(tmp_path: Path, layout: HistoryLayout) -> None:
    big = Migration(id="0001_big", up=f"-- {'x' * 100_000}\nSELECT 1;", down="SELECT 1;")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        error = add_migration(tmp_path, big, layout).failure()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert isinstance(error, UnwritableHistory)
    assert str(error).endswith("File too large: nothing was written")
    assert files(tmp_path) == []
    assert len(read_history(tmp_path, layout).unwrap()) == 0
    add_migration(tmp_path, big, layout).unwrap()


@pytest.mark.parametrize("id", ["../0001_x", "a b", ".x", ""])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, id: str) -> None:
    error = add_migration(tmp_path, Migration(id=id)).failure()
    assert "is no name for a migration" in str(error)
    assert files(tmp_path) == []


def test_where_no_folder_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert isinstance(add_migration(tmp_path / "file", INIT).failure(), UnwritableHistory)
    error = read_history(tmp_path / "file").failure()
    assert str(error) == f"{tmp_path}/file: Not a directory"


def put(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("DOT", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("latin-1"))


@pytest.mark.parametrize(
    ("texts", "layout", "said"),
    [
        ({"0001_aDOTsql": ""}, "folder", "{}/0001_a.sql: a migration of the flat layout: the config says"),
        ({"0001_a__upDOTsql": ""}, "flat", "{}/0001_a: a migration of the layout with folders: the config says"),
        ({"0001_a__downDOTsql": ""}, "folder", "{}/0001_a: there is no up.sql in it: write one, or remove the folder"),
        ({"1_aDOTdownDOTsql": ""}, "flat", "{}/1_a.down.sql: the Supabase CLI would run this one: move it to .qb/"),
        ({"a b__upDOTsql": ""}, "folder", "{}/a b: 'a b' is no name for a migration: letters, digits, _ . - + and @"),
        ({"1_a\n__upDOTsql": ""}, "folder", "{}/1_a\\n: '1_a\\n' is no name for a migration"),
        ({"1_a\nDOTsql": ""}, "flat", "{}/1_a\\n.sql: '1_a\\n' is no name for a migration"),
        ({"1_a__upDOTsql": "SELECT 1;\n \0"}, "folder", "{}/1_a/up.sql:2:2: a NUL character is nothing that"),
        ({"1_a__upDOTsql": "SELECT\n'\xff'"}, "folder", "{}/1_a/up.sql:2:2: this is not UTF-8"),
        ({"1_a__upDOTsql": "", "1_a__migrationDOTjson": "{"}, "folder",
         "{}/1_a/migration.json: Input data was truncated: bring it back from version control, or have `qb prove 1_a`"),
        ({"1_a__upDOTsql": "", "1_a__migrationDOTjson": '{"format":1,"id":"1_b","up":""}'}, "folder",
         "{}/1_a/migration.json: it is about 1_b, and lies with 1_a: rename the one or the other"),
        ({"1_aDOTsql": "",
          "DOTqb__1_aDOTjson": '{"format":1,"id":"1_a","up":"","files":["1_a.sql","2_a.sql"]}'}, "flat",
         "{}/2_a.sql: 1_a has this part, and it is not there: bring it back from version control"),
    ],
)  # fmt: skip
def test_what_should_not_lie_there_is_named(
    tmp_path: Path, texts: dict[str, str], layout: HistoryLayout, said: str
) -> None:
    put(tmp_path, **texts)
    assert str(read_history(tmp_path, layout).failure()).startswith(said.format(tmp_path))


def test_a_record_without_its_file_was_left_by_an_interrupt(tmp_path: Path) -> None:
    put(tmp_path, DOTqb__1_aDOTjson='{"format":1,"id":"1_a","up":"","files":["1_a.sql"]}')
    assert len(read_history(tmp_path, "flat").unwrap()) == 0


def test_what_is_too_large_is_named(tmp_path: Path) -> None:
    (tmp_path / "1_a").mkdir()
    with (tmp_path / "1_a" / "up.sql").open("wb") as file:
        file.truncate(64 * 2**20 + 1)
    error = read_history(tmp_path).failure()
    assert str(error) == f"{tmp_path}/1_a/up.sql:1:1: the file is larger than 64 MB: cut it into several"


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "1_a" / "up.sql").mkdir(parents=True)
    error = read_history(tmp_path).failure()
    assert isinstance(error, UnreadableHistory)
    assert str(error) == f"{tmp_path}/1_a/up.sql: Is a directory"
