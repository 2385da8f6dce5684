"""Values that somebody has said go into the rows that have none, and into no other."""

from __future__ import annotations

import pytest

from qb import Database, Script, connect, sql, trusted
from qb.kit import Identity
from qb.kit.planning.fills import FillWhere
from qb.kit.planning.plan import plan
from tables.scratch import scratch_database
from tests.kit.planning.test_plan import read

BEFORE = "CREATE TABLE t (id int PRIMARY KEY, a int, b text){more}"
AFTER = "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b text NOT NULL, c text NOT NULL, d int NOT NULL){more}"
PARTS = " PARTITION BY RANGE (id); CREATE TABLE p PARTITION OF t FOR VALUES FROM (0) TO (3); "
MORE = PARTS + "CREATE TABLE rest PARTITION OF t DEFAULT"
ROWS = "INSERT INTO t (id, a, b) VALUES (1, NULL, NULL), (2, 5, 'kept'), (3, 0, NULL), (4, NULL, '')"
FILLS = {"a": "id * 10", "b": "'said'::text", "c": "'of ' || id", "d": "7"}
FILLED = [
    (1, 10, "said", "of 1", 7),
    (2, 5, "kept", "of 2", 7),
    (3, 0, "said", "of 3", 7),
    (4, 40, "", "of 4", 7),
]


def column(name: str) -> Identity:
    return Identity("column", "public", "t", name)


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("more", ["", MORE], ids=["a table", "partitions"])
def test_rows_that_have_a_value_keep_it(bare: Database, qb_url: str, more: str, plain: bool) -> None:
    before, after = (read(bare, each.format(more=more)) for each in (BEFORE, AFTER))
    made = plan(before, after, fills={column(name): value for name, value in FILLS.items()}, plain=plain)
    with scratch_database(qb_url) as url, connect(url) as db:
        for each in (BEFORE.format(more=more), ROWS, *(each.sql for each in made.up)):
            db.run(Script(trusted(each))).unwrap()
        rows = sql("SELECT id, a, b, c, d FROM t ORDER BY id").rows(tuple[int, int, str, str, int])
        assert db.all(rows).unwrap() == FILLED
        for each in (each.sql for each in made.down):
            db.run(Script(trusted(each))).unwrap()
        back = sql("SELECT id, a, b FROM t ORDER BY id").rows(tuple[int, int, str])
        assert db.all(back).unwrap() == [each[:3] for each in FILLED]


def test_which_rows_get_it_besides_is_said(bare: Database, qb_url: str) -> None:
    before, after = (read(bare, each.format(more="")) for each in (BEFORE, AFTER))
    values = {column(name): value for name, value in FILLS.items()}
    made = plan(before, after, fills=values | {column("b"): FillWhere("'said'::text", "b = ''")})
    with scratch_database(qb_url) as url, connect(url) as db:
        for each in (BEFORE.format(more=""), ROWS, *(each.sql for each in made.up)):
            db.run(Script(trusted(each))).unwrap()
        found = db.all(sql("SELECT b FROM t ORDER BY id").rows(str)).unwrap()
        assert found == ["said", "kept", "said", "said"]
