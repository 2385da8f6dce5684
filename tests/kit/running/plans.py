"""Plans to be killed in: between them each way in which a step is run, and what says whether one ran twice."""

from __future__ import annotations

from qb import Database, sql, trusted
from qb.kit import Catalog, introspect
from qb.kit.history.history import History
from qb.kit.running.journal import Journal
from qb.kit.running.rules import MigrationRules
from tests.kit.running.histories import in_line, migration

SMALL = in_line(
    migration(
        "0001_log",
        "CREATE TABLE log (what text);\nINSERT INTO log VALUES ('one');\nCREATE INDEX log_what ON log (what);",
        "DROP TABLE log;",
    ),
    migration("0002_more", "INSERT INTO log VALUES ('two');", "DELETE FROM log WHERE what = 'two';"),
)
SEGMENTS = in_line(
    migration(
        "0001_moods",
        "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE log (what text, m mood);\n"
        "INSERT INTO log SELECT 'x', 'a' FROM generate_series(1, 50);",
        "DROP TABLE log; DROP TYPE mood;",
    ),
    migration(
        "0002_many",
        "ALTER TYPE mood ADD VALUE 'b';\nINSERT INTO log VALUES ('b', 'b');\n"
        "CREATE INDEX CONCURRENTLY log_what ON log (what);\n"
        "CREATE INDEX CONCURRENTLY ON log (m);\n"
        "ALTER TABLE log ADD CONSTRAINT filled CHECK (what <> '') NOT VALID;\n-- qb: commit\n"
        "ALTER TABLE log VALIDATE CONSTRAINT filled; INSERT INTO log VALUES ('end', 'a');",
        "DELETE FROM log WHERE what IN ('b', 'end');\n-- qb: commit\n"
        "ALTER TABLE log DROP CONSTRAINT filled;\nDROP INDEX CONCURRENTLY log_m_idx;\n"
        "DROP INDEX CONCURRENTLY log_what;",
    ),
)
OUTSIDE = in_line(
    migration(
        "0001_parts",
        'CREATE TABLE "p""q" (x int, what text) PARTITION BY LIST (x);\n'
        'CREATE TABLE one PARTITION OF "p""q" FOR VALUES IN (1);\n'
        'CREATE TABLE two PARTITION OF "p""q" FOR VALUES IN (2);\n'
        "CREATE INDEX one_what ON one (what); CREATE UNIQUE INDEX one_x ON one (x, what);\n"
        "INSERT INTO one VALUES (1, 'a'), (1, 'b'); CREATE TABLE log (what text);",
        'DROP TABLE log; DROP TABLE "p""q" CASCADE; DROP TABLE two;',
    ),
    migration(
        "0002_out",
        'INSERT INTO log VALUES (\'before\');\nALTER TABLE "p""q" DETACH PARTITION two CONCURRENTLY;\n'
        "INSERT INTO log VALUES ('between');\nREINDEX INDEX CONCURRENTLY one_x;\nDROP INDEX CONCURRENTLY one_what;\n"
        "VACUUM one;\nINSERT INTO log VALUES ('after');",
        "DELETE FROM log; CREATE INDEX one_what ON one (what);",
    ),
)
PLANS = {"small": SMALL, "segments": SEGMENTS, "outside": OUTSIDE}
ALL = MigrationRules(
    allow=(
        *("drop-table:log", "delete:log", "drop-type:mood", 'drop-table:p"q', "drop-table:two"),
        *("truncate:log", "update:log"),
    )
)


def seen(db: Database) -> tuple[Catalog, list[str], list[tuple[str, str, int]]]:
    """All that a run leaves: the catalog, what was written into the log, what the journal has."""
    book = [(each.id, str(each.state), each.done) for each in Journal().read(db).unwrap()]
    there = db.scalar(sql("SELECT to_regclass('log') IS NOT NULL").rows(bool)).unwrap()
    log = sql(trusted("SELECT what FROM log ORDER BY what")).rows(str)
    return introspect(db).unwrap(), db.all(log).unwrap() if there else [], book


def first(history: History) -> History:
    """The history without its last migration."""
    return in_line(*history.migrations[:-1])
