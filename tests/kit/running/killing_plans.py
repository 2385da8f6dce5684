"""Fifty plans to be killed in: every way in which a step is run, by itself and beside others.

Each piece writes a row into the log, which says whether one ran twice.
"""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import Final

from qb.kit.history.history import History
from qb.kit.running.rules import MigrationRules
from tests.kit.running.histories import in_line, migration

START: Final = """
CREATE TABLE log (what text);
CREATE TABLE t (id int PRIMARY KEY, what text, n int);
INSERT INTO t SELECT i, 'w' || i, i % 3 FROM generate_series(1, 40) i;
CREATE INDEX t_n ON t (n);
CREATE TABLE "p""q" (x int, what text) PARTITION BY LIST (x);
CREATE TABLE one PARTITION OF "p""q" FOR VALUES IN (1);
CREATE TABLE two PARTITION OF "p""q" FOR VALUES IN (2);
CREATE TYPE mood AS ENUM ('a');
"""
PIECES: Final = {
    "column": ("ALTER TABLE t ADD c int;\nUPDATE t SET c = n;", "ALTER TABLE t DROP c;"),
    "index": ("CREATE INDEX CONCURRENTLY t_what ON t (what);", "DROP INDEX CONCURRENTLY t_what;"),
    "unnamed": ("CREATE INDEX CONCURRENTLY ON t (what, n);", "DROP INDEX CONCURRENTLY t_what_n_idx;"),
    "unique": (
        "CREATE UNIQUE INDEX CONCURRENTLY t_key ON t (id, what);\nALTER TABLE t ADD UNIQUE USING INDEX t_key;",
        "ALTER TABLE t DROP CONSTRAINT t_key;",
    ),
    "dropped": ("DROP INDEX CONCURRENTLY t_n;", "CREATE INDEX CONCURRENTLY t_n ON t (n);"),
    "anew": ("REINDEX TABLE CONCURRENTLY t;", "REINDEX INDEX CONCURRENTLY t_pkey;"),
    "detach": (
        'ALTER TABLE "p""q" DETACH PARTITION two CONCURRENTLY;',
        'ALTER TABLE "p""q" ATTACH PARTITION two FOR VALUES IN (2);',
    ),
    "value": (
        "ALTER TYPE mood ADD VALUE 'b';\nALTER TABLE t ADD m mood DEFAULT 'b';",
        "ALTER TABLE t DROP m;\nDROP TYPE mood;\nCREATE TYPE mood AS ENUM ('a');",
    ),
    "check": (
        (
            "ALTER TABLE t ADD CONSTRAINT filled CHECK (what <> '') NOT VALID;\n-- qb: commit\n"
            "ALTER TABLE t VALIDATE CONSTRAINT filled;"
        ),
        "ALTER TABLE t DROP CONSTRAINT filled;",
    ),
    "key": (
        (
            "CREATE TABLE k (t int);\nALTER TABLE k ADD CONSTRAINT kt FOREIGN KEY (t) REFERENCES t NOT VALID;\n"
            "-- qb: commit\nALTER TABLE k VALIDATE CONSTRAINT kt;"
        ),
        "DROP TABLE k;",
    ),
    "upkeep": ("VACUUM t;\nANALYZE t;", "VACUUM ANALYZE t;"),
    "chain": (
        "BEGIN;\nINSERT INTO log VALUES ('first');\nCOMMIT AND CHAIN;\nINSERT INTO log VALUES ('second');\nCOMMIT;",
        "DELETE FROM log WHERE what IN ('first', 'second');",
    ),
    "savepoint": (
        "SAVEPOINT s;\nINSERT INTO log VALUES ('never');\nROLLBACK TO s;\nINSERT INTO log VALUES ('kept');\nRELEASE s;",
        "DELETE FROM log WHERE what = 'kept';",
    ),
    "set": (
        (
            "SET search_path = pg_catalog;\nCREATE TABLE public.found ();\n-- qb: commit\n"
            "INSERT INTO public.log SELECT current_setting('search_path');\nSET search_path = public;"
        ),
        "DROP TABLE found;\nDELETE FROM log WHERE what = 'pg_catalog';",
    ),
    "body": (
        (
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;\n"
            "CREATE TRIGGER touched BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();"
        ),
        "DROP TRIGGER touched ON t;\nDROP FUNCTION f();",
    ),
    "block": (
        "DO $$ BEGIN FOR i IN 1..3 LOOP INSERT INTO log VALUES ('block ' || i); END LOOP; END $$;",
        "DELETE FROM log WHERE what LIKE 'block %';",
    ),
    "view": (
        (
            "CREATE MATERIALIZED VIEW seen AS SELECT id, n FROM t;\nCREATE UNIQUE INDEX ON seen (id);\n"
            "REFRESH MATERIALIZED VIEW CONCURRENTLY seen;"
        ),
        "DROP MATERIALIZED VIEW seen;",
    ),
    "policy": (
        "CREATE POLICY mine ON t USING (n > 0);\nALTER TABLE t ENABLE ROW LEVEL SECURITY;",
        "ALTER TABLE t DISABLE ROW LEVEL SECURITY;\nDROP POLICY mine ON t;",
    ),
    "late": (
        (
            "CREATE TABLE late (x int UNIQUE DEFERRABLE INITIALLY DEFERRED);\n"
            "INSERT INTO late VALUES (1), (2);\nUPDATE late SET x = 3 - x;"
        ),
        "DROP TABLE late;",
    ),
    "keywords": (
        (
            "CREATE TABLE partition (value int, only_ int);\nCREATE INDEX CONCURRENTLY index ON partition (value);\n"
            "CREATE INDEX CONCURRENTLY temporary ON partition (only_);"
        ),
        "DROP INDEX CONCURRENTLY index;\nDROP INDEX CONCURRENTLY temporary;\nDROP TABLE partition;",
    ),
    "role": (
        (
            "GRANT INSERT ON log TO pg_monitor;\nGRANT USAGE ON SCHEMA public TO pg_monitor;\nSET ROLE pg_monitor;\n"
            "INSERT INTO log VALUES ('role ' || current_user);\n"
            "-- qb: commit\nINSERT INTO log VALUES ('role ' || current_user);\nRESET ROLE;"
        ),
        (
            "DELETE FROM log WHERE what LIKE 'role %';\nREVOKE INSERT ON log FROM pg_monitor;\n"
            "REVOKE USAGE ON SCHEMA public FROM pg_monitor;"
        ),
    ),
    "steps": ("ALTER TABLE t ADD s int;", "ALTER TABLE t DROP s;\nDELETE FROM log WHERE what LIKE 'step %';"),
    "renamed": ("ALTER TABLE t RENAME n TO m;\nALTER TABLE t RENAME m TO n;", "SELECT 1;"),
}


STEPS: Final = """
from qb import Outcome, Success, Tx, sql, unwrap
from qb.kit import StepBatch, data_step

@data_step()
def each_row(tx: Tx, after: int | None) -> Outcome[StepBatch[int] | None]:
    query = "WITH next AS (SELECT id FROM t WHERE id > {after} ORDER BY id LIMIT 15), "
    query += "done AS (INSERT INTO log SELECT 'step ' || id FROM next) SELECT max(id), count(*) FROM next"
    last, count = unwrap(tx.one(sql(query, after=after or 0).rows(tuple[int | None, int])))
    return Success(None if last is None else StepBatch(last, count))
"""
"""The steps.py of a plan with the piece of that name: a line for each row."""


def plan_of(*names: str, more: str = "") -> History:
    """One migration of some pieces, and of what somebody writes behind them."""
    ups = [f"{PIECES[name][0]}\nINSERT INTO log VALUES ('{name}');" for name in names]
    downs = [f"{PIECES[name][1]}\nDELETE FROM log WHERE what = '{name}';" for name in reversed(names)]
    steps = STEPS if "steps" in names else None
    change = migration("0002_change", "\n".join([*ups, more]), "\n".join(downs), data_steps=steps)
    return in_line(migration("0001_start", START), change)


_PAIRS: Final = Random(7).sample(list(combinations(PIECES, 2)), 50 - len(PIECES))
FIFTY: Final = {"+".join(names): plan_of(*names) for names in (*((name,) for name in PIECES), *_PAIRS)}

ANYTHING: Final = MigrationRules(
    allow=(
        *("update:t", "delete:log", "drop-table:k", "drop-table:late", "drop-table:found", "drop-type:mood"),
        *("drop-column:t.c", "drop-column:t.m", "drop-column:t.s", "drop-table:partition", "update:late"),
    )
)
