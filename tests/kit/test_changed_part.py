"""The catalog of a schema, of which only what has changed was created: it is that of all of it, or there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import qb
from qb import Col, DefinitionError, Shape, Table, column, schema, select, sql
from qb.errors.outcome import Success
from qb.kit import Catalog, canonical, changed_part
from qb.kit import shadow as shadow_module
from qb.kit.changed_part import ChangedPart
from qb.kit.made_places import MadePlace, place_digests
from qb.kit.shadow import Canonical, MadeOfSchema, _creation  # pyright: ignore[reportPrivateUsage]
from qb.kit.shadow_server import embedded_shadow
from qb.model.target import NEWEST
from qb.run.database.db import Db
from qb.typing import Schema
from tests.kit.random_maker import Draw
from tests.kit.random_schemas import schemas
from tests.samples import samples

FIELDS: Final = ("checks", "indexes", "foreign_keys", "uniques", "attached")
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much]


class Room(Table, name="rooms"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    name: Col[str]


class Chair(Table, name="chairs"):
    id: Col[int] = column(primary_key=True)
    room: Col[int] = column(references=Room.id)


class Lamp(Table, name="lamps"):
    id: Col[int] = column(primary_key=True)
    chair: Col[int] = column(references=Chair.id)


class OtherRoom(Table, name="rooms"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    name: Col[str | None]


class Alone(Table, name="alone"):
    id: Col[int] = column(primary_key=True)


class Numbered(Shape):
    id: Col[int]
    name: Col[str | None]


names = qb.view("names", select(Room.id, Room.name).map(Numbered))


@qb.function(returns=bool, language="sql")
def part_even(number: qb.Arg[int]) -> qb.typing.Sql:
    return sql("SELECT {number} % 2 = 0", number=number)


@qb.function(returns=bool, language="sql")
def part_odd(number: qb.Arg[int]) -> qb.typing.Sql:
    return sql("SELECT {number} % 2 = 1", number=number)


OTHERS: Final = (Chair, Lamp, Alone)


@pytest.fixture(scope="module")
def shadow(server_folder: Path) -> Generator[Db]:
    with embedded_shadow(server_folder / "parts", NEWEST) as db:
        yield db


def made(db: Db, wanted: Schema) -> Catalog:
    return MadeOfSchema(wanted).read(db, NEWEST, "the shadow", own=True).unwrap()


def differing(one: Schema, other: Schema) -> frozenset[MadePlace]:
    first, second = (place_digests(_creation(each, NEWEST)) for each in (one, other))
    return frozenset(place for place, _ in first.items() ^ second.items())


def by_its_part(db: Db, before: Schema, after: Schema) -> tuple[Schema | None, Catalog | None]:
    """What is created of the second, and what all of it then is."""
    part = ChangedPart(after, differing(before, after), made(db, before))
    few = part.schema(lambda each: _creation(each, NEWEST))
    if few is None:
        return None, None
    found = MadeOfSchema(few).read(db, NEWEST, "the shadow", own=True)
    return few, part.whole(found.unwrap()) if isinstance(found, Success) else None


def assert_same(found: Catalog, wanted: Catalog) -> None:
    """To the order of what is in it."""
    assert found == wanted
    assert ([*found], [*found.depends], found.version) == ([*wanted], [*wanted.depends], wanted.version)


@st.composite
def changes(draw: Draw) -> tuple[Schema, Schema]:
    """A schema, and what somebody makes of it."""
    wanted = draw(schemas())
    changed = wanted
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(0, len(changed.tables) - 1))
        table: Any = changed.tables[place]
        field = draw(st.sampled_from((*FIELDS, "comment", "column", "null", "table")))
        if field == "table":
            gone = table.identity
            changed = replace(
                changed,
                tables=tuple(each for each in changed.tables if each is not table),
                order=tuple(each for each in changed.order if each != gone),
            )
            if not changed.tables:
                break
            continue
        if field in FIELDS:
            table = replace(table, **{field: getattr(table, field)[1:]})
        elif field == "comment":
            table = replace(table, comment="another")
        elif table.columns:
            last = table.columns[-1]
            columns = table.columns[:-1]
            if field == "null":
                columns = (*columns, replace(last, optional=not last.optional))
            table = replace(table, columns=columns)
        changed = replace(changed, tables=(*changed.tables[:place], table, *changed.tables[place + 1 :]))
    return (wanted, changed) if draw(st.booleans()) else (changed, wanted)


@pytest.mark.slow
def test_what_somebody_makes_of_a_random_schema(shadow: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed_part, "LARGEST_PART", 1)
    seen: Counter[str] = Counter()

    @settings(
        max_examples=samples(150).max_examples,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=SLOW,
    )
    @given(changes())
    def tried(pair: tuple[Schema, Schema]) -> None:
        before, after = pair
        try:
            both = [MadeOfSchema(each).read(shadow, NEWEST, "the shadow", own=True) for each in pair]
        except DefinitionError:
            return
        if not all(isinstance(each, Success) for each in both):
            return
        few, found = by_its_part(shadow, before, after)
        seen["none" if few is None else "refused" if found is None else "found"] += 1
        if found is not None:
            assert_same(found, both[1].unwrap())

    tried()
    print(seen)
    assert seen["found"] > seen.total() // 4, seen


def test_what_stands_on_a_change_is_created_with_what_both_need(shadow: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed_part, "LARGEST_PART", 1)
    before, after = schema(Room, *OTHERS, names), schema(OtherRoom, *OTHERS, names)
    few, found = by_its_part(shadow, before, after)
    assert few is not None
    assert found is not None
    assert [str(each) for each in few.order] == ["table rooms", "view names", "table chairs"]
    assert_same(found, made(shadow, after))


def test_nothing_is_created_apart_where_that_is_most_of_it(shadow: Db) -> None:
    assert by_its_part(shadow, schema(Room, Chair, Lamp), schema(OtherRoom, Chair, Lamp)) == (None, None)


def test_a_name_that_the_server_counts_is_never_taken_from_a_part(shadow: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    """`a.b_c` and `a_b.c`: their constraints of NOT NULL have one name, and so the second of them gets a number."""
    monkeypatch.setattr(changed_part, "LARGEST_PART", 1)

    class First(Table, name="a"):
        b_c: Col[int]

    class Second(Table, name="a_b"):
        c: Col[int]

    before, after = schema(First, Alone), schema(First, Second, Alone)
    for one, other in ((before, after), (after, before)):
        few, found = by_its_part(shadow, one, other)
        assert few is not None
        assert found is None


@pytest.mark.parametrize(
    "another",
    [
        qb.role("part_reader"),
        part_even,
        qb.publication("part_news", Alone),
        qb.namespace("part_of"),
    ],
)
def test_what_others_may_mean_by_its_name_is_created_with_all(shadow: Db, another: Any) -> None:
    one, other = schema(Room, *OTHERS), schema(Room, *OTHERS, another)
    assert by_its_part(shadow, one, other) == (None, None)
    assert by_its_part(shadow, other, one) == (None, None)


def test_a_routine_that_a_statement_may_call_is_there(shadow: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody says that a text calls one: its name in it is enough."""
    monkeypatch.setattr(changed_part, "LARGEST_PART", 1)

    class Checked(Table, name="checked"):
        id: Col[int] = column(check=lambda id: sql("part_even({id})", id=id).as_(bool))

    before, after = schema(part_even, part_odd, *OTHERS, Room), schema(part_even, part_odd, *OTHERS, Room, Checked)
    few, found = by_its_part(shadow, before, after)
    assert few is not None
    assert found is not None
    assert sorted(map(str, few.order)) == ["function part_even(bigint)", "table checked"]
    assert_same(found, made(shadow, after))


def test_only_the_part_is_created_of_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever other schema has been asked for meanwhile; and what is found so is found again."""
    monkeypatch.setattr(shadow_module, "LARGE_SCHEMA", 1)
    created: list[int] = []
    read = MadeOfSchema.read

    def counted(made: MadeOfSchema, db: Db, major: int, server: str, *, own: bool) -> Canonical:
        if made.near is None:
            created.append(len(made.wanted.tables))
        return read(made, db, major, server, own=own)

    monkeypatch.setattr(MadeOfSchema, "read", counted)
    tables: list[Any] = [Room, *OTHERS, names]
    canonical(schema(*tables), cache=tmp_path).unwrap()
    canonical(schema(Alone), cache=tmp_path).unwrap()
    created.clear()

    class Alone2(Table, name="alone"):
        id: Col[int] = column(primary_key=True)
        more: Col[int | None]

    wanted = schema(Room, Chair, Lamp, Alone2, names)
    found = canonical(wanted, cache=tmp_path).unwrap()
    assert created == [1]
    assert_same(found, canonical(wanted, cache=tmp_path / "another").unwrap())
    assert canonical(wanted, cache=tmp_path).unwrap() == found
    assert len(created) == 1
