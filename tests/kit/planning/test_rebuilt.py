"""What is made anew keeps what nobody declares: owners, grants, publications; by cases that are made up of parts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qb import Database, Script, connect, trusted
from qb.kit import Catalog, introspect
from qb.kit.facts.grant import GrantFact
from qb.kit.ours.value import Ours
from qb.kit.planning.plan import plan
from tables.scratch import scratch_database

BASE = """
CREATE TYPE mood AS ENUM ('a', 'b'); CREATE DOMAIN small AS int; CREATE TYPE pair AS (x int);
CREATE TABLE t (id int PRIMARY KEY, a int, m mood, d small, g int GENERATED ALWAYS AS (a + 1) STORED);
CREATE VIEW v AS SELECT id, a FROM t; CREATE VIEW w AS SELECT a FROM v;
CREATE MATERIALIZED VIEW k AS SELECT a FROM t; CREATE INDEX k_a ON k (a);
CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql AS 'SELECT 1';
"""
KINDS = {
    "TABLE": "t",
    "VIEW": "v",
    "VIEW ": "w",
    "MATERIALIZED VIEW": "k",
    "FUNCTION": "f(int)",
    "TYPE": "mood",
    "DOMAIN": "small",
    "TYPE ": "pair",
}
SAID = (
    *(f"ALTER {kind} {name} OWNER TO {{own}}" for kind, name in KINDS.items()),
    "GRANT SELECT ON t, v, w, k TO {see} WITH GRANT OPTION",
    "GRANT SELECT (a), UPDATE (a) ON v TO {see}; GRANT UPDATE (a), SELECT (g) ON t TO {see}",
    "GRANT EXECUTE ON FUNCTION f(int) TO {see}; REVOKE EXECUTE ON FUNCTION f(int) FROM PUBLIC",
    "GRANT USAGE ON TYPE mood, small, pair TO {see}",
    'CREATE PUBLICATION "p""1" FOR TABLE t',
)
CHANGES = {
    "a type under views": ("a int, m", "a bigint, m"),
    "an enum with less": ("'a', 'b'", "'a'"),
    "another domain": ("small AS int", "small AS text"),
    "another composite": ("pair AS (x int)", "pair AS (x text)"),
    "what a function gives": ("RETURNS int", "RETURNS bigint"),
    "what a column is computed by": ("(a + 1)", "(a + 2)"),
    "columns of a view": ("v AS SELECT id, a", "v AS SELECT a, id"),
    "a materialized view": ("k AS SELECT a", "k AS SELECT a, id"),
    "a table that is divided": (
        "STORED);",
        "STORED) PARTITION BY RANGE (id); CREATE TABLE t_1 PARTITION OF t DEFAULT;",
    ),
}
OWN, SEE = 'rebuilt "own"', "rebuilt see"


@pytest.fixture(scope="module")
def db(qb_url: str) -> Iterator[Database]:
    with scratch_database(qb_url) as url, connect(url) as db:
        names = [f'"{each.replace(chr(34), chr(34) * 2)}"' for each in (OWN, SEE)]
        for each in names:
            run(db, f"CREATE ROLE {each}")
        yield db
        run(db, 'DROP PUBLICATION IF EXISTS "p""1"; DROP SCHEMA public CASCADE')
        for each in names:
            run(db, f"DROP OWNED BY {each}; DROP ROLE {each}")


def run(db: Database, text: str) -> None:
    db.run(Script(trusted(text))).unwrap()


def there(db: Database, statements: str) -> Catalog:
    run(db, 'DROP PUBLICATION IF EXISTS "p""1"; DROP SCHEMA public CASCADE; CREATE SCHEMA public')
    run(db, 'GRANT ALL ON SCHEMA public TO "rebuilt ""own"""')
    run(db, statements)
    return introspect(db).unwrap()


@pytest.mark.parametrize("name", CHANGES)
def test_what_nobody_declares_is_kept(db: Database, name: str) -> None:
    after = there(db, BASE.replace(*CHANGES[name]))
    said = ";\n".join(each.format(own='"rebuilt ""own"""', see='"rebuilt see"') for each in SAID)
    before = there(db, BASE + said)
    made = plan(before, after, ours=Ours(declares=True))
    for each in made.up:
        run(db, each.sql)
    found = introspect(db).unwrap()
    for identity, fact in before.items():
        now = found.get(identity)
        if isinstance(fact, GrantFact) or identity.kind == "publication":
            assert now == fact, identity
        elif now is not None and hasattr(fact, "owner"):
            assert getattr(now, "owner", None) == getattr(fact, "owner", None), identity
    for each in made.down:
        run(db, each.sql)
    again = introspect(db).unwrap()
    lost = [each for each in before if each.kind in ("grant", "publication") and again.get(each) != before[each]]
    assert lost == []


def test_what_is_declared_is_as_it_is_declared(db: Database) -> None:
    after = there(db, BASE.replace("a int, m", "a bigint, m"))
    before = there(db, BASE + 'ALTER VIEW v OWNER TO "rebuilt ""own"""; GRANT SELECT ON v TO "rebuilt see"')
    for each in plan(before, after, ours=Ours(owners=True)).up:
        run(db, each.sql)
    found = introspect(db).unwrap()
    assert [each for each in found if each.kind == "grant" and each.table == "v"] == []


@pytest.mark.parametrize("name", [each for each in CHANGES if "another" not in each])
def test_what_one_database_alone_has_is_kept_there(db: Database, name: str) -> None:
    after = there(db, BASE.replace(*CHANGES[name]))
    before = there(db, BASE)
    made = plan(before, after, plain=True, elsewhere=True)
    said = ";\n".join(each.format(own='"rebuilt ""own"""', see='"rebuilt see"') for each in SAID)
    has = there(db, BASE + said)
    for steps in (made.up, made.down):
        with db.transaction() as tx:  # one session
            for each in steps:
                tx.run(Script(trusted(each.sql))).unwrap()
        found = introspect(db).unwrap()
        for identity, fact in has.items():
            now = found.get(identity)
            if identity.kind in ("view", "materialized view", "function", "table", "publication"):
                assert getattr(now, "owner", None) == getattr(fact, "owner", None), identity
            if isinstance(fact, GrantFact) and identity.table in ("t", "v", "w", "k", "f(integer)"):
                assert now == fact, identity
            if identity.kind == "publication":
                assert now == fact, identity
