"""Of a large database only what a plan can touch is made, and the plan is proved all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from qb import Database
from qb.kit import Catalog
from qb.kit.diffs.renames import renames_of
from qb.kit.ours.value import Ours
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.plan import plan
from qb.kit.planning.sides import Sides
from qb.kit.proving import touched_part as module
from qb.kit.proving.proof import ProofRun
from qb.kit.proving.prove import Proving, prove, tried_proof
from qb.kit.proving.touched_part import touched_part
from tests.kit.planning.changes import CHANGES
from tests.kit.planning.test_plan import read

AROUND = """
CREATE TYPE zz_state AS ENUM ('new', 'old');
CREATE TABLE zz_users (id int PRIMARY KEY, state zz_state, name text NOT NULL);
CREATE TABLE zz_tasks (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner int REFERENCES zz_users, note text);
CREATE VIEW zz_open AS SELECT id, note FROM zz_tasks;
"""
MANY = AROUND + "".join(
    f"CREATE TABLE zz_{number} (id int PRIMARY KEY, a text DEFAULT 'x', b int, c date, d int REFERENCES zz_users);"
    for number in range(40)
)
TOUCHED = {
    "a column": ("ALTER TABLE zz_tasks ADD more int", {"zz_tasks", "zz_users"}),
    "a type": ("ALTER TYPE zz_state ADD VALUE 'older'", {"zz_users"}),
    "a view": ("DROP VIEW zz_open", {"zz_tasks"}),
    "a key that is referred to": ("ALTER TABLE zz_tasks DROP CONSTRAINT zz_tasks_owner_fkey", {"zz_tasks", "zz_users"}),
    "a new table": ("CREATE TABLE zz_new (id int PRIMARY KEY, t int REFERENCES zz_tasks)", {"zz_tasks"}),
}


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGE_CATALOG", 0)


def in_part(before: Catalog, after: Catalog, made: MigrationPlan, renamed: dict[str, str], cache: Path) -> Proving:
    part = touched_part(Sides(before, after, Ours(), renames_of(renamed, before, after)), made)
    assert part is not None
    few = Sides(*part, Ours(), renames_of(renamed, *part))
    return tried_proof(lambda place: ProofRun(place, few, made).run(), part[0], made, None, cache)


@pytest.mark.parametrize("what", TOUCHED)
def test_it_is_what_is_changed_and_what_that_needs(bare: Database, proofs: Path, what: str) -> None:
    change, tables = TOUCHED[what]
    before, after = read(bare, MANY), read(bare, MANY + change)
    made = plan(before, after)
    part = touched_part(Sides(before, after, Ours(), renames_of({}, before, after)), made)
    assert part is not None
    found = {each.name for each in part[0] if each.kind == "table"}
    assert found == tables
    in_part(before, after, made, {}, proofs).unwrap()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CHANGES)[::5])
def test_changes_are_proved_in_their_part(bare: Database, proofs: Path, name: str) -> None:
    change = CHANGES[name]
    before, after = read(bare, MANY + change.before), read(bare, MANY + change.after)
    made = plan(before, after, renamed=change.renamed)
    in_part(before, after, made, change.renamed, proofs).unwrap()


def test_what_does_not_do_what_it_says_is_refused(bare: Database, proofs: Path) -> None:
    before, after = read(bare, MANY), read(bare, MANY + "ALTER TABLE zz_tasks ADD more int, ADD also int")
    made = plan(before, after)
    error = prove(before, after, replace(made, up=made.up[:1]), cache=proofs).failure()
    assert "it is not there" in str(error)


def test_of_a_small_database_all_is_made(bare: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGE_CATALOG", 10_000)
    before, after = read(bare, MANY), read(bare, MANY + "ALTER TABLE zz_tasks ADD more int")
    assert touched_part(Sides(before, after, Ours(), renames_of({}, before, after)), plan(before, after)) is None


def test_fingerprints_behind_its_segments_are_those_of_all(
    bare: Database, proofs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = read(bare, MANY), read(bare, MANY + "CREATE INDEX zz_index ON zz_tasks (note)")
    made = plan(before, after)
    few = prove(before, after, made, cache=proofs).unwrap()
    monkeypatch.setattr(module, "LARGE_CATALOG", 10_000)
    every = prove(before, after, made, cache=proofs).unwrap()
    assert few.rows < every.rows
    assert few.between == every.between != {}
