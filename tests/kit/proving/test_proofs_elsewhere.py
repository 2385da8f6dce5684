"""Proofs where the embedded server lacks an extension: in a database on the server of `shadow`, which is dropped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import Col, Script, Table, column, connect, extension, identity, pg, schema, sql
from qb.errors.outcome import unwrap
from qb.kit import generate, migrate
from qb.kit.generating.custom import generate_custom
from qb.kit.generating.prove_written import prove_written
from qb.kit.history.reading import read_history
from qb.kit.proving.errors import NotProved
from qb.query.statement import Rows
from qb.types.geojson import Point
from qb.typing import LTree
from tables.scratch import scratch_database
from tests.debian import debian

DATABASES: Rows[str] = sql("SELECT datname::text FROM pg_database ORDER BY 1").rows(str)
ROLES: Rows[str] = sql("SELECT rolname::text FROM pg_roles WHERE oid > 16383 ORDER BY 1").rows(str)
CITEXT, POSTGIS, LTREE = extension("citext"), extension("postgis"), extension("ltree")


class Place(Table, name="places"):
    id: Col[int] = column(primary_key=True, default=identity())
    name: Col[str] = column(pg.citext)


class PlaceOfToday(Table, name="places"):
    id: Col[int] = column(primary_key=True, default=identity())
    name: Col[str] = column(pg.citext, unique=True)
    code: Col[str | None] = column(pg.citext, index=True)


FIRST, TODAY = schema(Place, CITEXT), schema(PlaceOfToday, CITEXT)


@pytest.fixture(scope="module")
def shadow() -> Iterator[str]:
    with debian("citext") as url:
        yield url


def test_the_embedded_server_says_what_it_lacks(tmp_path: Path) -> None:
    error = generate(FIRST, tmp_path, prefix="index", cache=tmp_path / "cache").failure()
    assert "citext" in str(error)
    assert not (tmp_path / "0001_add_places").exists()


@pytest.mark.slow
def test_plans_are_proved_there_and_nothing_stays(shadow: str, tmp_path: Path) -> None:
    folder, cache = tmp_path / "migrations", tmp_path / "cache"
    with connect(shadow) as there:
        before = unwrap(there.all(DATABASES)), unwrap(there.all(ROLES))
        for wanted in (FIRST, TODAY):
            done = unwrap(generate(wanted, folder, prefix="index", cache=cache, shadow=shadow, major=15))
            assert done.id is not None
        assert done.rows > 0
        assert done.unfilled == ()
        generate_custom(folder, "lower", prefix="index").unwrap()
        up = folder / "0003_lower" / "up.sql"
        up.write_text("UPDATE places SET name = lower(name::text)::citext;\n")
        (folder / "0003_lower" / "down.sql").write_text("-- nothing\n")
        (proved,) = unwrap(prove_written(TODAY, folder, cache=cache, shadow=shadow, major=15))
        assert (proved.id, proved.down) == ("0003_lower", True)
        up.write_text("ALTER TABLE places ALTER name TYPE text;\n")
        error = prove_written(TODAY, folder, cache=cache, shadow=shadow, major=15).failure()
        assert isinstance(error, NotProved)
        assert (unwrap(there.all(DATABASES)), unwrap(there.all(ROLES))) == before, "all of it is dropped"
    history = unwrap(read_history(folder))
    assert [each.major for each in history] == [15, 15, 15]
    with scratch_database(shadow, name="run") as url, connect(url) as db:
        assert unwrap(migrate(db, history, to="0002")).applied == ("0001_add_places", history.ids[1])


@pytest.mark.slow
def test_what_fails_there_fails(shadow: str, tmp_path: Path) -> None:
    folder, cache = tmp_path / "migrations", tmp_path / "cache"
    unwrap(generate(FIRST, folder, prefix="index", cache=cache, shadow=shadow, major=15))
    with connect(shadow) as there:
        before = unwrap(there.all(DATABASES))
        generate_custom(folder, "broken", prefix="index").unwrap()
        (folder / "0002_broken" / "up.sql").write_text("ALTER TABLE places ADD wrong citext CHECK (nothing);\n")
        error = prove_written(FIRST, folder, cache=cache, shadow=shadow, major=15).failure()
        assert "nothing" in str(error)
        assert unwrap(there.all(DATABASES)) == before
        there.run(Script("SELECT 1")).unwrap()


class Spot(Table, name="spots"):
    id: Col[int] = column(primary_key=True, default=identity())
    name: Col[str]
    at: Col[Point] = column(pg.geometry(Point, 4326))
    tree: Col[LTree | None] = column(pg.ltree)


class SpotOfToday(Table, name="spots"):
    id: Col[int] = column(primary_key=True, default=identity())
    name: Col[str] = column(index=True)
    at: Col[Point] = column(pg.geometry(Point, 4326))
    tree: Col[LTree | None] = column(pg.ltree)


@pytest.mark.slow
def test_beside_what_an_extension_brings_with_tables_of_its_own(tmp_path: Path) -> None:
    with debian("postgis", "ltree") as url:
        for wanted in (schema(Spot, POSTGIS, LTREE), schema(SpotOfToday, POSTGIS, LTREE)):
            done = unwrap(
                generate(wanted, tmp_path / "m", prefix="index", cache=tmp_path / "cache", shadow=url, major=15)
            )
        assert done.rows > 0
        assert done.unfilled == ()
        assert "spatial_ref_sys" not in done.up
