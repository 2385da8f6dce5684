"""Plans for tables that others read and write meanwhile."""

from __future__ import annotations

import pytest

from qb import Database, Script, connect, trusted
from qb.kit import introspect
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.planning.plan import plan
from tables.scratch import scratch_database
from tests.kit.alone import differences
from tests.kit.planning.changes import CHANGES
from tests.kit.planning.test_plan import planned, read

T = "CREATE TABLE t (id int NOT NULL, a text, b int);"


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_up_and_down_statement_by_statement(bare: Database, qb_url: str, name: str) -> None:
    change = CHANGES[name]
    before, after = read(bare, change.before), read(bare, change.after)
    made = plan(before, after, renamed=change.renamed)
    with scratch_database(qb_url) as url, connect(url) as db:
        db.run(Script(trusted(change.before))).unwrap() if change.before else None
        for steps, wanted in ((made.up, after), (made.down, before)):
            for each in steps:
                db.run(Script(trusted(each.sql))).unwrap()
            found = introspect(db).unwrap()
            assert fingerprint(found) == fingerprint(wanted), differences(wanted, found)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            T,
            T + "CREATE UNIQUE INDEX i ON t (a) WHERE b > 0",
            ["CREATE UNIQUE INDEX CONCURRENTLY i ON public.t USING btree (a) WHERE (b > 0)"],
        ),
        (T + "CREATE INDEX i ON t (a)", T, ['DROP INDEX CONCURRENTLY "public"."i"']),
        (
            T,
            T + "ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0)",
            [
                'ALTER TABLE "public"."t" ADD CONSTRAINT "k" CHECK ((b > 0)) NOT VALID',
                "-- qb: commit",
                'ALTER TABLE "public"."t" VALIDATE CONSTRAINT "k"',
            ],
        ),
        (
            T + "CREATE TABLE u (id int PRIMARY KEY)",
            T + "CREATE TABLE u (id int PRIMARY KEY); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES u",
            [
                'ALTER TABLE "public"."t" ADD CONSTRAINT "f" FOREIGN KEY (b) REFERENCES public.u(id) NOT VALID',
                "-- qb: commit",
                'ALTER TABLE "public"."t" VALIDATE CONSTRAINT "f"',
            ],
        ),
        (
            T,
            T + "ALTER TABLE t ADD CONSTRAINT q UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b) INITIALLY DEFERRED",
            [
                'CREATE UNIQUE INDEX CONCURRENTLY "q" ON "public"."t" (a) INCLUDE (b) NULLS NOT DISTINCT',
                'ALTER TABLE "public"."t" ADD CONSTRAINT "q" UNIQUE USING INDEX "q" DEFERRABLE INITIALLY DEFERRED',
            ],
        ),
        (
            T,
            T + "ALTER TABLE t ALTER a SET NOT NULL",
            [
                'ALTER TABLE "public"."t" ADD CONSTRAINT "t_a_not_null" NOT NULL "a" NOT VALID',
                "-- qb: commit",
                'ALTER TABLE "public"."t" VALIDATE CONSTRAINT "t_a_not_null"',
            ],
        ),
    ],
)
def test_what_is_done_in_steps(bare: Database, before: str, after: str, said: list[str]) -> None:
    found: list[str] = []
    for each in planned(bare, before, after).up:
        found += ["-- qb: commit", each.sql] if each.commits else [each.sql]
    assert found == said


def test_a_new_table_has_nobody_who_waits(bare: Database) -> None:
    after = T + "CREATE INDEX i ON t (a); ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0), ADD PRIMARY KEY (id)"
    found = planned(bare, "", after).up
    assert not any(each.commits or "CONCURRENTLY" in each.sql for each in found)
