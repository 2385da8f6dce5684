"""Histories of other programs, with the journals that they write, taken over."""

from __future__ import annotations

from pathlib import Path
from typing import LiteralString, NamedTuple

import pytest

from qb import Database, Script, connect, trusted
from qb.kit import adopt, migrate, rollback, status
from qb.kit.adopting.errors import AdoptIntoHistory, JournalWithoutFiles, NotAdoptable, PendingElsewhere
from qb.kit.adopting.foreign import AdoptSource
from qb.kit.history.reading import read_history
from qb.kit.running.rules import MigrationRules
from tables.scratch import scratch_database

A, B = "CREATE TABLE a (x int);", "CREATE TABLE b (x int);"


class Foreign(NamedTuple):
    """Two migrations of another program, of which the database has the first."""

    files: dict[str, str]
    journal: str
    ids: tuple[str, ...]
    downs: bool = False


SQL: dict[AdoptSource, Foreign] = {
    "drizzle": Foreign(
        {
            "0000_first_one.sql": f"{A}--> statement-breakpoint\nSELECT 1;",
            "0001_second.sql": B,
            "meta/_journal.json": '{"version":"7","dialect":"postgresql","entries":['
            '{"idx":0,"version":"7","when":1700000000000,"tag":"0000_first_one","breakpoints":true},'
            '{"idx":1,"version":"7","when":1700000001000,"tag":"0001_second","breakpoints":true}]}',
        },
        "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial, hash text, created_at bigint);"
        "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('x', 1700000000000)",
        ("0000_first_one", "0001_second"),
    ),
    "prisma": Foreign(
        {
            "20260101000000_a/migration.sql": A,
            "20260102000000_b/migration.sql": B,
            "migration_lock.toml": 'provider = "postgresql"',
        },
        "CREATE TABLE _prisma_migrations (id text, checksum text, finished_at timestamptz, migration_name text,"
        " logs text, rolled_back_at timestamptz, started_at timestamptz, applied_steps_count int);"
        "INSERT INTO _prisma_migrations (migration_name, finished_at, rolled_back_at) VALUES"
        " ('20260101000000_a', now(), NULL), ('20260102000000_b', NULL, now())",
        ("20260101000000_a", "20260102000000_b"),
    ),
    "supabase": Foreign(
        {"20260101000000_a.sql": A, "20260102000000_b.sql": B},
        "CREATE SCHEMA supabase_migrations;"
        "CREATE TABLE supabase_migrations.schema_migrations (version text, statements text[], name text);"
        "INSERT INTO supabase_migrations.schema_migrations (version) VALUES ('20260101000000')",
        ("20260101000000_a", "20260102000000_b"),
    ),
    "flyway": Foreign(
        {
            "V1__make a.sql": A,
            "U1__make a.sql": "DROP TABLE a;",
            "V1_10__b.sql": B,
            "deep/V1.2__two.sql": "SELECT 2;",
            "R__view.sql": "SELECT 3;",
        },
        "CREATE TABLE flyway_schema_history (installed_rank int, version varchar(50), description text, type text,"
        " script text, checksum int, installed_by text, installed_on timestamp DEFAULT now(), execution_time int,"
        " success boolean); INSERT INTO flyway_schema_history (installed_rank, version, success) VALUES"
        " (1, '1', true), (2, NULL, true), (3, '1.10', false)",
        ("0001_1_make_a", "1.2_two", "1.10_b"),
        downs=True,
    ),
    "dbmate": Foreign(
        {
            "20260101000000_a.sql": f"-- migrate:up transaction:false\n{A}\n\n-- migrate:down\nDROP TABLE a;\n",
            "20260102000000_b.sql": f"-- migrate:up\n{B}\n",
        },
        "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY);"
        "INSERT INTO schema_migrations VALUES ('20260101000000')",
        ("20260101000000_a", "20260102000000_b"),
        downs=True,
    ),
    "folders": Foreign(
        {
            "2026-01-01-000000_a/up.sql": A,
            "2026-01-01-000000_a/down.sql": "DROP TABLE a;",
            "2026-01-02-000000_b/up.sql": B,
        },
        "CREATE TABLE __diesel_schema_migrations (version varchar(50), run_on timestamp DEFAULT now());"
        "INSERT INTO __diesel_schema_migrations VALUES ('20260101000000')",
        ("2026-01-01-000000_a", "2026-01-02-000000_b"),
        downs=True,
    ),
}
CODE: dict[AdoptSource, Foreign] = {
    "alembic": Foreign(
        {
            "versions/1_a.py": '"""a"""\nrevision: str = "aaa"\ndown_revision: str | None = None\n',
            "versions/2_b.py": 'revision = "bbb"\ndown_revision = "aaa"\nbranch_labels = None\n',
        },
        "CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES ('bbb')",
        ("0001_adopted_from_alembic",),
    ),
    "django": Foreign(
        {"shop/migrations/__init__.py": "", "shop/migrations/0001_initial.py": "x = 1"},
        "CREATE TABLE django_migrations (id bigint, app text, name text, applied timestamptz);"
        "INSERT INTO django_migrations VALUES (1, 'auth', '0001_initial', now()), (2, 'shop', '0001_initial', now())",
        ("0001_adopted_from_django",),
    ),
    "kysely": Foreign(
        {"2026_a.ts": "export {}", "types.d.ts": ""},
        "CREATE TABLE kysely_migration (name varchar(255), timestamp varchar(255));"
        "INSERT INTO kysely_migration VALUES ('2026_a', '2026-01-01T00:00:00Z')",
        ("0001_adopted_from_kysely",),
    ),
}


def laid(folder: Path, found: Foreign) -> Path:
    for name, text in found.files.items():
        path = folder / "theirs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "theirs"


def ran(db: Database, text: str) -> None:
    statements: list[LiteralString] = [trusted(each) for each in text.split(";") if each.strip()]
    db.run(Script(*statements)).unwrap()


@pytest.mark.parametrize("source", SQL)
def test_sql_is_taken_over_one_by_one(db: Database, tmp_path: Path, source: AdoptSource) -> None:
    foreign = SQL[source]
    files = laid(tmp_path, foreign)
    ran(db, A + foreign.journal)
    done = adopt(db, source, files, tmp_path / "ours").unwrap()
    assert (done.migrations, done.applied) == (foreign.ids, foreign.ids[:1])
    history = read_history(tmp_path / "ours").unwrap()
    assert history.ids == foreign.ids
    assert (history[foreign.ids[0]].down is not None) == foreign.downs
    assert migrate(db, history).unwrap().applied == foreign.ids[1:]
    assert status(db, history).unwrap().level
    if foreign.downs:
        rules = MigrationRules(allow=("drop-table:a",))
        assert rollback(db, read_history(tmp_path / "ours").unwrap(), rules=rules).failure() is not None


@pytest.mark.parametrize("source", CODE)
def test_of_programs_one_migration_is_written(
    db: Database, url: str, qb_url: str, tmp_path: Path, source: AdoptSource
) -> None:
    foreign = CODE[source]
    files = laid(tmp_path, foreign)
    ran(db, A + "CREATE INDEX ON a (x);" + foreign.journal)
    done = adopt(db, source, files, tmp_path / "ours").unwrap()
    assert (done.migrations, done.applied) == (foreign.ids, foreign.ids)
    history = read_history(tmp_path / "ours").unwrap()
    (only,) = history
    assert only.up.startswith(f"-- What {source} has made, by these:\n--   ")
    assert "CREATE TABLE" in only.up
    assert foreign.journal.split()[2] not in only.up, "its own table is none of ours"
    assert "plpgsql" not in only.up
    assert migrate(db, history).unwrap().applied == ()
    with scratch_database(qb_url, name="fresh") as fresh, connect(fresh) as other:
        assert migrate(other, history).unwrap().applied == foreign.ids


def test_a_folder_is_adopted_where_it_lies(db: Database, tmp_path: Path) -> None:
    foreign = SQL["supabase"]
    files = laid(tmp_path, foreign)
    ran(db, A + foreign.journal)
    done = adopt(db, "supabase", files, files, layout="flat").unwrap()
    assert (done.files, done.applied) == ((), foreign.ids[:1])
    assert migrate(db, read_history(files, "flat").unwrap()).unwrap().applied == foreign.ids[1:]


def test_branches_of_alembic_are_followed_to_their_root(db: Database, tmp_path: Path) -> None:
    joined = Foreign(
        {
            "a.py": 'revision = "a"\ndown_revision = None\n',
            "z.py": 'revision = "b"\ndown_revision = "a"\n',
            "c.py": 'revision = "c"\ndown_revision = "a"\n',
            "d.py": 'revision = "d"\ndown_revision = ("b", "c")\n',
            "e.py": "no_revision = 1\n",
        },
        "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('d')",
        (),
    )
    ran(db, joined.journal)
    assert adopt(db, "alembic", laid(tmp_path, joined), tmp_path / "ours").unwrap().read == 4


def test_what_cannot_be_taken_over_is_told(db: Database, tmp_path: Path) -> None:
    foreign = CODE["alembic"]
    files = laid(tmp_path, foreign)
    none = adopt(db, "alembic", files, tmp_path / "ours").failure()
    assert isinstance(none, NotAdoptable)
    assert "the database has no journal of alembic" in str(none)
    ran(db, foreign.journal.replace("'bbb'", "'aaa'"))
    pending = adopt(db, "alembic", files, tmp_path / "ours").failure()
    assert isinstance(pending, PendingElsewhere)
    assert "alembic has not run 2_b here yet, which are programs: run them with it" in str(pending)
    ran(db, "UPDATE alembic_version SET version_num = 'zzz'")
    missing = adopt(db, "alembic", files, tmp_path / "ours").failure()
    assert isinstance(missing, JournalWithoutFiles)
    assert "alembic has run zzz in this database" in str(missing)
    assert "there is no such folder" in str(adopt(db, "alembic", tmp_path / "no", tmp_path / "ours").failure())
    assert "there are no migrations of prisma in it" in str(adopt(db, "prisma", files, tmp_path / "ours").failure())
    ran(db, "UPDATE alembic_version SET version_num = 'bbb'")
    (tmp_path / "ours" / "0001_x").mkdir(parents=True)
    (tmp_path / "ours" / "0001_x" / "up.sql").write_text("SELECT 1;")
    full = adopt(db, "alembic", files, tmp_path / "ours").failure()
    assert isinstance(full, AdoptIntoHistory)
    (files / "versions" / "3.py").write_text("revision = (")
    assert "3.py:1: " in str(adopt(db, "alembic", files, tmp_path / "ours").failure())


def test_files_that_are_broken_are_told(db: Database, tmp_path: Path) -> None:
    for source, files, message in (
        ("drizzle", {"meta/_journal.json": "{"}, "_journal.json: "),
        ("drizzle", {"meta/_journal.json": '{"entries":[{"tag":"x","when":1}]}'}, "names it, and it is not there"),
        ("dbmate", {"1_x.sql": "SELECT 1"}, "there is no line -- migrate:up in it"),
        ("alembic", {"a.py": 'revision = "a"\ndown_revision = "z"'}, "it follows z, which no file here is"),
    ):
        folder = tmp_path / source / str(len(message))
        laid(folder, Foreign(files, "", ()))
        name: AdoptSource = source  # type: ignore[assignment]
        assert message in str(adopt(db, name, folder / "theirs", tmp_path / "ours").failure())
