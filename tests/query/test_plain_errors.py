"""What no checker looked at raises qb's own errors, and no bare TypeError, ValueError or UnicodeEncodeError."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from qb import (
    Col,
    DefinitionError,
    QueryError,
    Script,
    Shape,
    Table,
    column,
    compile,
    connect,
    insert,
    many,
    maybe,
    new,
    pg,
    select,
    sql,
)
from qb.typing import Insert

wrong = cast("Any", "80")


class Owner(Table, name="owners"):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column()


class Names(Shape):
    id: Col[int]
    names: Col[list[int]]


class Within(Shape):
    id: Col[int]
    rows: Col[list[Names]]


class Present(Shape):
    id: Col[int]
    owner: Col[Owner]


class Right(Shape):
    id: Col[int]
    names: Col[list[str]]
    rows: Col[list[Owner]]
    owner: Col[Owner | None]


def commented(comment: str) -> object:
    class Noted(Table, name="noted"):
        id: Col[int] = column(comment=comment)

    return Noted


def conflicting(constraint: str) -> object:
    return insert(new(Owner)(id=1, name="Ada")).on_conflict(constraint=constraint, nothing=True)


def partial_index(text: str) -> Insert[Any]:
    return insert(new(Owner)(id=1, name="Ada")).on_conflict(Owner.id, nothing=True, where=Owner.name == text)


DEFINED: dict[str, tuple[Callable[[], object], str]] = {
    "varchar": (lambda: pg.varchar(wrong), r"varchar\(80\): PostgreSQL allows 1 to 10,485,760 characters"),
    "char": (lambda: pg.char(True), "char"),
    "numeric": (lambda: pg.numeric(wrong), "precision is 1 to 1000"),
    "scale": (lambda: pg.numeric(10, wrong), "precision is 1 to 1000"),
    "timestamp": (lambda: pg.timestamp(wrong), "PostgreSQL keeps 0 to 6"),
    "vector": (lambda: pg.vector(wrong), "1 to 16,000 dimensions"),
    "an address": (lambda: connect("postgresql:///x?application_name=\ud800"), "half of a surrogate pair"),
    "a comment": (lambda: commented("half\ud800"), r"noted\.id: its comment holds half of a surrogate pair"),
}
BUILT: dict[str, tuple[Callable[[], object], str]] = {
    "raw SQL": (lambda: sql("SELECT '\ud800'"), "sql: the template holds half of a surrogate pair"),
    "a script cut short": (
        lambda: Script("SELECT 1\0", "SELECT 2"),
        "a script holds a NUL character, where PostgreSQL",
    ),
    "a script": (lambda: Script("SELECT 1", "SELECT '\ud800'"), "a script holds half of a surrogate pair"),
    "a constraint": (lambda: conflicting("half\ud800"), "on_conflict.*half of a surrogate pair"),
    "a long constraint": (lambda: conflicting("x" * 64), "on_conflict.*64 bytes long: PostgreSQL would cut it"),
    "no constraint": (lambda: conflicting(""), "on_conflict.* has an empty name"),
    "a constant": (lambda: compile(partial_index("half\ud800")), "text holds half of a surrogate pair"),
    "a brace": (lambda: sql("SELECT '{'"), "a brace of its own is written twice"),
    "a cast": (lambda: Owner.id.cast(cast("Any", "text")), r"cast takes a type such as pg\.text, not 'text'"),
    "elements": (
        lambda: select(Owner.id, many(select(Owner.name))).map(cast("Any", Names)),
        r"map\(Names\): list\[str\] is selected, and its field names is list\[int\]",
    ),
    "rows": (
        lambda: select(Owner.id, many(select(Owner))).map(cast("Any", Within)),
        r"map\(Within\): list\[.*Owner\] is selected, and its field rows is list\[.*Names\]",
    ),
    "an absent row": (
        lambda: select(Owner.id, maybe(Owner)).map(cast("Any", Present)),
        r"map\(Present\): a row may be absent, and its field owner is never None",
    ),
}


@pytest.mark.parametrize("mistake", DEFINED)
def test_a_definition_error(mistake: str) -> None:
    build, said = DEFINED[mistake]
    with pytest.raises(DefinitionError, match=said):
        build()


@pytest.mark.parametrize("mistake", BUILT)
def test_a_query_error(mistake: str) -> None:
    build, said = BUILT[mistake]
    with pytest.raises(QueryError, match=said):
        build()


def test_what_a_shape_holds_is_taken() -> None:
    rows = many(select(Owner))
    query = select(Owner.id, many(select(Owner.name)), rows, maybe(Owner)).map(Right)
    assert "json" in str(compile(query))
