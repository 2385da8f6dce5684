"""Values come back as they were sent, whatever the role and the database are set to."""

import datetime as dt
import os
from collections.abc import Iterator
from math import copysign
from typing import Any, cast

import psycopg
import pytest
from psycopg import pq

from qb import Col, Database, Table, column, create_all, drop_all, fn, insert, many, new, pg, schema, select, sql
from qb.errors import ConnectionRefused
from qb.errors.outcome import Success
from qb.run.database.connect import connect
from qb.run.session.catalog import Catalog
from qb.run.session.configure import configure
from qb.run.session.link import Link
from qb.run.session.session_defaults import SessionDefaults
from tests.run.plain import failure

FLOATS = [0.1 + 0.2, 1.7976931348623157e308, 5e-324, -0.0]
BYTES = [b"", b"\\", b"'\"", bytes(range(256))]
SETTINGS = {
    "extra_float_digits": "0",
    "bytea_output": "escape",
    "array_nulls": "off",
    "datestyle": "german, dmy",
    "intervalstyle": "sql_standard",
    "standard_conforming_strings": "off",
    "client_encoding": "latin1",
}


class Exact(Table, name="exacts"):
    id: Col[int] = column(primary_key=True)
    on: Col[dt.date] = column()
    number: Col[float] = column()
    data: Col[bytes] = column()
    numbers: Col[list[float]] = column()
    parts: Col[list[bytes]] = column()
    names: Col[list[str | None]] = column(pg.array(pg.text))
    span: Col[dt.timedelta] = column()
    text: Col[str] = column(default="back\\slash 'quote'")


DDL = schema(Exact)


@pytest.fixture
def other(qb_url: str) -> Iterator[str]:
    """A role for which everything is set the other way round."""
    with psycopg.Connection.connect(qb_url, autocommit=True) as admin:
        role = f"qb_other_{os.getpid()}"  # the server is everybody's
        admin.execute(f"CREATE ROLE {role} LOGIN SUPERUSER".encode())
        for name, value in SETTINGS.items():
            admin.execute(f"ALTER ROLE {role} SET {name} TO {value}".encode())
        yield qb_url.replace("postgres@", f"{role}@", 1)
        admin.execute(f"DROP OWNED BY {role}".encode())
        admin.execute(f"DROP ROLE {role}".encode())


def test_every_value_comes_back_in_every_form(other: str) -> None:
    with connect(other) as db:
        db.run(drop_all(DDL, if_exists=True)).unwrap()
        db.run(create_all(DDL)).unwrap()
        made = [
            new(Exact)(
                id=number,
                on=dt.date(2026, 11, 2),
                number=float_,
                data=data,
                numbers=FLOATS,
                parts=BYTES,
                names=["NULL", None, "ü"],
                span=dt.timedelta(days=-3, seconds=4),
            )
            for number, (float_, data) in enumerate(zip(FLOATS, BYTES, strict=True))
        ]
        assert db.insert_many(made[:2]) == Success(2)
        for each in made[2:]:
            assert db.execute(insert(each)) == Success(1)
        rows = db.all(select(Exact).order_by(Exact.id)).unwrap()
        assert [row.number for row in rows] == FLOATS
        assert copysign(1, rows[3].number) == -1
        assert [row.data for row in rows] == BYTES
        for row in rows:
            assert (row.numbers, row.parts, row.names) == (FLOATS, BYTES, ["NULL", None, "ü"])
            assert (row.on, row.span) == (dt.date(2026, 11, 2), dt.timedelta(days=-3, seconds=4))
            assert row.text == "back\\slash 'quote'"
        nested = select(fn.count(), many(select(Exact).order_by(Exact.id))).from_(Exact)
        assert db.one(nested).unwrap()[1] == rows
        # What was just read is found again.
        assert db.scalar(select(fn.count()).from_(Exact).where(Exact.number == rows[0].number)) == Success(1)
        db.run(drop_all(DDL)).unwrap()


def test_a_negative_zero_is_zero_where_json_is_between(qb_url: str) -> None:
    with connect(qb_url) as db:
        zero = sql("'-0'::float8").as_(float, not_null=True)
        alone, (nested,) = db.one(select(zero, many(select(zero)))).unwrap()
        assert (copysign(1, alone), copysign(1, nested)) == (-1, 1)


def test_what_means_something_else_too_is_asked_once_and_an_extensions_is_harmless(qb_url: str) -> None:
    types = Catalog()
    sql = """
        BEGIN;
        CREATE SCHEMA odd;
        CREATE FUNCTION odd.lower(point) RETURNS point LANGUAGE sql AS 'SELECT $1';
        CREATE FUNCTION odd.upper(point) RETURNS point LANGUAGE sql AS 'SELECT $1';
        CREATE FUNCTION odd.mine(point) RETURNS point LANGUAGE sql AS 'SELECT $1';
        CREATE OPERATOR odd.|| (rightarg = point, function = odd.lower);
        CREATE OPERATOR odd.## (rightarg = point, function = odd.lower);
        ALTER EXTENSION plpgsql ADD FUNCTION odd.upper(point);
        ALTER EXTENSION plpgsql ADD OPERATOR odd.## (NONE, point);
    """
    with Link.connect(qb_url, autocommit=True) as link:
        before = link.pgconn.exec_(sql.encode())
        assert before.status == pq.ExecStatus.COMMAND_OK, before.error_message
        configure(link, types)
        assert types.redefined is not None
        assert types.redefined >= {"lower", "||"}
        assert types.redefined.isdisjoint({"upper", "mine", "##"})
        link.execute("CREATE FUNCTION odd.abs(point) RETURNS point LANGUAGE sql AS 'SELECT $1'")
        configure(link, types)
        assert "abs" not in types.redefined
        link.execute("ROLLBACK")


class Elsewhere:
    """A connection whose answers come from another session than the one that it says it has."""

    def __init__(self, pgconn: Any) -> None:
        self._pgconn = pgconn
        self.backend_pid = 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pgconn, name)


class Pooled:
    """A link whose server is not the one it was connected to."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.types = link.types
        self.descriptor = link.descriptor
        self.patience = 0.0
        self.pgconn = Elsewhere(link.pgconn)


def test_behind_a_pooler_a_wrong_setting_is_refused_by_name(other: str, qb_url: str) -> None:
    with Link.connect(qb_url, autocommit=True) as link:
        configure(cast("Link", Pooled(link)))  # nothing is wrong
    with Link.connect(other, autocommit=True) as link, pytest.raises(ConnectionRefused) as raised:
        configure(cast("Link", Pooled(link)))
    assert str(raised.value) == (
        "could not connect: extra_float_digits and bytea_output and array_nulls of this server would change values on "
        "their way, and behind a pooler qb cannot set them for each statement: "
        "ALTER ROLE ... SET extra_float_digits = 1; "
        "ALTER ROLE ... SET bytea_output = hex; ALTER ROLE ... SET array_nulls = on;"
    )


def test_a_setting_that_is_refused_is_a_failure_of_the_first_statement(
    other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pooled(link: Link, types: Catalog, timeout: float, defaults: SessionDefaults) -> None:
        configure(cast("Link", Pooled(link)), types, timeout=timeout, defaults=defaults)

    monkeypatch.setattr("qb.run.database.connect.configure", pooled)
    with connect(other) as db:
        assert isinstance(db, Database)
        assert isinstance(failure(db.ping()), ConnectionRefused)


@pytest.mark.parametrize("style", ["postgres", "postgres_verbose", "sql_standard", "iso_8601"])
def test_intervals_are_read_whatever_style_the_address_asks_for(qb_url: str, style: str) -> None:
    span = dt.timedelta(days=1, hours=2, minutes=3, seconds=4.5)
    with connect(f"{qb_url}&options=-c%20IntervalStyle%3D{style}") as db:
        assert db.scalar(sql("SELECT interval '1 day 02:03:04.5'").rows(dt.timedelta)) == Success(span)
        assert db.scalar(sql("SHOW IntervalStyle").rows(str)) == Success("postgres")


def test_a_server_that_does_not_answer_is_not_waited_for(qb_url: str) -> None:
    link = Link.connect(qb_url, autocommit=True)
    link.pgconn.send_query(b"SELECT pg_sleep(60)")
    made: Any = Pooled(link)
    made.pgconn = Silent(link.pgconn)
    with pytest.raises(ConnectionRefused, match="did not answer in time"):
        configure(made, timeout=0.05)
    link.cancel_safe()
    link.close()


class Silent(Elsewhere):
    """A connection that is at work already, so that no answer comes."""

    def send_query(self, query: bytes) -> None:
        self.asked = query


def test_a_setting_that_cannot_be_made_is_told(other: str) -> None:
    with Link.connect(other, autocommit=True) as link:
        made: Any = Pooled(link)
        made.pgconn = Refusing(link.pgconn)
        made.pgconn.backend_pid = link.pgconn.backend_pid
        with pytest.raises(ConnectionRefused, match="the settings that qb relies on cannot be made"):
            configure(made)


class Refusing(Elsewhere):
    """A connection whose server knows none of the settings."""

    def send_query(self, query: bytes) -> None:
        self._pgconn.send_query(query.replace(b"SET ", b"SET no_such_"))
