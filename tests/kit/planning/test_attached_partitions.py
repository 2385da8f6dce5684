"""A table that becomes a partition: neither it nor the default partition is read while everybody is kept away."""

from __future__ import annotations

import psycopg
import pytest

from qb import Database, Script, connect, trusted
from qb.kit import introspect, prove
from qb.kit.planning.attached_partitions import bound_condition
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.planning.plan import plan
from tables.scratch import scratch_database
from tests.kit.planning.test_plan import planned, read
from tests.kit.servers import server

H = '"a ""b"" %2 \\ {c}; Ä"'
KINDS: dict[str, tuple[str, str, str]] = {
    "int": ("id int", "RANGE (id)", "FROM (0) TO (10)"),
    "not null": ("id bigint NOT NULL", "RANGE (id)", "FROM (0) TO (10)"),
    "smallint to the end": ("id smallint", "RANGE (id)", "FROM (0) TO (MAXVALUE)"),
    "all": ("id int", "RANGE (id)", "FROM (MINVALUE) TO (MAXVALUE)"),
    "date": ("id date", "RANGE (id)", "FROM ('2026-01-01') TO ('2026-02-01')"),
    "timestamptz": ("id timestamptz", "RANGE (id)", "FROM ('2026-01-01+00') TO ('2026-02-01+00')"),
    "numeric": ("id numeric(8,2)", "RANGE (id)", "FROM (0) TO (10.5)"),
    "hostile": (f"{H} text", f"RANGE ({H})", "FROM ('it''s, (b') TO ('z')"),
    "varchar": ("id varchar(9)", "LIST (id)", "IN ('a', 'it''s', NULL)"),
    "one": ("id text", "LIST (id)", "IN ('a')"),
    "null": ("id text", "LIST (id)", "IN (NULL)"),
    "several": ("id int", "LIST (id)", "IN (1, 2, 3)"),
    "uuid": ("id uuid", "LIST (id)", "IN ('00000000-0000-0000-0000-000000000001', NULL)"),
    "boolean": ("id boolean", "LIST (id)", "IN (true)"),
    "two columns": ("id int, b text", "RANGE (id, b)", "FROM (1, 'b') TO (5, 'a')"),
    "same first": ("id int, b int, c int", "RANGE (id, b, c)", "FROM (1, 2, 3) TO (1, 5, MAXVALUE)"),
    "open first": ("id int, b int", "RANGE (id, b)", "FROM (MINVALUE, MINVALUE) TO (3, MINVALUE)"),
    "expression": ("id int, b text", "RANGE (lower(b))", "FROM ('a') TO ('n')"),
    "computed": ("id int, b int", "LIST ((id + b))", "IN (1, 2)"),
}


def texts(kind: str) -> tuple[str, str]:
    """A table beside one that is divided, with a default partition; and the first attached."""
    columns, key, bound = KINDS[kind]
    default = "" if "MINVALUE) TO (MAXVALUE" in bound else "CREATE TABLE rest PARTITION OF p DEFAULT;"
    before = f"CREATE TABLE p ({columns}) PARTITION BY {key}; {default} CREATE TABLE {H} ({columns});"
    return before, f"{before} ALTER TABLE p ATTACH PARTITION {H} FOR VALUES {bound};"


def told(url: str, before: str, statements: list[str]) -> list[str]:
    """What the server says of how it attached."""
    said: list[str] = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(before.encode())
        connection.execute("SET client_min_messages = debug1")
        connection.add_notice_handler(lambda each: said.append(each.message_primary or ""))
        for each in statements:
            said.append(each)
            connection.execute(each.encode())
    place = next(place for place, each in enumerate(said) if " ATTACH PARTITION " in each)
    return [each for each in said[place + 1 :] if "partition constraint" in each]


@pytest.mark.parametrize("kind", KINDS)
def test_the_server_knows_the_bound_again(bare: Database, qb_url: str, kind: str) -> None:
    before, after = texts(kind)
    made = planned(bare, before, after)
    assert [each.commits for each in made.up if "VALIDATE" in each.sql or "ATTACH" in each.sql] == [True] * (
        3 if "DEFAULT" in before else 2
    )
    with scratch_database(qb_url) as url:
        found = told(url, before, [each.sql for each in made.up])
    assert len(found) == (2 if "DEFAULT" in before else 1), found
    assert all(each.endswith("is implied by existing constraints") for each in found), found


@pytest.mark.slow
def test_so_does_an_older_one(bare: Database) -> None:
    with server(16) as address:
        for kind in KINDS:
            before, after = texts(kind)
            made = planned(bare, before, after)
            with scratch_database(address) as url:
                found = told(url, before, [each.sql for each in made.up])
            assert len(found) == (2 if "DEFAULT" in before else 1), (kind, found)
            assert all(each.endswith("is implied by existing constraints") for each in found), (kind, found)


TREE = f"""
CREATE TABLE p (id int, day int) PARTITION BY RANGE (day);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10) PARTITION BY LIST (id);
CREATE TABLE rest PARTITION OF p1 DEFAULT;
CREATE TABLE {H} (id int, day int);
"""
ATTACHED = f"{TREE} ALTER TABLE p1 ATTACH PARTITION {H} FOR VALUES IN (1, 2);"


def test_statement_by_statement(bare: Database, qb_url: str) -> None:
    before, after = read(bare, TREE), read(bare, ATTACHED)
    made = plan(before, after)
    own = "((id IS NOT NULL) AND (id IN (1, 2)))"
    key = made.up[0].sql.partition(" ADD CONSTRAINT ")[2].partition(" ")[0]
    whole = f"((day IS NOT NULL) AND (day >= 0) AND (day < 10)) AND {own}"
    assert sorted(each.sql for each in made.up[:4]) == [
        f'ALTER TABLE "public".{H} ADD CONSTRAINT {key} CHECK ({whole}) NOT VALID',
        f'ALTER TABLE "public".{H} VALIDATE CONSTRAINT {key}',
        f'ALTER TABLE "public"."rest" ADD CONSTRAINT {key} CHECK (NOT ({own})) NOT VALID',
        f'ALTER TABLE "public"."rest" VALIDATE CONSTRAINT {key}',
    ]
    assert [each.sql for each in made.up[4:]] == [
        f'ALTER TABLE public.p1 ATTACH PARTITION "public".{H} FOR VALUES IN (1, 2)',
        f'ALTER TABLE "public".{H} DROP CONSTRAINT {key}',
        f'ALTER TABLE "public"."rest" DROP CONSTRAINT {key}',
    ]
    assert [bool(each.offends) for each in made.up] == ["VALIDATE" in each.sql for each in made.up]
    assert not any(each.holds for each in made.up)
    seen = prove(before, after, made).unwrap()
    scans = [(each.scans, each.lock) for each in seen.up if each.scans]
    assert {lock for _, lock in scans} == {"ShareUpdateExclusiveLock"}, "who reads or writes goes on"
    with scratch_database(qb_url) as url:
        assert all("is implied" in each for each in told(url, TREE, [each.sql for each in made.up]))


def test_what_nobody_can_say_is_attached_as_it_is(bare: Database) -> None:
    before = "CREATE TABLE p (id int, b text) PARTITION BY {}; CREATE TABLE x (id int, b text);"
    for key, bound in (
        ("HASH (id)", "FOR VALUES WITH (MODULUS 2, REMAINDER 0)"),
        ("LIST (id)", "DEFAULT"),
        ('RANGE (b COLLATE "C")', "FOR VALUES FROM ('a') TO ('b')"),
        ("RANGE (b text_pattern_ops)", "FOR VALUES FROM ('a') TO ('b')"),
    ):
        one = before.format(key)
        made = plan(read(bare, one), read(bare, f"{one} ALTER TABLE p ATTACH PARTITION x {bound}"))
        assert [each.holds for each in made.up] == [True], key
        assert " ATTACH PARTITION " in made.up[0].sql
        assert bound_condition(key, bound) is None
    whole, other = (read(bare, each) for each in texts("int"))
    assert len(plan(whole, other, plain=True).up) == 1


def test_the_end_is_the_same(bare: Database, qb_url: str) -> None:
    before, after = read(bare, TREE), read(bare, ATTACHED)
    made = plan(before, after)
    with scratch_database(qb_url) as url, connect(url) as db:
        db.run(Script(trusted(TREE))).unwrap()
        for steps, wanted in ((made.up, after), (made.down, before), (made.up, after)):
            for each in steps:
                db.run(Script(trusted(each.sql))).unwrap()
            assert fingerprint(introspect(db).unwrap()) == fingerprint(wanted)
