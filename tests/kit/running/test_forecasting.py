"""What a migration meets in a real database: sizes, who waits, about how long. Nothing of it is measured here."""

from __future__ import annotations

import re

from qb import Database, Script, trusted
from qb.kit import Catalog, StatementForecast, forecast, introspect, migrate, plan
from qb.kit.generating.step_records import step_records
from qb.kit.history.migration import Migration, StepRecord
from qb.kit.planning.written_plan import plan_sql
from qb.kit.proving.measuring import Measured
from qb.kit.running.forecasting import WorkRates
from tests.kit.running.histories import in_line

HOSTILE = 'we"ird %t'


def seen(number: int, lock: str, *, rewrites: tuple[str, ...] = (), scans: tuple[str, ...] = ()) -> StepRecord:
    locks = dict.fromkeys((*rewrites, *scans), lock)
    return StepRecord(number=number, sql_sha="", lock=lock, locks=locks, rewrites=rewrites, scans=scans)


def said(db: Database, migration: Migration, rates: WorkRates = WorkRates()) -> tuple[StatementForecast, ...]:
    return forecast(db, migration, rates=rates).unwrap().statements


def test_sizes_times_and_who_waits(db: Database) -> None:
    table = '"' + HOSTILE.replace('"', '""') + '"'
    db.run(
        Script(
            "CREATE TABLE big (id int, text text) WITH (autovacuum_enabled = false)",
            "INSERT INTO big SELECT n, repeat('x', 1000) FROM generate_series(1, 3000) n",
            'CREATE TABLE "we""ird %t" (id int)',
            "CREATE TABLE p (id int) PARTITION BY LIST (id)",
            "CREATE TABLE p1 PARTITION OF p DEFAULT",
            "INSERT INTO p SELECT n FROM generate_series(1, 5000) n",
            "CREATE TABLE never (id int) WITH (autovacuum_enabled = false)",
            "INSERT INTO never VALUES (1)",
            "ANALYZE big",
            "ANALYZE p",
        )
    ).unwrap()
    migration = Migration(
        id="0002_x",
        up="ALTER TABLE big ALTER id TYPE int8;\nALTER TABLE big ADD CHECK (id > 0);\n-- qb: commit\nSELECT 1;\n"
        f"CREATE INDEX CONCURRENTLY i ON {table} (id);\nALTER TABLE p ADD CHECK (id > 0);\nALTER TABLE gone ADD x int;"
        "\nALTER TABLE never ADD x int;",
        up_steps=(
            seen(1, "AccessExclusiveLock", rewrites=("public.big",)),
            seen(2, "ShareUpdateExclusiveLock", scans=("public.big",)),
            seen(4, "ShareUpdateExclusiveLock"),
            seen(5, "ShareRowExclusiveLock", scans=("public.p",)),
            seen(6, "AccessExclusiveLock", scans=("public.gone",)),
            seen(7, "AccessExclusiveLock", scans=("public.never",)),
        ),
    )
    found = said(db, migration, WorkRates(read=0.01, write=0.001, index=1))
    assert [re.sub(r"[\d.]+ (?=[kM]B|min|s,)", "N ", str(each)) for each in found] == [
        "writes anew public.big (3,000 rows, N MB): about N minutes, everybody waits",
        "reads all of public.big (3,000 rows, N MB): about N minutes, nobody waits",
        "nobody waits",
        f"builds an index of {HOSTILE} (rows not counted, N kB): under a second, nobody waits",
        "reads all of public.p (5,000 rows, N kB): about N s, who writes waits",
        "reads all of public.gone, which is not there yet: under a second, everybody waits",
        "reads all of public.never (rows not counted, N kB): under a second, everybody waits",
    ]
    assert found[0].seconds > 60 > found[4].seconds
    whole = forecast(db, migration).unwrap()
    assert str(whole).startswith(
        "all in all under a second, at 300 MB/s read, 75 written anew and 40 put into an index"
    )


def test_what_nobody_has_looked_at_is_not_known(db: Database) -> None:
    found = forecast(db, Migration(id="0001_x", up="SELECT 1;")).unwrap()
    assert (found.known, found.statements) == (False, ())
    assert str(found) == "what its statements do is not known: qb prove finds out"
    assert forecast(db, Migration(id="0001_x", up="-- nothing")).unwrap().known


def test_a_dry_run_says_it_of_its_database(db: Database) -> None:
    made = Migration(id="0001_x", up="ALTER TABLE t ADD x int;", up_steps=(seen(1, "AccessExclusiveLock"),))
    (planned,) = migrate(db, in_line(made), dry_run=True).unwrap().plan
    assert planned.forecast is not None
    assert [str(each) for each in planned.forecast.statements] == ["everybody waits"]
    edited = Migration(id="0001_x", up="ALTER TABLE t ADD y int;", recorded=("", None), up_steps=made.up_steps)
    (planned,) = migrate(db, in_line(edited), dry_run=True).unwrap().plan
    assert planned.forecast is not None
    assert not planned.forecast.known


def test_rows_that_a_narrower_type_does_not_take_are_counted(db: Database) -> None:
    before = "CREATE TABLE t (id int, a text, b bigint, c numeric, d varchar(20), e text)"
    after = "CREATE TABLE t (id int, a varchar(3), b smallint, c integer, d text, e date)"
    rows = (
        "INSERT INTO t VALUES (1, 'abc', 1, 1.5, 'x', '2026-01-01'), (2, 'abcd', 40000, 1e12, 'y', 'soon'),"
        " (3, 'abc  ', NULL, 'NaN', 'z', '{}'), (4, NULL, -40000, 2.4, 'z', NULL)"
    )
    catalogs: list[Catalog] = []
    for text in (before, after):
        with db.transaction(rollback=True) as tx:
            tx.run(Script(trusted(text))).unwrap()
            catalogs.append(introspect(tx).unwrap())
    made = plan(*catalogs, plain=True)
    steps = step_records(made.up, [Measured({}, (), (), True)] * len(made.up), planned=True)
    migration = Migration(id="0002_x", up=plan_sql(made.up), up_steps=steps)
    assert [each.offending for each in said(db, migration)] == [0] * len(made.up)
    db.run(Script(trusted(before), trusted(rows))).unwrap()
    found = {step.identity.name: each for step, each in zip(made.up, said(db, migration), strict=True)}
    assert {name: each.offending for name, each in found.items()} == {"a": 1, "b": 2, "c": 2, "d": 0, "e": 2}
    assert str(found["a"]) == "1 row keeps it from being done; nobody waits"
    assert [isinstance(each.offends, str) for each in steps] == [True, True, True, False, True]
    db.run(Script("DELETE FROM t WHERE id IN (2, 3, 4)")).unwrap()
    for each in made.up:
        db.run(Script(trusted(each.sql))).unwrap()
