"""No false difference: what `create_all` has just made is what the schema says, every schema of the repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from qb import Col, Database, Table, column, connect, create_all, matching, pg, schema, trusted
from qb.errors import DefinitionError
from qb.kit import Diff, diff_text, drift
from qb.kit.shadow_server import worthless_server
from qb.model.target import Target
from qb.run.server.embedded import embedded
from qb.typing import Schema
from tables import archetype, chronos, pivotal, promptliano, supabase_chat
from tables.scratch import scratch_database
from tests.kit.everything import make
from tests.kit.random_schemas import schemas
from tests.kit.servers import server
from tests.render import ddl_schemas
from tests.samples import samples

SYSTEMS: dict[str, Schema] = {
    "archetype": archetype.schema,
    "chronos": chronos.schema,
    "pivotal": pivotal.schema,
    "promptliano": promptliano.schema,
    "supabase_chat": supabase_chat.schema,
}
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
EACH = {**SYSTEMS, **ddl_schemas.ALL}


def told(found: Diff) -> str:
    """What differs, and what would be said of it."""
    return "" if found.equal and found.remarks == () else diff_text(found, everything=True)


def test_a_schema_that_was_just_created_has_no_drift(bare: Database, shadows: Path) -> None:
    with bare.transaction(rollback=True) as tx:
        tx.run(create_all(promptliano.schema, stand_ins=True)).unwrap()
        found = drift(tx, promptliano.schema, cache=shadows).unwrap()
    assert (told(found), found.equal, found.exit_code) == ("", True, 0)
    assert [each for each in found.not_ours if each.why != "the server's"] == []  # roles of other tests


def coded(name: str) -> Schema:
    class Coded(Table, name="coded"):
        id: Col[int] = column(primary_key=True)
        code: Col[str] = column(pg.custom(trusted(name), encode=str, decode=str, external=True))

    return schema(Coded)


KINDS = ("DOMAIN {} AS text", "TYPE {} AS ENUM ('a')", "TYPE {} AS (a int)")


def test_a_type_of_somebody_elses_is_no_drift_whatever_it_is(bare: Database, shadows: Path) -> None:
    with worthless_server(shadows, "shadow", 18):
        for name in ("code", 'public."it\'s ""x"', '"th ""ey".code'):
            wanted = coded(name)
            for kind in KINDS:
                with bare.transaction(rollback=True) as tx:
                    make(tx, 'CREATE SCHEMA "th ""ey"; CREATE ' + kind.format(name))
                    tx.run(create_all(wanted)).unwrap()
                    found = drift(tx, wanted, within=matching(schemas=["public"]), cache=shadows).unwrap()
                assert [str(each.identity) for each in found.changes] == [], (name, kind)


@pytest.mark.slow
@pytest.mark.parametrize("name", EACH)
def test_no_schema_of_the_repository_has_drift(bare: Database, shadows: Path, name: str) -> None:
    with bare.transaction(rollback=True) as tx:
        tx.run(create_all(EACH[name], stand_ins=True)).unwrap()
        assert told(drift(tx, EACH[name], cache=shadows).unwrap()) == ""


@pytest.mark.slow
@settings(samples(20), derandomize=True, suppress_health_check=SLOW)
@given(wanted=schemas())
def test_no_random_schema_has_drift(bare: Database, shadows: Path, wanted: Schema) -> None:
    with bare.transaction(rollback=True) as tx:
        tx.run(create_all(wanted)).unwrap()
        assert told(drift(tx, wanted, cache=shadows).unwrap()) == ""


@pytest.mark.slow
def test_nor_has_one_on_16(server_folder: Path, shadows: Path) -> None:
    with embedded(server_folder / "sixteen", major=16) as old:
        check_all(old.url, shadows, 16)


@pytest.mark.slow
def test_nor_has_one_on_a_major_that_the_package_lacks(shadows: Path) -> None:
    with server(15) as url:
        check_all(url, shadows, 15)


def check_all(url: str, shadows: Path, major: int) -> None:
    tried: list[str] = []
    for name, each in EACH.items():
        try:
            script = create_all(each, target=Target(major), stand_ins=True)
        except DefinitionError:
            continue  # it needs a newer one
        with scratch_database(url) as own, connect(own) as db, db.transaction(rollback=True) as tx:
            made = tx.run(script)
            if not made.map(lambda _: True).value_or(False):
                continue  # an extension that is not there
            found = drift(tx, each, cache=shadows).unwrap()
            assert found.equal, f"{name}: {diff_text(found)}"
            tried.append(name)
    assert len(tried) > 5
