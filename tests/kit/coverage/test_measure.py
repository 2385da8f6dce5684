"""What descriptors hold: each rule by an object that it is about, and the sums."""

from __future__ import annotations

import msgspec
import pytest

from qb import Col, Success, Table, Tx, column, create_all, function, pg, schema, sql
from qb.kit import introspect
from qb.kit.coverage.held import How
from qb.kit.coverage.measure import Coverage, Rest, measure
from tests.kit.everything import EVERYTHING, make


def measured(tx: Tx, statements: str) -> Coverage:
    make(tx, statements)
    return measure(introspect(tx).unwrap())


def rest_of(coverage: Coverage) -> set[tuple[str, str, How]]:
    return {(each.kind, each.what, each.held) for each in coverage.rest}


def test_what_descriptors_say_whole_is_typed(qb_tx: Tx) -> None:
    found = measured(
        qb_tx,
        "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
        " name varchar(20) NOT NULL DEFAULT 'x', mood mood[], at timestamptz DEFAULT now(),"
        " n numeric(5, 2) CHECK (n > 0));"
        "CREATE INDEX ON t (lower(name)) WHERE id > 5; CREATE VIEW v AS SELECT id, upper(name) AS up FROM t",
    )
    assert found.rest == ()
    assert (found.tables.total, found.tables.typed) == (1, 1)
    assert found.objects.total == found.objects.typed


RESTS: list[tuple[str, tuple[str, str, How]]] = [
    ("CREATE TABLE t (x name)", ("column", "a type", "raw")),
    ("CREATE TABLE t (x bool DEFAULT ('a'::text ~>~ 'b'))", ("column", "a default", "raw")),
    ("CREATE TABLE t (x interval DEFAULT now()::text::interval day to second(3))", ("column", "a default", "raw")),
    ("CREATE TABLE t (x jsonb DEFAULT JSON_OBJECT('a': 1)::jsonb)", ("column", "a default", "raw")),
    ("CREATE TABLE t (x jsonb CHECK (x ?| ARRAY['a']))", ("check", "a check", "raw")),
    ("CREATE VIEW v AS SELECT bit_and(x) AS n FROM generate_series(1, 3) x", ("view", "a view", "raw")),
    (
        "CREATE AGGREGATE s(int) (sfunc = int4pl, stype = int);CREATE VIEW v AS SELECT s(x) FROM unnest('{}'::int[]) x",
        ("view", "a view", "raw"),
    ),
    (
        """CREATE AGGREGATE "odd (name)"(int) (sfunc = int4pl, stype = int);
        CREATE VIEW v AS SELECT "odd (name)"(x) FROM unnest('{}'::int[]) x""",
        ("view", "a view", "raw"),
    ),
    ("CREATE TABLE t (x box); CREATE INDEX ON t ((x <<| x))", ("index", "an index", "raw")),
    ("CREATE TABLE t (x text); ALTER TABLE t ALTER x SET (n_distinct = 3)", ("column", "options", "raw")),
    ("CREATE FUNCTION f() RETURNS int RETURN 1", ("function", "a body that is parsed when it is created", "raw")),
    (
        "CREATE FUNCTION f(OUT n int, m int) LANGUAGE sql AS 'SELECT 1'",
        ("function", "arguments that are given back", "raw"),
    ),
    ("CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'", ("function", "arguments without names", "raw")),
    ("CREATE FUNCTION f(n name) RETURNS int LANGUAGE sql AS 'SELECT 1'", ("function", "its types", "raw")),
    (
        "CREATE TYPE p AS (x int); CREATE FUNCTION f() RETURNS SETOF p LANGUAGE sql AS 'SELECT 1'",
        ("function", "rows of one value", "raw"),
    ),
    ("CREATE TYPE p AS (x name)", ("attribute", "a type", "raw")),
    ("CREATE TYPE p AS (x int); CREATE TABLE t OF p", ("table", "a type that it is of", "no")),
    ("CREATE TYPE p AS (x int); COMMENT ON COLUMN p.x IS 'x'", ("attribute", "a comment", "raw")),
    ("CREATE FOREIGN DATA WRAPPER w", ("foreign-data wrapper", "a foreign-data wrapper", "raw")),
    (
        "CREATE FOREIGN DATA WRAPPER w OPTIONS (secret 'x')",
        ("foreign-data wrapper", "a foreign-data wrapper", "no"),
    ),
]


@pytest.mark.parametrize(("statements", "rest"), RESTS, ids=[each[0] for each in RESTS])
def test_what_is_not_typed_is_listed(qb_tx: Tx, statements: str, rest: tuple[str, str, How]) -> None:
    found = measured(qb_tx, statements)
    assert rest in rest_of(found)
    if found.tables.total:
        assert (found.tables.raw, found.tables.no) == ((1, 0) if rest[2] == "raw" else (0, 1))


octets = function("octet_length", pg.text, returns=int, type=pg.integer, volatility="immutable")


class Said(Table, name="said of coverage"):
    id: Col[int] = column(primary_key=True)
    left: Col[str] = column(default=function("left", pg.text, pg.integer, returns=str)("abc", 2))
    wide: Col[str] = column(
        pg.varchar(20),
        default=function("lpad", pg.text, pg.integer, pg.text, returns=str)("a", 3, "b"),
        check=lambda wide: (
            function("octet_length", pg.text, returns=int, type=pg.integer, volatility="immutable")(wide) < 9
        ),
    )


def test_a_function_that_qb_has_none_for_is_named_with_its_types(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Said))).unwrap()
    by_hand = measured(
        qb_tx,
        "CREATE TABLE t (id bigint PRIMARY KEY, \"left\" text NOT NULL DEFAULT left('abc', 2),"
        " wide varchar(20) NOT NULL DEFAULT lpad('a', 3, 'b') CHECK (octet_length(wide) < 9),"
        " more varchar(3) DEFAULT 'x'::text::varchar(2))",
    )
    assert by_hand.rest == ()
    both = sql(
        """SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = '"said of coverage"'::regclass
        INTERSECT ALL SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 't'::regclass ORDER BY 1"""
    ).rows(str)
    assert qb_tx.all(both) == Success(["\"left\"('abc'::text, 2)", "lpad('a'::text, 3, 'b'::text)"])


def test_each_kind_is_counted(qb_tx: Tx) -> None:
    found = measured(qb_tx, EVERYTHING)
    for share in (found.tables, found.objects, found.properties, *found.kinds.values()):
        assert share.total == share.typed + share.raw + share.no
    assert found.objects.total == sum(share.total for share in found.kinds.values())
    assert {"database", "not null"} & set(found.kinds) == set()
    assert found.tables.total == 8


def test_roles_are_counted_where_that_is_said(qb_tx: Tx) -> None:
    make(qb_tx, EVERYTHING)
    catalog = introspect(qb_tx).unwrap()
    assert "role" not in measure(catalog).kinds
    assert measure(catalog, roles=True).kinds["membership"].total == 1


def test_what_an_extension_brought_is_its_own(qb_tx: Tx) -> None:
    found = measured(qb_tx, "CREATE EXTENSION vector; CREATE TABLE t (v vector(3))")
    assert found.rest == ()
    assert found.extensions > 100
    assert found.objects.total < 6


def test_what_comes_with_another_object_is_not_counted(qb_tx: Tx) -> None:
    found = measured(
        qb_tx,
        "CREATE TABLE t (id serial PRIMARY KEY, n int CHECK (n > 0)) PARTITION BY HASH (id);"
        "CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
    )
    assert {kind: share.total for kind, share in found.kinds.items()} == {
        "check": 1,
        "column": 2,
        "extension": 1,
        "primary key": 1,
        "table": 2,
    }


def test_it_is_json(qb_tx: Tx) -> None:
    found = measured(qb_tx, EVERYTHING)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Coverage) == found
    assert all(isinstance(each, Rest) for each in found.rest)
