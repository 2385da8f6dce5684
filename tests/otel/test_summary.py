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
