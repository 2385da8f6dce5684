"""Which blocks read and write no rows: each that a plan writes, and none that may."""

from __future__ import annotations

import pytest

from qb import Database
from qb.kit.catalog import Catalog
from qb.kit.facts.role import RoleFact
from qb.kit.history.blocks_of_catalog import block_looks_at_catalog
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.roles import ROLE_RULE
from qb.kit.planning.ddl.sql_names import of_database
from qb.kit.planning.making import renamed_index
from qb.kit.planning.plan import plan
from qb.model.object import Identity
from qb.tree.lexemes import lexemes
from tests.kit.planning.test_plan import read

PARTS = """
CREATE TABLE p (id int NOT NULL, day int NOT NULL, a text) PARTITION BY RANGE (day);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE "p "" %2" PARTITION OF p FOR VALUES FROM (10) TO (20);
"""
VIEWS = """
CREATE TABLE t (a int, b int);
CREATE VIEW v AS SELECT {} FROM t;
COMMENT ON VIEW v IS 'update it';
CREATE FUNCTION f(x {}) RETURNS int RETURN 1;
"""


def looks(text: str) -> bool:
    return block_looks_at_catalog([each for each in lexemes(text) if each.said])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PARTS, PARTS + "CREATE INDEX i ON p (a, day);"),
        (PARTS, PARTS + "ALTER TABLE p ADD CONSTRAINT k UNIQUE (day, id); COMMENT ON CONSTRAINT k ON p IS 'by day';"),
        (PARTS, PARTS + 'ALTER TABLE p ADD CONSTRAINT "it\'s 100 % """ UNIQUE (id, day);'),
        (VIEWS.format("a", "int"), VIEWS.format("b, a", "text")),
    ],
    ids=["index", "key", "hostile", "anew"],
)
def test_the_blocks_of_plans_look_at_the_catalog(bare: Database, before: str, after: str) -> None:
    made = plan(read(bare, before), read(bare, after), elsewhere=True)
    blocks = [each.sql for each in (*made.up, *made.down) if each.sql.startswith("DO ")]
    assert blocks, made.up
    assert all(map(looks, blocks)), [each for each in blocks if not looks(each)]


def test_so_do_those_of_roles_databases_and_names() -> None:
    role, parts = Identity("role", "", "", "it's"), CatalogParts(Catalog({}, {}))
    fact = RoleFact(
        comment=None,
        extension=None,
        superuser=False,
        inherit=True,
        createrole=False,
        createdb=False,
        login=True,
        replication=False,
        bypassrls=False,
        connection_limit=-1,
        valid_until="2030-01-01 00:00:00+00",
        settings=(),
    )
    said = [
        *ROLE_RULE.create(role, fact, parts),
        *ROLE_RULE.drop(role, fact, parts),
        of_database("COMMENT ON DATABASE %I IS %L", "'a; b'"),
        renamed_index(Identity("index", "app", "p1", 'i "x'), "app.i"),
    ]
    assert [each for each in said if each.startswith("DO ") and not looks(each)] == []


@pytest.mark.parametrize(
    "body",
    [
        "BEGIN UPDATE notes SET n = 1; END",
        "BEGIN EXECUTE 'DELETE FROM notes'; END",
        "BEGIN EXECUTE 'ALTER TABLE notes ADD a int; DELETE FROM notes'; END",
        "DECLARE x text := 'DELETE FROM notes'; BEGIN EXECUTE 'COMMENT ON TABLE a IS NULL' || x; END",
        "DECLARE x text; BEGIN EXECUTE x; END",
        "BEGIN EXECUTE (SELECT text FROM notes); END",
        "DECLARE x text; BEGIN SELECT c.relname INTO x FROM pg_catalog.pg_class c, notes n; END",
        "DECLARE x text; BEGIN SELECT c.relname INTO x FROM (notes n CROSS JOIN pg_catalog.pg_class c); END",
        "BEGIN PERFORM pg_catalog.set_config('search_path', 'x', false); END",
        "BEGIN PERFORM fill(); END",
        "BEGIN EXECUTE pg_catalog.current_setting('app.text'); END",
        "BEGIN EXECUTE 'CREATE TABLE x AS ' || 'TABLE notes' || pg_catalog.current_setting('app.text'); END",
        "BEGIN EXECUTE pg_catalog.format('COMMENT ON TABLE a IS NULL%s', '; DELETE FROM notes'); END",
        "BEGIN EXECUTE pg_catalog.format('COMMENT ON TABLE a IS NULL%1$s', '; DELETE FROM notes'); END",
        "BEGIN EXECUTE E'DELETE FROM notes'; END",
        "BEGIN INSERT INTO notes SELECT oid FROM pg_catalog.pg_class; END",
    ],
)
def test_what_may_touch_rows_does_not(body: str) -> None:
    assert not looks(f"DO $x${body}$x$")


def test_nothing_is_told_of_another_language() -> None:
    assert not looks("DO LANGUAGE plpython3u $$ plpy.execute('x') $$")
    assert not looks("DO E'BEGIN END'")
