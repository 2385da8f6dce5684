"""What an older server lacks: an error that names the feature and its version, before the server is asked."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from qb import (
    Col,
    DefinitionError,
    QueryError,
    Rows,
    Shape,
    Table,
    Target,
    column,
    compile,
    create_all,
    cte,
    fn,
    identity,
    index,
    schema,
    select,
    unique,
)
from qb.model.target import NEWEST, Feature, Requirements
from qb.typing import Schema


class Price(Table, name="prices of targets"):
    cents: Col[int | None] = column(index=True)
    gross: Col[int | None] = column(generated=cents * 2, stored=False)


class Numbered(Table, name="numbered"):
    id: Col[int] = column(primary_key=True, default=identity())


class Kept(Table, name="kept"):
    n: Col[int | None] = column()
    twice: Col[int | None] = column(generated=n * 2)


class Token(Table, name="tokens"):
    id: Col[UUID] = column(default=fn.gen_random_uuid())
    n: Col[int | None] = column()
    at: Col[dt.datetime] = column()


class Number(Shape):
    n: Col[int | None]


SCHEMAS: dict[str, tuple[Schema, str, int]] = {
    "computed when read": (
        schema(Price),
        "prices of targets.gross: a column that is computed when read (stored=False)",
        18,
    ),
    "identity": (schema(Numbered), "numbered.id: identity()", 10),
    "generated": (schema(Kept), "kept.twice: a generated column", 12),
    "a function": (schema(Token), "tokens.id: gen_random_uuid()", 13),
    "a unique constraint": (
        schema(Token, unique(Token.n, nulls_not_distinct=True)),
        "tokens.tokens_n_key: nulls_not_distinct",
        15,
    ),
    "a unique index": (
        schema(Token, index("i", Token.n, unique=True, nulls_not_distinct=True)),
        "tokens.i: nulls_not_distinct",
        15,
    ),
    "include": (schema(Numbered, index("i", Numbered.id, include=Numbered.id)), "numbered.i: include", 11),
}
kept = cte(select(Kept.n).map(Number), materialized=True)
QUERIES: dict[str, tuple[Rows[object], str, int]] = {
    "a function": (select(fn.gen_random_uuid()), "gen_random_uuid()", 13),
    "a cte": (select(kept), "cte(materialized=...)", 12),
    "extract": (select(fn.extract("year", Token.at)), "EXTRACT that gives a numeric", 14),
    "within another": (select(Token.n).where(Token.id == fn.gen_random_uuid()), "gen_random_uuid()", 13),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_definition_that_an_older_server_lacks(name: str) -> None:
    of, what, since = SCHEMAS[name]
    with pytest.raises(DefinitionError) as caught:
        create_all(of, target=Target(since - 1))
    assert str(caught.value) == (
        f"{what} came with PostgreSQL {since}, and this is for PostgreSQL {since - 1}: "
        "do without it, or write for a newer server"
    )
    assert create_all(of, target=Target(since)) == create_all(of)
    assert create_all(of).newest == Feature(what.partition(": ")[2], since)


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_that_an_older_server_lacks(name: str) -> None:
    query, what, since = QUERIES[name]
    with pytest.raises(QueryError) as caught:
        compile(query, target=Target(since - 1))
    assert str(caught.value).startswith(f"{what} came with PostgreSQL {since}, and this is for PostgreSQL {since - 1}:")
    assert compile(query, target=Target(since)).sql == compile(query).sql
    assert compile(query).newest == Feature(what, since)


def test_what_needs_nothing_new() -> None:
    plain = select(Token.n).where(Token.n == 1)
    assert compile(plain, target=Target(1)).newest is None
    assert Target() == Target(NEWEST)
    wrong: list[Any] = [0, 180_004, "16", 16.2, True, None]
    for version in wrong:
        with pytest.raises(QueryError, match="Target takes a major version such as 16, not"):
            Target(version)


def test_the_newest_of_all_is_kept() -> None:
    needs = Requirements(Target())
    for since in (12, 15, 11):
        needs.add(Feature(str(since), since))
    assert needs.newest == Feature("15", 15)


PROGRAM = """
import sys
from qb import Col, Failure, InvalidSql, Success, Table, column, connect, create_all, drop_all, schema, sql
from qb.run.server.embedded import embedded

class Price(Table, name="prices"):
    cents: Col[int] = column()
    gross: Col[int] = column(generated=cents * 2, stored=False)

class Plain(Table, name="plain"):
    n: Col[int | None] = column(index=True)

with embedded(sys.argv[1]) as server, connect(server.url) as db:
    assert db.scalar(sql("SHOW server_version_num").rows(str)).unwrap().startswith("16")
    match db.run(create_all(schema(Plain, Price))):
        case Failure(InvalidSql(message, sqlstate="0A000") as error):
            assert error.statement.startswith("CREATE TABLE"), error.statement
            print(message)
    assert db.scalar(sql("SELECT to_regclass('plain') IS NULL").rows(bool)) == Success(True)
    with db.transaction() as tx:
        with tx.transaction(rollback=True) as inner:
            assert isinstance(inner.run(create_all(schema(Price))).failure(), InvalidSql)
        assert tx.run(create_all(schema(Plain), if_not_exists=True)) == Success(3)  # nothing was sent before
    assert db.run(drop_all(schema(Plain))) == Success(1)
"""


@pytest.mark.slow
def test_a_plan_is_checked_against_the_server_it_runs_on(server_folder: Path) -> None:
    """On PostgreSQL 16, the other server in the embedded package."""
    of_16 = os.environ | {"PGSERVER_POSTGRES_VERSION": "16"}
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, str(server_folder / "postgres")]
    done = subprocess.run(command, check=False, env=of_16, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    assert done.stdout == (
        "a column that is computed when read (stored=False) came with PostgreSQL 18, and this is for PostgreSQL 16\n"
    )
