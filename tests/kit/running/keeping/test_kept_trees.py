"""`--keep` of columns of tables with partitions, and of those that others inherit from."""

from __future__ import annotations

import pytest

from qb import Database
from qb.kit import differences, introspect, migrate, purge, rollback
from qb.kit.planning.fingerprint import only_ours
from qb.kit.running.keeping.errors import HeldOn
from qb.kit.running.rules import MigrationRules
from tests.kit.running.histories import in_line, migration
from tests.kit.running.keeping.test_keeping import kept_and_back, rows, run

PARTS = migration(
    "0001_p",
    """CREATE TABLE people (id int PRIMARY KEY); INSERT INTO people VALUES (1);
    CREATE DOMAIN amount AS int CHECK (VALUE > 0);
    CREATE TABLE p (k int, n serial, "v ""%" text NOT NULL DEFAULT 'x' CONSTRAINT p_check CHECK ("v ""%" <> ''),
      ref int REFERENCES people,
      paid amount, UNIQUE (k, "v ""%")) PARTITION BY LIST (k);
    CREATE TABLE p1 (paid amount, "v ""%" text CONSTRAINT "p_v ""%_not_null" NOT NULL DEFAULT 'own', more int, k int,
      ref int, n int CONSTRAINT p_n_not_null NOT NULL);
    -- qb: allow drop-column:p1.more
    ALTER TABLE p1 DROP more;
    ALTER TABLE p1 ADD CONSTRAINT p_check CHECK ("v ""%" <> '');
    ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1);
    CREATE TABLE p2 PARTITION OF p DEFAULT PARTITION BY LIST (k); CREATE TABLE p2a PARTITION OF p2 DEFAULT;
    CREATE INDEX p_v ON p ("v ""%"); CREATE INDEX own ON p1 (ref) WHERE "v ""%" <> 'y';
    INSERT INTO p (k, "v ""%", ref, paid) VALUES (1, 'a', 1, 3), (2, 'b', 1, 4), (3, 'c', NULL, NULL);""",
    "DROP TABLE p; DROP TABLE people; DROP DOMAIN amount;",
)


@pytest.mark.parametrize(
    ("column", "down"),
    [
        (
            '"v ""%"',
            """ALTER TABLE p ADD "v ""%" text NOT NULL DEFAULT 'x' CONSTRAINT p_check CHECK ("v ""%" <> '');
            ALTER TABLE p ADD UNIQUE (k, "v ""%"); ALTER TABLE p1 ALTER "v ""%" SET DEFAULT 'own';
            CREATE INDEX p_v ON p ("v ""%"); CREATE INDEX own ON p1 (ref) WHERE "v ""%" <> 'y';""",
        ),
        ("ref", 'ALTER TABLE p ADD ref int REFERENCES people; CREATE INDEX own ON p1 (ref) WHERE "v ""%" <> \'y\';'),
        ("paid", "ALTER TABLE p ADD paid amount;"),
        ("n", "ALTER TABLE p ADD n serial; ALTER TABLE p1 ALTER n DROP DEFAULT;"),
    ],
)
def test_a_column_of_partitions_comes_back(db: Database, column: str, down: str) -> None:
    kept_and_back(db, in_line(PARTS, migration("0002_p", f"ALTER TABLE p DROP {column};", down)), "p")


def test_partitions_come_and_go_meanwhile(db: Database) -> None:
    """One that is made has what is kept, and one that is attached gets it."""
    history = in_line(
        PARTS,
        migration("0002_p", "ALTER TABLE p DROP ref;", "ALTER TABLE p ADD ref int;"),
        migration("0003_p", """CREATE TABLE p5 PARTITION OF p FOR VALUES IN (5);
            CREATE TABLE p6 (k int, n int NOT NULL, "v ""%" text NOT NULL, paid amount);
            ALTER TABLE p6 ADD CONSTRAINT p_check CHECK ("v ""%" <> '');
            ALTER TABLE p ATTACH PARTITION p6 FOR VALUES IN (6); INSERT INTO p (k) VALUES (5), (6);""",
            "DELETE FROM p WHERE k IN (5, 6); DROP TABLE p5, p6;"),
    )  # fmt: skip
    migrate(db, history, to="0001").unwrap()
    migrate(db, history, keep=True).unwrap()
    assert rows(db, "SELECT DISTINCT attname::text FROM pg_attribute WHERE starts_with(attname, '_qb_kept')") == [
        "_qb_kept_1"
    ]
    rules = MigrationRules(allow=("delete:p", "drop-table:p5", "drop-table:p6"))
    rollback(db, history, rules=rules).unwrap()
    assert rollback(db, history).unwrap().back == ("p.ref",)
    assert rows(db, "SELECT ref::text FROM p WHERE k < 3 ORDER BY k") == ["1", "1"]


def test_a_table_with_partitions_that_is_dropped_behind_its_column(db: Database) -> None:
    table = """CREATE TABLE t (k int, a text) PARTITION BY LIST (k);
        CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t2 PARTITION OF t DEFAULT;"""
    history = in_line(
        migration("0001_t", f"{table} INSERT INTO t VALUES (1, 'a'), (2, 'b');", "DROP TABLE t;"),
        migration("0002_t", "ALTER TABLE t DROP a;", "ALTER TABLE t ADD a text;"),
        migration("0003_t", "DROP TABLE t;", table.replace(", a text", "")),
    )
    migrate(db, history, keep=True).unwrap()
    rollback(db, history, 2).unwrap()
    assert rows(db, "SELECT a FROM t ORDER BY k") == ["a", "b"]


def test_it_is_purged(db: Database) -> None:
    history = in_line(PARTS, migration("0002_p", "ALTER TABLE p DROP ref;", "ALTER TABLE p ADD ref int;"))
    migrate(db, history, to="0001").unwrap()
    migrate(db, history, keep=True).unwrap()
    assert [each.name for each in purge(db, older_than=0).unwrap().purged] == ["drop-column:p.ref"]
    assert rows(db, "SELECT attname::text FROM pg_attribute WHERE starts_with(attname, '_qb_kept')") == []
    assert rollback(db, history).unwrap().lost == ("drop-column:p.ref",)


HEIRS = """CREATE TABLE a (id int, t text); CREATE TABLE b (own int) INHERITS (a); CREATE TABLE c () INHERITS (b);
INSERT INTO a VALUES (1, 'a'); INSERT INTO b VALUES (2, 'b', 3); INSERT INTO c VALUES (3, 'c', 4);"""


@pytest.mark.parametrize(("table", "column"), [("a", "t"), ("b", "own")])
def test_heirs(db: Database, table: str, column: str) -> None:
    type_ = "text" if column == "t" else "int"
    down = f"ALTER TABLE {table} ADD {column} {type_};"
    drop = migration("0002_h", f"ALTER TABLE {table} DROP {column};", down)
    history = in_line(migration("0001_h", HEIRS, ""), drop)
    migrate(db, history, to="0001").unwrap()
    before, held = only_ours(introspect(db).unwrap()), rows(db, f"SELECT {column}::text FROM {table} ORDER BY 1")
    migrate(db, history, keep=True).unwrap()
    run(db, "INSERT INTO c (id) VALUES (9)")
    rollback(db, history).unwrap()
    assert differences(before, only_ours(introspect(db).unwrap())) == ()
    assert rows(db, f"SELECT {column}::text FROM {table} WHERE {column} IS NOT NULL ORDER BY 1") == held


@pytest.mark.parametrize(
    ("made", "drop", "why"),
    [
        (HEIRS, "ALTER TABLE ONLY a DROP t;", "public.a.t cannot be kept: ONLY leaves it to those that inherit it"),
        (
            "CREATE TABLE a (t text); CREATE TABLE b (t text) INHERITS (a);",
            "ALTER TABLE a DROP t;",
            "public.a.t cannot be kept: public.b has it by itself, too, or from another table",
        ),
        (
            "CREATE TABLE a (t text); CREATE TABLE o (t text); CREATE TABLE b () INHERITS (a, o);",
            "ALTER TABLE a DROP t;",
            "public.a.t cannot be kept: public.b has it by itself, too, or from another table",
        ),
    ],
)
def test_what_goes_on_having_it_is_in_the_way(db: Database, made: str, drop: str, why: str) -> None:
    history = in_line(migration("0001_h", made), migration("0002_h", drop))
    error = migrate(db, history, keep=True).failure()
    assert isinstance(error, HeldOn)
    assert str(error).startswith(f"0002_h/up.sql:1: {why}: this segment was undone; --allow drop-column:a.t drops it")
    migrate(db, history, keep=True, rules=MigrationRules(allow=("drop-column:a.t",))).unwrap()
