"""What is there and weaker than it should be has words of its own."""

from __future__ import annotations

import pytest

from qb import Database, Script, Tx, sql, trusted
from qb.kit import diff, diff_text, introspect
from qb.query.statement import Command
from tests.kit.everything import make

BASE = (
    "CREATE SCHEMA weak; CREATE TABLE weak.t (id int PRIMARY KEY, n int);"
    "CREATE TABLE weak.o (t int, CONSTRAINT r FOREIGN KEY (t) REFERENCES weak.t);"
    "ALTER TABLE weak.t ADD CONSTRAINT c CHECK (n > 0);"
    "CREATE FUNCTION weak.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';"
    "CREATE TRIGGER g BEFORE INSERT ON weak.t FOR EACH ROW EXECUTE FUNCTION weak.f();"
    "CREATE RULE u AS ON DELETE TO weak.o DO INSTEAD NOTHING;"
    "CREATE MATERIALIZED VIEW weak.m AS SELECT 1 AS one"
)

WEAKER = {
    "a check that is not validated": (
        "ALTER TABLE weak.t DROP CONSTRAINT c; ALTER TABLE weak.t ADD CONSTRAINT c CHECK (n > 0) NOT VALID",
        "weaker check c\n      not validated: rows that were there before it may break it",
    ),
    "a foreign key that is not validated": (
        "ALTER TABLE weak.o DROP CONSTRAINT r, ADD CONSTRAINT r FOREIGN KEY (t) REFERENCES weak.t NOT VALID",
        "weaker foreign key r\n      not validated: rows that were there before it may break it",
    ),
    "a trigger that is off": (
        "ALTER TABLE weak.t DISABLE TRIGGER g",
        "weaker trigger g\n      disabled: nothing calls it",
    ),
    "a rule that is off": (
        "ALTER TABLE weak.o DISABLE RULE u",
        "weaker rule u\n      disabled: nothing is rewritten by it",
    ),
    "a materialized view that holds nothing": (
        "REFRESH MATERIALIZED VIEW weak.m WITH NO DATA",
        "weaker materialized view m\n    not populated: reading it fails until it is refreshed",
    ),
}


@pytest.mark.parametrize("name", WEAKER)
def test_what_is_weaker(qb_tx: Tx, name: str) -> None:
    script, said = WEAKER[name]
    make(qb_tx, BASE)
    before = introspect(qb_tx).unwrap()
    make(qb_tx, script)
    after = introspect(qb_tx).unwrap()
    found = diff(before, after)
    assert [each.how for each in found.changes] == ["weaker"]
    assert said in diff_text(found)
    assert [each.how for each in diff(after, before).changes] == ["stronger"]


def test_an_index_that_was_not_built_to_its_end(bare: Database) -> None:
    run = Script("CREATE SCHEMA weak", "CREATE TABLE weak.t (n int)", "INSERT INTO weak.t VALUES (1), (1)")
    bare.run(run).unwrap()
    try:
        bare.execute(concurrently("CREATE INDEX i ON weak.t (n)")).unwrap()
        before = introspect(bare).unwrap()
        bare.run(Script("DROP INDEX weak.i")).unwrap()
        failed = bare.execute(concurrently("CREATE UNIQUE INDEX CONCURRENTLY i ON weak.t (n)"))
        assert "unique" in str(failed.failure())
        found = diff(before, introspect(bare).unwrap())
    finally:
        bare.run(Script("DROP SCHEMA weak CASCADE")).unwrap()
    assert [str(each) for each in found.changes] == ["changed: index weak.t.i (definition, unique, valid, ready)"]


def test_an_invalid_index_is_weaker(bare: Database) -> None:
    bare.run(
        Script("CREATE SCHEMA weak", "CREATE TABLE weak.t (n int)", "CREATE UNIQUE INDEX i ON weak.t (n)")
    ).unwrap()
    try:
        before = introspect(bare).unwrap()
        bare.run(Script("DROP INDEX weak.i", "INSERT INTO weak.t VALUES (1), (1)")).unwrap()
        failed = bare.execute(concurrently("CREATE UNIQUE INDEX CONCURRENTLY i ON weak.t (n)"))
        assert "unique" in str(failed.failure())
        found = diff(before, introspect(bare).unwrap())
    finally:
        bare.run(Script("DROP SCHEMA weak CASCADE")).unwrap()
    assert [str(each) for each in found.changes] == ["weaker: index weak.t.i (valid, ready)"]
    assert "not valid: no query uses it, as building it did not end; build it anew" in diff_text(found)


def concurrently(text: str) -> Command:
    return sql(trusted(text)).command()


def test_weaker_and_otherwise_is_changed(qb_tx: Tx) -> None:
    make(qb_tx, BASE)
    before = introspect(qb_tx).unwrap()
    make(
        qb_tx,
        "ALTER TABLE weak.t DROP CONSTRAINT c; ALTER TABLE weak.t ADD CONSTRAINT c CHECK (n > 1) NOT VALID",
    )
    assert [str(each) for each in diff(before, introspect(qb_tx).unwrap()).changes] == [
        "changed: check weak.t.c (definition, valid)"
    ]
