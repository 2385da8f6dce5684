"""`status`: one round trip, and each way in which a database may stand in a history."""

from __future__ import annotations

from qb import Database
from qb.kit import migrate, status
from qb.kit.history.history import History, history_of
from tests.kit.running.histories import in_line, migration

A, B = migration("0001_a", "CREATE TABLE a ();", "DROP TABLE a;"), migration("0002_b", "CREATE TABLE b ();")


def states(db: Database, history: History) -> list[tuple[str, str]]:
    return [(each.id, each.state) for each in status(db, history).unwrap().migrations]


def test_each_state(db: Database) -> None:
    assert states(db, in_line(A, B)) == [("0001_a", "pending"), ("0002_b", "pending")]
    assert states(db, in_line()) == []
    migrate(db, in_line(A, B)).unwrap()
    found = status(db, in_line(A, B)).unwrap()
    assert (found.level, found.exit_code, found.pending, found.heads) == (True, 0, (), ("0002_b",))
    assert [(each.down, each.by is not None, each.file) for each in found.migrations] == [
        (True, True, "0001_a/up.sql"),
        (False, True, "0002_b/up.sql"),
    ]
    assert states(db, in_line(A)) == [("0001_a", "applied"), ("0002_b", "unknown")]
    assert states(db, in_line(migration("0001_a", "SELECT 2"), B)) == [("0001_a", "edited"), ("0002_b", "applied")]
    late = history_of([A, migration("0002_b", B.up, parents=("0001_a",)), migration("0001_late", "")]).unwrap()
    assert states(db, late) == [("0001_a", "applied"), ("0001_late", "late"), ("0002_b", "applied")]
    assert status(db, late).unwrap().exit_code == 3


def test_half_applied(db: Database) -> None:
    history = in_line(A, migration("0003_c", "CREATE TABLE c ();\n-- qb: commit\nSELECT nothing;"))
    migrate(db, history).failure()
    found = status(db, history).unwrap()
    half = [(each.state, each.done, each.of) for each in found.migrations]
    assert half == [("applied", 0, 0), ("half applied", 1, 2)]
    bad = in_line(A, migration("0003_c", "SELECT 'never ends"))
    assert [each.of for each in status(db, bad).unwrap().migrations] == [0, 0]
    assert found.pending == ("0003_c",)
