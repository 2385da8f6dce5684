"""Plans proved with rows, and those that are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from qb import Database
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.plan import plan
from qb.kit.proving.errors import NotProved
from qb.kit.proving.prove import Proving, prove
from tests.kit.planning.changes import CHANGES
from tests.kit.planning.test_plan import read
from tests.kit.proving.held_locks import kept_waiting

T = "CREATE TABLE t (id int PRIMARY KEY, a text DEFAULT 'x');"
QUICK = (
    "a type in the way of views",
    "an enum with less",
    "a type that is not cast by itself",
    "a column of partitions",
)
NO_ROWS = (
    *("a table", "a function", "a sequence", "a schema", "partitions", "a circle of tables", "an aggregate"),
    *("a cast and an operator", "text search", "a function that calls one of an odd name"),
    *("aggregates with all they may have", "the memory of an aggregate", "an operator family has members of its own"),
    "a table of two sequences",
    "the key of a child whose columns are its parent's, by another column",
    "a column that a check of a child asks for goes",
    "default privileges, and tables that wait for functions which name each other",
)
"""Changes of a database in which no table is that rows could be kept of."""


def proved(db: Database, proofs: Path, name: str) -> Proving:
    change = CHANGES[name]
    before, after = read(db, change.before), read(db, change.after)
    made = plan(before, after, renamed=change.renamed)
    found = prove(before, after, made, renamed=change.renamed, cache=proofs)
    assert kept_waiting(made, found.unwrap()) == []
    return found


@pytest.mark.parametrize("name", QUICK)
def test_a_change_is_proved(bare: Database, proofs: Path, name: str) -> None:
    found = proved(bare, proofs, name).unwrap()
    assert found.rows > 0
    assert found.empty == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_every_change_is_proved(bare: Database, proofs: Path, name: str) -> None:
    found = proved(bare, proofs, name).unwrap()
    assert len(found.up) > 0
    if name not in NO_ROWS:
        assert found.rows > 0


def test_what_statements_do_is_measured(bare: Database, proofs: Path) -> None:
    t = "CREATE TABLE t (id int PRIMARY KEY, a text, b int);"
    before, after = read(bare, t), read(bare, t + "ALTER TABLE t ALTER b TYPE text; CREATE INDEX i ON t (a)")
    made = plan(before, after, plain=True)
    found = prove(before, after, made, cache=proofs).unwrap()
    said = {step.identity.kind: each for step, each in zip(made.up, found.up, strict=True)}
    retyped, indexed = said["column"], said["index"]
    assert retyped.locks == {"public.t": "AccessExclusiveLock"}
    assert (retyped.lock, retyped.rewrites) == ("AccessExclusiveLock", ("public.t",))
    assert (indexed.lock, indexed.rewrites, indexed.scans) == ("ShareLock", (), ("public.t",))


def test_what_is_outside_of_a_transaction_is_run_so(bare: Database, proofs: Path) -> None:
    before = read(bare, T)
    indexed = read(bare, T + "CREATE INDEX i ON t (a)")
    gentle = prove(before, indexed, plan(before, indexed), cache=proofs).unwrap()
    assert [each.transactional for each in gentle.up] == [False]


def refused(db: Database, proofs: Path, made: MigrationPlan, before: str, after: str) -> NotProved:
    error = prove(read(db, before), read(db, after), made, cache=proofs).failure()
    assert isinstance(error, NotProved)
    return error


def test_an_up_that_gives_something_else_is_not_proved(bare: Database, proofs: Path) -> None:
    after = T + "ALTER TABLE t ALTER a SET DEFAULT 'y'"
    made = plan(read(bare, T), read(bare, after))
    wrong = (replace(made.up[0], sql=made.up[0].sql.replace("'y'", "'z'")),)
    error = refused(bare, proofs, MigrationPlan(wrong, made.down), T, after)
    assert (error.way, error.object) == ("up", "column public.t.a")
    assert error.message == "default is \"'z'::text\", not \"'y'::text\""
    assert error.statement.endswith("SET DEFAULT 'z'::text")


def test_a_down_that_leaves_something_is_not_proved(bare: Database, proofs: Path) -> None:
    after = T + "CREATE INDEX i ON t (a)"
    made = plan(read(bare, T), read(bare, after))
    error = refused(bare, proofs, MigrationPlan(made.up, ()), T, after)
    assert str(error) == "the down: index public.t.i: it is there, and should not be"


def test_a_statement_that_fails_is_not_proved(bare: Database, proofs: Path) -> None:
    after = T + "ALTER TABLE t ADD b int"
    made = plan(read(bare, T), read(bare, after))
    wrong = (replace(made.up[0], sql='ALTER TABLE "public"."t" ADD b no_such_type'),)
    error = refused(bare, proofs, MigrationPlan(wrong, made.down), T, after)
    assert "no_such_type" in error.message
    assert str(error).endswith('ALTER TABLE "public"."t" ADD b no_such_type')


def test_rows_that_are_lost_without_a_word_are_found(bare: Database, proofs: Path) -> None:
    after = T + "ALTER TABLE t ADD b int"
    made = plan(read(bare, T), read(bare, after))
    wrong = (*made.up, replace(made.up[0], sql="UPDATE public.t SET a = 'lost'"))
    error = refused(bare, proofs, MigrationPlan(wrong, made.down), T, after)
    assert str(error) == "the up: table public.t: its 12 rows are not what they were"
    gone = (*made.up, replace(made.up[0], sql="DELETE FROM public.t WHERE id = 1"))
    error = refused(bare, proofs, MigrationPlan(gone, made.down), T, after)
    assert error.message == "12 rows became 11"


def test_a_table_that_others_refer_to_goes_and_comes_back_empty(bare: Database, proofs: Path) -> None:
    u = "CREATE TABLE u (id int PRIMARY KEY, t_id int);"
    before, after = read(bare, T + u + "ALTER TABLE u ADD FOREIGN KEY (t_id) REFERENCES t"), read(bare, u)
    made = plan(before, after)
    assert made.loses == ("drop-table:t",)
    assert prove(before, after, made, cache=proofs).unwrap().rows > 0


def test_a_partition_goes_and_the_rows_of_others_stay(bare: Database, proofs: Path) -> None:
    parts = (
        "CREATE TABLE p (id int) PARTITION BY LIST (id);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1, 2, 3, 4, 5, 6);"
    )
    before = read(bare, parts + "CREATE TABLE p2 PARTITION OF p DEFAULT;")
    after = read(bare, parts)
    assert prove(before, after, plan(before, after), cache=proofs).unwrap().rows > 0
