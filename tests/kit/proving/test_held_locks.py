"""No plan keeps others waiting for as long as a table is large, unless it says so: measured, segment by segment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, note, seed, settings
from hypothesis import strategies as st

from qb import Database, create_all
from qb.kit import introspect, ours_of
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.plan import plan
from qb.kit.proving.measuring import Measured
from qb.kit.proving.prove import ProvedPlan, prove
from qb.model.object import Identity
from qb.typing import Schema
from tests.kit.planning.edits import edited
from tests.kit.planning.test_plan import read
from tests.kit.planning.wholes import writable
from tests.kit.proving.held_locks import kept_waiting
from tests.kit.random_schemas import schemas

PAIRS = int(os.environ.get("QB_PROVED_PAIRS", "10"))
T = "CREATE TABLE t (id int PRIMARY KEY, a text, b int NOT NULL);"
U = "CREATE TABLE u (id int PRIMARY KEY, b int);"
P = "CREATE TABLE p (id int, a int) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);"
SLUG = Identity("column", "public", "t", "slug")


def seen(db: Database, proofs: Path, before: str, after: str, *, filled: bool = False) -> tuple[list[str], ProvedPlan]:
    """The statements, where a transaction ends with a line between them; and what was seen of them."""
    one, other = read(db, before), read(db, after)
    made = plan(one, other, fills={SLUG: "upper(coalesce(a, 'x'))"} if filled else {})
    found = prove(one, other, made, cache=proofs).unwrap()
    assert kept_waiting(made, found) == []
    said: list[str] = []
    for each in made.up:
        said += ["-- qb: commit", each.sql] if each.commits else [each.sql]
    return said, found


def test_rows_of_a_new_column_are_written_once_nobody_waits(bare: Database, proofs: Path) -> None:
    said, found = seen(bare, proofs, T, T + "ALTER TABLE t ADD slug text NOT NULL", filled=True)
    assert said == [
        'ALTER TABLE "public"."t" ADD COLUMN "slug" text',
        "-- qb: commit",
        """UPDATE "public"."t" SET "slug" = upper(coalesce(a, 'x')) WHERE "slug" IS NULL""",
        "-- qb: commit",
        'ALTER TABLE "public"."t" ADD CONSTRAINT "t_slug_not_null" NOT NULL "slug" NOT VALID',
        "-- qb: commit",
        """UPDATE "public"."t" SET "slug" = upper(coalesce(a, 'x')) WHERE "slug" IS NULL""",
        "-- qb: commit",
        'ALTER TABLE "public"."t" VALIDATE CONSTRAINT "t_slug_not_null"',
    ]
    assert [each.lock for each in found.up] == [
        "AccessExclusiveLock",
        "RowExclusiveLock",
        "AccessExclusiveLock",
        "RowExclusiveLock",
        "ShareUpdateExclusiveLock",
    ]


def test_rows_of_a_new_column_with_a_check_of_it(bare: Database, proofs: Path) -> None:
    after = T + "ALTER TABLE t ADD slug text CHECK (slug IS NOT NULL)"
    said, _ = seen(bare, proofs, T, after, filled=True)
    assert said.index("-- qb: commit") == 1


def test_other_tables_are_free_while_one_is_written_anew(bare: Database, proofs: Path) -> None:
    after = T.replace("b int", "b bigint") + U + "ALTER TABLE u ADD more int"
    said, found = seen(bare, proofs, T + U, after)
    assert said == [
        'ALTER TABLE "public"."u" ADD COLUMN "more" integer',
        "-- qb: commit",
        'ALTER TABLE "public"."t" ALTER COLUMN "b" TYPE bigint',
    ]
    assert found.up[-1].keeps_waiting


def test_what_is_gone_meanwhile_comes_again_in_the_same_transaction(bare: Database, proofs: Path) -> None:
    view = "CREATE VIEW v AS SELECT b FROM t;"
    after = T.replace("b int", "b bigint") + view + U + "ALTER TABLE u ADD more int"
    said, _ = seen(bare, proofs, T + U + view, after)
    assert "-- qb: commit" not in said


def test_rows_that_are_set_aside_are_back_before_anybody_looks(bare: Database, proofs: Path) -> None:
    parted = P.replace("FOR VALUES FROM (0) TO (9)", "DEFAULT") + U
    said, _ = seen(bare, proofs, "CREATE TABLE p (id int, a int);" + U, parted + "ALTER TABLE u ADD more int")
    aside = next(place for place, each in enumerate(said) if "SET SCHEMA" in each)
    assert "-- qb: commit" not in said[aside:]


def test_a_type_that_takes_the_place_of_another_is_that_of_all_columns_at_once(bare: Database, proofs: Path) -> None:
    tables = "CREATE TABLE t (m mood); CREATE TABLE u (m mood);"
    before, after = "CREATE TYPE mood AS ENUM ('glad', 'sad');", "CREATE TYPE mood AS ENUM ('glad');"
    said, found = seen(bare, proofs, before + tables, after + tables)
    assert "-- qb: commit" not in said
    assert [each.keeps_waiting for each in found.up] == [False, False, True, True, False]


@pytest.mark.parametrize(
    ("after", "validated"),
    [
        ("ALTER TABLE p ADD CONSTRAINT k CHECK (a > 0)", 1),
        ("ALTER TABLE p ALTER a SET NOT NULL", 1),
        ("ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u", 1),
        ("ALTER TABLE u ADD CONSTRAINT f CHECK (b > 0), ALTER b TYPE bigint", 1),
        ("ALTER TABLE u ALTER b SET NOT NULL, ALTER b TYPE bigint", 1),
    ],
)
def test_what_is_said_of_rows_is_looked_at_by_itself(bare: Database, proofs: Path, after: str, validated: int) -> None:
    said, _ = seen(bare, proofs, P + U, P + U + after)
    assert sum("VALIDATE" in each for each in said) == validated


def test_a_plain_plan_holds_all_it_takes(bare: Database, proofs: Path) -> None:
    one, other = read(bare, T), read(bare, T + "ALTER TABLE t ADD slug text NOT NULL")
    made = plan(one, other, fills={SLUG: "upper(a)"}, plain=True)
    assert [each.commits for each in made.up] == [False] * 3


def test_what_was_locked_before_counts() -> None:
    held = {"public.t": "AccessExclusiveLock", "public.u": "RowShareLock"}
    found = Measured({"public.u": "RowExclusiveLock"}, (), ("public.u",), True, held)
    assert (found.lock, found.keeps_waiting, found.waited_for) == (
        "AccessExclusiveLock",
        True,
        {"public.t": "AccessExclusiveLock"},
    )
    assert not Measured({"public.u": "AccessExclusiveLock"}, (), (), True).keeps_waiting


@pytest.mark.slow
def test_random_plans_keep_nobody_waiting(bare: Database, proofs: Path) -> None:
    @seed(0)
    @settings(
        max_examples=PAIRS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(schemas(toast=False), st.data())
    def found(wanted: Schema, data: st.DataObject) -> None:
        ours = ours_of(wanted)
        with bare.transaction(rollback=True) as tx:
            tx.run(create_all(wanted)).unwrap()
            before = introspect(tx).unwrap()
            assume(writable(before))
            after, done = edited(tx, data.draw, before)
        note(";\n".join(done))
        made: MigrationPlan = plan(before, after, ours=ours)
        assert kept_waiting(made, prove(before, after, made, ours=ours, cache=proofs).unwrap()) == []

    found()
