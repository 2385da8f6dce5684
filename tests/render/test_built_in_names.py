"""An enum or a table that is called like one of PostgreSQL's own is the user's, everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest

from qb import (
    Col,
    Success,
    Table,
    Tx,
    column,
    create_all,
    drop_all,
    identity,
    insert,
    new,
    pg,
    schema,
    select,
    sql,
)
from qb.types.identifier import BUILT_IN


class Mood(Enum):
    GLAD = "glad"
    SAD = "sad"


class Setting(Table, name="pg_settings"):
    id: Col[int] = column(primary_key=True, default=identity())
    name: Col[str] = column(index=True, comment="mine")
    a: Col[Mood] = column(pg.enum("interval", Mood), default=Mood.GLAD)
    b: Col[Mood] = column(pg.enum("name", Mood), default=Mood.SAD)
    c: Col[list[Mood]] = column(pg.array(pg.enum("_int4", Mood)), default=[Mood.SAD])
    d: Col[Mood | None] = column(pg.enum("pg_type", Mood), default=None)


class Refers(Table, name="pg_class"):
    setting: Col[int] = column(primary_key=True, references=Setting.id)


@pytest.fixture
def there(qb_tx: Tx) -> Iterator[Tx]:
    mine = schema(Setting, Refers)
    assert isinstance(qb_tx.run(create_all(mine)), Success)
    assert isinstance(qb_tx.run(create_all(mine, if_not_exists=True)), Success)
    yield qb_tx
    assert isinstance(qb_tx.run(drop_all(mine)), Success)


def test_every_path_means_the_users_own(there: Tx) -> None:
    row = new(Setting)(name="x", a=Mood.SAD, c=[Mood.GLAD], d=Mood.GLAD)
    assert there.execute(insert(row)) == Success(1)
    assert there.insert_many([row, row]) == Success(2)
    known = select(Setting.a, Setting.b, Setting.c, Setting.d).where(
        Setting.a == Mood.SAD, Setting.b.in_([Mood.SAD]), Setting.c == [Mood.GLAD], Setting.id == 3
    )
    assert there.all(known) == Success([(Mood.SAD, Mood.SAD, [Mood.GLAD], Mood.GLAD)])
    assert there.execute(insert(new(Refers)(setting=1))) == Success(1)
    types: Any = sql(
        "SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'public.pg_settings'::regclass"
        " AND attname IN ('a', 'b', 'c', 'd') ORDER BY attname"
    ).rows(str)
    assert there.all(types) == Success(['public."interval"', "public.name", "public._int4[]", "public.pg_type"])


def test_a_stated_schema_stays() -> None:
    assert pg.enum("interval", Mood, schema="org").name == '"org"."interval"'
    assert pg.enum("status", Mood).name == '"status"'


def test_the_list_is_that_of_the_server(qb_tx: Tx) -> None:
    names = sql(
        "SELECT typname::text FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace"
        " AND typname !~ '^(pg)?_' AND typrelid = 0"
    ).rows(str)
    assert set(qb_tx.all(names).unwrap()) <= BUILT_IN
    others = sql(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relname !~ '^pg_'"
    ).rows(str)
    assert qb_tx.all(others) == Success([])
