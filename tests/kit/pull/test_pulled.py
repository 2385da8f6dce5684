"""What is pulled and created again is what was there: nothing is lost in silence."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from qb import Database, connect, create_all
from qb.kit import Catalog, introspect
from qb.kit.difference import Difference
from qb.kit.pull import Pulled
from qb.typing import Schema
from tests.kit.everything import EVERYTHING, make
from tests.kit.pull.again import pulled_again, unlike, untold
from tests.kit.pull.hostile import EXPRESSIONS, FUNCTIONS, NAMES
from tests.kit.random_schemas import schemas
from tests.kit.servers import server
from tests.render import ddl_schemas
from tests.samples import samples

SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
SYSTEMS = ["archetype", "chronos", "pivotal", "promptliano", "supabase_chat"]


def created(db: Database, wanted: Schema) -> Catalog:
    with db.transaction(rollback=True) as tx:
        for extension in wanted.extensions:
            make(tx, f"CREATE EXTENSION IF NOT EXISTS {extension}")
        tx.run(create_all(wanted, stand_ins=True)).unwrap()
        return introspect(tx).unwrap()


def again(db: Database, before: Catalog, folder: Path) -> tuple[Pulled, tuple[Difference, ...]]:
    with db.transaction(rollback=True) as tx:
        found, after = pulled_again(tx, before, folder)
        return found, unlike(before, after)


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_whole_system_comes_back_as_it_was(qb_db: Database, tmp_path: Path, system: str) -> None:
    before = created(qb_db, import_module(f"tables.{system}").schema)
    found, rest = again(qb_db, before, tmp_path)
    told = {each.identity.name: each.what for each in found.unsaid if not each.carried}
    assert {what.partition(" ")[2] for what in told.values()} <= {"keeps it for itself"}  # Kysely, Directus
    assert [str(each) for each in rest if {each.identity.table, each.identity.name}.isdisjoint(told)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ddl_schemas.ALL)
def test_each_kind_of_object_comes_back_or_is_told(qb_db: Database, tmp_path: Path, name: str) -> None:
    before = created(qb_db, ddl_schemas.ALL[name])
    found, rest = again(qb_db, before, tmp_path)
    assert [str(each) for each in untold(found, rest)] == []


@pytest.mark.slow
def test_what_sql_alone_can_say_comes_back_or_is_told(qb_db: Database, tmp_path: Path) -> None:
    with qb_db.transaction(rollback=True) as tx:
        make(tx, EVERYTHING)
        before = introspect(tx).unwrap()
    found, rest = again(qb_db, before, tmp_path)
    gone = "app.people.people_age_not_null"  # with its column
    assert [str(each) for each in untold(found, rest) if each.identity.title != gone] == []


@pytest.mark.slow
@settings(samples(5), derandomize=True, suppress_health_check=SLOW)
@given(schemas())
def test_a_random_schema_comes_back_as_it_was(qb_db: Database, tmp_path: Path, wanted: Schema) -> None:
    before = created(qb_db, wanted)
    found, rest = again(qb_db, before, tmp_path)
    assert [str(each) for each in untold(found, rest)] == []


@pytest.mark.parametrize("statements", [NAMES, EXPRESSIONS, FUNCTIONS], ids=["names", "expressions", "functions"])
def test_what_makes_it_hard_comes_back(qb_db: Database, tmp_path: Path, statements: str) -> None:
    with qb_db.transaction(rollback=True) as tx:
        make(tx, statements)
        before = introspect(tx).unwrap()
    found, rest = again(qb_db, before, tmp_path)
    assert [str(each) for each in rest] == []
    assert [str(each) for each in found.unsaid if not each.carried] == []


@pytest.mark.slow
@pytest.mark.parametrize("major", [15, 16, 17])
def test_of_an_older_server_too(tmp_path: Path, major: int) -> None:
    with server(major) as address, connect(address) as db:
        for statements in (NAMES, EXPRESSIONS, FUNCTIONS):
            with db.transaction(rollback=True) as tx:
                make(tx, statements)
                before = introspect(tx).unwrap()
            found, rest = again(db, before, tmp_path)
            assert [str(each) for each in rest] == []
            assert [str(each) for each in found.unsaid if not each.carried] == []
