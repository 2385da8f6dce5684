"""What a database must have and has not."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Any

import pytest

import qb
from qb import (
    Col,
    Database,
    Failure,
    SchemaIncomplete,
    Shape,
    Success,
    Table,
    column,
    create_all,
    pg,
    references,
    schema,
    sql,
    trusted,
    view,
)
from qb.kit import introspect, lacking, requires

HOSTILE = 'n.e "eded" %s $1 \\ ; ☃'


ENUM = f"{HOSTILE}!"


class Mood(Enum):
    FINE = "fine"
    ODD = 'o"d.d'


class Owner(Table, name=HOSTILE, schema=HOSTILE):
    id: Col[int] = column(primary_key=True, name=HOSTILE)
    email: Col[str] = column(pg.varchar(80), unique=True)
    mood: Col[Mood] = column(pg.enum(ENUM, Mood, schema=HOSTILE))


class Pet(Table, name="needed_pets"):
    owner: Col[int] = column(references=references(Owner.id), primary_key=True)
    name: Col[str] = column(primary_key=True)
    born: Col[dt.date | None] = column(default=None)
    tags: Col[list[str]] = column(pg.array(pg.text))
    at: Col[list[float] | None] = column(pg.vector(3), default=None)


class PetName(Shape):
    name: Col[str]


NAMES = view("needed_names", qb.select(Pet.name).map(PetName))
NEEDED = schema(Owner, Pet, NAMES)
E = '"' + ENUM.replace('"', '""') + '"'
Q = '"' + HOSTILE.replace('"', '""') + '"'


def test_what_is_there_is_enough(qb_tx: qb.Tx) -> None:
    qb_tx.run(create_all(NEEDED)).unwrap()
    assert requires(NEEDED)(qb_tx) == Success(None)
    run(qb_tx, "ALTER TABLE needed_pets ADD more int NOT NULL DEFAULT 1", "CREATE TABLE needed_else (id int)")
    assert requires(NEEDED)(qb_tx) == Success(None)


def run(db: qb.Db, *texts: str) -> None:
    for text in texts:
        db.execute(sql(trusted(text)).command()).unwrap()


CHANGES: dict[str, tuple[str, ...]] = {
    "DROP TABLE needed_pets CASCADE": ("table public.needed_pets", "view public.needed_names"),
    "DROP VIEW needed_names": ("view public.needed_names",),
    f"DROP SCHEMA {Q} CASCADE": (
        f"schema {HOSTILE}",
        f"enum {HOSTILE}.{ENUM}",
        f"table {HOSTILE}.{HOSTILE}",
        f"foreign key of public.needed_pets (owner) to {HOSTILE}.{HOSTILE}",
    ),
    "ALTER TABLE needed_pets DROP born": ("column public.needed_pets.born of type date",),
    "ALTER TABLE needed_pets ALTER born TYPE timestamptz": (
        "column public.needed_pets.born of type date: it is timestamp with time zone",
    ),
    "ALTER TABLE needed_pets ALTER born TYPE date[] USING NULL": (
        "column public.needed_pets.born of type date: it is date[]",
    ),
    "ALTER TABLE needed_pets ALTER tags TYPE text USING ''": (
        "column public.needed_pets.tags of type text[]: it is text",
    ),
    "ALTER TABLE needed_pets ALTER tags DROP NOT NULL": ("NOT NULL of column public.needed_pets.tags",),
    "ALTER TABLE needed_pets DROP CONSTRAINT needed_pets_pkey": ("primary key of public.needed_pets (owner, name)",),
    "ALTER TABLE needed_pets DROP CONSTRAINT needed_pets_owner_fkey": (
        f"foreign key of public.needed_pets (owner) to {HOSTILE}.{HOSTILE}",
    ),
    f"ALTER TABLE {Q}.{Q} DROP email": (
        f"column {HOSTILE}.{HOSTILE}.email of type varchar(80)",
        f"unique of {HOSTILE}.{HOSTILE} (email)",
    ),
    f"ALTER TABLE {Q}.{Q} RENAME {Q} TO other": (
        f"column {HOSTILE}.{HOSTILE}.{HOSTILE} of type bigint",
        f"primary key of {HOSTILE}.{HOSTILE} ({HOSTILE})",
        f"foreign key of public.needed_pets (owner) to {HOSTILE}.{HOSTILE}",
    ),
    f"ALTER TYPE {Q}.{E} RENAME VALUE 'fine' TO 'good'": (f"labels of enum {HOSTILE}.{ENUM}: fine",),
    f"ALTER TABLE {Q}.{Q} ALTER mood TYPE text": (f"column {HOSTILE}.{HOSTILE}.mood of type {Q}.{E}: it is text",),
    "ALTER TABLE needed_pets ALTER at TYPE text": ("column public.needed_pets.at of type vector(3): it is text",),
}


@pytest.mark.parametrize(("change", "absent"), CHANGES.items(), ids=range(len(CHANGES)))
def test_what_is_not_there_is_named(qb_tx: qb.Tx, change: str, absent: tuple[str, ...]) -> None:
    qb_tx.run(create_all(NEEDED)).unwrap()
    run(qb_tx, change)
    assert requires(NEEDED)(qb_tx) == Failure(SchemaIncomplete(absent))


def test_a_type_that_is_read_as_the_declared_one_is_as_good(qb_tx: qb.Tx) -> None:
    qb_tx.run(create_all(NEEDED)).unwrap()
    run(qb_tx, "DROP VIEW needed_names", "ALTER TABLE needed_pets ALTER name TYPE varchar(9)")
    run(qb_tx, "CREATE VIEW needed_names AS SELECT 1")
    assert lacking(NEEDED, introspect(qb_tx).unwrap()) == ()


def test_a_view_may_stand_for_a_table(qb_tx: qb.Tx) -> None:
    class Seen(Table, name="needed_seen"):
        id: Col[int] = column(pg.integer)

    run(qb_tx, "CREATE VIEW needed_seen AS SELECT 1 AS id")
    assert requires(schema(Seen))(qb_tx) == Success(None)


def test_a_database_that_does_not_answer() -> None:
    with qb.connect("postgresql://127.0.0.1:1/nowhere") as nowhere:
        assert isinstance(requires(NEEDED)(nowhere).failure(), qb.ConnectionRefused)


def test_nothing_is_changed(qb_db: Database) -> None:
    before = introspect(qb_db).unwrap()
    with qb_db.transaction(read_only=True) as tx:
        assert isinstance(requires(NEEDED)(tx).failure(), SchemaIncomplete)
    assert introspect(qb_db).unwrap().where(lambda each, _: each.kind == "table") == before.where(
        lambda each, _: each.kind == "table"
    )


@qb.function(returns=int, language="sql")
def needed_later(at: qb.Arg[dt.datetime]) -> qb.typing.Sql:
    return qb.sql("SELECT 1")


def test_a_function_is_there_however_the_server_spells_its_types(qb_tx: qb.Tx) -> None:
    wanted = schema(needed_later)
    assert lacking(wanted, introspect(qb_tx).unwrap()) != ()
    run(qb_tx, "CREATE FUNCTION needed_later(at timestamptz) RETURNS bigint LANGUAGE sql AS 'SELECT 1'")
    assert lacking(wanted, introspect(qb_tx).unwrap()) == ()


def test_the_wrong_way_round(qb_tx: qb.Tx) -> None:
    wrong: Any = lacking
    with pytest.raises(qb.DefinitionError, match=r"lacking takes a schema, then a catalog, not <catalog of "):
        wrong(introspect(qb_tx).unwrap(), NEEDED)
    with pytest.raises(qb.DefinitionError, match="not <Success: "):
        wrong(NEEDED, introspect(qb_tx))
