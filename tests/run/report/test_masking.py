"""Hostile values, which must appear in no error whatever the server says of them."""

from collections.abc import Iterator
from typing import Any, LiteralString

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb.run.report.diagnose import BY_STATE, from_exception
from qb.run.report.masking import key_columns, told

Connection = psycopg.Connection[tuple[Any, ...]]

MARK = "hunter"
values = st.tuples(*[st.text(st.sampled_from("\"'`:()=, %…«»“”’\\\nabc1é"), max_size=6)] * 2).map(
    lambda ends: f"{ends[0]}{MARK}{ends[1]}"
)

CARRIERS: list[LiteralString] = [
    "SELECT $1::integer",
    "SELECT $1::app.mood",
    "SELECT $1::jsonb",
    "SELECT $1::timestamptz",
    "SELECT $1::uuid",
    "SELECT $1::integer[]",
    "SELECT $1::int4range",
    "SELECT $1::inet",
    "SELECT $1::interval",
    "SELECT $1::regclass",
    "SELECT $1::regtype",
    "SELECT $1::regprocedure",
    "SELECT $1::regnamespace",
    "SELECT nextval($1)",
    "SELECT set_config('TimeZone', $1, false)",
    "SELECT set_config('role', $1, false)",
    "SELECT set_config($1, 'x', false)",
    "SELECT now() AT TIME ZONE $1",
    "SELECT date_trunc($1, now())",
    "SELECT encode('x', $1)",
    "SELECT decode($1, 'hex')",
    "SELECT 'x' ~ ('(' || $1)",
    "SELECT $1::jsonpath",
    "SELECT $1::tsquery",
    "SELECT convert_to('x', $1)",
    "SELECT has_table_privilege($1, 'select')",
    "SELECT pg_get_serial_sequence('app.users', $1)",
    "SELECT app.complain($1, 'P0001')",
    "SELECT app.complain($1, '42703')",
    "SELECT app.complain($1, '23505')",
    "SELECT app.complain($1, '57P01')",
    "SELECT app.doubt($1)",
    "SELECT app.dynamic($1)",
    "SELECT app.dynamic('SELECT \"' || $1 || '\"')",
    "INSERT INTO app.users (id, name) VALUES (5, $1 || 'much too long')",
    "INSERT INTO app.users (id, code) SELECT n, $1 FROM generate_series(5, 6) n",
    'INSERT INTO app.users (id, "E mail", country) SELECT n, $1, $1 FROM generate_series(5, 6) n',
    "INSERT INTO app.users (id, name) SELECT 5, 'admin' WHERE $1 <> ''",
]


@given(values)
@pytest.mark.parametrize("sql", CARRIERS)
def test_no_value_is_carried(hostile_connection: Connection, sql: LiteralString, value: str) -> None:
    try:
        with hostile_connection.transaction():
            psycopg.RawCursor(hostile_connection).execute(sql, (value,))
    except psycopg.Error as raised:
        error = from_exception(raised)
        shown = (str(error), repr(error), *error.args)
        if any(MARK in each for each in shown):
            pytest.fail(f"{error!r} shows the value {value!r}")


@pytest.fixture(scope="module")
def hostile_connection(url: str) -> Iterator[Connection]:
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        yield connection


def test_most_carriers_fail(hostile_connection: Connection) -> None:
    """Or the property above would say little."""
    succeeded: list[str] = []
    for sql in CARRIERS:
        try:
            psycopg.RawCursor(hostile_connection).execute(sql, ("hunter(\"'",))
            succeeded.append(sql)
        except psycopg.Error:
            pass
    assert succeeded == []


@given(values, st.sampled_from(["22P02", "22023", "23000", "54000", "XX000", "55000", "42P01", "P0001", "38000"]))
def test_no_quoted_value_is_told(value: str, sqlstate: str) -> None:
    for message in (f'invalid: "{value}"', f'"{value}" is wrong', f"number '{value}' here", f"wrong: {value}"):
        assert MARK not in told(sqlstate, message, source=None, positioned=False, bound=True)


@pytest.mark.parametrize(
    ("detail", "names"),
    [
        ("Key (id)=(1) already exists.", ("id",)),
        ('Key ("E mail", country)=(a)=(b, c) already exists.', ("E mail", "country")),
        ('Ключ "(id)=(1)" уже существует.', ("id",)),
        ("Key (lower(code))=(a) already exists.", ()),
        ('Key ("a""b")=(1)', ('a"b',)),
        ("Failing row contains (1, null).", ()),
        (None, ()),
    ],
)
def test_key_columns(detail: str | None, names: tuple[str, ...]) -> None:
    assert key_columns(detail) == names


def test_a_message_in_another_language() -> None:
    for message in ("la relation « secret » n'existe pas", "Ungültiger Wert »secret«", "ошибка в «secret»"):
        assert told("22P02", message, source=None, positioned=False, bound=True) == "invalid text representation"


def test_what_a_routine_puts_into_the_fields_stays_behind(connection: Connection) -> None:
    block = (
        "DO $$ BEGIN RAISE 'secret' USING ERRCODE = '{}', TABLE = 'secret', SCHEMA = 'secret', COLUMN = 'secret',"
        " CONSTRAINT = 'secret', DATATYPE = 'secret', DETAIL = 'Key (secret)=(1)', HINT = 'secret'; END $$"
    )
    codes = {state if len(state) == 5 else f"{state}001" for state in BY_STATE if state}
    for state in sorted({*codes, "P0001", "23000"}):
        if state[:2] in ("57", "08"):
            continue
        with pytest.raises(psycopg.Error) as raised:
            connection.execute(block.format(state).encode())
        connection.rollback()
        assert "secret" not in repr(from_exception(raised.value)), state


@pytest.mark.parametrize(
    ("message", "carried"),
    [
        ("permission denied for database acme", "permission denied for database …"),
        ('permission denied for database "ac me"', "permission denied for database …"),
        (
            'permission denied to create temporary tables in database "acme"',
            "permission denied to create temporary tables in database …",
        ),
        ("must be owner of database acme", "must be owner of database …"),
        ("permission denied for table database acme", "permission denied for table database acme"),
    ],
)
def test_the_name_of_the_database_is_a_part_of_its_address(message: str, carried: str) -> None:
    assert told("42501", message, source=None, positioned=False, bound=False) == carried
