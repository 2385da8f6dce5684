"""Indexes of tables with partitions: one partition after another, while others write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qb import Database, Script, connect, sql, trusted
from qb.kit import Catalog, introspect, migrate, prove
from qb.kit.history.history import History
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.planning.plan import plan
from qb.kit.planning.written_plan import plan_sql
from qb.kit.running.run_progress import RunProgress
from tables.scratch import scratch_database
from tests.kit.planning.test_plan import planned, read
from tests.kit.running.histories import in_line, migration
from tests.kit.running.killing import place, statements_of

PARTS = """
CREATE TABLE p (id int, day int, a text) PARTITION BY RANGE (day);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE "p "" %2" PARTITION OF p FOR VALUES FROM (10) TO (20) PARTITION BY LIST (id);
CREATE TABLE p2a PARTITION OF "p "" %2" FOR VALUES IN (1, 2);
"""
INDEX = "CREATE INDEX i ON p (a, day); COMMENT ON INDEX i IS 'by text';"


def short(statement: str) -> str:
    return statement if not statement.startswith("DO ") else "DO ..."


def test_one_partition_after_another(bare: Database) -> None:
    made = planned(bare, PARTS, PARTS + INDEX)
    assert [short(each.sql) for each in made.up] == [
        "CREATE INDEX i ON ONLY public.p USING btree (a, day)",
        'CREATE INDEX "p "" %2_a_day_idx" ON ONLY public."p "" %2" USING btree (a, day)',
        "CREATE INDEX CONCURRENTLY p1_a_day_idx ON public.p1 USING btree (a, day)",
        "CREATE INDEX CONCURRENTLY p2a_a_day_idx ON public.p2a USING btree (a, day)",
        'ALTER INDEX "public"."i" ATTACH PARTITION "public"."p1_a_day_idx"',
        'ALTER INDEX "public"."p "" %2_a_day_idx" ATTACH PARTITION "public"."p2a_a_day_idx"',
        'ALTER INDEX "public"."i" ATTACH PARTITION "public"."p "" %2_a_day_idx"',
        "DO ...",
        "DO ...",
        'COMMENT ON INDEX "public"."i" IS \'by text\'',
    ]
    assert [each.commits for each in made.up[4:8]] == [True] * 4
    assert [each.sql for each in made.down] == ['DROP INDEX "public"."i"']


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PARTS, PARTS + INDEX),
        (PARTS + INDEX, PARTS + "CREATE UNIQUE INDEX i ON p (day, id);"),
        (PARTS + "CREATE INDEX own ON p1 (a, day);", PARTS + "CREATE INDEX own ON p1 (a, day);" + INDEX),
        (PARTS, PARTS + INDEX + "CREATE TABLE p3 PARTITION OF p FOR VALUES FROM (20) TO (30);"),
        (
            PARTS,
            PARTS
            + "CREATE INDEX \"i \"\" USING '{\" ON p ((a || ' USING ')) WHERE a <> 'x'; CREATE INDEX j ON p (id);",
        ),
    ],
    ids=["new", "another", "one has it", "one is new", "hostile"],
)
def test_the_end_is_the_same(bare: Database, qb_url: str, before: str, after: str) -> None:
    one, other = read(bare, before), read(bare, after)
    made = plan(one, other)
    with scratch_database(qb_url) as url, connect(url) as db:
        run(db, before)
        for steps, wanted in ((made.up, other), (made.down, one), (made.up, other)):
            for each in steps:
                run(db, each.sql)
            assert fingerprint(introspect(db).unwrap()) == fingerprint(wanted)
            assert plan(introspect(db).unwrap(), wanted).empty


def test_a_foreign_partition_has_it_built_as_a_whole(bare: Database) -> None:
    foreign = (
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
        "CREATE FOREIGN TABLE f PARTITION OF p FOR VALUES FROM (20) TO (30) SERVER s;"
    )
    made = planned(bare, PARTS + foreign, PARTS + foreign + "CREATE INDEX i ON p (a);")
    assert [short(each.sql) for each in made.up] == ["CREATE INDEX i ON public.p USING btree (a)"]


def run(db: Database, text: str) -> None:
    db.run(Script(trusted(text))).unwrap()


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    with scratch_database(qb_url) as url, connect(url) as db:
        yield db


def indexed(bare: Database) -> tuple[History, Catalog]:
    before, after = read(bare, PARTS), read(bare, PARTS + INDEX)
    made = plan(before, after)
    index = migration("0002_index", plan_sql(made.up), plan_sql(made.down), allowed=("unknown:do",))
    history = in_line(migration("0001_parts", PARTS), index)
    return history, after


def test_a_partition_that_nobody_declares_has_it_too(bare: Database, db: Database) -> None:
    history, _ = indexed(bare)
    migrate(db, history, to="0001_parts").unwrap()
    run(
        db,
        "CREATE TABLE late PARTITION OF p FOR VALUES FROM (20) TO (30) PARTITION BY LIST (id);"
        'CREATE TABLE later PARTITION OF late DEFAULT; CREATE TABLE p2b PARTITION OF "p "" %2" DEFAULT;'
        "INSERT INTO p SELECT n % 5, n % 30, 'x' || n FROM generate_series(1, 500) n WHERE n % 30 < 30",
    )
    migrate(db, history).unwrap()
    whole = "SELECT bool_and(indisvalid), count(*) FROM pg_partition_tree('i') JOIN pg_index ON indexrelid = relid"
    assert db.one(sql(trusted(whole)).rows(tuple[bool, int])).unwrap() == (True, 7)


class Stopped(BaseException):
    """As Ctrl-C."""


def test_it_goes_on_wherever_it_was_stopped(bare: Database, db: Database) -> None:
    history, after = indexed(bare)
    migrate(db, history, to="0001_parts").unwrap()
    starts = 0
    while starts < 30:
        starts += 1
        seen = list[str]()

        def second(progress: RunProgress, seen: list[str] = seen) -> None:
            if progress.moment == "step":
                seen.append(progress.says)
                if len(seen) == 2:
                    raise Stopped

        try:
            migrate(db, history, on_progress=second).unwrap()
            break
        except Stopped:
            continue
    assert starts == 7
    assert fingerprint(introspect(db).unwrap()) == fingerprint(after)


def test_its_locks_let_others_read_and_write(bare: Database) -> None:
    before, after = read(bare, PARTS), read(bare, PARTS + INDEX)
    seen = prove(before, after, plan(before, after)).unwrap()
    assert [each.lock for each in seen.up[:2]] == ["ShareLock"] * 2  # and nothing is built under it
    assert [(each.transactional, each.lock) for each in seen.up[2:4]] == [(False, "ShareUpdateExclusiveLock")] * 2
    assert {each.lock for each in seen.up[4:]} == {"AccessShareLock", None}
    assert not any(each.keeps_waiting for each in seen.up)
    assert not any(each.scans or each.rewrites for each in seen.up if each.transactional)


@pytest.mark.slow
def test_its_backend_is_killed_at_every_statement(bare: Database, qb_url: str) -> None:
    history, _ = indexed(bare)
    with place(qb_url) as there:
        wanted = there.ended(history, "up")
        statements = statements_of(history, "up")
        tried = 0
        for at in range(1, len(statements) + 1):
            for when in ("before", "during", "after"):
                there.before(history, "up")
                tried += there.kill_backend(history, "up", at, when, frozenset(statements))
                there.ends_so(history, "up", wanted)
        assert tried > len(statements)
