"""What is wrong with a schema as a whole: told by name when it is made."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, cast

import pytest

from qb import (
    Col,
    DefinitionError,
    DoubtfulSchema,
    Table,
    check,
    column,
    exclude,
    foreign_key,
    index,
    pg,
    primary_key,
    references,
    schema,
    unique,
)
from tests.declare.definitions import Post, User


def refused(text: str, define: Callable[[], object]) -> None:
    with pytest.raises(DefinitionError, match=f"^{re.escape(text)}"):
        define()


class Other(Table, name="posts"):
    id: Col[int] = column()


class Hidden(Table, name="hidden", schema="audit"):
    id: Col[int] = column(primary_key=True)
    label: Col[str] = column()


class Nulls(Table, name="nulls"):
    id: Col[int] = column(primary_key=True)
    user_id: Col[int] = column(references=references(User.id, on_delete="set null"))


class Defaults(Table, name="defaults"):
    id: Col[int] = column(primary_key=True)
    user_id: Col[int] = column(references=references(User.id, on_update="set default"))


class Keyed(Table, name="keyed"):
    id: Col[int] = column(primary_key=True)
    other: Col[int]


class Keyless(Table, name="keyless"):
    id: Col[int]
    other: Col[int | None]


class Points(Table, name="points"):
    keyless_id: Col[int] = column(references=lambda: Keyless.id)


class Kinds(Table, name="kinds"):
    id: Col[int] = column(primary_key=True)
    owner: Col[str] = column(references=cast("Any", User.id))


class KeptIn(Table, name="kept_in", rls=True):
    id: Col[int] = column(primary_key=True)


class OpenHeir(Table, name="heirs", inherits=KeptIn):
    id: Col[int] = column(primary_key=True)


class KeptHeir(Table, name="kept_heirs", inherits=KeptIn, rls=True):
    id: Col[int] = column(primary_key=True)


class Computed(Table, name="computed"):
    x: Col[int] = column(primary_key=True)
    double: Col[int] = column(generated=x * 2, stored=False)


SCHEMAS: list[tuple[str, Callable[[], object]]] = [
    (
        "schema takes modules, tables (classes with a name=), constraints and indexes, not 5",
        lambda: schema(cast("Any", 5)),
    ),
    (
        "schema takes modules, tables (classes with a name=), constraints and indexes, not <mixin",
        lambda: schema(cast("Any", Table)),
    ),
    (f"{Post.__module__}.Post and {__name__}.Other are both the table 'posts'", lambda: schema(Post, Other)),
    (
        "the index 'i' is on posts, which is not in the schema: add the table, or its module",
        lambda: schema(User, index("i", Post.id)),
    ),
    (
        "posts.author_id references users, which is not in the schema: add the table, or its module",
        lambda: schema(Post, foreign_key(Post.author_id, User.id)),
    ),
    ("a unique constraint is on posts, which is not in the schema", lambda: schema(User, unique(Post.id))),
    (
        (
            "posts.author_email references users.nickname, which is not unique: make it the primary key, "
            "or write unique(nickname) next to users"
        ),
        lambda: schema(User, Post, foreign_key(Post.author_email, User.nickname)),
    ),
    (
        "posts.author_id and author_email references users.id and nickname, which is not unique",
        lambda: schema(User, Post, foreign_key((Post.author_id, Post.author_email), (User.id, User.nickname))),
    ),
    (
        "posts.author_email references users.nickname, which is not unique",
        lambda: schema(
            User,
            Post,
            index("partial", User.nickname, unique=True, where=User.age > 18),
            foreign_key(Post.author_email, User.nickname),
        ),
    ),
    (
        "kinds.owner is text and references users.id, which is bigint: give both the same type",
        lambda: schema(User, Kinds),
    ),
    (
        "keyed has two primary keys, and there is one: say it in the columns, or by one primary_key(...)",
        lambda: schema(Keyed, primary_key(Keyed.id, Keyed.other)),
    ),
    (
        "keyless.other: a primary key is never NULL: take None out of its annotation",
        lambda: schema(Keyless, primary_key(Keyless.id, Keyless.other)),
    ),
    (
        "a primary key is on keyless, which is not in the schema: add the table, or its module",
        lambda: schema(Keyed, primary_key(Keyless.id)),
    ),
    (
        "points.keyless_id references keyless.id, whose key is deferrable, which no foreign key may point to",
        lambda: schema(Points, Keyless, primary_key(Keyless.id, deferrable=True)),
    ),
    (
        "the check 'excluded' of keyed and the exclusion keyed.excluded are both called 'excluded': give one of them",
        lambda: schema(Keyed, check("excluded", Keyed.id > 0), exclude("excluded", (Keyed.id, "="), method="btree")),
    ),
    (
        "the table keyed and the exclusion keyed.keyed are both called 'keyed': give it a name of its own",
        lambda: schema(Keyed, exclude("keyed", (Keyed.id, "="), method="btree")),
    ),
    (
        "the index of users (age) and the index of users (email) are both called 'i'",
        lambda: schema(User, index("i", User.age), index("i", User.email)),
    ),
    (
        "the table posts and the index of users (age) are both called 'posts'",
        lambda: schema(User, Post, index("posts", User.age)),
    ),
    (
        (
            "the unique constraint of users (email) and the unique constraint of users (email) "
            "are both called 'users_email_key': give it a name of its own, as in unique(..., name="
        ),
        lambda: schema(User, unique(User.email)),
    ),
    (
        (
            "the unique constraint (email) of users and the check 'users_email_key' of users are both "
            "called 'users_email_key': give one of them another name"
        ),
        lambda: schema(User, check("users_email_key", User.age > 1)),
    ),
    (
        (
            "the foreign key (author_id) of posts and the foreign key (author_id) of posts "
            "are both called 'posts_author_id_fkey': give one of them another name"
        ),
        lambda: schema(User, Post, foreign_key(Post.author_id, User.id), foreign_key(Post.author_id, lambda: User.id)),
    ),
    ("an extension has an empty name", lambda: schema(User, extensions=[""])),
    ("extensions takes a list of names: write extensions=['vector']", lambda: schema(User, extensions="vector")),
    ("'i' is on computed.double, which is computed when read", lambda: schema(Computed, index("i", Computed.double))),
    ("'computed_x_double_key' is on computed.double", lambda: schema(Computed, unique(Computed.x, Computed.double))),
]


@pytest.mark.parametrize(
    ("text", "define"), SCHEMAS, ids=[f"{number} {text}" for number, (text, _) in enumerate(SCHEMAS)]
)
def test_schemas(text: str, define: Callable[[], object]) -> None:
    refused(text, define)


def test_names_of_indexes_are_per_postgresql_schema() -> None:
    found = schema(User, Hidden, index("i", User.age), index("i", Hidden.label))
    assert [table.indexes[0].name for table in found.tables] == ["i", "i"]


def test_enums() -> None:
    class One(Table, name="one"):
        id: Col[int] = column(primary_key=True)
        state: Col[Literal["a", "b"]] = column(pg.enum("state", Literal["a", "b"]))

    class Two(Table, name="two"):
        id: Col[int] = column(primary_key=True)
        states: Col[list[Literal["a", "c"]]] = column(pg.array(pg.enum("state", Literal["a", "c"])))

    class State(Table, name="state"):
        id: Col[int] = column(primary_key=True)

    refused(
        "the enum state is declared twice, as ('a', 'b') and as ('a', 'c'): make one pg.enum value",
        lambda: schema(One, Two),
    )
    refused(
        "the table state and the enum state are both called 'state': a table is a type as well",
        lambda: schema(One, State),
    )
    refused("the schema of the enum state has an empty name", lambda: pg.enum("state", Literal["a", "b"], schema=""))
    for label in ("a\0b", "x" * 64, "half \ud800"):
        refused(
            "enum state: a label is a string of at most 63 bytes without NUL",
            partial(pg.enum, "state", cast("Any", Literal)[label]),
        )
    assert cast("Any", pg.enum("state", Literal["", "c"])).labels == ("", "c")  # PostgreSQL has nothing against it


def test_keys_that_postgresql_merges() -> None:
    class Merged(Table, name="merged"):
        id: Col[int] = column(primary_key=True, unique=True)

    refused(
        "merged (id) is the primary key and the unique constraint 'merged_id_key', which PostgreSQL merges into one",
        lambda: schema(Merged),
    )

    class Twice(Table, name="twice"):
        a: Col[int] = column(unique=True)
        b: Col[int] = column()

    refused(
        "twice (a) is the unique constraint 'twice_a_key' and the unique constraint 'mine', which PostgreSQL merges",
        lambda: schema(Twice, unique(Twice.a, name="mine")),
    )
    other = (unique(Twice.a, Twice.b), unique(Twice.b, Twice.a), unique(Twice.a, name="n", nulls_not_distinct=True))
    assert len(schema(Twice, *other).tables[0].uniques) == 4


@pytest.mark.parametrize(
    ("said", "define"),
    [
        (
            'nulls.user_id: on_delete="set null" and user_id is never NULL: write Col[... | None], or another action',
            lambda: schema(User, Nulls),
        ),
        (
            'defaults.user_id: on_update="set default" and user_id has no default: give it one, or another action',
            lambda: schema(User, Defaults),
        ),
        (
            (
                "heirs inherits kept_in, which has row security, and has none: whoever reads it by its own name is "
                "held to no policy: write rls=True in its class statement"
            ),
            lambda: schema(KeptIn, OpenHeir, KeptHeir),
        ),
    ],
)
def test_what_real_databases_hold_is_doubted(said: str, define: Callable[[], object]) -> None:
    with pytest.warns(DoubtfulSchema, match=f"^{re.escape(said)}$") as told:
        define()
    assert told[0].filename == __file__
