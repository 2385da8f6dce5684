"""Keys of tables with partitions: one partition after another, while others write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qb import Database, Script, connect, sql, trusted
from qb.kit import Catalog, introspect, migrate, prove
from qb.kit.history.history import History
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.planning.plan import plan
from qb.kit.planning.written_plan import plan_sql
from tables.scratch import scratch_database
from tests.kit.planning.test_parted_indexes import short
from tests.kit.planning.test_plan import planned, read
from tests.kit.running.histories import in_line, migration
from tests.kit.running.killing import place, statements_of

PARTS = """
CREATE TABLE p (id int, day int NOT NULL, a text) PARTITION BY RANGE (day);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE "p "" %2" PARTITION OF p FOR VALUES FROM (10) TO (20) PARTITION BY LIST (id);
CREATE TABLE p2a PARTITION OF "p "" %2" FOR VALUES IN (1, 2);
"""
KEY = "ALTER TABLE p ADD CONSTRAINT k UNIQUE (day, id); COMMENT ON CONSTRAINT k ON p IS 'by day';"
PRIMARY = 'ALTER TABLE p ADD CONSTRAINT "k ""{x}" PRIMARY KEY (day, id);'


def test_one_partition_after_another(bare: Database) -> None:
    made = planned(bare, PARTS, PARTS + KEY)
    assert [short(each.sql) for each in made.up] == [
        'CREATE UNIQUE INDEX CONCURRENTLY "p1_day_id_key" ON "public"."p1" (day, id)',
        'CREATE UNIQUE INDEX CONCURRENTLY "p2a_day_id_key" ON "public"."p2a" (day, id)',
        'ALTER TABLE "public"."p1" ADD CONSTRAINT "p1_day_id_key" UNIQUE USING INDEX "p1_day_id_key"',
        'ALTER TABLE "public"."p2a" ADD CONSTRAINT "p2a_day_id_key" UNIQUE USING INDEX "p2a_day_id_key"',
        'ALTER TABLE ONLY "public"."p" ADD CONSTRAINT "k" UNIQUE (day, id)',
        'ALTER INDEX "public"."k" ATTACH PARTITION "public"."p1_day_id_key"',
        'ALTER TABLE ONLY "public"."p "" %2" ADD CONSTRAINT "p "" %2_day_id_key" UNIQUE (day, id)',
        'ALTER INDEX "public"."p "" %2_day_id_key" ATTACH PARTITION "public"."p2a_day_id_key"',
        'ALTER INDEX "public"."k" ATTACH PARTITION "public"."p "" %2_day_id_key"',
        "DO ...",
        "DO ...",
        'COMMENT ON CONSTRAINT "k" ON "public"."p" IS \'by day\'',
    ]
    assert [each.commits for each in made.up] == [False, False, *[True] * 8, False, False]
    assert [each.sql for each in made.down] == ['ALTER TABLE "public"."p" DROP CONSTRAINT "k"']


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PARTS, PARTS + KEY),
        (PARTS, PARTS + PRIMARY),
        (PARTS + KEY, PARTS + KEY.replace("day, id)", "id, day, a) DEFERRABLE INITIALLY DEFERRED")),
        (PARTS, PARTS + KEY.replace("UNIQUE", "UNIQUE NULLS NOT DISTINCT").replace("id);", "id) INCLUDE (a);")),
        (PARTS, PARTS + KEY + "CREATE TABLE p3 PARTITION OF p FOR VALUES FROM (20) TO (30);"),
    ],
    ids=["new", "primary, of columns that may be NULL", "another", "all its words", "one is new"],
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


def test_a_primary_key_is_built_so_where_it_changes_nothing_else(bare: Database) -> None:
    """Since PostgreSQL 18 it would make the NOT NULL of each partition its own."""
    before, after = read(bare, PARTS), read(bare, PARTS + PRIMARY)
    older = plan(*(Catalog(dict(each.items()), each.depends, 170_000) for each in (before, after)))
    assert [each.sql for each in older.up if "ONLY" in each.sql] == [
        'ALTER TABLE ONLY "public"."p" ADD CONSTRAINT "k ""{x}" PRIMARY KEY (day, id)',
        'ALTER TABLE ONLY "public"."p "" %2" ADD CONSTRAINT "p "" %2_pkey" PRIMARY KEY (day, id)',
    ]
    assert [each.sql for each in plan(before, after).up] == [
        'ALTER TABLE "public"."p" ADD CONSTRAINT "p_id_not_null" NOT NULL "id" NOT VALID',
        'ALTER TABLE "public"."p" VALIDATE CONSTRAINT "p_id_not_null"',
        'ALTER TABLE "public"."p" ADD CONSTRAINT "k ""{x}" PRIMARY KEY (day, id)',
    ]


def run(db: Database, text: str) -> None:
    db.run(Script(trusted(text))).unwrap()


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    with scratch_database(qb_url) as url, connect(url) as db:
        yield db


def keyed(bare: Database) -> History:
    made = plan(read(bare, PARTS), read(bare, PARTS + KEY))
    key = migration("0002_key", plan_sql(made.up), plan_sql(made.down), allowed=("unknown:do",))
    return in_line(migration("0001_parts", PARTS), key)


def test_a_partition_that_nobody_declares_has_it_too(bare: Database, db: Database) -> None:
    history = keyed(bare)
    migrate(db, history, to="0001_parts").unwrap()
    run(
        db,
        "CREATE TABLE late PARTITION OF p FOR VALUES FROM (20) TO (30) PARTITION BY LIST (id);"
        'CREATE TABLE later PARTITION OF late DEFAULT; CREATE TABLE p2b PARTITION OF "p "" %2" DEFAULT;'
        "INSERT INTO p SELECT n, n % 30, 'x' || n FROM generate_series(1, 500) n",
    )
    migrate(db, history).unwrap()
    whole = "SELECT bool_and(indisvalid), count(*) FROM pg_partition_tree('k') JOIN pg_index ON indexrelid = relid"
    assert db.one(sql(trusted(whole)).rows(tuple[bool, int])).unwrap() == (True, 7)
    twice = db.run(Script("INSERT INTO p VALUES (1, 1, 'again')")).failure()
    assert twice.sqlstate == "23505"


def test_its_locks_are_short(bare: Database) -> None:
    before, after = read(bare, PARTS), read(bare, PARTS + KEY)
    seen = prove(before, after, plan(before, after)).unwrap()
    assert [(each.transactional, each.lock) for each in seen.up[:2]] == [(False, "ShareUpdateExclusiveLock")] * 2
    assert not any(each.keeps_waiting for each in seen.up)
    assert not any(each.scans or each.rewrites for each in seen.up if each.transactional)


@pytest.mark.slow
def test_its_backend_is_killed_at_every_statement(bare: Database, qb_url: str) -> None:
    history = keyed(bare)
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
