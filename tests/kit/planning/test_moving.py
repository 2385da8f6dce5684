"""Tables whose rows go over into a new one: what is said of them, and what is lost."""

from __future__ import annotations

from qb import Database
from qb.kit import MigrationPlan, plan
from qb.kit.generating.naming import migration_name
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
