"""Expressions of a class body see the final types of its columns, also of those that follow from annotations."""
# pyright: reportUnusedClass=false, reportInvalidTypeForm=false

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import msgspec
import pytest

from qb import (
    Col,
    DefinitionError,
    QueryError,
    Success,
    Table,
    Tx,
    case,
    column,
    create_all,
    fn,
    identity,
    index,
    insert,
    new,
    pg,
    schema,
    select,
    sql,
)


class Doc(msgspec.Struct, frozen=True):
    size: int
    name: str = ""


class Ticket(Table, name="class_body_tickets"):
    id: Col[int] = column(primary_key=True, default=identity())
    title: Col[str] = column()
    opened: Col[dt.datetime] = column()
    closes: Col[dt.datetime] = column(check=fn.now().between(opened, opened + dt.timedelta(days=99_999)))
    number: Col[int] = column(check=(fn.length(title) < 255) & ~title.like("%?"))
    small: Col[int] = column(pg.smallint, check=number.between(0, 40_000) | number.is_null())
    doc: Col[Doc] = column(check=title.not_in(["x", "y"]))
    known: Col[bool] = column(generated=title.in_(["a", "b"]))
    loud: Col[str] = column(generated=title + "!")
    quoted: Col[str] = column(generated="<" + title + ">")
    day: Col[dt.datetime | None] = column(check=opened + dt.timedelta(days=1) > closes, default=None)
    size: Col[int | None] = column(generated=doc.path(lambda d: d.size))
    named: Col[str | None] = column(generated=fn.lower(doc.path(lambda d: d.name)))
    less: Col[int] = column(generated=1 - number)
    both: Col[int] = column(generated=-number + fn.coalesce(small, 1) * 2)
    kind: Col[str] = column(generated=case((title == "a", "first"), (number > 1, title), else_="other"))
    raw: Col[int | None] = column(generated=sql("{n} + {m}", n=number, m=1).as_(int))
    later: Col[Later] = column(generated=fn.upper(title))


Later = str

NONE: Any = None
TYPED = {
    "known": "\"title\" IN ('a'::text, 'b'::text)",
    "loud": "\"title\" || '!'::text",
    "quoted": "('<'::text || \"title\") || '>'::text",
    "size": "CAST(\"doc\" ->> 'size' AS bigint)",
    "less": "'1'::bigint - \"number\"",
    "kind": "CASE WHEN \"title\" = 'a'::text THEN 'first'::text"
    ' WHEN "number" > 1 THEN "title" ELSE \'other\'::text END',
}


@pytest.mark.parametrize("name", TYPED)
def test_a_generated_column_is_written_with_the_types_of_the_annotations(name: str) -> None:
    line = next(each for each in str(create_all(schema(Ticket))).splitlines() if each.startswith(f'  "{name}"'))
    assert f"GENERATED ALWAYS AS ({TYPED[name]}) STORED" in line


def test_the_server_takes_all_of_them_and_computes_what_they_say(qb_tx: Tx) -> None:
    assert isinstance(qb_tx.run(create_all(schema(Ticket))), Success)
    now = dt.datetime.now(dt.UTC)
    row = new(Ticket)(title="a", opened=now - dt.timedelta(hours=1), closes=now, number=5, small=3, doc=Doc(7, "N"))
    assert isinstance(qb_tx.execute(insert(row)), Success)
    computed = select(Ticket.known, Ticket.loud, Ticket.quoted, Ticket.size, Ticket.named, Ticket.both, Ticket.kind)
    assert qb_tx.one(computed) == Success((True, "a!", "<a>", 7, "n", 1, "first"))
    assert qb_tx.one(select(Ticket.less, Ticket.raw, Ticket.later)) == Success((-4, 6, "A"))


def test_an_expression_of_a_mixin_has_the_types_of_the_table() -> None:
    class Named(Table):
        first: Col[str] = column()
        full: Col[str] = column(generated=first + "x")

    class Person(Named, name="persons"):
        id: Col[int] = column(primary_key=True)

    assert "GENERATED ALWAYS AS (\"first\" || 'x'::text) STORED" in str(create_all(schema(Person)))


def test_what_can_never_work_raises_with_the_class() -> None:
    with pytest.raises(QueryError, match=re.escape("t.a is compared with None")):

        class T(Table, name="t"):
            a: Col[str | None] = column()
            b: Col[bool] = column(generated=a == NONE)

    with pytest.raises(QueryError, match="has no truth value"):

        class U(Table, name="u"):
            a: Col[str] = column()
            b: Col[bool] = column(generated=(a == "x") and (a == "y"))


def test_an_index_stands_beside_the_class() -> None:
    with pytest.raises(DefinitionError, match="the index 'i' stands next to the table"):

        class V(Table, name="v"):
            a: Col[str] = column()
            index("i", fn.lower(a))


def test_an_expression_of_another_class_body_is_refused() -> None:
    class Other(Table):
        a: Col[str] = column()
        kept = [a + "x"]

    with pytest.raises(DefinitionError, match="generated uses a column of another table"):

        class W(Table, name="w"):
            b: Col[str] = column(generated=Other.kept[0])
