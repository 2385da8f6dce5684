"""A journal of before is brought to what it is now, by whoever runs something; until then it is read as it is."""

from __future__ import annotations

import pytest

from qb import Database, Script, sql, trusted
from qb.kit import baseline, expects, migrate, rollback, status
from qb.kit.running.journal import Journal
from qb.kit.running.journal_versions import JOURNAL_VERSION, changes_since, version_said
from tests.kit.running.histories import in_line, migration

A, B, C = (migration(f"000{n}_{name}", f"CREATE TABLE {name} ();", "SELECT 1;") for n, name in enumerate("abc", 1))
AB = migration("0002_ab", f"{A.up}\n{B.up}", replaces=("0001_a", "0002_b"))
FIRST = """
CREATE SCHEMA {0};
CREATE TABLE {0}.migration (position bigint GENERATED ALWAYS AS IDENTITY, id text PRIMARY KEY, checksum text NOT NULL,
  parents text[] NOT NULL, state text NOT NULL CHECK (state IN ('running', 'applied', 'undoing')), done int NOT NULL,
  step int, failed boolean NOT NULL DEFAULT false, seals text[] NOT NULL DEFAULT '{{}}', note text, down text,
  data text, attempt int NOT NULL DEFAULT 1, started timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished timestamptz, rows bigint NOT NULL DEFAULT 0, waited float8 NOT NULL DEFAULT 0,
  by text NOT NULL DEFAULT session_user, host text DEFAULT host(inet_client_addr()), version text NOT NULL);
COMMENT ON TABLE {0}.migration IS 'The migrations of this database: qb migrate writes it';
CREATE TABLE {0}.event (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(), kind text NOT NULL, migration text,
  by text NOT NULL DEFAULT session_user, version text NOT NULL, detail text);
COMMENT ON TABLE {0}.event IS 'What was done to the journal by hand, and what was undone'
"""
"""As the first version made it."""
SHAPE = """
SELECT relname || '.' || attname || ' ' || format_type(atttypid, atttypmod) || attnotnull
  || coalesce(pg_get_expr(adbin, adrelid), '')
FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef d ON (adrelid, adnum) = (attrelid, attnum)
WHERE relnamespace = to_regnamespace({schema}) AND relkind = 'r' AND attnum > 0 ORDER BY relname, attnum
"""


def shape(db: Database, schema: str) -> list[str]:
    return db.all(sql(SHAPE, schema=schema).rows(str)).unwrap()


def said(db: Database, schema: str) -> int:
    query = sql("SELECT obj_description(to_regclass({t}), 'pg_class')", t=f"{schema}.event").rows(str)
    return version_said(db.scalar(query).unwrap())


def as_first(db: Database, schema: str) -> None:
    db.run(Script(*map(trusted, FIRST.format(schema).strip().split(";\n")))).unwrap()


@pytest.fixture
def first(db: Database) -> Database:
    """One of the first version, in which 0001 was applied and 0002 squashed."""
    as_first(db, "qb")
    db.run(Script("CREATE TABLE a ()", "CREATE TABLE b ()")).unwrap()
    row = (
        "INSERT INTO qb.migration (id, checksum, parents, state, done, version) VALUES "
        "({id}, {checksum}, '{{}}', 'applied', 1, '0')"
    )
    db.execute(sql(row, id=AB.id, checksum=AB.checksum).command()).unwrap()
    event = "INSERT INTO qb.event (kind, migration, version, detail) VALUES ('squashed', {id}, '0', '0001_a, 0002_b')"
    db.execute(sql(event, id=AB.id).command()).unwrap()
    return db


def test_it_is_read_as_it_is(first: Database) -> None:
    history = in_line(AB)
    assert expects(history)(first).unwrap() is None
    assert status(first, history).unwrap().level
    assert migrate(first, history).unwrap().applied == ()
    assert migrate(first, in_line(AB, C), dry_run=True).unwrap().plan[0].id == C.id
    assert [each.replaces for each in Journal().read(first).unwrap()] == [[]]
    assert said(first, "qb") == 1, "nobody has written"


def test_whoever_runs_something_brings_it_to_what_it_is_now(first: Database) -> None:
    migrate(first, in_line(AB, C)).unwrap()
    assert said(first, "qb") == JOURNAL_VERSION
    assert [(each.id, each.replaces) for each in Journal().read(first).unwrap()] == [
        ("0002_ab", ["0001_a", "0002_b"]),
        ("0003_c", []),
    ]
    assert expects("0001_a")(first).unwrap() is None
    migrate(first, in_line(migration("0001_x", "")), journal="other").unwrap()
    assert shape(first, "qb") == shape(first, "other")


def test_what_others_have_written_meanwhile_is_kept(first: Database) -> None:
    """An older qb goes on to write in it: what is new has a default, and nothing is done twice."""
    migrate(first, in_line(AB, C)).unwrap()
    columns = "id, checksum, parents, state, done, version"
    old = f"INSERT INTO qb.migration ({columns}) VALUES ('x', '', '{{{{}}}}', 'applied', 0, '0')"
    first.execute(sql(old).command()).unwrap()
    migrate(first, in_line(AB, C)).unwrap()
    assert [each.id for each in Journal().read(first).unwrap()] == ["0002_ab", "0003_c", "x"]
    assert rollback(first, in_line(AB, C)).unwrap().undone == ("0003_c",)


def test_a_newer_one_is_left_as_it_is(db: Database) -> None:
    baseline(db, in_line(A)).unwrap()
    comment = f"COMMENT ON TABLE qb.event IS 'x; version {JOURNAL_VERSION + 1} of the journal'"
    db.run(Script(trusted(comment))).unwrap()
    migrate(db, in_line(A, B)).unwrap()
    assert said(db, "qb") == JOURNAL_VERSION + 1
    newer = [changes_since(JOURNAL_VERSION + more, migration="m", event="e") for more in (0, 1)]
    assert newer == [(), ()]


@pytest.mark.parametrize("schema", ["our {own}", "Journal's"])
def test_the_schema_is_of_any_name(db: Database, schema: str) -> None:
    quoted = '"' + schema + '"'
    as_first(db, quoted)
    migrate(db, in_line(A), journal=schema).unwrap()
    assert expects("0001_a", journal=schema)(db).unwrap() is None
    baseline(db, in_line(A), journal="other").unwrap()
    assert shape(db, quoted) == shape(db, "other")
