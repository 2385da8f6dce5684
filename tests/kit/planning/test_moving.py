"""Tables whose rows go over into a new one: what is said of them, and what is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb import Database
from qb.kit import MigrationPlan, plan
from qb.kit.generating.naming import migration_name
from qb.kit.proving.prove import prove
from qb.model.object import Identity
from tests.kit.planning.changes import CHANGES
from tests.kit.planning.test_plan import read


def planned(db: Database, name: str) -> MigrationPlan:
    change = CHANGES[name]
    return plan(read(db, change.before), read(db, change.after))


def test_nothing_is_lost_and_it_is_said_once(bare: Database) -> None:
    made = planned(bare, "a table divided into partitions")
    assert made.loses == ()
    assert [each.sql.partition(" ")[0] for each in made.up if each.says] == ["INSERT"]
    assert [each.sql.partition(" ")[0] for each in made.down if each.says] == ["INSERT"]


def test_counters_go_over_before_the_old_one_goes(bare: Database) -> None:
    said = [each.sql for each in planned(bare, "a table divided into partitions").up]
    counters = [place for place, each in enumerate(said) if "setval" in each]
    assert len(counters) == 2
    assert max(counters) < next(place for place, each in enumerate(said) if each.startswith("DROP TABLE"))


def test_a_column_that_goes_meanwhile_has_to_be_named(bare: Database) -> None:
    made = planned(bare, "partitions by something else, with a column less")
    assert made.loses == ("drop-column:e.gone",)


def test_it_is_called_after_what_it_does(bare: Database) -> None:
    assert migration_name(planned(bare, "a table divided into partitions").up) == "rebuild logs and more"


T = "CREATE TABLE t (id int NOT NULL, a text{a}, at date NOT NULL{more})"
PARTS = " PARTITION BY RANGE (at); CREATE TABLE rest PARTITION OF t DEFAULT;"


@pytest.mark.slow
def test_values_that_rows_are_to_have_are_written_as_they_go_over(bare: Database, server_folder: Path) -> None:
    before = read(bare, T.format(a="", more=", gone int"))
    after = read(bare, T.format(a=" NOT NULL", more=", b int NOT NULL, c int DEFAULT 3") + PARTS)
    values = {"a": "'x'", "b": "coalesce(gone, 0)"}
    made = plan(before, after, fills={Identity("column", "public", "t", name): values[name] for name in values})
    (copy,) = (each.sql for each in made.up if each.sql.startswith("INSERT"))
    assert """ SELECT "id", coalesce("a", 'x'), "at", coalesce(gone, 0) FROM """ in copy
    assert prove(before, after, made, cache=server_folder).unwrap().rows > 0


@pytest.mark.slow
def test_the_way_back_has_what_stands_for_nothing(bare: Database, server_folder: Path) -> None:
    before = read(bare, T.format(a=" NOT NULL", more=", b int NOT NULL"))
    after = read(bare, T.format(a=" NOT NULL", more="") + PARTS)
    made = plan(before, after)
    assert made.loses == ("drop-column:t.b",)
    assert prove(before, after, made, cache=server_folder).unwrap().rows > 0
    (copy,) = (each.sql for each in made.down if each.sql.startswith("INSERT"))
    assert """, '0'::integer FROM""" in copy
