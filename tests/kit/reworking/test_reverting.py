"""Migrations that undo others."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from qb import Database
from qb.kit import migrate
from qb.kit.generating.questions import AnswersNeeded
from qb.kit.history.adding import add_migration
from qb.kit.history.history import History
from qb.kit.history.migration import Migration
from qb.kit.history.reading import read_history
from qb.kit.reworking.errors import NotReverted
from qb.kit.reworking.replays import Replays
from qb.kit.reworking.reverting import revert
from qb.kit.running.undoing_errors import NoDown
from tests.kit.running.histories import in_line, migration

ALLOW = ("drop-column:notes.slug",)


def written(folder: Path, *migrations: Migration) -> History:
    for each in in_line(*migrations):
        add_migration(folder, each).unwrap()
    return read_history(folder).unwrap()


NOTES = migration("0001_notes", "CREATE TABLE notes (id int);", "DROP TABLE notes;")
SLUG = migration("0002_slug", "ALTER TABLE notes ADD slug text;", "ALTER TABLE notes DROP slug;")
OTHER = migration("0003_other", "ALTER TABLE notes ADD other int;", "ALTER TABLE notes DROP other;")


@pytest.mark.slow
def test_one_of_the_midst_is_undone(tmp_path: Path, cache: Path, db: Database) -> None:
    migrate(db, written(tmp_path, NOTES, SLUG, OTHER)).unwrap()
    replays = Replays(cache=cache)
    asked = revert(tmp_path, "slug", replays=replays, prefix="index").failure()
    assert isinstance(asked, AnswersNeeded)
    assert [each.answers for each in asked.questions] == [("--allow drop-column:notes.slug",)]
    done = revert(tmp_path, "slug", replays=replays, prefix="index", allow=ALLOW).unwrap()
    assert (done.id, done.undoes, done.up) == ("0004_revert_slug", "0002_slug", "ALTER TABLE notes DROP slug;")
    history = read_history(tmp_path).unwrap()
    made = history["0004_revert_slug"]
    assert (made.parents, made.down, made.is_proved) == (("0003_other",), SLUG.up, True)
    assert made.proved is not None
    assert made.proved.down
    assert migrate(db, history).unwrap().applied == ("0004_revert_slug",)
    assert made.after == replays.fingerprint([history["0001_notes"], history["0003_other"]])


@pytest.mark.slow
def test_what_others_stand_on_is_not(tmp_path: Path, cache: Path) -> None:
    late = migration("0003_index", "CREATE INDEX notes_slug ON notes (slug);", "DROP INDEX notes_slug;")
    written(tmp_path, NOTES, SLUG, late)
    error = revert(tmp_path, "slug", replays=Replays(cache=cache), allow=ALLOW).failure()
    assert isinstance(error, NotReverted)
    assert error.object == f"{tmp_path / '0003_index/up.sql'}:1"
    assert 'column "slug" does not exist' in str(error)
    assert (error.exit_code, error.fix) == (4, "qb generate")


@pytest.mark.slow
def test_a_down_that_does_not_undo_is_told(tmp_path: Path, cache: Path) -> None:
    less = migration("0002_two", "ALTER TABLE notes ADD a int, ADD b int;", "ALTER TABLE notes DROP a;")
    written(tmp_path, NOTES, less)
    error = revert(tmp_path, "two", replays=Replays(cache=cache)).failure()
    assert isinstance(error, NotReverted)
    assert error.object == "column public.notes.b"
    assert error.file == str(tmp_path / "0002_two/down.sql")
    assert len(read_history(tmp_path).unwrap()) == 2


def test_one_without_a_down_is_not(tmp_path: Path) -> None:
    written(tmp_path, migration("0001_x", "SELECT 1;"))
    assert isinstance(revert(tmp_path, "x").failure(), NoDown)


@pytest.mark.slow
def test_it_is_proved_with_rows(tmp_path: Path, cache: Path) -> None:
    named = migration("0003_named", "ALTER TABLE notes RENAME slug TO name;", "ALTER TABLE notes RENAME name TO slug;")
    written(tmp_path, NOTES, SLUG, replace(named, renames=("notes.slug=notes.name",)))
    done = revert(tmp_path, "named", replays=Replays(cache=cache), prefix="index").unwrap()
    assert (done.rows, done.unproved) == (12, "")
    made = read_history(tmp_path).unwrap()[done.id]
    assert made.proved is not None
    assert (made.proved.rows, made.renames) == (12, ("notes.name=notes.slug",))
    assert [each.lock for each in made.up_steps] == ["AccessExclusiveLock"]


@pytest.mark.slow
def test_what_changes_rows_without_a_word_is_not_proved(tmp_path: Path, cache: Path) -> None:
    body = (
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'UPDATE notes SET id = -id'; SELECT f(); DROP FUNCTION f();"
    )
    more = migration("0002_more", "CREATE TABLE more (id int);", f"DROP TABLE more; {body}")
    written(tmp_path, NOTES, more)
    allow = ("drop-table:more", "unknown:f")
    done = revert(tmp_path, "more", replays=Replays(cache=cache), prefix="index", allow=allow).unwrap()
    assert done.unproved == "the up: table public.notes: its 12 rows are not what they were"
    assert not read_history(tmp_path).unwrap()[done.id].is_proved
