"""`checked`: a CHECK that a Literal or Enum column holds its labels, under the name PostgreSQL would give it."""
# pyright: reportUnusedClass=false, reportInvalidTypeForm=false

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Literal

import pytest

from qb import (
    CheckViolation,
    Col,
    DefinitionError,
    Failure,
    Success,
    Table,
    Tx,
    check,
    column,
    create_all,
    pg,
    schema,
    sql,
    trusted,
)


class Status(Enum):
    OPEN = "open"
    DONE = "it's done"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


Kind = Literal["a", "b"]


class Job(Table, name="checked_jobs"):
    id: Col[int] = column(primary_key=True)
    kind: Col[Kind] = column()
    maybe: Col[Kind | None] = column(pg.varchar(5), default=None)
    status: Col[Status] = column(default=Status.OPEN)
    level: Col[Level | None] = column(default=None, check=lambda level: level >= Level.LOW)
    number: Col[Literal[1, 2]] = column(pg.smallint, default=1)
    kinds: Col[list[Kind]] = column(pg.array(pg.text), default=[])
    holes: Col[list[Kind | None] | None] = column(pg.array(pg.text), default=None)
    listed: Col[list[Kind]] = column(pg.jsonb, default=[])
    native: Col[Kind] = column(pg.enum("checked_kind", Kind), default="a")
    free: Col[Kind] = column(checked=False, default="a")


def test_a_schema_checks_every_column_of_labels() -> None:
    (table,) = schema(Job, checked=True).tables
    assert [each.name.removeprefix("checked_jobs_") for each in table.checks] == [
        "level_check",
        "kind_check",
        "maybe_check",
        "status_check",
        "level_check1",
        "number_check",
        "kinds_check",
        "holes_check",
        "listed_check",
    ]
    assert "CHECK (\"kind\" IN ('a'::text, 'b'::text))" in str(create_all(schema(Job, checked=True)))
    assert [each.name for each in schema(Job).tables[0].checks] == ["checked_jobs_level_check"]


@pytest.mark.parametrize(
    ("name", "refused", "taken"),
    [
        ("kind", ["'c'", "''"], ["'a'"]),
        ("maybe", ["'c'"], ["'a'", "NULL"]),
        ("status", ["'done'"], ["'it''s done'"]),
        ("level", ["3"], ["2", "NULL"]),
        ("number", ["3"], ["2"]),
        ("kinds", ["'{a,c}'", "'{a,NULL}'", "'{{a,b},{c,a}}'"], ["'{}'", "'{b,a,b}'"]),
        ("holes", ["'{a,c}'"], ["'{a,NULL}'", "'{}'", "NULL"]),
        ("listed", ["'[\"c\"]'", "'[null]'", "'\"a\"'", "'[\"a\", 1]'"], ["'[]'", '\'["b", "b"]\'']),
        ("free", [], ["'c'"]),
    ],
)
def test_what_postgresql_refuses(qb_tx: Tx, name: str, refused: list[str], taken: list[str]) -> None:
    assert isinstance(qb_tx.run(create_all(schema(Job, checked=True))), Success)
    for value in taken:
        more = "" if name == "kind" else ", kind"
        given = value if name == "kind" else f"{value}, 'a'"
        assert qb_tx.execute(
            sql(trusted(f"INSERT INTO checked_jobs (id, {name}{more}) VALUES (1, {_braced(given)})")).command()
        ) == Success(1)
        assert qb_tx.execute(sql("DELETE FROM checked_jobs").command()) == Success(1)
    for value in refused:
        more = "" if name == "kind" else ", kind"
        given = value if name == "kind" else f"{value}, 'a'"
        statement = sql(trusted(f"INSERT INTO checked_jobs (id, {name}{more}) VALUES (1, {_braced(given)})")).command()
        with qb_tx.transaction(rollback=True) as inner:
            match inner.execute(statement):
                case Failure(CheckViolation(constraint=constraint)):
                    assert constraint in (f"checked_jobs_{name}_check", f"checked_jobs_{name}_check1")
                case outcome:
                    pytest.fail(f"{value} was taken: {outcome}")


def _braced(value: str) -> str:
    return value.replace("{", "{{").replace("}", "}}")


def test_one_column_alone() -> None:
    class One(Table, name="one"):
        a: Col[Kind] = column(checked=True)
        b: Col[Kind] = column()

    (table,) = schema(One, check("one_a_check", One.b == "a")).tables
    assert [each.name for each in table.checks] == ["one_a_check1", "one_a_check"]


def test_what_has_no_labels_cannot_be_checked() -> None:
    with pytest.raises(DefinitionError, match=r"one\.a: checked is about Literal and Enum columns"):

        class One(Table, name="one"):
            a: Col[str] = column(checked=True)
