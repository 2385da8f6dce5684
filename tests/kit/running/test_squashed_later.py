"""Code from before some migrations were put into one, on a database that has that one: what it expects is there."""

from __future__ import annotations

import pytest

from qb import Database, SchemaIncomplete, sql
from qb.kit import expects, migrate, rollback, status
from qb.kit.history.history import history_of
from qb.kit.running.errors import HalfSquashed, UnknownApplied
from qb.kit.running.journal import Journal
from qb.kit.running.rules import MigrationRules
from tests.kit.running.histories import in_line, migration

ALL = MigrationRules(allow=tuple(f"drop-table:{name}" for name in "abcd"))
A, B, C, D = (
    migration(f"000{n}_{name}", f"CREATE TABLE {name} ();", f"DROP TABLE {name};") for n, name in enumerate("abcd", 1)
)
BC = migration("0003_bc", f"{B.up}\n{C.up}", f"{C.down}\n{B.down}", replaces=("0002_b", "0003_c"))
BCD = migration(
    "0004_bcd", f"{BC.up}\n{D.up}", f"{D.down}\n{BC.down}", replaces=("0002_b", "0003_c", "0003_bc", "0004_d")
)
OLD, NEW = in_line(A, B, C), in_line(A, BC)


def there(db: Database) -> list[tuple[str, list[str]]]:
    return [(each.id, each.replaces) for each in Journal().read(db).unwrap()]


def tables(db: Database) -> str:
    text = "SELECT coalesce(string_agg(relname, '' ORDER BY relname), '') FROM pg_class WHERE relkind = 'r'"
    query = f"{text} AND relname ~ '^.$'"
    return db.scalar(sql(query).rows(str)).unwrap()


@pytest.fixture(params=["from nothing", "as it was before"])
def squashed(db: Database, request: pytest.FixtureRequest) -> Database:
    """A database at NEW."""
    if request.param == "as it was before":
        migrate(db, OLD).unwrap()
        assert migrate(db, NEW).unwrap().applied == ()
        with_more = in_line(A, BC, migration("0005_more", "SELECT 1;", "SELECT 1;"))
        migrate(db, with_more).unwrap()  # whoever runs something writes it into the journal
        assert rollback(db, with_more).unwrap().undone == ("0005_more",)
    else:
        migrate(db, NEW).unwrap()
    assert there(db) == [("0001_a", []), ("0003_bc", ["0002_b", "0003_c"])]
    return db


def test_what_it_expects_is_there(squashed: Database) -> None:
    for name in ("0001_a", "0002_b", "0003_c", "0003_bc"):
        assert expects(name)(squashed).unwrap() is None
    for history in (OLD, NEW, in_line(A, B)):
        assert expects(history)(squashed).unwrap() is None
    assert isinstance(expects("0004_d")(squashed).failure(), SchemaIncomplete)
    assert status(squashed, OLD).unwrap().level
    assert migrate(squashed, OLD).unwrap().applied == ()


def test_what_is_only_begun_is_not_there(db: Database) -> None:
    broken = migration("0003_bc", f"{B.up}\n-- qb: commit\nSELECT nothing;", replaces=BC.replaces)
    migrate(db, in_line(A, broken)).failure()
    error = expects("0002_b")(db).failure()
    assert isinstance(error, SchemaIncomplete)
    assert error.missing == ("migration 0002_b (it was only begun)",)


def test_old_code_undoes_its_own_and_goes_on(squashed: Database) -> None:
    assert rollback(squashed, OLD, dry_run=True).unwrap().plan == ("0003_c",)
    assert rollback(squashed, OLD, rules=ALL).unwrap().undone == ("0003_c",)
    assert (tables(squashed), there(squashed)) == ("ab", [("0001_a", []), ("0002_b", [])])
    error = migrate(squashed, NEW).failure()
    assert isinstance(error, HalfSquashed)
    assert migrate(squashed, OLD).unwrap().applied == ("0003_c",)
    assert status(squashed, NEW).unwrap().level
    events = sql("SELECT kind FROM qb.event WHERE migration = '0003_bc' AND kind = 'apart'").rows(str)
    assert squashed.all(events).unwrap() == ["apart"]
    assert rollback(squashed, NEW, rules=ALL).unwrap().undone == ("0003_bc",)
    assert tables(squashed) == "a"


def test_old_code_undoes_all(squashed: Database) -> None:
    assert rollback(squashed, OLD, everything=True, rules=ALL).unwrap().undone == ("0003_c", "0002_b", "0001_a")
    assert (tables(squashed), there(squashed)) == ("", [])


@pytest.mark.parametrize("unknown", [False, True])
def test_older_code_does_not_undo_what_others_follow(squashed: Database, unknown: bool) -> None:
    """It has a part of what was put into one; and what is beneath what it does not know is not taken away."""
    for history in (in_line(A, B), in_line(A)):
        error = rollback(squashed, history, rules=ALL, unknown=False).failure()
        assert isinstance(error, UnknownApplied)
        assert tables(squashed) == "abc"
    if unknown:
        assert rollback(squashed, in_line(A), rules=ALL, unknown=True).unwrap().undone == ("0003_bc",)
        assert rollback(squashed, in_line(A), rules=ALL).unwrap().undone == ("0001_a",)


def test_what_nobody_here_knows_of_another_line_is_no_reason(db: Database) -> None:
    other = migration("0002_other", "CREATE TABLE d ();", "DROP TABLE d;", parents=("0001_a",))
    migrate(db, in_line(A, B)).unwrap()
    joined = history_of([A, other]).unwrap()
    rules = MigrationRules(allow=ALL.allow, late=("0002_other",))
    assert isinstance(migrate(db, joined, rules=rules).failure(), UnknownApplied)
    assert rollback(db, joined, dry_run=True).failure().code == "unknown-applied"  # type: ignore[union-attr]


def test_what_was_put_into_one_twice(db: Database) -> None:
    migrate(db, in_line(A, BC, D)).unwrap()
    newest = in_line(A, BCD)
    for history in (OLD, NEW, in_line(A, BC, D), in_line(A, B, C, D), newest):
        assert expects(history)(db).unwrap() is None
    assert status(db, newest).unwrap().level
    migrate(db, in_line(A, BCD, migration("0005_more", "SELECT 1;"))).unwrap()
    assert there(db)[1] == ("0004_bcd", list(BCD.replaces))
    for history in (OLD, NEW, in_line(A, BC, D), in_line(A, B, C, D), newest):
        assert expects(history)(db).unwrap() is None
    assert rollback(db, in_line(A, BC, D), rules=ALL).failure().code == "unknown-applied"  # type: ignore[union-attr]


def test_what_was_put_into_one_twice_is_undone_by_the_code_between(db: Database) -> None:
    migrate(db, in_line(A, BCD)).unwrap()
    between = in_line(A, BC, D)
    assert rollback(db, between, rules=ALL).unwrap().undone == ("0004_d",)
    assert there(db) == [("0001_a", []), ("0003_bc", ["0002_b", "0003_c"])]
    assert tables(db) == "abc"
    assert status(db, OLD).unwrap().level
    assert migrate(db, between).unwrap().applied == ("0004_d",)
    assert status(db, in_line(A, BCD)).unwrap().level
