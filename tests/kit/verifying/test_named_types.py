"""Views of a pulled database, whose columns are of types of its own: known by their names alone."""

from __future__ import annotations

import enum
from pathlib import Path

import pytest

from qb import Col, Script, Shape, Tx, column, pg, schema, sql, trusted, unwrap, view
from qb.kit import introspect, verify
from qb.kit.pull import pull
from tests.kit.pull.again import imported

TYPES = """
CREATE SCHEMA "Up";
CREATE TYPE "UserRole" AS ENUM ('a', 'b');
CREATE TYPE low AS ENUM ('c');
CREATE TYPE "Up"."Kind of %" AS ENUM ('x');
CREATE TYPE "Pair" AS (a int, "B" text);
CREATE DOMAIN "Dozen" AS int;
CREATE DOMAIN "Chosen" AS "UserRole";
CREATE DOMAIN "Pairs" AS "Pair";
CREATE DOMAIN "Lists" AS int[];
CREATE TABLE users (
  id int PRIMARY KEY, "Role" "UserRole" NOT NULL, low low, kind "Up"."Kind of %", dozen "Dozen", chosen "Chosen",
  pair "Pair", pairs "Pairs", lists "Lists", roles "UserRole"[], lows low[], kinds "Up"."Kind of %"[], texts text[],
  dozens "Dozen"[], many "Pair"[]
);
CREATE VIEW v_users AS SELECT * FROM users;
"""


def test_a_view_of_types_of_ones_own(qb_tx: Tx, tmp_path: Path) -> None:
    unwrap(qb_tx.run(Script(TYPES)))
    found = pull(unwrap(introspect(qb_tx)), "named_types")
    with imported(dict(found.files), tmp_path, "named_types") as made:
        assert unwrap(verify(made, db=qb_tx)).problems == ()


class Kind(enum.Enum):
    X = "x"


class Said(Shape):
    kind: Col[Kind | None] = column(pg.enum("Kind of %", Kind, schema="Up"))
    kinds: Col[list[Kind] | None] = column(pg.array(pg.enum("Kind of %", Kind, schema="Up")))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT 1 AS kind, kinds FROM users", '"kind" is declared as "Up"."Kind of %", and the database has integer'),
        ("SELECT kind, texts AS kinds FROM users", None),  # whose texts are labels, or no row of it can be read
        ("SELECT kind, dozens AS kinds FROM users", '"Up"."Kind of %"[], and the database has "Dozen"[]'),
        ("SELECT kind, kind AS kinds FROM users", '"Up"."Kind of %"[], and the database has "Up"."Kind of %"'),
        ("SELECT kinds AS kind, kinds FROM users", '"Up"."Kind of %", and the database has "Up"."Kind of %"[]'),
    ],
)
def test_a_view_that_gives_another_type(qb_tx: Tx, query: str, told: str | None) -> None:
    unwrap(qb_tx.run(Script(TYPES)))
    unwrap(qb_tx.run(Script(trusted(f"CREATE VIEW said AS {query}"))))
    said = view("said", sql(trusted(query)).rows(Said))
    reasons = [each.reason for each in unwrap(verify(schema(said), db=qb_tx)).problems if "query of" in each.what]
    assert [each for each in reasons if told is None or told not in each] == []
    assert bool(reasons) == (told is not None)
