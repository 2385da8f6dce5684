"""Rows that a migration would fail for are counted before any of it is run."""

from __future__ import annotations

from qb import Database, Script, trusted, unwrap
from qb.kit import Catalog, introspect, migrate, plan
from qb.kit.exit_code import ExitCode
from qb.kit.generating.step_records import step_records
from qb.kit.history.migration import Migration
from qb.kit.planning.written_plan import plan_sql
from qb.kit.proving.measuring import Measured
from qb.kit.running.offending_rows import RowsInTheWay
from tests.kit.running.histories import in_line, migration

HOSTILE = '"a ""b"" $1 %s \\\\ {c}; Ä"'
BEFORE = f"CREATE TABLE {HOSTILE} (id int, {HOSTILE} text)"
_NAME = HOSTILE[1:-1].replace('""', '"')
MADE = migration("0001_made", BEFORE)


def second(db: Database, *changes: str) -> Migration:
    """A migration as it is generated, between what is there and the same changed."""
    catalogs: list[Catalog] = []
    for texts in ((BEFORE,), (BEFORE, *changes)):
        with db.transaction(rollback=True) as tx:
            unwrap(tx.run(Script(*map(trusted, texts))))
            catalogs.append(unwrap(introspect(tx)))
    made = plan(*catalogs)
    steps = step_records(made.up, [Measured({}, (), (), True)] * len(made.up), planned=True)
    return migration("0002_strict", plan_sql(made.up), plan_sql(made.down), up_steps=steps)


def test_nothing_is_run_where_rows_are_in_the_way(db: Database) -> None:
    strict = second(db, f"ALTER TABLE {HOSTILE} ADD more int", f"ALTER TABLE {HOSTILE} ALTER {HOSTILE} SET NOT NULL")
    history = in_line(MADE, strict)
    unwrap(migrate(db, in_line(MADE)))
    unwrap(db.run(Script(trusted(f"INSERT INTO {HOSTILE} VALUES (1, 'a'), (2, NULL), (3, NULL)"))))
    (refused,) = unwrap(migrate(db, history, dry_run=True)).refused
    assert (refused.code, refused.exit_code) == ("rows-in-the-way", ExitCode.REFUSED)
    error = migrate(db, history).failure()
    assert isinstance(error, RowsInTheWay)
    name = _NAME
    assert error.found[0].hint == f"fill:{name}.{name}=VALUE"
    said = "2 rows keep this from being done (NULL becomes a value by `qb generate --hint fill:"
    assert str(error).startswith(f"0002_strict/up.sql:4: {said}{name}.{name}=VALUE`): ALTER TABLE"), str(error)
    assert str(error).endswith(": nothing of 0002_strict is run, change those rows first")
    assert (error.line, error.file, error.object) == (4, "0002_strict/up.sql", "migration 0002_strict")
    assert error.fix == f'SELECT pg_catalog.count(*) FROM "public".{HOSTILE} WHERE {HOSTILE} IS NULL'
    assert refused.message == str(error)
    assert unwrap(migrate(db, in_line(MADE))).pending == (), "the journal has nothing of it"
    unwrap(db.run(Script(trusted(f"UPDATE {HOSTILE} SET {HOSTILE} = 'x'"))))
    assert unwrap(migrate(db, history)).applied == ("0002_strict",)


def test_a_migration_before_it_may_mend_them(db: Database) -> None:
    strict = second(db, f"ALTER TABLE {HOSTILE} ADD CONSTRAINT k CHECK (id < 3)")
    unwrap(migrate(db, in_line(MADE)))
    unwrap(db.run(Script(trusted(f"INSERT INTO {HOSTILE} VALUES (1, 'a'), (3, NULL)"))))
    mends = migration("0002_a", f"DELETE FROM {HOSTILE} WHERE id = 3", allowed=("delete:" + _NAME,))
    history = in_line(MADE, mends, strict)
    alone = migrate(db, in_line(MADE, strict)).failure()
    assert isinstance(alone, RowsInTheWay)
    assert "1 row keeps this from being done: ALTER TABLE" in str(alone)
    assert unwrap(migrate(db, history, dry_run=True)).refused == ()
    assert unwrap(migrate(db, history)).applied == ("0002_a", "0002_strict")
