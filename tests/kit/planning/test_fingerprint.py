"""A fingerprint is the same where nothing of ours differs, and another one where anything does."""

from __future__ import annotations

import pytest

from qb import Tx, create_all, matching, schema
from qb.kit import diff, introspect, ours_of
from qb.kit.ours.value import Ours
from qb.kit.planning.fingerprint import fingerprint, only_ours
from tests.kit.everything import EVERYTHING, HOSTILE, make
from tests.render import ddl_schemas

TABLE = "CREATE TABLE t (a int NOT NULL, b varchar(9) CHECK (b IN ('x', 'y')), c int DEFAULT 3);"


def of(tx: Tx, ours: Ours = Ours()) -> str:
    return fingerprint(introspect(tx).unwrap(), ours)


def test_it_is_the_same_on_another_day(qb_tx: Tx) -> None:
    make(qb_tx, EVERYTHING)
    assert of(qb_tx) == of(qb_tx)
    assert len(of(qb_tx)) == 64


@pytest.mark.parametrize(
    "changed",
    [
        "ALTER TABLE t ALTER c SET DEFAULT 4",
        "ALTER TABLE t ALTER c TYPE bigint",
        "COMMENT ON COLUMN t.c IS 'x'",
        "CREATE INDEX ON t (c)",
        "ALTER TABLE t ALTER a DROP NOT NULL",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "CREATE VIEW v AS SELECT a FROM t",
        "GRANT SELECT ON t TO PUBLIC",
        'CREATE TABLE "' + HOSTILE.replace('"', '""') + '" ()',
        "ALTER TABLE t ADD CHECK (a > 0) NOT VALID",
        "ALTER TABLE t RENAME c TO d",
    ],
)
def test_what_differs_has_another_one(qb_tx: Tx, changed: str) -> None:
    make(qb_tx, TABLE)
    before = of(qb_tx)
    make(qb_tx, changed)
    assert of(qb_tx) != before


def test_it_is_the_same_where_nothing_that_anybody_says_differs(qb_tx: Tx) -> None:
    make(qb_tx, TABLE + "CREATE MATERIALIZED VIEW m AS SELECT a FROM t WITH NO DATA; CREATE ROLE kit_print")
    before = introspect(qb_tx).unwrap()
    make(
        qb_tx,
        "DROP TABLE t CASCADE; CREATE TABLE t (c int DEFAULT 3, a int CONSTRAINT here NOT NULL, b varchar(9),"
        " CONSTRAINT t_b_check CHECK (b::text = ANY (ARRAY['x'::varchar::text, 'y'::varchar::text])));"
        "CREATE MATERIALIZED VIEW m AS SELECT a FROM t; ALTER TABLE t OWNER TO kit_print;"
        "ALTER MATERIALIZED VIEW m OWNER TO kit_print",
    )
    after = introspect(qb_tx).unwrap()
    assert [str(each) for each in diff(before, after).changes] == ["stronger: materialized view public.m (populated)"]
    assert fingerprint(before) == fingerprint(after)


def test_what_is_not_ours_is_no_part_of_it(qb_tx: Tx) -> None:
    mine = Ours((matching(schemas=["public"]),))
    make(qb_tx, TABLE)
    before = of(qb_tx, mine)
    make(qb_tx, "CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.t (); CREATE TABLE alembic_version (v text)")
    assert of(qb_tx, mine) == before


def test_the_journal_is_no_part_of_it(qb_tx: Tx) -> None:
    before = of(qb_tx)
    make(qb_tx, "CREATE SCHEMA qb; CREATE TABLE qb.migration (id int); GRANT USAGE ON SCHEMA qb TO PUBLIC")
    assert of(qb_tx) == before
    make(qb_tx, "CREATE SCHEMA noted; CREATE TABLE noted.migration (id int); GRANT USAGE ON SCHEMA noted TO PUBLIC")
    found = introspect(qb_tx).unwrap()
    assert fingerprint(found, journal="noted") == before
    assert fingerprint(found) != before
    assert not [each for each in only_ours(found) if "qb" in (each.schema, each.name)]


def test_what_a_schema_declares_is_what_it_was_created_as(qb_tx: Tx) -> None:
    wanted = ddl_schemas.ALL["hostile"]
    ours = ours_of(wanted)
    empty = of(qb_tx, ours_of(schema()))
    qb_tx.run(create_all(wanted)).unwrap()
    assert of(qb_tx, ours) == of(qb_tx, ours) != empty
