"""What no domain can be: each mistake is a DefinitionError that names the domain and says what to write."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import Any, Literal, NewType, cast

import pytest

from qb import (
    Col,
    DefinitionError,
    Expr,
    Shape,
    Table,
    column,
    create_all,
    domain,
    fn,
    function,
    pg,
    prepare,
    schema,
    select,
    view,
)
from tests.declare.definitions import User

Email = NewType("Email", str)
anything: Any = domain


class Colour(Enum):
    RED = "red"


def added(value: Expr[int]) -> Expr[int]:
    return value + 1


def wrong_column() -> object:
    class Wrong(Table, name="wrong"):
        id: Col[str | None] = column(domain("never", pg.text, not_null=True))

    return Wrong.id


def of_another_type() -> object:
    class Wrong(Table, name="wrong"):
        id: Col[int] = column(cast("Any", domain("words", pg.text)))

    return Wrong.id


MISTAKES: list[tuple[Callable[[], object], str]] = [
    (lambda: domain("", pg.text), "a domain has an empty name: give it one"),
    (lambda: domain("d" * 64, pg.text), f"a domain is called '{'d' * 64}', which is 64 bytes long"),
    (lambda: domain("d", pg.text, schema=""), "the schema of the domain 'd' has an empty name"),
    (lambda: anything("d", str), "the domain 'd' takes a type such as pg.text, not <class 'str'>"),
    (
        lambda: domain("d", domain("e", domain("d", pg.text))),
        "the domain 'd' is over itself: give it a name of its own, or another type",
    ),
    (lambda: anything("d", pg.integer, default="x"), "the domain 'd': its default (integer) takes int, not str"),
    (
        lambda: domain("d", pg.smallint, default=2**15),
        "the domain 'd': its default does not fit smallint: the number is out of range for smallint",
    ),
    (
        lambda: domain("d", pg.varchar(3), default="four"),
        "the domain 'd': its default does not fit varchar(3): it has more than 3 characters",
    ),
    (lambda: domain("d", pg.text, default="\ud800"), "the domain 'd': its default does not fit text: it holds half"),
    (lambda: anything("d", pg.integer, default=None), "the domain 'd': its default is None"),
    (
        lambda: anything("d", pg.integer, default=fn.now()),
        "the domain 'd': its default is timestamptz, and the domain 'd' integer: cast it",
    ),
    (lambda: domain("d", pg.integer, default=User.id), "the domain 'd': its default uses the column id, and a default"),
    (
        lambda: anything("d", pg.integer, check=added),
        "the domain 'd': its check 'd_check' takes a function of the value that gives a condition",
    ),
    (
        lambda: anything("d", pg.integer, check=True),
        "the domain 'd': its check 'd_check' takes a function of the value",
    ),
    (
        lambda: domain("d", pg.integer, check={"": lambda value: value > 0}),
        "a check of the domain 'd' has an empty name",
    ),
    (
        lambda: domain("d", pg.bigint, check=lambda value: value > User.id),
        "the domain 'd': its check 'd_check' uses the column id, and VALUE alone is known there: drop it",
    ),
    (
        lambda: domain("d", pg.bigint, check=lambda value: value.in_(select(User.id))),
        "the domain 'd': its check 'd_check' holds a query, which PostgreSQL forbids there",
    ),
    (
        lambda: domain("d", pg.bigint, check=lambda value: value < fn.count()),
        "the domain 'd': its check 'd_check' holds an aggregate",
    ),
    (lambda: anything("d", pg.integer, collate="C"), "integer has no collation"),
    (lambda: anything("d", pg.integer, brand=Email), "the domain 'd': integer holds int, the annotation says Email"),
    (wrong_column, "wrong.id: the domain never is never NULL: take None out of its annotation, or not_null out of it"),
    (of_another_type, 'wrong.id: "words" holds str, the annotation says int'),
]


@pytest.mark.parametrize(("define", "text"), MISTAKES, ids=[text[:40] for _, text in MISTAKES])
def test_mistakes(define: Callable[[], object], text: str) -> None:
    with pytest.raises(DefinitionError, match=f"^{re.escape(text)}"):
        define()


def test_what_only_the_schema_shows() -> None:
    class Taken(Table, name="names"):
        id: Col[str] = column(domain("names", pg.text))

    class One(Table, name="ones"):
        id: Col[int] = column(domain("pair", pg.integer))

    class Both(Table, name="both"):
        id: Col[str] = column(domain("pair", pg.text))
        colour: Col[Colour] = column(pg.enum("pair", Colour))

    class Other(Table, name="others"):
        id: Col[str] = column(domain("pair", pg.text))

    with pytest.raises(DefinitionError, match="the table names and the domain names are both called 'names': a table"):
        schema(Taken)
    with pytest.raises(DefinitionError, match="the domain pair is declared twice, in two ways: drop or rename one"):
        schema(One, Other)
    with pytest.raises(DefinitionError, match="the enum pair and the domain pair are both called 'pair'"):
        schema(Both)
    needy = domain("needy", pg.text, check=lambda value: function("odd", pg.text, returns=bool)(value))
    with pytest.raises(DefinitionError, match=r"the domain needy needs the function odd\(text\), which is not in the"):
        schema(needy)


def test_types_that_follow_from_types() -> None:
    """A domain over a domain over an enum, which no column has and only the domain of the array's elements needs."""
    colour = domain("colour", pg.enum("colours", Colour, schema="paint"))
    shade = domain("shade", colour)
    shades = domain("shades", pg.array(shade), schema="paint")

    class Wall(Table, name="walls"):
        colours: Col[list[Colour]] = column(shades)

    made = schema(Wall)
    assert [str(each) for each in made.roots[-4:]] == [
        "<domain colour>",
        "<domain shade>",
        "<domain paint.shades>",
        "<table walls>",
    ]
    assert made == schema(shades, Wall, colour, shade)
    assert schema(shades).enums == made.enums
    assert [str(each) for each in create_all(schema(colour)).statements] == [
        'CREATE SCHEMA IF NOT EXISTS "paint"',
        'CREATE TYPE "paint"."colours" AS ENUM (\'red\')',
        'CREATE DOMAIN "colour" AS "paint"."colours"',
    ]


def test_what_somebody_else_owns() -> None:
    theirs = domain("code", pg.varchar(8), schema="auth", external=True)

    class Theirs(Table, name="theirs", schema="auth", external=True):
        kind: Col[str] = column(domain("kind", pg.text, schema="auth"))

    class Ours(Table, name="ours"):
        code: Col[str] = column(theirs)

    described = schema(Ours, Theirs)
    assert create_all(described).statements == ('CREATE TABLE "ours" (\n  "code" "auth"."code" NOT NULL\n)',)
    made = create_all(described, stand_ins=True).statements
    assert made[:3] == (
        'CREATE SCHEMA IF NOT EXISTS "auth"',
        'CREATE DOMAIN "auth"."code" AS varchar(8)',
        'CREATE DOMAIN "auth"."kind" AS text',
    )


def test_a_domain_is_a_value() -> None:
    one, other = (domain("d", pg.text, check=lambda value: value > "a") for _ in range(2))
    assert one == other
    assert schema(one) == schema(other)
    assert one != pg.text
    assert one != domain("e", pg.text)
    assert domain("d", pg.array(pg.text)) != pg.array(pg.text)
    assert repr(one) == '<type "d">'


def test_a_parameter_of_a_prepared_query_has_no_place_in_a_domain() -> None:
    @prepare
    def of(kind: Literal["a"], least: int) -> Any:
        found = domain("d", pg.bigint, check=lambda value: value > least)
        return select(User.id.cast(found))

    with pytest.raises(
        DefinitionError, match="its check 'd_check' holds a parameter of a prepared query: give a value"
    ):
        of("a", 5)


class Short(Shape):
    nickname: Col[str | None]


def test_a_view_needs_the_domain_that_it_casts_to() -> None:
    short = domain("short", pg.varchar(5))
    shorts = view("shorts", select(User.nickname.cast(short)).map(Short))
    made = schema(User, shorts, short)
    assert [str(each) for each in made.roots] == ["<domain short>", "<table users>", "<view shorts>"]
