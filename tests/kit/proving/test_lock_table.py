"""The table of locks in docs/migrations.md is what was seen on each major version."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from qb import Script, trusted
from qb.kit.proving.lock_probes import measured_outside
from qb.kit.proving.measuring import Measured, measured
from qb.kit.proving.proof_place import proof_place

PAGE: Final = Path(__file__).parents[3] / "docs" / "migrations.md"
BEFORE: Final = """
CREATE TABLE u (id int PRIMARY KEY);
CREATE TABLE t (id int NOT NULL, a text, b int, v varchar(10), at timestamp);
CREATE TABLE p (id int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
CREATE INDEX whole ON ONLY p (id);
CREATE INDEX part ON p1 (id);
CREATE TABLE p2 (id int);
CREATE UNIQUE INDEX t_id ON t (id);
CREATE INDEX t_a ON t (a);
ALTER TABLE t ADD CONSTRAINT c CHECK (b > 0) NOT VALID;
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES u NOT VALID;
CREATE MATERIALIZED VIEW m AS SELECT id FROM u;
CREATE UNIQUE INDEX m_id ON m (id);
CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
INSERT INTO u SELECT generate_series(1, 50);
INSERT INTO t SELECT n, n, n, n, now() FROM generate_series(1, 50) AS n;
INSERT INTO p SELECT generate_series(0, 50);
INSERT INTO p2 SELECT generate_series(100, 150);
"""
STATEMENTS: Final = (
    ("a column, with one value for all rows or none", "ALTER TABLE t ADD x int DEFAULT 0"),
    ("a column whose default is made for each row", "ALTER TABLE t ADD x uuid DEFAULT gen_random_uuid()"),
    ("an identity column", "ALTER TABLE t ADD x int GENERATED ALWAYS AS IDENTITY"),
    ("a stored generated column", "ALTER TABLE t ADD x int GENERATED ALWAYS AS (b + 1) STORED"),
    ("`SET NOT NULL`", "ALTER TABLE t ALTER a SET NOT NULL"),
    ("a check", "ALTER TABLE t ADD CHECK (b < 1000)"),
    ("a check that is `NOT VALID`", "ALTER TABLE t ADD CHECK (b < 1000) NOT VALID"),
    ("`VALIDATE CONSTRAINT` of it", "ALTER TABLE t VALIDATE CONSTRAINT c"),
    ("a foreign key", "ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES u"),
    ("a foreign key that is `NOT VALID`", "ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES u NOT VALID"),
    ("`VALIDATE CONSTRAINT` of it ", "ALTER TABLE t VALIDATE CONSTRAINT f"),
    ("a unique constraint", "ALTER TABLE t ADD UNIQUE (id)"),
    ("the same `USING INDEX`", "ALTER TABLE t ADD UNIQUE USING INDEX t_id"),
    ("an index", "CREATE INDEX ON t (b)"),
    ("`DROP INDEX`", "DROP INDEX t_a"),
    ("a longer varchar", "ALTER TABLE t ALTER v TYPE varchar(20)"),
    ("a shorter varchar", "ALTER TABLE t ALTER v TYPE varchar(5)"),
    ("integer to bigint", "ALTER TABLE t ALTER b TYPE bigint"),
    ("timestamp to timestamptz, in UTC", "ALTER TABLE t ALTER at TYPE timestamptz"),
    ("a rename", "ALTER TABLE t RENAME a TO x"),
    ("a trigger", "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g()"),
    ("row-level security", "ALTER TABLE t ENABLE ROW LEVEL SECURITY"),
    ("`ATTACH PARTITION`", "ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (100) TO (200)"),
    ("an index of all of p", "CREATE INDEX ON p ((id + 1))"),
    ("the same `ON ONLY`", "CREATE INDEX ON ONLY p (id)"),
    ("`ALTER INDEX ... ATTACH PARTITION`", "ALTER INDEX whole ATTACH PARTITION part"),
    ("`DETACH PARTITION`", "ALTER TABLE p DETACH PARTITION p1"),
)
OUTSIDE: Final = (
    ("`CREATE INDEX CONCURRENTLY`", "CREATE INDEX CONCURRENTLY t_b ON t (b)"),
    ("`DROP INDEX CONCURRENTLY`", "DROP INDEX CONCURRENTLY t_b"),
    ("`REINDEX`", "REINDEX TABLE t"),
    ("`REINDEX CONCURRENTLY`", "REINDEX TABLE CONCURRENTLY t"),
    ("`VACUUM`", "VACUUM t"),
    ("`VACUUM FULL`", "VACUUM FULL t"),
    ("`CLUSTER`", "CLUSTER t USING t_a"),
    ("`REFRESH MATERIALIZED VIEW`", "REFRESH MATERIALIZED VIEW m"),
    ("`REFRESH MATERIALIZED VIEW CONCURRENTLY`", "REFRESH MATERIALIZED VIEW CONCURRENTLY m"),
    ("`VACUUM` of a materialized view", "VACUUM m"),
    ("`CREATE INDEX CONCURRENTLY` of one", "CREATE INDEX CONCURRENTLY m_more ON m (id, id)"),
    ("`DETACH PARTITION ... CONCURRENTLY`", "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY"),
)
"""In this order, as each is there to stay."""


def line(name: str, seen: Measured) -> str:
    """A row of the table."""
    locks = ", ".join(
        f"{mode.removesuffix('Lock')} of {table.removeprefix('public.')}" for table, mode in seen.locks.items()
    )
    does = "writes it anew" if seen.rewrites else "reads all of it" if seen.scans else "neither"
    return f"| {name.strip()} | {locks} | {does} |"


@pytest.mark.slow
@pytest.mark.parametrize("major", [18, 16])
def test_the_page_says_what_was_seen(server_folder: Path, major: int) -> None:
    page = PAGE.read_text(encoding="utf-8")
    missing: list[str] = []
    server_folder.chmod(0o755)
    with proof_place(major, cache=server_folder) as place:
        place.db.run(Script(trusted("SET TIME ZONE 'UTC'"), trusted(BEFORE))).unwrap()
        for name, statement in STATEMENTS:
            with place.db.transaction(rollback=True) as tx:
                tx.run(Script(trusted("SET LOCAL TIME ZONE 'UTC'"))).unwrap()
                found = line(name, measured(tx, statement).unwrap())
            if found not in page:
                missing.append(found)
        for name, statement in OUTSIDE:
            found = line(name, measured_outside(place.db, statement).unwrap())
            if found not in page:
                missing.append(found)
    assert not missing, "\n" + "\n".join(missing)
