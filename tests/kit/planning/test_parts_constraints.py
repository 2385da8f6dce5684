"""Constraints of partitions, and of what inherits, that become a part of their parent's, and are their own again."""

from __future__ import annotations

import pytest

from qb import Database, Script, connect, trusted
from qb.kit import diff, introspect
from qb.kit.planning.plan import plan
from tables.scratch import scratch_database
from tests.kit.planning.test_plan import read

PARTS = """CREATE TABLE p (id int NOT NULL, x int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
"""
UNIQUE, KEY, CHECK = (
    f"ALTER TABLE p1 ADD CONSTRAINT own {each};" for each in ("UNIQUE (id, x)", "PRIMARY KEY (id)", "CHECK (x > 0)")
)
WHOLE = "ALTER TABLE p ADD CONSTRAINT whole "
UP = "CREATE TABLE up (x int{}); CREATE TABLE low (CHECK (x > 1), CONSTRAINT own CHECK (x > 0)) INHERITS (up);"
CHANGES = {
    "unique, by its name": (UNIQUE, f"{UNIQUE} {WHOLE} UNIQUE (id, x);"),
    "unique, by the whole's": (UNIQUE, f"{WHOLE} UNIQUE (id, x);"),
    "a primary key": (KEY, f"{KEY} {WHOLE} PRIMARY KEY (id);"),
    "a check": (CHECK, "ALTER TABLE p ADD CONSTRAINT own CHECK (x > 0);"),
    "a key of one part": ("", KEY),
    "a check of what inherits": (UP.format(""), UP.format(", CONSTRAINT own CHECK (x > 0)")),
}


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("name", CHANGES)
def test_they_are_there_again_on_the_way_back(bare: Database, qb_url: str, name: str, plain: bool) -> None:
    one, other = (PARTS + each for each in CHANGES[name])
    before, after = read(bare, one), read(bare, other)
    made = plan(before, after, plain=plain)
    with scratch_database(qb_url) as url, connect(url) as db:
        ways = ([one], before), ([each.sql for each in made.up], after), ([each.sql for each in made.down], before)
        for texts, wanted in ways:
            for text in texts:
                db.run(Script(trusted(text))).unwrap()
            assert diff(introspect(db).unwrap(), wanted).changes == ()
