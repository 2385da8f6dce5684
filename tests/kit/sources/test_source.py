"""What somebody says is told from what it looks like, and read wherever it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb import Col, Database, Script, Table, column, create_all, matching, schema
from qb.errors import ConnectionRefused
from qb.kit import CatalogSource, DatabaseAddress, SqlFile, diff_sources, introspect, source_of
from qb.kit.errors import UnknownSource, UnreadableSchema, UnreadableSql
from qb.kit.sources.source import title_of
from qb.typing import Schema


class Room(Table, name="source_rooms", schema="sources"):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column(check=lambda name: name.in_(["hall", "attic"]))


ROOMS = schema(Room)
ONLY = matching(schemas=["sources"])
AS_SQL = (
    "CREATE SCHEMA sources; CREATE TABLE sources.source_rooms (id bigint PRIMARY KEY, name text NOT NULL,"
    " CONSTRAINT source_rooms_name_check CHECK (name = ANY (ARRAY['hall', 'attic'])));"
)


def test_an_address_is_a_database() -> None:
    for said in ("postgresql://ada:secret@localhost/shop", "host=localhost dbname=shop password=secret user=ada"):
        found = source_of(said).unwrap()
        assert isinstance(found, DatabaseAddress)
        assert "secret" not in repr(found) + title_of(found)
        assert title_of(found) == "postgresql://ada@localhost/shop"


def test_a_file_is_sql(tmp_path: Path) -> None:
    file = tmp_path / "any name"
    file.write_text("SELECT 1")
    assert isinstance(found := source_of(str(file)).unwrap(), SqlFile)
    assert title_of(found) == str(file)
    assert isinstance(source_of("gone.sql").unwrap(), SqlFile)


def test_a_module_is_a_schema() -> None:
    one, other = source_of("tables.pivotal").unwrap(), source_of("tables.pivotal:schema").unwrap()
    assert isinstance(one, Schema)
    assert one == other
    assert title_of(one) == "the schema pivotal"


@pytest.mark.parametrize("said", ["no such thing", "", "../up", "a-b"])
def test_anything_else_says_what_there_is(said: str) -> None:
    error = source_of(said).failure()
    assert error == UnknownSource(said)
    assert "name a schema as shop.tables or shop.tables:shop, a database as postgresql://..." in str(error)


def test_a_module_that_is_not_there_says_so() -> None:
    assert isinstance(source_of("no_such_module.tables").failure(), UnreadableSchema)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sources") / "schema.sql"
    made.write_text(AS_SQL)
    return made


def test_any_two_are_compared(bare: Database, bare_url: str, file: Path, shadows: Path) -> None:
    bare.run(create_all(ROOMS)).unwrap()
    try:
        sources: list[CatalogSource] = [
            ROOMS,
            DatabaseAddress(bare_url),
            bare,
            introspect(bare).unwrap(),
            SqlFile(file),
        ]
        for one in sources:
            for other in sources:
                found = diff_sources(one, other, within=ONLY, cache=shadows).unwrap()
                assert found.equal, (title_of(one), title_of(other), found.changes)
        bare.run(Script("ALTER TABLE sources.source_rooms ADD more int")).unwrap()
        changed = [diff_sources(each, bare, within=ONLY, cache=shadows).unwrap() for each in (ROOMS, SqlFile(file))]
        back = diff_sources(bare, ROOMS, within=ONLY, cache=shadows).unwrap()
    finally:
        bare.run(Script("DROP SCHEMA sources CASCADE")).unwrap()
    for found in changed:
        assert [str(each) for each in found.changes] == ["added: column sources.source_rooms.more"]
    assert [str(each) for each in back.changes] == ["missing: column sources.source_rooms.more"]


def test_two_schemas_are_compared_by_what_both_declare(shadows: Path) -> None:
    class Other(Table, name="source_rooms", schema="sources"):
        id: Col[int] = column(primary_key=True)

    found = diff_sources(ROOMS, schema(Other), cache=shadows).unwrap()
    assert [str(each) for each in found.changes] == ["missing: column sources.source_rooms.name"]


def test_what_cannot_be_read_is_a_failure(shadows: Path) -> None:
    nowhere = DatabaseAddress("postgresql://nobody@127.0.0.1:1/nowhere?connect_timeout=1")
    assert isinstance(diff_sources(nowhere, ROOMS, cache=shadows).failure(), ConnectionRefused)
    assert isinstance(diff_sources(SqlFile(Path("gone.sql")), ROOMS, cache=shadows).failure(), UnreadableSql)
