"""NULLs that a plan fills are there while it is proved, and what would refuse their value is gone before."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb import Database, Script, connect, sql, trusted
from qb.kit.diffs.renames import renames_of
from qb.kit.ours.value import Ours
from qb.kit.planning.closure import Closure
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.plan import plan
from qb.kit.planning.sides import Sides
from qb.kit.proving.errors import NotProved
from qb.kit.proving.fitting import fill_and_fit
from qb.kit.proving.prove import prove
from qb.model.object import Identity
from tables.scratch import scratch_database
from tests.kit.planning.test_plan import read

T = "CREATE TABLE t (id int PRIMARY KEY, a text, b int, at timestamptz NOT NULL DEFAULT now());"
HELD = "ALTER TABLE t ALTER a SET NOT NULL;"
TRIGGERS = """
CREATE TABLE seen (t int);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.at := clock_timestamp(); RETURN NEW; END $$;
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO seen VALUES (NEW.id); RETURN NEW; END $$;
CREATE TRIGGER "touched ""%{}" BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER noted AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note();
ALTER TABLE t ENABLE ALWAYS TRIGGER noted;
"""
A = Identity("column", "public", "t", "a")
UPDATE = """UPDATE "public"."t" SET "a" = {} WHERE "a" IS NULL"""


def nulls(db: Database, qb_url: str, before: str, after: str, value: str) -> tuple[int, int]:
    """Of the rows that a proof begins with how many are NULL, and how many there are."""
    one, other = read(db, before), read(db, after)
    made = plan(one, other, fills={A: value})
    sides = Sides(one, other, Ours(), renames_of({}, one, other))
    with scratch_database(qb_url) as url, connect(url) as there:
        there.run(Script(trusted(before))).unwrap()
        fill_and_fit(there, sides, Closure(sides), made)
        return there.one(
            sql("SELECT count(*) FILTER (WHERE a IS NULL), count(*) FROM t").rows(tuple[int, int])
        ).unwrap()


def test_nulls_are_there_while_a_value_for_them_is_proved(bare: Database, qb_url: str, proofs: Path) -> None:
    assert nulls(bare, qb_url, T, T + HELD, "'none'") == (4, 12)
    one, other = read(bare, T), read(bare, T + HELD)
    made = plan(one, other, fills={A: "'none'"})
    assert prove(one, other, made, cache=proofs).unwrap().rows == 12
    fill, *rest = made.up
    late = MigrationPlan((*(each for each in rest if each.sql != fill.sql), fill), made.down)
    error = prove(one, other, late, cache=proofs).failure()
    assert isinstance(error, NotProved)
    assert 'NULL in column "a"' in error.message


def test_they_are_filled_by_themselves_and_once_more_when_none_can_come(bare: Database) -> None:
    made = plan(read(bare, T), read(bare, T + "ALTER TABLE t ALTER a SET DEFAULT 'x';" + HELD), fills={A: "'none'"})
    assert [(each.sql, each.commits, each.says) for each in made.up] == [
        ('ALTER TABLE "public"."t" ALTER COLUMN "a" SET DEFAULT \'x\'::text', False, ""),
        (UPDATE.format("'none'"), True, ""),
        ('ALTER TABLE "public"."t" ADD CONSTRAINT "t_a_not_null" NOT NULL "a" NOT VALID', True, ""),
        (UPDATE.format("'none'"), True, "again, for rows that came meanwhile"),
        ('ALTER TABLE "public"."t" VALIDATE CONSTRAINT "t_a_not_null"', True, ""),
    ]
    plain = plan(read(bare, T), read(bare, T + HELD), fills={A: "'none'"}, plain=True)
    assert [(each.sql, each.commits) for each in plain.up] == [
        (UPDATE.format("'none'"), False),
        ('ALTER TABLE "public"."t" ALTER COLUMN "a" SET NOT NULL', False),
    ]


@pytest.mark.parametrize("plain", [False, True])
def test_what_refuses_the_value_and_goes_is_gone_before(bare: Database, proofs: Path, plain: bool) -> None:
    once = "CREATE UNIQUE INDEX once ON t (a)"
    checked = "ALTER TABLE t ADD CONSTRAINT said CHECK"
    one = read(bare, T + once + f"; {checked} (length(a) <> 0)")
    other = read(bare, T + HELD + once + f" WHERE a <> ''; {checked} (length(a) < 99)")
    made = plan(one, other, fills={A: "''"}, plain=plain)
    assert prove(one, other, made, cache=proofs).unwrap().rows > 0
    said = [each.sql.split(" ON ")[0] for each in made.up]
    fill = said.index(UPDATE.format("''"))
    now = "" if plain else " CONCURRENTLY"
    assert said.index(f'DROP INDEX{now} "public"."once"') < fill < said.index(f"CREATE UNIQUE INDEX{now} once")


def test_what_triggers_do_besides_is_not_the_plans(bare: Database, proofs: Path) -> None:
    one, other = read(bare, T + TRIGGERS), read(bare, T + TRIGGERS + HELD)
    assert prove(one, other, plan(one, other, fills={A: "'none'"}), cache=proofs).unwrap().rows == 24
    other = read(bare, T.replace("b int", "b int, c int NOT NULL") + TRIGGERS)
    fills = {Identity("column", "public", "t", "c"): "coalesce(b, 0)"}
    assert prove(one, other, plan(one, other, fills=fills), cache=proofs).unwrap().rows == 24


@pytest.mark.parametrize("value", ["(SELECT a FROM t WHERE id < 0)", "nobody.knows(b)"])
def test_rows_that_the_value_cannot_be_made_for_are_left_out(bare: Database, qb_url: str, value: str) -> None:
    assert nulls(bare, qb_url, T, T + HELD, value) == (0, 8)


def test_of_rows_that_would_be_the_same_key_one_is_left(bare: Database, qb_url: str) -> None:
    once = "CREATE UNIQUE INDEX once ON t (a);"
    assert nulls(bare, qb_url, T + once, T + once + HELD, "'none'") == (1, 9)


def test_a_value_for_names_that_are_hard_to_quote(bare: Database, proofs: Path) -> None:
    one, other = (
        read(bare, f'CREATE TABLE "a ""b%s{{}}" (id int PRIMARY KEY, "c ""d%s{{}}" text{held})')
        for held in ("", " NOT NULL")
    )
    column = Identity("column", "public", 'a "b%s{}', 'c "d%s{}')
    made = plan(one, other, fills={column: """'it''s %s {} \\' || id"""})
    assert prove(one, other, made, cache=proofs).unwrap().rows == 12
    assert made.up[0].sql.startswith("""UPDATE "public"."a ""b%s{}" SET "c ""d%s{}" = 'it''s""")


def test_what_is_not_there_cannot_be_filled(bare: Database, proofs: Path) -> None:
    one, other = read(bare, T), read(bare, T + HELD)
    made = plan(one, other, fills={A: "nobody.knows(b)"})
    error = prove(one, other, made, cache=proofs).failure()
    assert isinstance(error, NotProved)
    assert error.statement == made.up[0].sql


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("REFERENCES a", ""),
        ("CHECK (a_id > 0)", "CHECK (a_id < 0)"),
    ],
)
def test_tables_of_whose_rows_the_change_takes_none_are_named(
    bare: Database, proofs: Path, before: str, after: str
) -> None:
    b = "CREATE TABLE b (id int PRIMARY KEY, a_id int NOT NULL {}, t text);"
    one = read(bare, "CREATE TABLE a (id int PRIMARY KEY);" + b.format(before))
    other = read(bare, ("" if "REF" in before else "CREATE TABLE a (id int PRIMARY KEY);") + b.format(after))
    found = prove(one, other, plan(one, other), cache=proofs).unwrap()
    assert (found.empty, found.unfit) == ((), ("public.b",))


def test_what_can_be_filled_by_nobody_is_named_apart(bare: Database, proofs: Path) -> None:
    b = "CREATE TABLE b (id int CHECK (id > 0 AND id < 0) NOT NULL);"
    one, other = read(bare, b), read(bare, b + "ALTER TABLE b ADD t text")
    found = prove(one, other, plan(one, other), cache=proofs).unwrap()
    assert (found.empty, found.unfit) == (("public.b",), ())
