"""`create_all(if_not_exists=True)` where tables stand: the declared ones, or a failure that names the column."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    Failure,
    SchemaMismatch,
    Script,
    Success,
    Table,
    Tx,
    column,
    create_all,
    fn,
    identity,
    pg,
    schema,
    sql,
    trusted,
)


class Mood(Enum):
    GOOD = "good"


class Standing(Table, name="standing"):
    id: Col[int] = column(primary_key=True, default=identity())
    name: Col[str] = column(pg.varchar(80), index=True)
    price: Col[Decimal | None] = column(pg.numeric(10, 2), default=None)
    at: Col[dt.datetime] = column(pg.timestamptz(3), default=fn.now())
    mood: Col[Mood | None] = column(pg.enum("mood of standing", Mood), default=None)
    tags: Col[list[str]] = column(pg.array(pg.varchar(5)), default=[])
    once: Col[int] = column(default=1)
    twice: Col[int] = column(generated=once * 2)


class Other(Table, name="other standing", schema="hall"):
    n: Col[int] = column(pg.integer)


BOTH = schema(Standing, Other)

DIFFERENT: dict[str, tuple[str, str, str, str]] = {
    "a missing column": ('DROP COLUMN "tags"', "tags", "character varying(5)[] NOT NULL", "no such column"),
    "another name": (
        'RENAME COLUMN "name" TO "title"', "name", "character varying(80) NOT NULL", "no such column",
    ),
    "another type": (
        'ALTER "id" TYPE integer', "id", "bigint NOT NULL", "integer NOT NULL",
    ),
    "another limit": (
        'ALTER "name" TYPE varchar(81)', "name", "character varying(80) NOT NULL", "character varying(81) NOT NULL",
    ),
    "no limit": ('ALTER "name" TYPE text', "name", "character varying(80) NOT NULL", "text NOT NULL"),
    "another scale": ('ALTER "price" TYPE numeric(10, 3)', "price", "numeric(10,2)", "numeric(10,3)"),
    "another precision": (
        'ALTER "at" TYPE timestamptz', "at",
        "timestamp(3) with time zone NOT NULL", "timestamp with time zone NOT NULL",
    ),
    "another limit of elements": (
        'ALTER "tags" TYPE varchar(6)[]', "tags", "character varying(5)[] NOT NULL", "character varying(6)[] NOT NULL",
    ),
    "an enum that is text": ('ALTER "mood" TYPE text', "mood", '"mood of standing"', "text"),
    "NULL admitted": (
        'ALTER "name" DROP NOT NULL', "name", "character varying(80) NOT NULL", "character varying(80)",
    ),
    "NULL refused": ('ALTER "price" SET NOT NULL', "price", "numeric(10,2)", "numeric(10,2) NOT NULL"),
    "a default that is not there": (
        'ALTER "at" DROP DEFAULT', "at", "timestamp(3) with time zone NOT NULL with a default",
        "timestamp(3) with time zone NOT NULL without a default",
    ),
    "an identity that is none": (
        'ALTER "id" DROP IDENTITY', "id", "bigint NOT NULL with a default", "bigint NOT NULL without a default",
    ),
    "a column that is generated no more": (
        'ALTER "twice" DROP EXPRESSION', "twice", "bigint NOT NULL, generated", "bigint NOT NULL, not generated",
    ),
    "one more that must be given": (
        'ADD "more" integer NOT NULL', "more", "nothing", "integer NOT NULL without a default",
    ),
}  # fmt: skip
STAYS = (
    'ADD "more" integer',
    'ADD "more" integer NOT NULL DEFAULT 1',
    'ADD "more" integer GENERATED ALWAYS AS IDENTITY',
    'ADD "more" text GENERATED ALWAYS AS ("name") STORED NOT NULL',
    "ALTER \"name\" SET DEFAULT 'x'",
)


def altered(tx: Tx, change: str) -> None:
    tx.run(create_all(BOTH, if_not_exists=True)).unwrap()
    tx.run(Script(trusted(f'ALTER TABLE "standing" {change}'))).unwrap()


@pytest.mark.parametrize("change", DIFFERENT)
def test_a_column_that_differs_is_named(qb_tx: Tx, change: str) -> None:
    statement, name, declared, found = DIFFERENT[change]
    altered(qb_tx, statement)
    with qb_tx.transaction(rollback=True) as inner:
        match inner.run(create_all(BOTH, if_not_exists=True)):
            case Failure(SchemaMismatch() as error):
                assert (error.table, error.column, error.declared, error.found) == ("standing", name, declared, found)
                assert str(error).startswith(f'"standing"."{name}" is declared as {declared}, and the database has')
            case other:
                pytest.fail(repr(other))
    assert qb_tx.scalar(sql("SELECT count(*) FROM standing").rows(int)) == Success(0)


@pytest.mark.parametrize("change", STAYS)
def test_what_only_the_server_has_may_stay_where_rows_need_it_not(qb_tx: Tx, change: str) -> None:
    altered(qb_tx, change)
    qb_tx.run(create_all(BOTH, if_not_exists=True)).unwrap()


def test_the_first_column_of_all_tables_in_one_query(qb_tx: Tx) -> None:
    qb_tx.run(create_all(BOTH, if_not_exists=True)).unwrap()
    qb_tx.run(Script('ALTER TABLE hall."other standing" ALTER n TYPE bigint')).unwrap()
    script = create_all(BOTH, if_not_exists=True)
    assert [statement for statement in script.statements if "pg_attribute" in statement] == [script.statements[0]]
    match qb_tx.run(script):
        case Failure(SchemaMismatch(table="other standing", column="n", declared="integer NOT NULL")):
            pass
        case other:
            pytest.fail(repr(other))


def test_a_table_of_the_name_in_another_schema_is_none(qb_tx: Tx) -> None:
    qb_tx.run(Script("CREATE SCHEMA elsewhere", "CREATE TABLE elsewhere.standing (x integer NOT NULL)")).unwrap()
    qb_tx.run(create_all(schema(Standing), if_not_exists=True)).unwrap()
    # Where CREATE TABLE finds it first, it is the one.
    qb_tx.run(Script("SET LOCAL search_path TO elsewhere, public")).unwrap()
    assert isinstance(qb_tx.run(create_all(schema(Standing), if_not_exists=True)), Failure)


def test_nothing_has_happened(qb_db: Database) -> None:
    qb_db.run(Script("CREATE TABLE standing (id bigint PRIMARY KEY)", "INSERT INTO standing VALUES (7)")).unwrap()
    try:
        assert isinstance(qb_db.run(create_all(BOTH, if_not_exists=True)), Failure)
        there: Any = sql("SELECT to_regnamespace('hall') IS NULL AND to_regtype('\"mood of standing\"') IS NULL")
        assert qb_db.scalar(there.rows(bool)) == Success(True)
        assert qb_db.scalar(sql("SELECT sum(id)::bigint FROM standing").rows(int)) == Success(7)
    finally:
        qb_db.run(Script("DROP TABLE standing")).unwrap()
