"""Names that a server puts into a message, and that are values of rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb import Database, sql
from qb.errors import InvalidSql
from qb.kit import migrate
from qb.kit.running.data_errors import DataStepFailed
from qb.kit.running.errors import StepFailed
from qb.kit.running.names_said import with_names_said
from qb.kit.running.rules import MigrationRules
from qb.kit.seeding.errors import SeedFailed
from qb.kit.seeding.seeds import load_seeds, seed
from tests.kit.running.histories import in_line, migration

STEPS = """
from __future__ import annotations

from qb import Outcome, Tx, sql
from qb.kit import StepBatch, data_step


@data_step()
def named(tx: Tx, after: int | None) -> Outcome[StepBatch[int] | None]:
    return tx.execute(sql("SELECT s::regclass FROM t").command()).map(lambda count: None)
"""
EVERYTHING = MigrationRules(allow=("unknown:do", "unknown:cast", "retype:t.s", "drop-column:x"))
ROW = "DO $$ DECLARE r text; BEGIN SELECT s INTO r FROM t; EXECUTE '{}' || quote_ident(r) || '{}'; END $$;"


TEXTS = (
    "SELECT s::regclass FROM t;",
    "SELECT s::regrole FROM t;",
    "SELECT s::regtype FROM t;",
    "SELECT s::regproc FROM t;",
    "SELECT s::regnamespace FROM t;",
    "SELECT to_tsquery(s::regconfig, 'a') FROM t;",
    "SELECT set_config(s, 'x', true) FROM t;",
    "SELECT current_setting(s) FROM t;",
    "SELECT nextval(s) FROM t;",
    "SELECT (s || '.a.b.c.d')::regclass FROM t;",
    "ALTER TABLE t ALTER s TYPE regclass USING s::regclass;",
    ROW.format("SELECT * FROM ", ""),
    ROW.format("SELECT ", ""),
    ROW.format("SELECT ", "()"),
    ROW.format("SELECT t.", " FROM t"),
    ROW.format("CREATE TABLE x (a int); ALTER TABLE x DROP ", ""),
    ROW.format("CREATE TABLE x (a ", ")"),
    ROW.format("DROP ROLE ", ""),
    ROW.format("CREATE TABLE a.", " ()"),
)


@pytest.mark.slow
@pytest.mark.parametrize("value", ["S3CRET", 'of "S3CRET" is', "S3CRET does"])
def test_a_value_is_no_name_that_is_shown(db: Database, value: str) -> None:
    first = migration("0001_t", "CREATE TABLE t (s text);")
    migrate(db, in_line(first)).unwrap()
    db.execute(sql("INSERT INTO t VALUES ({value})", value=value).command()).unwrap()
    for text in TEXTS:
        error = migrate(db, in_line(first, migration("0002_x", text)), rules=EVERYTHING).failure()
        assert isinstance(error, StepFailed), text
        assert "S3CRET" not in f"{error}{error.cause!r}", text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("COMMENT ON TABLE gone IS NULL;", 'relation "gone" does not exist'),
        ("CREATE INDEX ON t (s); CREATE INDEX t_s_idx ON t (s);", 'relation "t_s_idx" already exists'),
        ('ALTER TABLE t ALTER "the ""col" DROP NOT NULL;', 'column "the "col" of relation "t" does not exist'),
        ("ALTER TABLE t ADD s int;", 'column "s" of relation "t" already exists'),
        ("GRANT SELECT ON t TO nobody_here;", 'role "nobody_here" does not exist'),
        ("CREATE VIEW v AS SELECT s a FROM t; CREATE OR REPLACE VIEW v AS SELECT s FROM t;", 'column "…" to "s"'),
        ("ALTER FUNCTION nope(text) RENAME TO x;", "function nope(text) does not exist"),
    ],
)
def test_what_the_statement_says_is(db: Database, text: str, said: str) -> None:
    error = migrate(db, in_line(migration("0001_t", f"CREATE TABLE t (s text); {text}"))).failure()
    assert said in str(error)


def test_a_step_and_a_seed_show_none(db: Database, tmp_path: Path) -> None:
    up = "CREATE TABLE t (s text); INSERT INTO t VALUES ('S3' || 'CRET');"
    error = migrate(db, in_line(migration("0001_t", up, data_steps=STEPS))).failure()
    assert isinstance(error, DataStepFailed)
    assert 'relation "…" does not exist' in str(error)
    (tmp_path / "rows.sql").write_text("SELECT s::regclass FROM t;")
    refused = seed(db, load_seeds(("rows.sql",), folder=tmp_path).unwrap()).failure()
    assert isinstance(refused, SeedFailed)
    assert "S3CRET" not in str(refused)


def test_a_message_in_another_language_is_its_condition() -> None:
    german = InvalidSql("Relation \u00bbS3CRET\u00ab existiert nicht", sqlstate="42P01")
    assert str(with_names_said(german, "SELECT s::regclass FROM t")) == "undefined table"
