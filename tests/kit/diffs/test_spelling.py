"""What is said in two ways is no difference; what only looks alike is one."""

from __future__ import annotations

import pytest

from qb import Tx
from qb.kit import Catalog, Diff, diff, introspect
from qb.kit.planning.fingerprint import fingerprint
from tests.kit.everything import make

ALIKE = {
    "options of an index in another order": (
        "CREATE TABLE t (a int); CREATE INDEX i ON t (a) WITH (fillfactor=80, deduplicate_items=off) WHERE a > 1",
        "CREATE TABLE t (a int); CREATE INDEX i ON t (a) WITH (deduplicate_items=off, fillfactor=80) WHERE a > 1",
    ),
    "a switch of an index": (
        "CREATE TABLE t (a int[]); CREATE INDEX i ON t USING gin (a) WITH (fastupdate=NO)",
        "CREATE TABLE t (a int[]); CREATE INDEX i ON t USING gin (a) WITH (fastupdate=off)",
    ),
    "a key's": (
        "CREATE TABLE t (a int PRIMARY KEY WITH (fillfactor=70, deduplicate_items=f))",
        "CREATE TABLE t (a int PRIMARY KEY WITH (deduplicate_items=0, fillfactor=70))",
    ),
    "a view's": (
        "CREATE VIEW v WITH (security_invoker=on, security_barrier) AS SELECT 1 AS a",
        "CREATE VIEW v WITH (security_barrier=TRUE, security_invoker=yes) AS SELECT 1 AS a",
    ),
    "a constant of another type": (
        "CREATE TABLE t (a numeric CHECK (a > 0))",
        "CREATE TABLE t (a numeric CONSTRAINT t_a_check CHECK (a > '0'::numeric))",
    ),
    "a default": (
        "CREATE TABLE t (a numeric DEFAULT 0, b numeric(4,2) DEFAULT 1.50)",
        "CREATE TABLE t (a numeric DEFAULT '0'::numeric, b numeric(4,2) DEFAULT '1.5'::numeric)",
    ),
    "conditions in a bracket": (
        "CREATE TABLE t (a int, b int CONSTRAINT c CHECK ((a BETWEEN 1 AND 5) AND b > 1))",
        "CREATE TABLE t (a int, b int CONSTRAINT c CHECK (a >= 1 AND a <= 5 AND b > 1))",
    ),
    "conditions of a publication": (
        "CREATE TABLE t (a numeric PRIMARY KEY); CREATE PUBLICATION p FOR TABLE t WHERE (a > 0)",
        "CREATE TABLE t (a numeric PRIMARY KEY); CREATE PUBLICATION p FOR TABLE t WHERE (a > '0'::numeric)",
    ),
    "a table's": (
        "CREATE TABLE t (a text) WITH (autovacuum_enabled=off, fillfactor=80, toast.autovacuum_enabled=no)",
        "CREATE TABLE t (a text) WITH (toast.autovacuum_enabled=false, fillfactor=80, autovacuum_enabled=false)",
    ),
}
OTHERWISE = {
    "a function's setting": (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET extra_float_digits = '1' AS 'SELECT 1'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET extra_float_digits = '1.0' AS 'SELECT 1'",
        "changed: function public.f() (settings)",
    ),
    "what an aggregate begins with": (
        "CREATE AGGREGATE a(numeric) (sfunc = numeric_add, stype = numeric, initcond = '0')",
        "CREATE AGGREGATE a(numeric) (sfunc = numeric_add, stype = numeric, initcond = '0.0')",
        "changed: aggregate public.a(numeric) (parts)",
    ),
    "a number that is no switch": (
        "CREATE TABLE t (a text) WITH (parallel_workers=1)",
        "CREATE TABLE t (a text) WITH (parallel_workers=0)",
        "changed: table public.t (options)",
    ),
    "a switch": (
        "CREATE VIEW v WITH (security_invoker=on) AS SELECT 1 AS a",
        "CREATE VIEW v WITH (security_invoker=off) AS SELECT 1 AS a",
        "changed: view public.v (options)",
    ),
    "a column that is called as a word of SQL": (
        'CREATE TABLE t ("CURRENT_USER" name); CREATE VIEW v AS SELECT ARRAY["CURRENT_USER"] AS a FROM t',
        'CREATE TABLE t ("CURRENT_USER" name); CREATE VIEW v AS SELECT ARRAY[CURRENT_USER] AS a FROM t',
        "changed: view public.v (definition)",
    ),
    "a column that is called as a truth": (
        'CREATE TABLE t ("true" bool); CREATE VIEW v AS SELECT ARRAY["true"] AS a FROM t',
        'CREATE TABLE t ("true" bool); CREATE VIEW v AS SELECT ARRAY[true] AS a FROM t',
        "changed: view public.v (definition)",
    ),
}


def between(tx: Tx, before: str, after: str) -> tuple[Diff, bool]:
    """What differs, and whether the fingerprints do."""
    found: list[Catalog] = []
    for each in (before, after):
        with tx.transaction(rollback=True) as inner:
            make(inner, each)
            found.append(introspect(inner).unwrap())
    one, other = found
    return diff(one, other), fingerprint(one) != fingerprint(other)


@pytest.mark.parametrize("name", ALIKE)
def test_alike(qb_tx: Tx, name: str) -> None:
    found, otherwise = between(qb_tx, *ALIKE[name])
    assert (found.changes, otherwise) == ((), False)


@pytest.mark.parametrize("name", OTHERWISE)
def test_otherwise(qb_tx: Tx, name: str) -> None:
    before, after, told = OTHERWISE[name]
    found, otherwise = between(qb_tx, before, after)
    assert (*map(str, found.changes), otherwise) == (told, True)
