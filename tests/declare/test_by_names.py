"""Functions of SQL text: their columns are taken by name, whatever the order in which the text has them."""

from __future__ import annotations

from typing import Any

import pytest

from qb import Arg, Col, Shape, Success, Table, Tx, column, create_all, function, schema, select, sql, trusted
from qb.declare.by_names import by_names
from qb.typing import Sql

HOSTILE = 'a"b'


class Item(Table, name="items by names"):
    title: Col[str] = column(primary_key=True)
    owner: Col[str]


class Owned(Shape):
    owner: Col[str]
    title: Col[str] = column(name=HOSTILE)


def listed(text: str, **options: Any) -> Any:
    """The function whose body is a text."""

    def listed(mark: Arg[str]) -> Sql:
        given = {name: value for name, value in (("t", Item), ("m", mark)) if f"{{{name}}}" in text}
        return sql(trusted(text), **given)

    untyped: Any = function
    return untyped(rows=Owned, language="sql", **options)(listed)


SWAPPED = """ 'Plan' || {m} AS "a""b", 'Ada'::text AS owner"""
TEXTS = {
    "a query": f"SELECT {SWAPPED}",
    "with a semicolon": f"SELECT {SWAPPED} ;\n",
    "with a comment": f"/* ; */ SELECT {SWAPPED} -- ;",
    "in parentheses": f"(SELECT {SWAPPED})",
    "a query with": f"WITH x AS (SELECT {SWAPPED}) SELECT * FROM x",
    "locked": """SELECT title || {m} AS "a""b", owner FROM {t} FOR UPDATE""",
    "a write": """INSERT INTO {t} (title, owner) VALUES ('x', 'y')
        RETURNING 'Plan' || {m} AS "a""b", 'Ada'::text AS owner""",
    "a change": """UPDATE {t} SET owner = 'z' RETURNING title || {m} AS "a""b", 'Ada'::text AS owner""",
    "words in texts": f"SELECT {SWAPPED} WHERE 'a; delete' <> $$insert;$$",
}


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("out", [False, True])
def test_columns_are_taken_by_name(qb_tx: Tx, kind: str, out: bool) -> None:
    made = listed(TEXTS[kind], out=out)
    qb_tx.run(create_all(schema(Item, made))).unwrap()
    qb_tx.execute(sql("INSERT INTO {t} VALUES ('Plan', 'Ada')", t=Item).command()).unwrap()
    assert qb_tx.one(select(made("!"))) == Success(Owned(owner="Ada", title="Plan!"))


def test_a_column_that_is_not_there_is_told_by_the_server(qb_tx: Tx) -> None:
    error = qb_tx.run(create_all(schema(Item, listed("SELECT 'a'::text AS owner, 'b'::text AS other")))).failure()
    assert "column" in str(error)
    assert HOSTILE in str(error)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1; SELECT 2 AS a, 3 AS b",
        "SELECT 1 AS a, 2 AS b; -- the end",
        "WITH x AS (DELETE FROM t RETURNING a, b) SELECT a, b FROM x",
        "",
        "CALL f()",
    ],
)
def test_what_no_query_may_be_around_is_left_as_it_is(text: str) -> None:
    assert by_names((text,), ("a", "b")) == (text,)
    assert by_names(("SELECT 1 AS x",), ("a",)) == ("SELECT 1 AS x",)
