"""What a statement is called, and that none of its literals is left."""

from __future__ import annotations

import pytest

from qb.otel.summary import summary

CASES = {
    'SELECT "users"."id" FROM "users" WHERE "users"."id" = $1::bigint': "SELECT users",
    'SELECT 1 FROM "we""ird"."FROM here" AS x': 'SELECT we"ird.FROM here',
    'INSERT INTO "a" ("from") VALUES ($1::text)': "INSERT a",
    'UPDATE "a" SET "b" = $1::text WHERE true': "UPDATE a",
    'DELETE FROM ONLY "a"': "DELETE a",
    "select now()": "SELECT",
    '-- FROM x\n/* it\'s */ SELECT "c" FROM b': "SELECT b",
    "CREATE TABLE notes (text text)": "CREATE",
    "(SELECT 1)": "SELECT",
    "": "SQL",
    "SELECT 'FROM secrets' FROM real_table": "SELECT real_table",
    'SELECT "a"."x", (SELECT count(*) FROM "b" WHERE "b"."a" = "a"."x") FROM "app"."a"': "SELECT app.a",
    "SELECT extract(year FROM at), trim(both 'x' FROM note) FROM events": "SELECT events",
    "SELECT a IS DISTINCT FROM b, a is not distinct from 1 FROM t": "SELECT t",
    "SELECT x FROM (SELECT y FROM inner_table) AS q": "SELECT inner_table",
    'WITH "c" AS (SELECT 1 FROM "a") SELECT * FROM "c"': "WITH a",
    'WITH "c" AS (SELECT 1 FROM "a") SELECT * FROM "b", "c"': "WITH b",
    'WITH "c" AS (SELECT 1 FROM "a") INSERT INTO "s"."b" SELECT * FROM "c"': "WITH s.b",
    'WITH RECURSIVE "c" ("x") AS NOT MATERIALIZED (SELECT 1 FROM "a"), d AS (SELECT 1) SELECT * FROM d': "WITH a",
    "WITH AS (SELECT": "WITH",
    'INSERT INTO "a" SELECT * FROM "b"': "INSERT a",
    'UPDATE "a" SET "x" = (SELECT 1 FROM "b") FROM "c"': "UPDATE a",
    'DELETE FROM ONLY "s"."a" USING "b"': "DELETE s.a",
    "SELECT 1 FROM LATERAL f(1) AS x": "SELECT f",
    "(SELECT 1 FROM a) UNION (SELECT 2 FROM b)": "SELECT a",
    "SELECT 1 FROM": "SELECT",
    'SELECT 1 FROM "': "SELECT",
    "SELECT 1 FROM 'x'.y": "SELECT",
    "SELECT 1 FROM a.'x'": "SELECT a",
    'COPY "s"."a" ("x") FROM STDIN': "COPY s.a",
}


@pytest.mark.parametrize("sql", CASES)
def test_a_statement_is_called_by_its_first_word_and_table(sql: str) -> None:
    assert summary(sql).name == CASES[sql]


LITERALS = [
    "'hunter2'",
    "'it''s hunter2'",
    r"E'\'hunter2'",
    "e'a\\\\' || 'hunter2'",
    "U&'hunter2'",
    "$$hunter2$$",
    "$x$ $$ hunter2 $y$ $x$",
    "'\\' || 'hunter2'",
    "$é$hunter2$é$",
    "E'a'\n'\\'hunter2'",
    "'hunter2",
    "'multi\nhunter2\nline'",
    "/* hunter2 */ 1",
    "1 -- hunter2\n",
]


@pytest.mark.parametrize("literal", LITERALS)
def test_no_literal_and_no_comment_is_left(literal: str) -> None:
    found = summary(f"""ALTER ROLE "it's" PASSWORD {literal}, "after" = $1 """).text
    assert "hunter2" not in found
    assert found.startswith('ALTER ROLE "it\'s" PASSWORD ')
    assert found.endswith(', "after" = $1 ') or literal == "'hunter2"  # which does not end


@pytest.mark.parametrize("number", ["4242", "42.5e3", "0x42", "4_242", ".42", "42e-42"])
def test_no_number_is_left(number: str) -> None:
    found = summary(f"SELECT a2 FROM t42 WHERE $42 = {number}").text
    assert found.startswith("SELECT a2 FROM t42 WHERE $42 = ")
    assert "42" not in found.removeprefix("SELECT a2 FROM t42 WHERE $42 = ")
    assert found.endswith("?")


def test_a_nested_comment_is_one() -> None:
    assert summary("/* /* */ ' */ SELECT 'secret' , 'x'") == ("  SELECT ? , ?", "SELECT", "")
    assert summary("-- a\rSELECT 'secret'").text == " \rSELECT ?"
