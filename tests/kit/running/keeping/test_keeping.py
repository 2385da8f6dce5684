"""`--keep`: what a migration drops is put out of the way, and comes back with its down as it was."""

from __future__ import annotations

from typing import LiteralString

import pytest

from qb import Database, Script, sql
from qb.kit import differences, introspect, migrate, purge, rollback
from qb.kit.history.history import History
from qb.kit.ours.value import Ours
from qb.kit.ours.whose import theirs
from qb.kit.planning.fingerprint import fingerprint, only_ours
from qb.kit.running.keeping.errors import CannotKeep
from qb.kit.running.rules import MigrationRules
from qb.types.trusted import trusted
from tests.kit.running.histories import in_line, migration

QUOTES = migration(
    "0001_quotes",
    """CREATE TYPE mood AS ENUM ('good', 'bad');
    CREATE DOMAIN amount AS numeric(10, 2) NOT NULL CHECK (VALUE >= 0);
    CREATE TABLE people (id int PRIMARY KEY);
    CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
    CREATE TABLE quotes (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "we""ird %" text,
      total int NOT NULL CONSTRAINT positive CHECK (total > 0), mood mood, paid amount,
      code text UNIQUE, number serial, ref int REFERENCES people (id) ON DELETE CASCADE, at timestamptz DEFAULT now());
    CREATE INDEX quotes_total ON quotes (total, id) WHERE total > 1;
    COMMENT ON COLUMN quotes.total IS 'in cents';
    GRANT SELECT (total) ON quotes TO pg_monitor;
    GRANT SELECT ON quotes TO pg_monitor;
    CREATE STATISTICS quotes_both ON total, id FROM quotes;
    INSERT INTO people VALUES (1), (2);
    INSERT INTO quotes ("we""ird %", total, mood, paid, code, ref)
      SELECT 'x' || n, n, 'good', n, 'c' || n, 1 + n % 2 FROM generate_series(1, 9) n;""",
    "DROP TABLE quotes; DROP FUNCTION touched(); DROP TABLE people; DROP DOMAIN amount; DROP TYPE mood;",
)
TOTAL = migration(
    "0002_total",
    "ALTER TABLE quotes DROP COLUMN total;",
    """ALTER TABLE quotes ADD COLUMN total int NOT NULL DEFAULT 7 CONSTRAINT positive CHECK (total > 0);
    ALTER TABLE quotes ALTER total DROP DEFAULT;
    CREATE INDEX quotes_total ON quotes (total, id) WHERE total > 1;
    CREATE STATISTICS quotes_both ON total, id FROM quotes;
    COMMENT ON COLUMN quotes.total IS 'in cents';
    GRANT SELECT (total) ON quotes TO pg_monitor;""",
)


def rows(db: Database, text: str) -> list[str]:
    return db.all(sql(trusted(text.replace("{", "{{").replace("}", "}}"))).rows(str)).unwrap()


def run(db: Database, *texts: LiteralString) -> None:
    db.run(Script(*texts)).unwrap()


def kept_and_back(db: Database, history: History, table: str = "quotes") -> None:
    """The last one is run, and undone: all of it is as it was."""
    migrate(db, history, to=history.ids[-2]).unwrap()
    before, held = only_ours(introspect(db).unwrap()), rows(db, f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")
    done = migrate(db, history, keep=True).unwrap()
    assert done.kept
    back = rollback(db, history).unwrap()
    assert back.back
    assert differences(before, only_ours(introspect(db).unwrap())) == ()
    assert rows(db, f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1") == held
    assert rows(db, "SELECT position::text FROM qb.kept") == []


def test_a_column_comes_back_with_all_that_hung_on_it(db: Database) -> None:
    kept_and_back(db, in_line(QUOTES, TOTAL))


def test_what_is_kept_is_out_of_the_way(db: Database) -> None:
    history = in_line(QUOTES, TOTAL)
    migrate(db, history, to="0001").unwrap()
    with db.transaction(rollback=True) as tx:
        tx.run(Script("ALTER TABLE quotes DROP COLUMN total")).unwrap()
        wanted = introspect(tx).unwrap()
    assert migrate(db, history, keep=True).unwrap().kept == ("public.quotes.total",)
    found = introspect(db).unwrap()
    assert fingerprint(found) == fingerprint(wanted)
    assert {why for each, why in theirs(found, Ours()).items() if each.name.startswith("_qb_kept")} == {"qb"}
    run(
        db,
        "INSERT INTO quotes (paid) VALUES (1)",
        "CREATE INDEX quotes_total ON quotes (id)",
        "DROP INDEX quotes_total",
    )
    assert rollback(db, history).unwrap().back == ("quotes.total",)
    assert rows(db, "SELECT total::text FROM quotes ORDER BY id") == [*map(str, range(1, 10)), "7"]


def test_a_table_comes_back_with_its_rows(db: Database) -> None:
    down = QUOTES.up.partition("CREATE TABLE quotes")[2].partition("INSERT INTO people")[0]
    trigger = "CREATE TRIGGER touch BEFORE UPDATE ON quotes FOR EACH ROW EXECUTE FUNCTION touched();"
    policy = "ALTER TABLE quotes ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON quotes USING (total > 0);"
    more = migration("0002_more", trigger + policy, "")
    drops = "DROP TABLE quotes; DROP FUNCTION touched(); DROP TYPE mood; DROP DOMAIN amount;"
    drop = migration("0003_drop", drops, f"""
        CREATE TYPE mood AS ENUM ('good', 'bad');
        CREATE DOMAIN amount AS numeric(10, 2) NOT NULL CHECK (VALUE >= 0);
        CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
        CREATE TABLE quotes{down}{trigger}{policy}""")  # fmt: skip
    history = in_line(QUOTES, more, drop)
    migrate(db, history, to="0002").unwrap()
    wanted = rows(db, "SELECT nextval(s)::text FROM unnest(ARRAY['quotes_id_seq', 'quotes_number_seq']) s")
    kept_and_back(db, history)
    migrate(db, history, keep=True).unwrap()
    run(db, "DELETE FROM people WHERE id = 5", "CREATE TABLE quotes_id_seq ()", "DROP TABLE quotes_id_seq")
    assert rows(db, "SELECT nspname FROM pg_namespace WHERE nspname = 'qb_kept'") == ["qb_kept"]
    rollback(db, history).unwrap()
    again = rows(db, "SELECT nextval(s)::text FROM unnest(ARRAY['quotes_id_seq', 'quotes_number_seq']) s")
    assert [int(each) - 1 for each in again] == [int(each) for each in wanted]


def test_a_sequence_goes_on_where_it_was(db: Database) -> None:
    made = migration("0001_s", "CREATE SEQUENCE counts START 5; SELECT nextval('counts'), nextval('counts');", "")
    history = in_line(made, migration("0002_s", "DROP SEQUENCE counts;", "CREATE SEQUENCE counts START 5;"))
    migrate(db, history, keep=True).unwrap()
    assert rollback(db, history).unwrap().back == ("counts",)
    assert rows(db, "SELECT nextval('counts')::text") == ["7"]


@pytest.mark.parametrize(
    "other", ["DROP COLUMN code, ADD COLUMN more int", "DROP COLUMN number", "DROP id", "DROP paid"]
)
def test_columns_of_every_form(db: Database, other: str) -> None:
    back = {
        "code": "ALTER TABLE quotes DROP more, ADD COLUMN IF NOT EXISTS code text UNIQUE;",
        "number": "ALTER TABLE quotes ADD COLUMN number serial;",
        "id": "ALTER TABLE quotes ADD id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY; "
        "CREATE INDEX quotes_total ON quotes (total, id) WHERE total > 1; "
        "CREATE STATISTICS quotes_both ON total, id FROM quotes;",
        "paid": "ALTER TABLE quotes ADD paid amount;",
    }
    name = other.rsplit(maxsplit=1)[-1] if "code" not in other else "code"
    rules = MigrationRules(allow=("drop-column:quotes.more",))
    history = in_line(QUOTES, migration("0002_x", f"ALTER TABLE quotes {other};", back[name]))
    migrate(db, history, to="0001").unwrap()
    before = rows(db, f"SELECT {name}::text FROM quotes ORDER BY total")
    migrate(db, history, keep=True).unwrap()
    run(db, "INSERT INTO quotes (total, code, paid) VALUES (77, 'new', 3)" if name == "number" else "SELECT 1")
    assert rollback(db, history, rules=rules).unwrap().back == (f"quotes.{name}",)
    assert rows(db, f"SELECT {name}::text FROM quotes WHERE total < 50 ORDER BY total") == before
    if name == "number":
        run(db, "INSERT INTO quotes (total, code, paid) VALUES (78, 'newer', 3)")
        assert rows(db, "SELECT number::text FROM quotes WHERE total > 50 ORDER BY total") == ["10", "11"]


def test_a_name_that_comes_again_and_is_dropped_again(db: Database) -> None:
    history = in_line(
        migration("0001_t", "CREATE TABLE t (a int); INSERT INTO t VALUES (1);", ""),
        migration("0002_t", "ALTER TABLE t DROP a;", "ALTER TABLE t ADD a int;"),
        migration("0003_t", "ALTER TABLE t ADD a text DEFAULT 'two';", "ALTER TABLE t DROP a;"),
        migration("0004_t", "ALTER TABLE t DROP a;", "ALTER TABLE t ADD a text;"),
        migration("0005_t", "DROP TABLE t;", "CREATE TABLE t ();"),
    )
    migrate(db, history, keep=True).unwrap()
    rules = MigrationRules(allow=("drop-column:t.a",))
    assert [rollback(db, history, rules=rules).unwrap().back for _ in range(4)] == [("t",), ("t.a",), (), ("t.a",)]
    assert rows(db, "SELECT to_jsonb(t)::text FROM t") == ['{"a": 1}']


def test_a_later_migration_may_drop_the_type_of_what_is_kept(db: Database) -> None:
    history = in_line(
        QUOTES,
        migration("0002_x", "ALTER TABLE quotes DROP mood;", "ALTER TABLE quotes ADD mood mood;"),
        migration("0003_x", "DROP TYPE mood;", "CREATE TYPE mood AS ENUM ('bad', 'good');"),
    )
    migrate(db, history, to="0002", keep=True).unwrap()
    migrate(db, history, keep=True).unwrap()
    assert rollback(db, history, to="0001").unwrap().back == ("quotes.mood",)
    assert rows(db, "SELECT DISTINCT mood::text FROM quotes") == ["good"]
    assert rows(db, "SELECT kind FROM qb.kept") == []


def test_what_cannot_be_kept_is_refused_with_its_place(db: Database) -> None:
    text = "DELETE FROM quotes;\n-- qb: allow truncate:people\nTRUNCATE people;\nDROP TABLE quotes CASCADE;"
    error = migrate(db, in_line(QUOTES, migration("0002_x", text)), keep=True).failure()
    assert isinstance(error, CannotKeep)
    assert str(error) == (
        "0002_x/up.sql:1: delete:quotes cannot be kept: rows that are deleted; "
        "0002_x/up.sql:3: truncate:people cannot be kept: rows that are deleted; "
        "0002_x/up.sql:4: drop-table:quotes cannot be kept: what goes with it by CASCADE is known to nobody; drop that "
        "by its own name first: nothing was run; --allow delete:quotes --allow truncate:people "
        "--allow drop-table:quotes loses it all the same"
    )
    assert rows(db, "SELECT coalesce(to_regclass('quotes')::text, '-')") == ["-"]


def test_a_view_in_the_way_is_in_the_way(db: Database) -> None:
    view = migration("0002_v", "CREATE VIEW v AS SELECT total FROM quotes;", "DROP VIEW v;")
    error = migrate(db, in_line(QUOTES, view, migration("0003_x", TOTAL.up, TOTAL.down)), keep=True).failure()
    assert "view v depends on column total" in str(error) or "2BP01" in str(error)
    up = f"DROP VIEW v; {TOTAL.up}"
    history = in_line(QUOTES, view, migration("0003_x", up, f"{TOTAL.down} {view.up}"))
    kept_and_back(db, history)


def test_partitions(db: Database) -> None:
    made = migration("0001_p", """CREATE TABLE p (k int, v text) PARTITION BY LIST (k);
        CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p DEFAULT;
        INSERT INTO p VALUES (1, 'a'), (2, 'b');""", "DROP TABLE p;")  # fmt: skip
    again = made.up.partition("INSERT")[0]
    kept_and_back(db, in_line(made, migration("0002_p", "DROP TABLE p;", again)), "p")


def test_who_goes_on_keeps_too(db: Database) -> None:
    up = "SELECT 1;\n-- qb: commit\nSELECT x;\nDROP TABLE a;"
    broken = migration("0002_x", up, "CREATE TABLE a (x int);")
    first = migration("0001_x", "CREATE TABLE a (x int); INSERT INTO a VALUES (3);")
    assert "x" in str(migrate(db, in_line(first, broken), keep=True).failure())
    mended = migration("0002_x", up.replace("SELECT x;", "SELECT 2;"), broken.down)
    assert migrate(db, in_line(first, mended)).unwrap().kept == ("public.a",)
    rollback(db, in_line(first, mended)).unwrap()
    assert rows(db, "SELECT x::text FROM a") == ["3"]


def test_purge_removes_it_and_rollback_says_so(db: Database) -> None:
    history = in_line(QUOTES, TOTAL)
    migrate(db, history, keep=True).unwrap()
    assert [each.name for each in purge(db).unwrap().kept] == ["drop-column:quotes.total"]
    assert [each.name for each in purge(db, older_than=0, dry_run=True).unwrap().purged] == ["drop-column:quotes.total"]
    rules = MigrationRules(database="p", protected=True, confirm="p")
    error = purge(db, older_than=0, rules=rules).failure()
    assert "0002_total:1: drop-column:quotes.total: there are rows in it, and the database is protected" in str(error)
    done = purge(db, older_than=0, rules=MigrationRules(allow=("drop-column:quotes.total",), protected=True,
        database="p", confirm="p")).unwrap()  # fmt: skip
    assert (len(done.purged), done.kept) == (1, ())
    assert purge(db, older_than=0).unwrap().purged == ()
    assert rows(db, "SELECT attname FROM pg_attribute WHERE attname LIKE '\\_qb%'") == []
    assert rollback(db, history, dry_run=True).unwrap().lost == ("drop-column:quotes.total",)
    back = rollback(db, history).unwrap()
    assert (back.back, back.lost) == ((), ("drop-column:quotes.total",))
    assert rows(db, "SELECT DISTINCT total::text FROM quotes") == ["7"]


def test_what_is_kept_and_in_the_way_of_another_statement_is_said(db: Database) -> None:
    """A table becomes a partition, and has a column that the whole table has not."""
    made = migration(
        "0001_made", "CREATE TABLE one (id int, x int); CREATE TABLE whole (id int) PARTITION BY LIST (id);"
    )
    drop = migration("0002_drop", "ALTER TABLE one DROP x;", "ALTER TABLE one ADD x int;")
    attach = migration("0003_attach", "ALTER TABLE whole ATTACH PARTITION one DEFAULT;")
    history = in_line(made, drop, attach)
    error = str(migrate(db, history, keep=True).failure())
    assert error.startswith('0003_attach/up.sql:1:1: table "one" contains column "_qb_kept_')
    assert ' not found in parent "whole"' in error
    assert error.endswith(". A migration has dropped that, and --keep keeps it: qb purge --older-than 0 removes it")
    assert len(purge(db, older_than=0).unwrap().purged) == 1
    assert migrate(db, history).unwrap().applied == ("0003_attach",)
