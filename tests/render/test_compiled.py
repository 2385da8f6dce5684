"""How a compiled query is printed: a line for each of its outer clauses, where rendering put them."""

from collections.abc import Callable
from typing import Any

import pytest

from qb import Col, Table, column, compile, cte, delete, identity, insert, insert_from, new, select, sql, update
from tests.render.test_queries import QUERIES


class Line(Table, name='FROM "here" WHERE it\'s'):
    id: Col[int] = column(primary_key=True)
    text: Col[str] = column(name="a ORDER BY b")


class Word(Table, name="words"):
    id: Col[int] = column(primary_key=True, default=identity())
    size: Col[int] = column(default=1)


RAW: list[Any] = [
    "SELECT 1 -- it's FROM here\n + 2 FROM pg_class WHERE true",
    "SELECT $$it's FROM here$$, $tag$ LIMIT $$ OFFSET $tag$",
    "SELECT 1 /* \" FROM ' WHERE ( */ FROM pg_class",
    "SELECT E'\\' FROM ' , ')' FROM pg_class WHERE true",
    'SELECT 1 AS " FROM',
    "SELECT (((' WHERE 1",
    " FROM ",
]


@pytest.mark.parametrize("text", RAW)
def test_raw_sql_is_printed_as_it_was_written(text: Any) -> None:
    assert str(compile(sql(text).rows(int))) == text


@pytest.mark.parametrize("text", RAW)
def test_raw_sql_within_a_query_is_not_broken(text: Any) -> None:
    query = select(sql(text).as_(int)).from_(Word).where(sql(text).as_(bool), Word.id == 1).limit(2)
    assert str(compile(query)) == (
        f'SELECT {text}\nFROM "words"\nWHERE ({text}) AND ("words"."id" = $1::bigint)\nLIMIT $2::bigint'
    )


def test_names_are_not_broken() -> None:
    assert str(compile(select(Line.text).order_by(Line.text))) == (
        'SELECT "FROM ""here"" WHERE it\'s"."a ORDER BY b"\n'
        'FROM "FROM ""here"" WHERE it\'s"\n'
        'ORDER BY "FROM ""here"" WHERE it\'s"."a ORDER BY b"'
    )


named = cte(select(Word).where(Word.size > 1), name="named")
WITH = 'WITH "named" ("id", "size") AS (SELECT "words"."id", "words"."size" FROM "words" WHERE "words"."size" > '
LAID_OUT: list[tuple[Callable[[], Any], list[str]]] = [
    (
        lambda: (
            select(Word.id).order_by(Word.id).offset(3).limit(4, with_ties=True).for_("update").for_("share", of=Word)
        ),
        [
            *('SELECT "words"."id"', 'FROM "words"', 'ORDER BY "words"."id"', "OFFSET $1::bigint"),
            *("FETCH FIRST ($2::bigint) ROWS WITH TIES", "FOR UPDATE", 'FOR SHARE OF "words"'),
        ],
    ),
    (
        lambda: select(Word.id).where(Word.size.is_distinct_from(1)).distinct().union_all(select(Word.id)).limit(2),
        [
            '(SELECT DISTINCT "words"."id" FROM "words" WHERE "words"."size" IS DISTINCT FROM $1::bigint)',
            *('UNION ALL (SELECT "words"."id" FROM "words")', "LIMIT $2::bigint"),
        ],
    ),
    (
        lambda: delete(Word).using(named).where(Word.id == named.id).returning(Word.id),
        [
            *(f"{WITH}$1::bigint)", 'DELETE FROM "words"', 'USING "named"', 'WHERE "words"."id" = "named"."id"'),
            'RETURNING "words"."id"',
        ],
    ),
    (
        lambda: update(Word).set(Word.size.to(named.size)).from_(named).where(Word.id == named.id),
        [
            *(f"{WITH}$1::bigint)", 'UPDATE "words"', 'SET "size"="named"."size"', 'FROM "named"'),
            'WHERE "words"."id" = "named"."id"',
        ],
    ),
    (
        lambda: insert(new(Word)()).on_conflict(nothing=True),
        ['INSERT INTO "words"', "DEFAULT VALUES", "ON CONFLICT DO NOTHING"],
    ),
    (
        lambda: insert_from(Word, select(named.id), Word.id).overriding_system_value(),
        [
            *(f"{WITH}$1::bigint)", 'INSERT INTO "words" ("id") OVERRIDING SYSTEM VALUE', 'SELECT "named"."id"'),
            'FROM "named"',
        ],
    ),
]


@pytest.mark.parametrize(("build", "lines"), LAID_OUT)
def test_every_outer_clause_has_a_line(build: Callable[[], Any], lines: list[str]) -> None:
    assert str(compile(build())).splitlines() == lines


@pytest.mark.parametrize("name", QUERIES)
def test_what_is_printed_is_the_sql_but_for_its_lines(name: str) -> None:
    compiled = compile(QUERIES[name]())
    printed = str(compiled)
    assert printed.replace("\n", " ").encode() == compiled.sql
    assert printed.count("\n") == len(compiled.clauses)
    assert "\0" not in printed
