"""Expressions as typed ones: what is said how, and that the server writes each so again."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from qb import Database, Script, Tx, trusted
from qb.errors.outcome import Failure
from qb.kit import Catalog, introspect
from qb.kit.pull import Pulled, pull
from tests.kit.everything import make
from tests.kit.pull.again import pulled_again, unlike
from tests.kit.pull.random_expressions import TABLE, Expressions

NUMBER = "00000000-0000-0000-0000-000000000003"
SAID: dict[str, str | None] = {
    "i4 > 0": "Thing.i4 > 0",
    "i8 > 3000000000": "Thing.i8 > 3000000000",
    "i4 BETWEEN -1 AND 5 AND b": "Thing.i4.between(-1, 5) & Thing.b",
    "n >= 0 AND n < 1.5": "(Thing.n >= 0) & (Thing.n < Decimal('1.5'))",
    "n IN (1, 2.5)": "Thing.n.in_([Decimal('1'), Decimal('2.5')])",
    "f > 0.5": "Thing.f > 0.5",
    "s = 'it''s' OR NOT b": '(Thing.s == "it\'s") | ~Thing.b',
    "v <> ''": "Thing.v != ''",
    "v IN ('a', 'b')": "Thing.v.in_(['a', 'b'])",
    "v NOT LIKE 'a%' AND s ~~* '_'": "Thing.v.not_like('a%') & Thing.s.ilike('_')",
    "lower(btrim(v)) = 'x'": "fn.lower(fn.trim(Thing.v)) == 'x'",
    "v = lower(v)": "Thing.v == fn.lower(Thing.v)",
    "length(s || v) < 20": "fn.length(Thing.s + Thing.v) < 20",
    "coalesce(s2, '') <> 'a'": "fn.coalesce(Thing.s2, '') != 'a'",
    "coalesce(i8, 0) > id": None,
    "id < coalesce(i8, 0)": "Thing.id < fn.coalesce(Thing.i8, 0).as_(ThingId)",
    "st = 'it''s'": 'Thing.st == "it\'s"',
    "kind <> 'c d'": "Thing.kind != 'c d'",
    "kind <> 'zzz'": None,
    "(s2 IS NULL) <> (i2 IS NULL)": "Thing.s2.is_null() != Thing.i2.is_null()",
    "s2 IS NOT DISTINCT FROM 'a'": "~Thing.s2.is_distinct_from('a')",
    "at2 >= at": "Thing.at2 >= Thing.at",
    "at > '2020-01-02 03:04:05+00'": "Thing.at > dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.UTC)",
    "at < now() + interval '1 day 2 hours'": "Thing.at < fn.now() + dt.timedelta(days=1, hours=2)",
    "at < now() + interval '1 month'": None,
    "d > '2020-01-02' AND d <> CURRENT_DATE": "(Thing.d > dt.date(2020, 1, 2)) & (Thing.d != fn.current_date())",
    "extract(year FROM d) > 2000": "fn.extract('year', Thing.d) > 2000",
    f"owner = '{NUMBER}'": f"Thing.owner == OwnerId(UUID('{NUMBER}'))",
    "n * i4 - n2 > 0": "Thing.n * Thing.i4 - Thing.n2 > 0",
    "n2 < n * i4 - n": "Thing.n2 < ((Thing.n * Thing.i4) - Thing.n)",
    "round(n * 2, 2) = n2": None,
    "n2 = round(n * 2, 2)": "Thing.n2 == fn.round(Thing.n * 2, 2)",
    "tags <@ '{a,b}'": "Thing.tags.contained_by(['a', 'b'])",
    "cardinality(tags) > 0": "fn.cardinality(Thing.tags) > 0",
    "jsonb_path_exists(doc, '$.a')": "fn.jsonb_path_exists(Thing.doc, '$.\"a\"')",
    "fine(s) AND twice(i4) > 2": "fine(Thing.s) & (twice(Thing.i4) > 2)",
    "i4 + 1 > 2": None,
    "i4 / 2 > 1": None,
    "s ~ '^a'": None,
    "i4 > 2000000000": None,
}
"""What is said; None where that is not certain to be the same, and it stays SQL."""


def read(tx: Tx, *statements: str) -> Catalog:
    make(tx, TABLE)
    for each in statements:
        tx.run(Script(trusted(each))).unwrap()
    return introspect(tx).unwrap()


def line(found: Pulled, name: str) -> str:
    """What a value is, with quotes and brackets as Python has them."""
    for node in (node for text in found.files.values() for node in ast.parse(text).body):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.unparse(node.value)
    raise AssertionError(f"nothing is called {name}")


def test_what_conditions_are(qb_db: Database, tmp_path: Path) -> None:
    named = {f"rule_{number}": condition for number, condition in enumerate(SAID)}
    with qb_db.transaction(rollback=True) as tx:
        added = [f"ALTER TABLE things ADD CONSTRAINT {name} CHECK ({each})" for name, each in named.items()]
        before = read(tx, *added)
    with qb_db.transaction(rollback=True) as tx:
        found, after = pulled_again(tx, before, tmp_path)
    assert unlike(before, after) == ()
    made = {condition: line(found, name) for name, condition in named.items()}
    for name, condition in named.items():
        if (said := SAID[condition]) is None:
            assert "sql(" in made[condition], condition
        else:
            assert made[condition] == ast.unparse(ast.parse(f'check("{name}", {said})')), condition


def attempt(tx: Tx, statement: str) -> bool:
    """Whether the server takes a statement."""
    done = tx.transact(lambda inner: inner.run(Script(trusted(statement))))
    if isinstance(done, Failure):
        _ = done.failure()
        return False
    return True


def filled(tx: Tx, seed: int, many: int) -> Catalog:
    """A table with many random expressions in all of the places that expressions have."""
    make(tx, TABLE)
    made = Expressions(seed)
    taken = sum(attempt(tx, made.statement(number)) for number in range(many))
    assert taken > many / 2
    return introspect(tx).unwrap()


def check(db: Database, folder: Path, seed: int, many: int) -> Pulled:
    with db.transaction(rollback=True) as tx:
        before = filled(tx, seed, many)
    with db.transaction(rollback=True) as tx:
        found, after = pulled_again(tx, before, folder)
    assert [str(each) for each in unlike(before, after)] == []
    return found


@pytest.mark.parametrize("seed", range(2))
def test_random_expressions_come_back_as_they_were(qb_db: Database, tmp_path: Path, seed: int) -> None:
    found = check(qb_db, tmp_path, seed, 100)
    assert found.typed > 20


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 14))
def test_many_random_expressions_come_back_as_they_were(qb_db: Database, tmp_path: Path, seed: int) -> None:
    check(qb_db, tmp_path, seed, 200)


def test_defaults_and_what_is_generated(qb_db: Database, tmp_path: Path) -> None:
    columns = """
        CREATE TABLE t (
          a numeric(8, 2) NOT NULL DEFAULT 0, b float8 DEFAULT 1.5, c text[] NOT NULL DEFAULT '{}',
          d jsonb DEFAULT '{"a": [1]}', e int NOT NULL, f int NOT NULL, g date NOT NULL DEFAULT CURRENT_DATE,
          h timestamptz DEFAULT now() + interval '30 days', i interval DEFAULT '02:00:00',
          j uuid NOT NULL DEFAULT gen_random_uuid(), k numeric(3, 1) DEFAULT 1234.56, l boolean DEFAULT fine('x'),
          m int GENERATED ALWAYS AS (e + f) STORED NOT NULL, n text GENERATED ALWAYS AS ('x') STORED
        )"""
    with qb_db.transaction(rollback=True) as tx:
        before = read(tx, columns)
    with qb_db.transaction(rollback=True) as tx:
        found, after = pulled_again(tx, before, tmp_path)
    assert unlike(before, after) == ()
    for said in (
        'a: Col[Decimal] = column(pg.numeric(8, 2), default=Decimal("0"))',
        "b: Col[float | None] = column(default=1.5)",
        "c: Col[list[str]] = column(default=[])",
        "d: Col[msgspec.Raw | None] = column(default=msgspec.Raw(b'{\"a\": [1]}'))",
        "e: Col[int] = column(pg.integer)",
        "g: Col[dt.date] = column(default=fn.current_date())",
        "h: Col[dt.datetime | None] = column(default=fn.now() + dt.timedelta(days=30))",
        "i: Col[dt.timedelta | None] = column(default=dt.timedelta(hours=2))",
        "j: Col[UUID] = column(default=fn.gen_random_uuid())",
        "m: Col[int] = column(pg.integer, generated=e + f)",
    ):
        assert f"    {said}\n" in found.files["public.py"]
    assert "k: Col[Decimal | None] = column(pg.numeric(3, 1), default=sql(" in found.files["public.py"]


def test_policies_say_each_number_with_its_type(qb_db: Database, tmp_path: Path) -> None:
    with qb_db.transaction(rollback=True) as tx:
        before = read(
            tx,
            "CREATE SCHEMA auth",
            "CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid'",
            "CREATE POLICY mine ON things USING (owner = (SELECT auth.uid()) AND fine(s)) WITH CHECK (true)",
            "CREATE POLICY few ON things USING (i4 > 5 AND s <> 'a')",
            "CREATE POLICY words ON things FOR SELECT USING (s <> 'a' AND n > 1)",
        )
    with qb_db.transaction(rollback=True) as tx:
        found, after = pulled_again(tx, before, tmp_path)
    assert unlike(before, after) == ()
    mine = "(Thing.owner == select(uid()).as_scalar().as_(OwnerId)) & fine(Thing.s)"
    assert line(found, "mine") == f"policy(Thing, using={mine}, with_check=value(True), name='mine')"
    assert "sql(" in line(found, "few")
    assert "using=(Thing.s != 'a') & (Thing.n > 1)" in line(found, "words")


def test_a_policy_that_nobody_asks_comes_back_asleep(qb_db: Database, tmp_path: Path) -> None:
    table = "CREATE TABLE t (id int PRIMARY KEY); CREATE POLICY p ON t FOR UPDATE USING (id > 0) WITH CHECK (id > 1)"
    with qb_db.transaction(rollback=True) as tx:
        make(tx, table)
        before = introspect(tx).unwrap()
    with qb_db.transaction(rollback=True) as tx:
        found, after = pulled_again(tx, before, tmp_path)
    assert unlike(before, after) == ()
    assert [str(each) for each in found.unsaid] == ["policy public.t.p: policy (as SQL)"]


def test_what_is_counted(qb_db: Database) -> None:
    with qb_db.transaction(rollback=True) as tx:
        before = read(tx, "CREATE TABLE t (a int DEFAULT 1 CHECK (a > 0), b int CHECK (b + 1 > 0))")
        without = introspect(tx).unwrap().where(lambda identity, fact: "t" in (identity.name, identity.table))
    assert len(before) > len(without)
    found = pull(without)
    assert (found.typed, found.raw) == (2, 1)
