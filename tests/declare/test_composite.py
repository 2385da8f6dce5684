"""What no composite type can be: each mistake is a DefinitionError that names the type and its field."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from typing import Annotated, Any, cast

import msgspec
import pytest

from qb import Col, DefinitionError, QueryError, Table, column, composite, create_all, domain, pg, schema, select

anything: Any = composite


class Address(msgspec.Struct, frozen=True):
    city: str
    code: Annotated[str, pg.varchar(5)] | None = None


class Person(msgspec.Struct, frozen=True):
    home: Address


class Odd(msgspec.Struct, frozen=True):
    size: Annotated[int, pg.text]


class Unread(msgspec.Struct, frozen=True):
    what: range


address = composite("address", Address)


def wrong_column() -> object:
    class Wrong(Table, name="wrong"):
        id: Col[Person] = column(cast("Any", address))

    return Wrong.id


MISTAKES: list[tuple[Callable[[], object], str]] = [
    (lambda: composite("", Address), "a composite type has an empty name: give it one"),
    (lambda: composite("a", Address, schema="\0"), "the schema of the composite type 'a' has a NUL character"),
    (
        lambda: anything("a", str),
        "the composite type 'a' is of a Struct such as class Address(msgspec.Struct), not of str",
    ),
    (lambda: anything("a", "Address"), "the composite type 'a' is of a Struct such as"),
    (lambda: anything("a", Address, types={"city": str}), "the composite type 'a': Address.city takes a type such as"),
    (
        lambda: composite("a", Address, types={"town": pg.text}),
        "the composite type 'a' says something of 'town', and Address has no such field",
    ),
    (
        lambda: composite("a", Address, types={"city": pg.integer}),
        "the composite type 'a': Address.city: integer holds int, the annotation says str: change the annotation or",
    ),
    (lambda: composite("a", Odd), "the composite type 'a': Odd.size: text holds str, the annotation says int: change"),
    (lambda: composite("a", Unread), "the composite type 'a': Unread.what: no document can be read as range"),
    (lambda: composite("a", Address, names={"city": ""}), "the field city of the composite type 'a' has an empty name"),
    (
        lambda: composite("a", Address, names={"city": "code"}),
        "the composite type 'a' has two fields that are called 'code': rename one of them",
    ),
    (
        lambda: composite("address", Person, types={"home": domain("d", address)}),
        "the composite type 'address' is within itself: give it a name of its own, or the field another type",
    ),
    (wrong_column, 'wrong.id: "address" holds Address, the annotation says Person'),
]


@pytest.mark.parametrize(("define", "text"), MISTAKES, ids=[text[:50] for _, text in MISTAKES])
def test_mistakes(define: Callable[[], object], text: str) -> None:
    with pytest.raises(DefinitionError, match=f"^{re.escape(text)}"):
        define()


class Visit(Table, name="visits"):
    id: Col[int] = column(primary_key=True)
    at: Col[Address | None] = column(address, default=Address("x"))


def test_the_order_of_creation() -> None:
    person = composite("person", Person, types={"home": address}, schema="who")
    people = schema(Visit, person)
    assert people == schema(person, address, Visit)
    assert [str(each) for each in people.roots] == [
        "<schema who>",
        "<composite type address>",
        "<composite type who.person>",
        "<table visits>",
    ]
    assert create_all(people).statements[1::2] == (
        'CREATE TYPE "address" AS ("city" text, "code" varchar(5))',
        (
            'CREATE TABLE "visits" (\n  "id" bigint NOT NULL,\n  "at" "address" DEFAULT \'("x",)\'::"address",\n'
            '  CONSTRAINT "visits_pkey" PRIMARY KEY ("id")\n)'
        ),
    )
    theirs = composite("person", Person, types={"home": address}, external=True)
    assert create_all(schema(theirs)).statements == ()
    assert len(create_all(schema(theirs), stand_ins=True).statements) == 2


def test_names_that_others_have() -> None:
    class Clash(Table, name="address"):
        id: Col[Address] = column(address)

    with pytest.raises(DefinitionError, match="the table address and the composite type address are both called"):
        schema(Clash)


def test_a_type_is_a_value() -> None:
    assert address == composite("address", Address)
    assert address != composite("address", Address, types={"city": pg.varchar(9)})
    again = pickle.loads(pickle.dumps(address))
    assert again == address
    assert again.encode(Address("a", "b")) == '("a","b")'


def test_paths_that_lead_nowhere() -> None:
    with pytest.raises(QueryError, match="path goes on into text, which is neither a document nor a row: end it there"):
        Visit.at.path(lambda at: cast("Any", at.city)[0])
    with pytest.raises(QueryError, match="path goes nowhere: return a field or an element of the document"):
        Visit.at.path(lambda at: at)
    with pytest.raises(QueryError, match="has no field 'town'"):
        Visit.at.path(lambda at: cast("Any", at).town)
    with pytest.raises(QueryError, match="path goes into a json or jsonb value, or a row, not into bigint"):
        select(Visit.id.path(lambda number: number.real))
