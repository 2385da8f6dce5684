"""How far a column has counted: named where it is lost, and taken from the rows where it begins to count."""

from __future__ import annotations

import pytest

from qb import Database, Script, connect, trusted
from tables.scratch import scratch_database
from tests.kit.planning.test_plan import planned

PLAIN = "CREATE TABLE t (id int PRIMARY KEY, a text)"
COUNTED = PLAIN.replace("int ", "int GENERATED ALWAYS AS IDENTITY{how} ")
PARTS = " PARTITION BY RANGE (id); CREATE TABLE rest PARTITION OF t DEFAULT"


@pytest.mark.parametrize("more", ["", PARTS])
def test_an_identity_that_goes_is_a_loss(bare: Database, more: str) -> None:
    made = planned(bare, COUNTED.format(how=""), PLAIN + more)
    assert made.loses == ("drop-identity:t.id",)
    assert [each for step in made.down for each in step.loses] == []


@pytest.mark.parametrize("more", ["", PARTS])
@pytest.mark.parametrize(
    ("how", "rows", "given"),
    [
        ("", "(7), (41)", 42),
        ("", "", 1),
        (" (START WITH 100)", "(7)", 100),
        (" (INCREMENT BY -1)", "(-7), (3)", -8),
        (" (INCREMENT BY 5 START WITH 5)", "(7)", 12),
    ],
)
def test_what_begins_to_count_goes_on_behind_the_rows(
    bare: Database, qb_url: str, how: str, rows: str, given: int, more: str
) -> None:
    made = planned(bare, COUNTED.format(how=how), PLAIN + more)
    with scratch_database(qb_url) as url, connect(url) as db:
        run = [PLAIN + more, *([f"INSERT INTO t VALUES {rows}"] if rows else []), *(each.sql for each in made.down)]
        for each in (*run, "INSERT INTO t (a) VALUES ('new')"):
            db.run(Script(trusted(each))).unwrap()
        db.run(Script(trusted(f"DO $$BEGIN ASSERT (SELECT id FROM t WHERE a = 'new') = {given}; END$$"))).unwrap()


SERIAL = "CREATE TABLE t (id {type} PRIMARY KEY, a text)"


@pytest.mark.parametrize("more", ["", PARTS])
@pytest.mark.parametrize(("type", "rows", "given"), [("serial", "(7), (41)", 42), ("smallserial", "", 1)])
def test_a_serial_that_comes_goes_on_behind_the_rows(
    bare: Database, qb_url: str, type: str, rows: str, given: int, more: str
) -> None:
    plain = SERIAL.format(type="int" if type == "serial" else "smallint")
    counted = SERIAL.format(type=type) + more
    for way in (planned(bare, counted, plain + more).down, planned(bare, plain + more, counted).up):
        with scratch_database(qb_url) as url, connect(url) as db:
            run = [plain + more, *([f"INSERT INTO t VALUES {rows}"] if rows else []), *(each.sql for each in way)]
            for each in (*run, "INSERT INTO t (a) VALUES ('new')"):
                db.run(Script(trusted(each))).unwrap()
            db.run(Script(trusted(f"DO $$BEGIN ASSERT (SELECT id FROM t WHERE a = 'new') = {given}; END$$"))).unwrap()


def test_what_counts_for_no_column_that_was_there_reads_no_rows(bare: Database) -> None:
    text = "CREATE SEQUENCE s; CREATE TABLE t (a text DEFAULT nextval('s')); ALTER SEQUENCE s OWNED BY t.a"
    for before in ("CREATE TABLE t (a text)", ""):
        assert "setval" not in "".join(each.sql for each in planned(bare, before, text).up)
    assert "setval" not in "".join(
        each.sql for each in planned(bare, "CREATE TABLE t (a text)", SERIAL.format(type="serial")).up
    )
