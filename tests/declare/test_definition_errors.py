"""Every mistake in a description is a DefinitionError that names table and column, and says what to write."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, cast

import pytest

from qb import (
    Col,
    DefinitionError,
    Expr,
    Shape,
    Table,
    alias,
    check,
    column,
    exclude,
    fn,
    foreign_key,
    identity,
    index,
    pg,
    primary_key,
    references,
    schema,
    select,
    set_null,
    unique,
)
from qb.typing import Column
from tests.declare.definitions import Post, User


def refused(text: str, define: Callable[[], object]) -> None:
    with pytest.raises(DefinitionError, match=f"^{re.escape(text)}"):
        define()


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "the table of class Named has an empty name: give it one"),
        (
            "é" * 32,
            f"the table of class Named is called '{'é' * 32}', which is 64 bytes long: PostgreSQL would cut it at 63",
        ),
        ("a\0b", r"the table of class Named has a NUL character in its name 'a\x00b'"),
    ],
)
def test_names_of_tables(name: str, text: str) -> None:
    def define() -> object:
        class Named(Table, name=name):
            id: Col[int] = column()

        return Named

    refused(text, define)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "the column users.x has an empty name: give it one"),
        ("y" * 64, f"the column users.x is called '{'y' * 64}', which is 64 bytes long: PostgreSQL would cut it at 63"),
        ("id", "users: id and x are both the column 'id': rename one"),
        ("ctid", "users.x: every table has a system column 'ctid': choose another name"),
    ],
)
def test_names_of_columns(name: str, text: str) -> None:
    def define() -> object:
        class Named(Table, name="users"):
            id: Col[int] = column(primary_key=True)
            x: Col[int] = column(name=name)

        return Named

    refused(text, define)


def test_a_name_of_63_bytes_is_kept() -> None:
    class Named(Table, name="t" * 63):
        x: Col[int] = column(name="c" * 63, index=True, unique=True)

    found = schema(Named).tables[0]
    for name in (found.indexes[0].name, found.uniques[0].name or ""):
        assert len(name) == 63
    assert found.indexes[0].name.endswith("_idx")
    assert found.uniques[0].name != found.indexes[0].name


def test_the_schema_of_a_table() -> None:
    def define() -> object:
        class Named(Table, name="users", schema="s" * 64):
            id: Col[int] = column()

        return Named

    refused("the schema of table users is called", define)


def test_a_class_keyword() -> None:
    def define() -> object:
        class Named(Table, nome="users"):  # pyright: ignore[reportCallIssue,reportGeneralTypeIssues]
            id: Col[int] = column()

        return Named

    refused("class Named takes name=, schema=, external=, rls=, inherits=", define)


# ---------------------------------------------------------------- columns


def test_a_type_that_contradicts_its_annotation() -> None:
    def define() -> object:
        class Wrong(Table, name="wrong"):
            size: Col[int] = column(cast("Any", pg.text))

        return Wrong

    refused("wrong.size: text holds str, the annotation says int: change the annotation or the type", define)


def test_an_array_that_contradicts_its_annotation() -> None:
    def define() -> object:
        class Wrong(Table, name="wrong"):
            sizes: Col[list[str]] = column(cast("Any", pg.array(pg.integer)))

        return Wrong

    refused("wrong.sizes: integer holds int, the annotation says str", define)


@pytest.mark.parametrize(
    ("annotation", "said"),
    [
        (Column[str], "Column[str] is what A.a is to a query; in the class body write a: Col[str]"),
        (
            Column[str | None],
            "Column[str | None] is what A.a is to a query; in the class body write a: Col[str | None]",
        ),
        (Column[int] | None, "Column[int] is what A.a is to a query"),
        (Expr[int], "Expr[int] is what A.a is to a query; in the class body write a: Col[int]"),
        (Column, "Column[...] is what A.a is to a query; in the class body write a: Col[...]"),
    ],
)
@pytest.mark.parametrize("base", [Table, Shape])
def test_a_column_of_columns(annotation: Any, said: str, base: Any) -> None:
    def define() -> object:
        return type(base)("A", (base,), {"__annotations__": {"a": annotation}, "__module__": __name__})

    with pytest.raises(DefinitionError, match=f"^A.a: {re.escape(said)}"):
        define()


def test_no_type() -> None:
    refused("column takes a type such as pg.text first, not <class 'int'>", lambda: column(cast("Any", int)))


def test_an_option_that_does_not_exist() -> None:
    refused(
        "column has no option nullable: it has check, checked, comment, compression, default,",
        lambda: cast("Any", column)(nullable=True),
    )


def test_generated_and_a_default() -> None:
    refused(
        "a column is either generated or has a default: drop one of them",
        lambda: cast("Any", column)(generated=identity(), default=1),
    )


loose: Any = column  # a checker would refuse most of these


def beyond(_: object) -> object:
    return User.age > 1


def not_sql(_: object) -> object:
    return True


def aggregate(x: Expr[int]) -> object:
    return fn.sum(x) > 1


def query(x: Expr[int]) -> object:
    return x.in_(select(User.id))


def nul(x: Expr[str]) -> object:
    return x == "\0"


COLUMNS: list[tuple[str, Any, dict[str, Any]]] = [
    ("t.x: a primary key is never NULL: take None out of its annotation", int | None, {"primary_key": True}),
    ("t.x: its default is None and its annotation does not admit it: write Col[... | None]", int, {"default": None}),
    ("t.x: its default does not fit bigint: Expected `int`, got `str`", int, {"default": "1"}),
    ("t.x: its default does not fit boolean: Expected `bool`, got `str`", bool, {"default": "no"}),
    (
        "t.x: its default does not fit timestamptz: timestamptz takes a datetime with a time zone",
        dt.datetime,
        {"default": dt.datetime(2025, 1, 1)},  # noqa: DTZ001
    ),
    ("t.x: its default does not fit text: PostgreSQL text cannot hold NUL", str, {"default": "a\0b"}),
    ("t.x: its default does not fit text[]: Expected `str`, got `int` - at `$[0]`", list[str], {"default": [1]}),
    ("t.x: a default cannot use columns: write generated=", int, {"default": User.age}),
    ("t.x: identity() needs smallint, integer or bigint, not text", str, {"default": identity()}),
    ("t.x: identity() is never NULL: take None out of its annotation", int | None, {"default": identity()}),
    ("t.x: check uses a column of another table, which PostgreSQL forbids", int, {"check": User.age > 1}),
    ("t.x: check uses a column of another table, which PostgreSQL forbids", int, {"check": beyond}),
    ("t.x: generated uses a column of another table", int, {"generated": User.age + 1}),
    ("t.x: check takes an expression of the row's columns, not True", int, {"check": not_sql}),
    ("t.x: generated takes an expression of the row's columns, not 5", int, {"generated": 5}),
    ("t.x: check holds an aggregate or a window function", int, {"check": aggregate}),
    ("t.x: check holds a query, which PostgreSQL forbids there", int, {"check": query}),
    ("t.x: check holds a value that does not fit text: ", str, {"check": nul}),
    (
        "t.x: a column that is computed when read has no index",
        dt.datetime,
        {"generated": fn.now(), "stored": False, "index": True},
    ),
    ("t.x: PostgreSQL cannot hold the NUL character in its comment", int, {"comment": "\0"}),
]


@pytest.mark.parametrize(("text", "python", "options"), COLUMNS, ids=[text for text, _, _ in COLUMNS])
def test_columns(text: str, python: Any, options: dict[str, Any]) -> None:
    def define() -> object:
        class Described(Table, name="t"):
            x: Col[python] = loose(**options)  # pyright: ignore[reportInvalidTypeForm]

        return Described

    refused(text, define)


def test_generated_from_generated() -> None:
    def define() -> object:
        class Sizes(Table, name="sizes"):
            one: Col[int] = column()
            two: Col[int] = column(generated=one * 2)
            four: Col[int] = column(generated=two * 2)

        return Sizes

    refused("sizes.four: generated uses two, which is generated, too: repeat its expression", define)


def test_references_to_a_table_or_an_unknown_action() -> None:
    refused(
        "references takes a column such as User.id, not the table User", lambda: cast("Any", column)(references=User)
    )
    refused(
        "references: 'destroy' is no action: cascade, restrict, set null, set default or no action",
        lambda: references(User.id, on_delete=cast("Any", "destroy")),
    )


def test_references_to_what_is_no_column() -> None:
    class Comment(Table, name="comments"):
        id: Col[int] = column(primary_key=True)
        user_id: Col[int] = column(references=lambda: cast("Any", User))

    refused(
        "comments.user_id references <table users>: write a table's column such as User.id, or lambda: User.id",
        lambda: schema(User, Comment),
    )


def test_references_to_a_name_that_does_not_exist() -> None:
    class Comment(Table, name="comments"):
        id: Col[int] = column(primary_key=True)
        user_id: Col[int] = column(references=lambda: Nobody.id)  # type: ignore[name-defined]  # noqa: F821  # pyright: ignore[reportUndefinedVariable,reportUnknownLambdaType]

    refused("comments.user_id references Nobody, which does not exist: define or import it", lambda: schema(Comment))


# ---------------------------------------------------------------- constraints and indexes beside a table

BESIDE: list[tuple[str, Callable[[], object]]] = [
    ("unique names no column: name at least one", lambda: unique()),
    ("unique takes columns such as User.name, not <table users>", lambda: unique(cast("Any", User))),
    ("unique takes columns such as User.name, not <expr", lambda: unique(cast("Any", fn.lower(User.email)))),
    ("unique names users.email twice: drop one of them", lambda: unique(User.email, User.email)),
    (
        "unique uses users.email and posts.title, of two tables: use the columns of one",
        lambda: unique(User.email, Post.title),
    ),
    ("a unique constraint has an empty name: give it one", lambda: unique(User.email, name="")),
    ("primary_key names no column: name at least one", lambda: primary_key()),
    ("primary_key includes id, which is part of it already", lambda: primary_key(User.id, include=User.id)),
    ("unique includes columns of another table", lambda: unique(User.id, include=(Post.title,))),
    (
        "unique: initially='immediate' is about what is deferrable: add deferrable=True",
        lambda: unique(User.id, initially="immediate"),
    ),
    ("references: initially is 'deferred' or", lambda: references(User.id, initially=cast("Any", "later"))),
    (
        "foreign_key: set null(<column posts.title>) is none",
        lambda: foreign_key(Post.author_id, User.id, on_delete=set_null(Post.title)),
    ),
    (
        "foreign_key: match is 'simple' or 'full', not 'partial'",
        lambda: foreign_key(Post.author_id, User.id, match=cast("Any", "partial")),
    ),
    ("set null names no column: name at least one", lambda: set_null()),
    ("the exclusion 'e' names no column", lambda: exclude("e")),
    ("the exclusion 'e' takes pairs such as (Booking.room", lambda: exclude("e", cast("Any", User.id))),
    ("the exclusion 'e': '=) WITH' is no operator", lambda: exclude("e", (User.id, "=) WITH"))),
    ("the exclusion 'e' uses users.age and posts.id", lambda: exclude("e", (User.age, "="), (Post.id, "="))),
    ("a check is called 'xxxx", lambda: check("x" * 64, User.age > 1)),
    ("the check 'c' uses users.age and posts.id, of two tables", lambda: check("c", User.age > Post.id)),
    (
        "the check 'c' uses no column, so it belongs to no table",
        lambda: check("c", fn.now() > dt.datetime.max.replace(tzinfo=dt.UTC)),
    ),
    ("the check 'c' takes a condition such as Order.total > 0, not True", lambda: check("c", cast("Any", True))),
    ("the check 'c' holds a query, which PostgreSQL forbids there", lambda: check("c", User.id.in_(select(Post.id)))),
    (
        "the check 'c' uses u.age, a column of an alias: use the table's own column",
        lambda: check("c", alias(User, "u").age > 1),
    ),
    ("the index 'i' names no column: name at least one", lambda: index("i")),
    ("the index 'i' uses users.email and posts.title, of two tables", lambda: index("i", User.email, Post.title)),
    (
        "the index 'i' uses users.email and posts.title, of two tables",
        lambda: index("i", User.email, where=Post.title == "x"),
    ),
    (
        "the index 'i' uses users.email and posts.title, of two tables",
        lambda: index("i", User.email, include=Post.title),
    ),
    ("the index 'i' takes columns and expressions, not 'email'", lambda: index("i", cast("Any", "email"))),
    ("the index 'i' uses no column, so it belongs to no table", lambda: index("i", fn.now())),
    ("the index 'i': where takes a condition", lambda: index("i", User.age, where=cast("Any", True))),
    ("the index 'i' (in include) takes columns", lambda: index("i", User.age, include=cast("Any", "email"))),
    ("an index has an empty name: give it one", lambda: index("", User.email)),
    (
        "the index 'i': nulls_not_distinct is about unique indexes",
        lambda: index("i", User.age, nulls_not_distinct=True),
    ),
    ("the index 'i': only a btree has an order, not gin", lambda: index("i", User.age.desc(), method="gin")),
    ("the index 'i' has 1 keys and 2 operator classes", lambda: index("i", User.age, operator_class=["a", "b"])),
    (
        "foreign_key uses users.age and posts.id, of two tables",
        lambda: foreign_key((User.age, Post.id), (User.id, User.age)),
    ),
    (
        "the foreign key of posts.author_id has 1 columns and references 2",
        lambda: foreign_key(cast("Any", (Post.author_id,)), (User.id, User.age)),
    ),
    (
        "the foreign key 'f': 'destroy' is no action",
        lambda: foreign_key(Post.author_id, User.id, name="f", on_update=cast("Any", "destroy")),
    ),
]


@pytest.mark.parametrize(
    ("text", "define"), BESIDE, ids=[f"{number} {text}" for number, (text, _) in enumerate(BESIDE)]
)
def test_beside_a_table(text: str, define: Callable[[], object]) -> None:
    refused(text, define)


def test_inside_the_class() -> None:
    def define() -> object:
        class Wrong(Table, name="wrong"):
            a: Col[int] = column()
            b: Col[int] = column()
            both = unique(a, b)

        return Wrong

    refused("unique stands next to the table, not inside its class: write it after the class, with User.name", define)
