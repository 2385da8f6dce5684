"""`audit`: each kind of doubt, by its text."""

from __future__ import annotations

from pathlib import Path

from qb import Database, sql
from qb.kit import audit, migrate
from qb.kit.history.adding import add_migration
from qb.kit.history.history import History, history_of
from qb.kit.history.migration import Migration
from qb.kit.history.reading import read_history
from qb.kit.history.shown_catalog import made_by_line
from tests.kit.running.histories import in_line, migration

A = migration("0001_a", "CREATE TABLE a ();", "DROP TABLE a;")
B = migration("0002_b", "CREATE TABLE b ();", "DROP TABLE b;")


def said(history: History, db: Database | None = None) -> list[tuple[str, str]]:
    return [(each.kind, str(each)) for each in audit(history, db).unwrap().findings]


def test_what_destroys_rows_is_told_and_no_mistake() -> None:
    history = in_line(migration("0001_a", "SELECT 1;\nDELETE FROM t;", "DROP TABLE t;"))
    assert said(history) == [("changes", "0001_a/up.sql:2: delete:t"), ("destroys", "0001_a/down.sql:1: drop-table:t")]
    assert audit(history).unwrap().exit_code == 0


def test_numbers() -> None:
    history = in_line(
        migration("0001_a", "", ""), migration("1_z", "", ""), migration("0004_d", "", ""), migration("0006_e", "", "")
    )
    assert said(history) == [
        ("number twice", "1_z/up.sql: 0001_a has the number 1, too (0001_a/up.sql)"),
        ("gap", "0004_d/up.sql: no migration has the number 2 to 3, before it"),
        ("gap", "0006_e/up.sql: no migration has the number 5, before it"),
    ]
    assert audit(history).unwrap().exit_code == 3
    times = in_line(migration("20261122_093000_a", "", ""), migration("20261123_093000_a", "", ""))
    assert said(times) == []


def test_a_number_twice_is_right_once_a_merge_has_joined_the_two() -> None:
    a, b = (Migration(id=f"0001_{name}", up="SELECT 1;", down="SELECT 1;", recorded=("", "")) for name in "ab")
    joining = Migration(id="0002_merge", parents=(a.id, b.id), up="", down="", recorded=("", ""))

    def wrong(*each: Migration) -> list[bool]:
        return [
            found.wrong for found in audit(history_of(each).unwrap()).unwrap().findings if found.kind == "number twice"
        ]

    assert (wrong(a, b), wrong(a, b, joining)) == ([True], [False])


def test_files_alone() -> None:
    one, other = (migration(id, "SELECT 1", "SELECT 1", parents=("0001_a",)) for id in ("0002_x", "0003_y"))
    edited = migration("0001_a", "SELECT 1", recorded=("other", None))
    assert said(history_of([edited, one, other]).unwrap()) == [
        ("edited since proved", "0001_a/up.sql: it was edited since it was proved"),
        ("no down", "0001_a/up.sql: it cannot be undone: there is no down"),
        ("several heads", "0002_x/up.sql: one of 2 heads: 0002_x, 0003_y"),
        ("several heads", "0003_y/up.sql: one of 2 heads: 0002_x, 0003_y"),
    ]
    end = "end that could be written down: take it out"
    assert said(in_line(migration("0001_a", "SELECT 1;\nABORT;", ""))) == [
        (
            "not run",
            f"0001_a/up.sql:2: it is not run: ABORT is not run: a migration that undoes itself has no {end}",
        )
    ]


def test_the_journal_beside_them(db: Database) -> None:
    migrate(db, in_line(A, B)).unwrap()
    down = ("destroys", "0001_a/down.sql:1: drop-table:a")
    assert said(in_line(A), db) == [down, ("unknown", "the database has 0002_b, and no file is there")]
    edited = in_line(migration("0001_a", "CREATE TABLE other ();", "DROP TABLE a;"), B)
    assert ("edited", "0001_a/up.sql: it is not what was applied here") in said(edited, db)
    late = history_of([A, migration("0002_b", B.up, parents=("0001_a",)), migration("0001_late", "", "")]).unwrap()
    assert ("late", "0001_late/up.sql: it was made without 0001_a, 0002_b, which the database has already") in said(
        late, db
    )
    turned = history_of([migration("0001_a", A.up, parents=("0002_b",)), B]).unwrap()
    assert ("out of order", "0001_a/up.sql: it was applied before 0002_b, which it follows") in said(turned, db)


def test_half_done(db: Database) -> None:
    history = in_line(migration("0001_x", "CREATE TABLE x ();\n-- qb: commit\nSELECT nothing;", ""))
    migrate(db, history).failure()
    assert said(history, db) == [("half done", "0001_x/up.sql: it was stopped after segment 1")]
    db.execute(sql("UPDATE qb.migration SET state = 'undoing'").command()).unwrap()
    assert said(history, db) == [("half done", "0001_x/up.sql: its undoing was stopped after segment 1")]


def test_a_catalog_of_other_migrations(tmp_path: Path) -> None:
    add_migration(tmp_path, A).unwrap()
    history = read_history(tmp_path).unwrap()
    down = [("destroys", f"{tmp_path}/0001_a/down.sql:1: drop-table:a")]
    assert said(history) == down
    (tmp_path / "catalog.sql").write_text(f"-- one\n{made_by_line([A, B])}\n")
    assert said(history) == [
        (
            "shown otherwise",
            f"{tmp_path}/catalog.sql: it is what another history makes: qb generate, or qb prove, writes it anew",
        ),
        *down,
    ]
    (tmp_path / "catalog.sql").write_text(f"-- one\n{made_by_line([A])}\n")
    assert said(history) == down
