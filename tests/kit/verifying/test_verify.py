"""Queries and objects on a server: what it takes, what it refuses, and where SQL is written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import qb
from qb import Col, Database, Failure, Script, Table, Tx, column, create_all, schema, sql, unwrap
from qb.kit import Verified, raw_uses, shadow_server, verify
from qb.kit.errors import NoShadow, UnreadableSchema
from qb.kit.verifying.prepared_queries import variants_of
from qb.kit.verifying.submodules import modules_named
from tests.kit.checks.test_five_systems import SCHEMAS
from tests.kit.verifying import many, sound, unsound

HERE = "tests/kit/verifying"


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    unwrap(qb_tx.run(create_all(sound.fleet)))
    return qb_tx


def told(found: Verified) -> list[tuple[str, str]]:
    return [(each.what.rpartition(".")[2], each.where) for each in found.problems]


def test_each_variant_is_prepared(tx: Tx) -> None:
    found = unwrap(verify(sound.fleet, sound, db=tx))
    assert found.ok, found.problems
    assert [(each.name.rpartition("sound.")[2], each.variants) for each in found.queries] == [
        ("ships", 4),
        ("wanted", 4),
        ("Fleet.rename", 1),
    ]
    assert {each.file for each in found.queries} == {f"{HERE}/sound.py"}
    assert (found.relations, found.variants) == (2, 9)


def test_what_the_server_refuses_is_told_with_its_variant(tx: Tx) -> None:
    found = unwrap(verify(sound.fleet, unsound, db=tx))
    assert told(found) == [
        ("no_such_column", ""),
        ("another_type", ""),
        ("in_one_variant", ""),
        ("not_built", "crew is None"),
    ]
    reasons = [each.reason for each in found.problems]
    assert 'column "captain" does not exist' in reasons[0]
    assert "is declared as bigint" in reasons[1] or "text" in reasons[1]
    assert "function no_such_function(bigint) does not exist" in reasons[2]
    assert reasons[3] == f"it cannot be built: TypeError at {HERE}/unsound.py:29"
    assert str(found.problems[3]).startswith(f"{HERE}/unsound.py:")
    assert ", where crew is None: it cannot be built" in str(found.problems[3])


def test_a_query_with_very_many_variants(tx: Tx) -> None:
    found = unwrap(verify(sound.fleet, many, db=tx))
    (query,) = (each for each in found.queries if each.name.endswith("of_many_choices"))
    assert (query.variants, query.left, found.left) == (256, 256, 256)
    chosen = [each.where for each in variants_of(many.of_many_choices)]
    assert len({*chosen}) == 256
    for name in "abcdefghi":
        assert any(f"{name} is None" in each for each in chosen)
        assert any(f"{name} is None" not in each for each in chosen)


def test_whatever_a_body_raises_is_its_own_problem(tx: Tx) -> None:
    found = unwrap(verify(sound.fleet, many, db=tx))
    reasons = {each.what.rpartition(".")[2]: each.reason for each in found.problems}
    assert reasons == {
        "looked_up": f"it cannot be built: KeyError at {HERE}/many.py:32",
        "divided": f"it cannot be built: ZeroDivisionError at {HERE}/many.py:37",
    }


def test_a_database_that_is_not_what_the_tables_say(tx: Tx) -> None:
    unwrap(tx.run(Script("DROP VIEW verified_crewed; ALTER TABLE verified_ships ALTER COLUMN crew TYPE text")))
    found = unwrap(verify(sound.fleet, sound, db=tx))
    assert {each.what for each in found.problems} >= {"table verified_ships", "view verified_crewed"}
    assert any("is declared as bigint, and the database has text" in each.reason for each in found.problems)
    assert unwrap(tx.one(sql("SELECT count(*) FROM verified_ships").rows(int))) == 0, "the transaction goes on"


class Bent(Table, name="verified_bent"):
    id: Col[int] = column(primary_key=True)
    level: Col[int] = column(check=lambda level: sql("no_such_check({l})", l=level).as_(bool))


class Straight(Table, name="verified_straight"):
    id: Col[int] = column(primary_key=True)


@pytest.mark.slow
def test_an_object_that_the_server_refuses_is_told_and_the_rest_is_created(server_folder: Path) -> None:
    found = unwrap(verify(schema(Bent, Straight), cache=server_folder))
    assert [each.what for each in found.problems] == ["create table verified_bent", "table verified_bent"]
    assert "function no_such_check(bigint) does not exist" in found.problems[0].reason
    again = unwrap(verify(sound.fleet, sound, cache=server_folder))
    assert (again.ok, again.variants) == (True, 9), "nothing was kept"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "refused"), [(name, name == "chronos") for name in SCHEMAS])
def test_the_queries_of_five_systems(name: str, refused: bool, server_folder: Path) -> None:
    modules = [each for each in modules_named([f"tables.{name}"]) if not each.__name__.endswith(".demo")]
    found = unwrap(verify(SCHEMAS[name], *modules, cache=server_folder))
    assert found.variants >= len(found.queries) >= 3
    # Places need PostGIS, and have a schema of their own.
    assert [each.what for each in found.problems] == ["tables.chronos.queries.companies.near"] * refused


def test_where_sql_is_written_by_hand() -> None:
    assert [(each.call, each.within) for each in raw_uses(sound, sound)] == [
        ("sql", "by_hand"),
        ("trusted", "by_hand"),
        ("sql", "Written"),
    ]
    source = Path(sound.__file__).read_text(encoding="utf-8").splitlines()
    for each in raw_uses(sound):
        assert "(" in source[each.line - 1]
        assert str(each) == f"{HERE}/sound.py:{each.line}: {each.call}(...) in {each.within}"
    assert [each.call for each in raw_uses(unsound)] == ["sql"] * 3
    assert raw_uses(qb) == ()


def test_nothing_to_create_it_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def none(*_: object, **__: object) -> None:
        raise RuntimeError("it does not start")

    monkeypatch.setattr(shadow_server, "embedded", none)
    failed = verify(sound.fleet, cache=tmp_path)
    assert isinstance(failed, Failure)
    assert isinstance(failed.failure(), NoShadow)


def test_a_database_that_is_not_there(qb_db: Database) -> None:
    with qb.connect("postgresql://127.0.0.1:1/nowhere") as closed:
        assert isinstance(verify(sound.fleet, db=closed), Failure)


def test_a_module_that_cannot_be_imported() -> None:
    with pytest.raises(UnreadableSchema, match="there is no module nothing_of_the_kind in "):
        modules_named(["nothing_of_the_kind.queries:shop"])
