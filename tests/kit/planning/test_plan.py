"""Plans run: up gives the one catalog, down the other one."""

from __future__ import annotations

import pytest

from qb import Database
from qb.errors import DefinitionError
from qb.kit import Catalog, introspect
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.plan import plan
from tests.kit.alone import differences
from tests.kit.everything import make
from tests.kit.planning.changes import CHANGES
from tests.kit.planning.wholes import run


def read(db: Database, statements: str) -> Catalog:
    with db.transaction(rollback=True) as tx:
        make(tx, statements) if statements else None
        return introspect(tx).unwrap()


def planned(db: Database, before: str, after: str, renamed: dict[str, str] | None = None) -> MigrationPlan:
    return plan(read(db, before), read(db, after), renamed=renamed or {})


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_up_and_down(bare: Database, name: str) -> None:
    change = CHANGES[name]
    before, after = read(bare, change.before), read(bare, change.after)
    made = plan(before, after, renamed=change.renamed, plain=True)
    assert made == plan(before, after, renamed=change.renamed, plain=True)
    with bare.transaction(rollback=True) as tx:
        make(tx, change.before) if change.before else None
        run(tx, made.up)
        found = introspect(tx).unwrap()
        assert fingerprint(found) == fingerprint(after), differences(after, found)
        assert plan(found, after).empty
        run(tx, made.down)
        found = introspect(tx).unwrap()
        assert fingerprint(found) == fingerprint(before), differences(before, found)


def test_what_is_lost_is_named(bare: Database) -> None:
    before = (
        "CREATE TABLE gone (id int); CREATE TABLE kept (a int, b numeric(9, 2), c text);"
        "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE SEQUENCE s; CREATE SCHEMA x; CREATE TABLE x.u (m mood)"
    )
    after = (
        "CREATE TABLE kept (b numeric(5, 0), c text); CREATE TYPE mood AS ENUM ('b');"
        "CREATE SCHEMA x; CREATE TABLE x.u (m mood)"
    )
    assert sorted(planned(bare, before, after).loses) == [
        "drop-column:kept.a",
        "drop-sequence:s",
        "drop-table:gone",
        "drop-value:mood.a",
        "narrow:kept.b",
    ]
    assert planned(bare, after, before).loses == ()


def test_how_far_a_sequence_has_counted_is_named(bare: Database) -> None:
    before = "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY); CREATE SEQUENCE s INCREMENT -1"
    after = "CREATE TABLE t (id int NOT NULL); CREATE SEQUENCE s"
    made = planned(bare, before, after)
    assert sorted(made.loses) == ["drop-identity:t.id", "restart-sequence:s"]
    assert planned(bare, after, before).loses == ("restart-sequence:s",)
    counted = "CREATE TABLE t (id int NOT NULL DEFAULT 1)"
    both = "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY)"
    assert planned(bare, both, counted).loses == ("drop-identity:t.id",)
    serial = "CREATE TABLE t (id serial)"
    assert planned(bare, both, serial).loses == ()  # which goes on


def test_a_rename_loses_nothing(bare: Database) -> None:
    before, after = "CREATE TABLE t (a int)", "CREATE TABLE t (b int)"
    assert planned(bare, before, after).loses == ("drop-column:t.a",)
    renamed = planned(bare, before, after, {"column public.t.a": "b"})
    assert [each.sql for each in renamed.up] == ['ALTER TABLE "public"."t" RENAME COLUMN "a" TO "b"']
    assert [each.sql for each in renamed.down] == ['ALTER TABLE "public"."t" RENAME COLUMN "b" TO "a"']


def test_a_hint_for_nothing_is_an_error(bare: Database) -> None:
    with pytest.raises(DefinitionError, match=r"the first side has no column public\.t\.x"):
        planned(bare, "CREATE TABLE t (a int)", "CREATE TABLE t (b int)", {"column public.t.x": "b"})


def test_policies_come_before_what_makes_them_count(bare: Database) -> None:
    after = "CREATE TABLE t (id int); CREATE POLICY p ON t; ALTER TABLE t ENABLE ROW LEVEL SECURITY"
    said = [each.sql.split(maxsplit=2)[1] for each in planned(bare, "CREATE TABLE t (id int)", after).up]
    assert said == ["POLICY", "TABLE"]
