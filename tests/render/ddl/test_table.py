"""What a table is beside its columns, on the server: created, read back from the catalog, altered, dropped."""

from __future__ import annotations

import re
from typing import Any

import pytest
from msgspec.structs import replace

from qb import (
    Col,
    DefinitionError,
    Script,
    Success,
    Table,
    Target,
    Tx,
    column,
    create_all,
    drop_all,
    fn,
    identity,
    insert,
    new,
    partition_by_list,
    pg,
    row,
    schema,
    select,
    sql,
    update,
)
from qb.ddl.operation import Alter, Create
from qb.ddl.plan import undone
from qb.render.ddl.script import planned
from tests.render.ddl_objects import HOSTILE


class Place(Table):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column(default="it's", name=f"n{HOSTILE}", check=lambda name: name != "?")
    size: Col[int] = column(comment="in heads")
    twice: Col[int] = column(generated=size * 2)
    notes: Col[str | None] = column(pg.text, storage="external", compression="pglz", statistics=500, default=None)


class City(
    Place,
    name="cities of options",
    unlogged=True,
    with_={"fillfactor": 70, "autovacuum_enabled": False, "toast.autovacuum_vacuum_threshold": 99},
    tablespace="pg_default",
    method="heap",
): ...


class River(Table, name="rivers of options"):
    length: Col[int | None]


class Capital(Place, name="capitals of options", schema="hall", inherits=(City, River), with_={"fillfactor": 80}):
    of: Col[str] = column(unique=True)
    length: Col[int | None] = column(default=5)


places = schema(City, River, Capital)
NONE: list[str] = []
ABOUT = sql(
    """SELECT c.relpersistence::text, coalesce(c.reloptions, '{{}}'), coalesce(t.reloptions, '{{}}'), a.amname::text
    FROM pg_class c JOIN pg_am a ON a.oid = c.relam LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
    WHERE c.relname = 'cities of options'"""
).rows(tuple[str, list[str], list[str], str])
INHERITED = sql(
    """SELECT attname::text, attislocal, attinhcount::int, attstorage::text, attcompression::text,
    coalesce(attstattarget, -1)::int
    FROM pg_attribute WHERE attrelid = 'hall."capitals of options"'::regclass AND attnum > 0 ORDER BY attnum"""
).rows(tuple[str, bool, int, str, str, int])


def test_it_is_as_its_class_says(qb_tx: Tx) -> None:
    assert qb_tx.run(create_all(places)).unwrap() > 0
    assert qb_tx.one(ABOUT) == Success(
        ("u", ["fillfactor=70", "autovacuum_enabled=false"], ["autovacuum_vacuum_threshold=99"], "heap")
    )
    assert qb_tx.all(INHERITED) == Success(
        [
            ("id", False, 1, "p", "", -1),
            (f"n{HOSTILE}", False, 1, "x", "", -1),
            ("size", True, 1, "p", "", -1),
            ("twice", False, 1, "p", "", -1),
            ("notes", True, 1, "e", "p", 500),
            ("length", True, 1, "p", "", -1),
            ("of", True, 0, "x", "", -1),
        ]
    )
    said = sql("SELECT col_description('hall.\"capitals of options\"'::regclass, 3)").rows(str)
    assert qb_tx.one(said) == Success("in heads")
    assert qb_tx.run(create_all(places, if_not_exists=True)).unwrap() > 0
    qb_tx.run(drop_all(places)).unwrap()
    assert qb_tx.all(ABOUT) == Success([])


def test_rows_of_what_inherits_are_the_tables_too(qb_tx: Tx) -> None:
    qb_tx.run(create_all(places)).unwrap()
    qb_tx.execute(insert(new(City)(id=1, size=2))).unwrap()
    qb_tx.execute(insert(new(Capital)(id=2, size=3, of="France"))).unwrap()
    assert qb_tx.one(select(Capital)) == Success(
        row(Capital, id=2, name="it's", size=3, twice=6, notes=None, of="France", length=5)
    )
    assert qb_tx.all(select(City.id, City.twice).order_by(City.id)) == Success([(1, 4), (2, 6)])
    assert qb_tx.all(select(River.length)) == Success([5])
    assert qb_tx.execute(update(City).set(City.size.to(7)).where(City.id == 2)) == Success(1)
    assert qb_tx.one(select(Capital.size)) == Success(7)


def test_it_is_altered(qb_tx: Tx) -> None:
    qb_tx.run(create_all(places)).unwrap()
    city, river, capital = (next(t for t in places.tables if t.source.name.startswith(n)) for n in ("ci", "ri", "ca"))
    notes = next(each for each in city.columns if each.name == "notes")
    plain = replace(notes, storage="extended", compression="", statistics=None)
    columns = tuple(plain if each is notes else each for each in city.columns)
    other = replace(city, unlogged=False, with_=(("fillfactor", "50"),), tablespace="", columns=columns)
    alone = replace(capital, inherits=(river.source,), inherited=frozenset())
    changes = [Alter(capital, alone), Alter(city, other)]
    qb_tx.run(planned(changes, Target())).unwrap()
    assert qb_tx.one(ABOUT) == Success(("p", ["fillfactor=50"], NONE, "heap"))
    back = undone(changes)
    assert back is not None
    qb_tx.run(planned(back, Target())).unwrap()
    assert qb_tx.one(ABOUT).unwrap()[:2] == ("u", ["fillfactor=70", "autovacuum_enabled=false"])


def test_a_column_that_comes_is_kept_as_it_says(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(City))).unwrap()
    qb_tx.run(Script('ALTER TABLE "cities of options" DROP COLUMN "notes"')).unwrap()
    notes = next(each for each in schema(City).tables[0].columns if each.name == "notes")
    qb_tx.run(planned([Create(notes)], Target())).unwrap()
    asked = sql(
        """SELECT attstorage::text, attcompression::text, attstattarget::int FROM pg_attribute
        WHERE attrelid = '"cities of options"'::regclass AND attname = 'notes'"""
    ).rows(tuple[str, str, int])
    assert qb_tx.one(asked) == Success(("e", "p", 500))


def test_an_older_server_lacks_it() -> None:
    with pytest.raises(DefinitionError, match=r"cities of options\.notes: compression came with PostgreSQL 14"):
        create_all(places, target=Target(13))
    kept = schema(City).tables[0]
    with pytest.raises(
        DefinitionError, match="another access method for a table that is there came with PostgreSQL 15"
    ):
        planned([Alter(replace(kept, method=""), kept)], Target(14))
    with pytest.raises(
        DefinitionError, match="the server's access method for a table that is there came with PostgreSQL 17"
    ):
        planned([Alter(kept, replace(kept, method=""))], Target(16))


class Fewer(Table, name="fewer", inherits=City):
    id: Col[int] = column(primary_key=True)


class Otherwise(Table, name="otherwise", inherits=River):
    length: Col[str | None]


class Strict(Table, name="strict"):
    length: Col[int]


class Loose(Table, name="loose", inherits=Strict):
    length: Col[int | None]


class Computed(Table, name="computed", inherits=Strict):
    other: Col[int] = column()
    length: Col[int] = column(generated=other + 1)


class Divided(Table, name="divided"):
    length: Col[int | None]


class Heir(Table, name="heir", inherits=Divided):
    length: Col[int | None]


by_length = partition_by_list(Divided, Divided.length)
MISTAKES: dict[str, tuple[Any, ...]] = {
    f"fewer inherits cities of options, whose column n{HOSTILE} is not declared, and its rows have it: move the "
    "columns of both into a mixin": (City, Fewer),
    "otherwise inherits rivers of options, whose column length is bigint, and its own is text: declare it once, in a "
    "mixin of both": (River, Otherwise),
    "loose inherits strict, whose column length is never NULL, and its own may be: declare it once, in": (
        *(Strict, Loose),
    ),
    "computed inherits strict, whose column length is not generated, and its own is: declare it once, in": (
        *(Strict, Computed),
    ),
    "otherwise inherits rivers of options, which is not in the schema: add the table, or its module": (Otherwise,),
    "heir inherits divided, which is divided: a table without partitions is inherited": (Divided, Heir, by_length),
    "heir inherits divided and is divided into partitions: drop one of them": (
        *(Divided, Heir, partition_by_list(Heir, Heir.length)),
    ),
    "cities of options is divided into partitions, which have its rows: say unlogged of each of them": (
        *(City, partition_by_list(City, City.id)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", MISTAKES)
def test_what_is_wrong(text: str) -> None:
    with pytest.raises(DefinitionError, match=f"^{re.escape(text)}"):
        schema(*MISTAKES[text])


OPTIONS: dict[str, dict[str, Any]] = {
    "class X: inherits takes a table, or a tuple of tables, not <mixin Place>": {"inherits": Place},
    "class X: inherits takes a table, or a tuple of tables, not 'cities'": {"inherits": (City, "cities")},
    "class X inherits <table cities of options> twice: drop one of them": {"inherits": (City, City)},
    "class X: with_ takes parameters by name, {\"fillfactor\": 70}, not [70]": {"with_": [70]},
    "class X: the parameter 'fillfactor' is a text, a number or a bool, not [70]": {"with_": {"fillfactor": [70]}},
    "a parameter of class X has an empty name": {"with_": {"": 5}},
    "the tablespace of class X has an empty name": {"tablespace": ""},
    "the method of class X has an empty name": {"method": ""},
}  # fmt: skip


@pytest.mark.parametrize("text", OPTIONS)
def test_what_a_class_statement_does_not_take(text: str) -> None:
    with pytest.raises(DefinitionError, match=f"^{re.escape(text)}"):
        meta: Any = type(Table)
        meta("X", (Table,), {}, name="x", **OPTIONS[text])


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"storage": "far"}, "column: storage is one of plain, external, extended, main, not 'far'"),
        ({"compression": "zip"}, "column: compression is one of pglz, lz4, not 'zip'"),
        ({"statistics": 10_001}, "column: statistics is a number from 0 to 10000, not 10001"),
        ({"statistics": True}, "column: statistics is a number from 0 to 10000, not True"),
    ],
)
def test_what_a_column_does_not_take(options: dict[str, Any], text: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        column(**options)
    assert str(raised.value) == text


def test_compression_is_for_long_values() -> None:
    with pytest.raises(DefinitionError, match=r"x\.n: compression is for long values, and bigint has none: drop it"):

        class X(Table, name="x"):  # pyright: ignore[reportUnusedClass]
            n: Col[int] = column(compression="lz4")


def test_an_identity_and_a_default_are_each_tables_own(qb_tx: Tx) -> None:
    class Numbered(Table):
        id: Col[int] = column(default=identity())
        at: Col[int] = column(default=fn.length("abc"))

    class Parent(Numbered, name="parent of options"): ...

    class Child(Numbered, name="child of options", inherits=Parent): ...

    both = schema(Parent, Child)
    qb_tx.run(create_all(both)).unwrap()
    qb_tx.execute(insert(new(Parent)())).unwrap()
    qb_tx.execute(insert(new(Child)(), new(Child)())).unwrap()
    assert qb_tx.all(select(Child.id, Child.at)) == Success([(1, 3), (2, 3)])
    assert [each.name for each in both.tables[1].columns if each.name in both.tables[1].inherited] == ["at"]
