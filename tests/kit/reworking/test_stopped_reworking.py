"""Whoever puts migrations into one, joins or undoes some, and is stopped, goes on by saying it again."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from qb.kit import merge, revert, squash
from qb.kit.generating.head_file import head_file
from qb.kit.history.adding import add_migration
from qb.kit.history.file_change import change_files
from qb.kit.history.history_files import catalog_file
from qb.kit.history.migration_names import HistoryLayout
from qb.kit.history.reading import read_history
from qb.kit.history.shown_catalog import is_shown
from qb.kit.reworking.replays import Replays
from tests.kit.history.stopped import goes_on
from tests.kit.running.histories import migration

ROOT = migration("0001_a", "CREATE TABLE a (x int);", "DROP TABLE a;")
COLUMN = migration("0002_b", "ALTER TABLE a ADD y int;", "ALTER TABLE a DROP y;", parents=("0001_a",))
TABLE = migration("0003_c", "CREATE TABLE c ();\nVACUUM a;\n", "DROP TABLE c;", parents=("0002_b",))
BRANCH = migration("0004_d", "CREATE TABLE d ();", "DROP TABLE d;", parents=("0002_b",))


@pytest.fixture
def replays(cache: Path) -> Replays:
    return Replays(cache=cache)


def shown(folder: Path, layout: HistoryLayout, replays: Replays) -> None:
    """Its `catalog.sql` is what the history makes, and says so."""
    history = read_history(folder, layout).unwrap()
    assert is_shown(history) is True
    (content,) = head_file(history, replays.catalog(history), replays.ours).over.values()
    assert (folder / catalog_file(layout)).read_bytes() == content


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["folder", "flat"])
def test_what_is_put_into_one(tmp_path: Path, layout: HistoryLayout, replays: Replays) -> None:
    folder = tmp_path / "migrations"
    for each in (ROOT, COLUMN, TABLE):
        add_migration(folder, each, layout).unwrap()
    work = partial(squash, folder, "a", "b", name="one", layout=layout, replays=replays)
    goes_on(folder, work, "qb squash a..b --name one", layout=layout, points=(0, 1, 4))
    history = read_history(folder, layout).unwrap()
    assert history.ids == ("0002_one", "0003_c")
    assert history["0003_c"].parents == ("0002_one",)
    shown(folder, layout, replays)


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["folder", "flat"])
def test_what_is_joined_and_undone(tmp_path: Path, layout: HistoryLayout, replays: Replays) -> None:
    folder = tmp_path / "migrations"
    for each in (ROOT, COLUMN, TABLE, BRANCH):
        add_migration(folder, each, layout).unwrap()
    work = partial(merge, folder, layout=layout, prefix="index", replays=replays)
    goes_on(folder, work, "qb merge", layout=layout, points=(0, 2))
    shown(folder, layout, replays)
    (tmp_path / "migrations-before").rename(tmp_path / "other")
    undo = partial(revert, folder, "d", allow=["drop-table:d"], layout=layout, prefix="index", replays=replays)
    goes_on(folder, undo, "qb revert d", layout=layout, points=(0, 2))
    assert read_history(folder, layout).unwrap().heads == ("0006_revert_d",)
    shown(folder, layout, replays)


def test_a_catalog_that_is_another_ones_is_told(tmp_path: Path, replays: Replays) -> None:
    add_migration(tmp_path, ROOT).unwrap()
    history = read_history(tmp_path).unwrap()
    assert is_shown(history) is None
    change_files(tmp_path, head_file(history, replays.catalog(history), replays.ours), command="qb prove").unwrap()
    assert is_shown(history) is True
    add_migration(tmp_path, COLUMN).unwrap()
    assert is_shown(read_history(tmp_path).unwrap()) is False
