"""Migrations that are called otherwise, and follow others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qb.kit import renumber
from qb.kit.history.adding import add_migration
from qb.kit.history.history import history_of
from qb.kit.history.migration import Proof
from qb.kit.history.migration_names import HistoryLayout
from qb.kit.history.reading import read_history
from tests.kit.running.histories import in_line, migration

PROVED: dict[str, Any] = {"before": "0" * 64, "after": "1" * 64, "proved": Proof(up=True, down=True)}


@pytest.mark.parametrize("layout", ["folder", "flat"])
def test_a_branch_follows_the_other(tmp_path: Path, layout: HistoryLayout) -> None:
    made = history_of(
        [
            migration("0001_a", "SELECT 1;"),
            migration("0002_b", "SELECT 2;", parents=("0001_a",)),
            migration("0002_c", "VACUUM; SELECT 3;", "SELECT 4;", parents=("0001_a",), **PROVED),
            migration("0003_d", "SELECT 5;", parents=("0002_c",), **PROVED),
        ]
    ).unwrap()
    for each in made:
        add_migration(tmp_path, each, layout).unwrap()
    shown = renumber(tmp_path, "0002_c", layout=layout, prefix="index", dry_run=True).unwrap()
    assert shown.files == ()
    done = renumber(tmp_path, "0002_c", layout=layout, prefix="index").unwrap()
    assert done.names == shown.names == {"0002_c": "0003_c", "0003_d": "0004_d"}
    assert done.follows == ("0002_b",)
    history = read_history(tmp_path, layout).unwrap()
    assert history.ids == ("0001_a", "0002_b", "0003_c", "0004_d")
    assert (history["0003_c"].parents, history["0004_d"].parents) == (("0002_b",), ("0003_c",))
    assert history["0003_c"].down == "SELECT 4;"
    assert not history["0003_c"].is_proved
    assert history["0004_d"].before is None
    assert not [each for each in tmp_path.rglob("*") if "0002_c" in each.name or "gone" in each.name]


def test_two_of_a_number_in_a_line_keep_their_proof(tmp_path: Path) -> None:
    for each in in_line(migration("0001_a", "SELECT 1;"), migration("0001_b", "SELECT 2;", **PROVED)):
        add_migration(tmp_path, each).unwrap()
    assert renumber(tmp_path, "b", prefix="index").unwrap().names == {"0001_b": "0002_b"}
    assert read_history(tmp_path).unwrap()["0002_b"].is_proved


def test_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "there is no migration x in" in str(renumber(tmp_path, "x").failure())
