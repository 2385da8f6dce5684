"""Other programs that migrate the same database: stopped for, or worked beside."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import psycopg
import pytest

from qb import Database, Failure, Script, Success, connect, sql, trusted
from qb.kit import baseline, migrate, resolve_migration, rollback
from qb.kit.config import Migrator
from qb.kit.history.adding import add_migration
from qb.kit.history.history import History
from qb.kit.history.migration import Migration
from qb.kit.history.reading import read_history
from qb.kit.ours.keepers import KEEPERS
from qb.kit.ours.migrators import journals_of_others
from qb.kit.running.errors import OtherMigrator
from qb.kit.running.lock_patience import Patience
from qb.kit.running.rules import MigrationRules
from qb.kit.sql_file import split
from tests.kit.running.histories import in_line, migration

NOTES = migration("0001_notes", "CREATE TABLE notes (text text);")
BESIDE = MigrationRules(coexist=("supabase",), allow=("drop-table:notes",))
_PATTERN = re.compile(r"^([0-9]+)_(.*)\.sql$")


@pytest.mark.parametrize(
    ("migrator", "table"),
    [
        ("alembic", "public.alembic_version"),
        ("directus", "public.directus_migrations"),
        ("django", 'odd."django_migrations"'),
        ("drizzle", "odd.__drizzle_migrations"),
        ("flyway", "public.flyway_schema_history"),
        ("kysely", "public.kysely_migration"),
        ("prisma", "public._prisma_migrations"),
        ("supabase", "supabase_migrations.schema_migrations"),
        ("alembic", "odd.alembic_version_eu"),
        ("dbmate", "public.schema_migrations"),
        ("diesel", "public.__diesel_schema_migrations"),
        ("knex", "public.knex_migrations"),
        ("liquibase", "odd.databasechangelog"),
        ("sequelize", 'public."SequelizeMeta"'),
        ("goose", "public.goose_db_version"),
    ],
)
def test_another_one_is_stopped_for(db: Database, migrator: Migrator, table: str) -> None:
    made = f"CREATE SCHEMA odd; CREATE SCHEMA supabase_migrations; CREATE TABLE {table} (version text)"
    db.run(Script(*map(trusted, made.split("; ")))).unwrap()
    error = migrate(db, in_line(NOTES)).failure()
    assert isinstance(error, OtherMigrator)
    assert str(error).startswith(
        f"{migrator} keeps a history of this database, too ({table.replace(chr(34), '')}), and two"
    )
    assert (error.exit_code, error.fix) == (4, f'coexist = ["{migrator}"]')
    rules = MigrationRules(coexist=(migrator,))
    assert migrate(db, in_line(NOTES), rules=rules).unwrap().applied == ("0001_notes",)


@pytest.mark.parametrize(
    ("migrator", "columns", "beside"),
    [
        ("dbmate", "version text", "others"),
        ("rails", "version text", "ar_internal_metadata"),
        ("golang-migrate", "version bigint, dirty boolean", "others"),
        ("ecto", "version bigint, inserted_at timestamp", "others"),
    ],
)
def test_those_that_call_their_table_alike_are_told_apart(
    db: Database, migrator: Migrator, columns: str, beside: str
) -> None:
    made = trusted(f"CREATE TABLE schema_migrations ({columns})"), trusted(f"CREATE TABLE {beside} ()")
    db.run(Script(*made)).unwrap()
    assert [(each.migrator, each.table) for each in journals_of_others(db)] == [(migrator, "schema_migrations")]
    error = migrate(db, in_line(NOTES)).failure()
    assert isinstance(error, OtherMigrator)
    assert error.fix == f'coexist = ["{migrator}"]'


def test_each_migrator_that_can_be_said_is_known() -> None:
    known = [keeper.migrator for keeper in KEEPERS if keeper.journals]
    assert sorted(filter(None, known)) == sorted(get_args(Migrator))


def supabase(url: str, folder: Path, most: int = 99) -> list[str]:
    """What `supabase db push` does: each file of the folder that its pattern takes and its journal has not, as one
    message in one implicit transaction, the journal's line at the end."""
    ran: list[str] = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS supabase_migrations")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations "
            "(version text PRIMARY KEY, statements text[], name text)"
        )
        known = {
            version for (version,) in connection.execute("SELECT version FROM supabase_migrations.schema_migrations")
        }
        for path in sorted(folder.iterdir()):
            found = _PATTERN.match(path.name)
            if found is None or found[1] in known or len(ran) == most:
                continue
            texts = [each.text for each in split(path.read_text())]
            with connection.pipeline():
                for text in texts:
                    connection.execute(text.encode())
                connection.execute(
                    "INSERT INTO supabase_migrations.schema_migrations VALUES (%s, %s, %s)", [found[1], texts, found[2]]
                )
            ran.append(path.name)
    return ran


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    up = (
        "CREATE TABLE notes (text text);\nCREATE INDEX CONCURRENTLY notes_text ON notes (text);\n"
        "ALTER TABLE notes ADD CONSTRAINT filled CHECK (text <> '') NOT VALID;\n-- qb: commit\n"
        "ALTER TABLE notes VALIDATE CONSTRAINT filled;\n"
    )
    first = Migration(id="20261122093000_notes", up=up, down="DROP TABLE notes;")
    second = Migration(id="20261122093100_more", parents=(first.id,), up="CREATE TABLE more ();")
    for each in (first, second):
        add_migration(tmp_path, each, "flat").unwrap()
    return tmp_path


def history(folder: Path) -> History:
    return read_history(folder, "flat").unwrap()


def versions(db: Database) -> list[Any]:
    query = sql("SELECT version || ' ' || name FROM supabase_migrations.schema_migrations ORDER BY 1").rows(str)
    return db.all(query).unwrap()


def test_what_the_supabase_cli_ran_is_not_run_again(db: Database, url: str, folder: Path) -> None:
    assert len(supabase(url, folder)) == 5
    assert migrate(db, history(folder), rules=BESIDE).unwrap().applied == ()
    kinds = db.all(sql("SELECT kind FROM qb.event").rows(str)).unwrap()
    assert kinds == ["run by the Supabase CLI"] * 2


@pytest.mark.parametrize("files", [1, 2, 3, 4])
def test_what_it_ran_in_part_is_gone_on_with(db: Database, url: str, folder: Path, files: int) -> None:
    supabase(url, folder, files)
    done = migrate(db, history(folder), rules=BESIDE).unwrap().applied
    assert done == (("20261122093000_notes", "20261122093100_more") if files < 4 else ("20261122093100_more",))
    assert supabase(url, folder) == []


STEPS = """
from qb import Outcome, Success, Tx, sql
from qb.kit import StepBatch, data_step


@data_step()
def told(tx: Tx, after: int | None) -> Outcome[StepBatch[int] | None]:
    if after is not None:
        return Success(None)
    return tx.execute(sql("INSERT INTO notes VALUES ('by a step')").command()).map(lambda count: StepBatch(1, count))
"""


def test_data_steps_of_what_it_ran_are_run_by_us(db: Database, url: str, tmp_path: Path) -> None:
    made = migration("20261122093000_notes", "CREATE TABLE notes (text text);", data_steps=STEPS)
    add_migration(tmp_path, made, "flat").unwrap()
    assert len(supabase(url, tmp_path)) == 1
    for _ in range(2):
        migrate(db, history(tmp_path), rules=BESIDE).unwrap()
        assert db.scalar(sql("SELECT count(*) FROM notes").rows(int)) == Success(1)


def test_what_it_goes_on_with_behind_us_is_not_run_again(db: Database, url: str, folder: Path) -> None:
    supabase(url, folder, 1)
    whole = history(folder)
    stop_behind_a_segment = Patience(wait=0.5, lock_timeout=0.1)
    with connect(url) as other, other.transaction() as tx:
        tx.run(Script("LOCK TABLE notes")).unwrap()
        assert isinstance(migrate(db, whole, rules=BESIDE, patience=stop_behind_a_segment), Failure)
    supabase(url, folder)
    assert migrate(db, whole, rules=BESIDE).unwrap().applied == ()


def test_what_we_ran_is_not_run_again_by_the_supabase_cli(db: Database, url: str, folder: Path) -> None:
    supabase(url, folder, 0)
    assert migrate(db, history(folder), rules=BESIDE, to="notes").unwrap().applied == ("20261122093000_notes",)
    assert versions(db) == [
        "20261122093000 notes",
        "20261122093001 notes_2",
        "20261122093002 notes_3",
        "20261122093003 notes_4",
    ]
    assert supabase(url, folder) == ["20261122093100_more.sql"]
    assert migrate(db, history(folder), rules=BESIDE).unwrap().applied == ()
    undone = rollback(db, history(folder), 1, rules=BESIDE).failure()
    assert "20261122093100_more cannot be undone" in str(undone)


def test_where_the_supabase_cli_never_was_its_journal_is_begun(db: Database, url: str, folder: Path) -> None:
    assert migrate(db, history(folder), to="notes").unwrap().applied, "before anybody thought of the CLI"
    assert migrate(db, history(folder), rules=BESIDE).unwrap().applied == ("20261122093100_more",)
    assert [each.partition(" ")[0] for each in versions(db)] == [
        *(f"2026112209300{number}" for number in range(4)),
        "20261122093100",
    ]
    assert supabase(url, folder) == []
    assert rollback(db, history(folder), 1, rules=BESIDE).failure() is not None


def test_what_is_undone_is_gone_there_too(db: Database, url: str, folder: Path) -> None:
    supabase(url, folder, 0)
    migrate(db, history(folder), rules=BESIDE, to="notes").unwrap()
    assert rollback(db, history(folder), rules=BESIDE).unwrap().undone == ("20261122093000_notes",)
    assert versions(db) == []
    assert len(supabase(url, folder)) == 5


def test_what_is_said_to_be_there_is_said_to_it_too(db: Database, url: str, folder: Path) -> None:
    supabase(url, folder, 0)
    whole = history(folder)
    assert baseline(db, whole, "notes", rules=BESIDE).unwrap().applied == ("20261122093000_notes",)
    assert len(versions(db)) == 4
    resolve_migration(db, whole, "more", applied=True, rules=BESIDE).unwrap()
    assert supabase(url, folder) == []
    resolve_migration(db, whole, "more", applied=False, forget=True, rules=BESIDE).unwrap()
    assert len(versions(db)) == 4
    assert migrate(db, whole, rules=BESIDE).unwrap().applied == ("20261122093100_more",)
    resolve_migration(db, whole, "more", applied=False, forget=True).unwrap()  # of which nothing is said to it
    assert len(versions(db)) == 5


def test_a_step_that_is_said_to_be_done_is_said_to_it_too(db: Database, url: str, tmp_path: Path) -> None:
    up = "CREATE TABLE a ();\n-- qb: no transaction\nDO $$BEGIN PERFORM 1 / 0; END$$;\nCREATE TABLE b ();\n"
    add_migration(tmp_path, migration("20261122093000_notes", up), "flat").unwrap()
    supabase(url, tmp_path, 0)
    allowed = MigrationRules(coexist=("supabase",), allow=("unknown:do",))
    assert isinstance(migrate(db, history(tmp_path), rules=allowed), Failure)
    assert versions(db) == ["20261122093000 notes"]
    resolve_migration(db, history(tmp_path), "notes", applied=False, step_done=True, rules=BESIDE).unwrap()
    assert versions(db) == ["20261122093000 notes", "20261122093001 notes_2"]
    assert supabase(url, tmp_path) == ["20261122093002_notes_3.sql"]
    assert migrate(db, history(tmp_path), rules=BESIDE).unwrap().applied == ()


def test_a_file_of_several_segments_is_one_version(db: Database, url: str, tmp_path: Path) -> None:
    (tmp_path / "1_by_hand.sql").write_text("CREATE TABLE a ();\n-- qb: commit\nCREATE TABLE b ();")
    supabase(url, tmp_path, 0)
    assert migrate(db, history(tmp_path), rules=BESIDE).unwrap().applied == ("1_by_hand",)
    assert versions(db) == ["1 by_hand"]
