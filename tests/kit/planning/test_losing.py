"""What loses rows comes in the last transaction, behind all that rows can make fail."""

from __future__ import annotations

import pytest

from qb import Database
from qb.kit.planning.migration_plan import PlanStep
from tests.kit.planning.test_plan import planned

T = "CREATE TABLE t (id int PRIMARY KEY, name text, a text, b int);"
OTHERS = {
    "not null": T.replace(" name text,", "").replace("a text", "a text NOT NULL"),
    "a check": T.replace(" name text,", "") + "ALTER TABLE t ADD CONSTRAINT c CHECK (b > 0);",
    "a foreign key": T.replace(" name text,", "") + "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES t;",
    "a unique constraint": T.replace(" name text,", "") + "ALTER TABLE t ADD CONSTRAINT u UNIQUE (b);",
    "a unique index": T.replace(" name text,", "") + "CREATE UNIQUE INDEX u ON t (b);",
}


def texts(steps: tuple[PlanStep, ...]) -> list[str]:
    return [line for each in steps for line in (*(("COMMIT",) if each.commits else ()), each.sql)]


@pytest.mark.parametrize("name", OTHERS)
def test_a_column_goes_last(bare: Database, name: str) -> None:
    up = texts(planned(bare, T, OTHERS[name]).up)
    assert up[-2:] == ["COMMIT", 'ALTER TABLE "public"."t" DROP COLUMN "name"']


def test_so_it_is_on_the_way_back(bare: Database) -> None:
    after = T.replace(" name text,", " title text,").replace("b int", "b int CHECK (b > 0)")
    before = T.replace("a text", "a text NOT NULL")
    made = planned(bare, before, after)
    assert texts(made.up)[-2:] == ["COMMIT", 'ALTER TABLE "public"."t" DROP COLUMN "name"']
    assert texts(made.down)[-2:] == ["COMMIT", 'ALTER TABLE "public"."t" DROP COLUMN "title"']


def test_a_table_and_what_is_narrowed_go_last(bare: Database) -> None:
    before = T + "CREATE TABLE gone (id int); CREATE TABLE k (n numeric(9, 2))"
    after = T.replace("a text", "a text NOT NULL") + "CREATE TABLE k (n numeric(5, 0))"
    up = texts(planned(bare, before, after).up)
    assert up[-3] == "COMMIT"
    assert sorted(each[:29] for each in up[-2:]) == ['ALTER TABLE "public"."k" ALTE', 'DROP TABLE "public"."gone"']


def test_a_view_is_gone_within_one_transaction(bare: Database) -> None:
    before = T + "CREATE VIEW v AS SELECT id, name FROM t"
    after = OTHERS["not null"] + "CREATE VIEW v AS SELECT id FROM t"
    up = texts(planned(bare, before, after).up)
    assert [each.split(" ")[0] for each in up[up.index("COMMIT", up.index("COMMIT") + 1) :]] == [
        "COMMIT",
        "DROP",
        "CREATE",
        "ALTER",
    ]


def test_what_has_to_go_first_stays_where_it_is(bare: Database) -> None:
    after = T.replace("b int", "b int, CONSTRAINT c CHECK (a <> 0)").replace("a text", "a int")
    before = T.replace("a text", "a numeric(9, 2)")
    made = planned(bare, before, after)
    up = texts(made.up)
    assert made.loses == ("narrow:t.a",)
    assert up[0].startswith('ALTER TABLE "public"."t" ALTER COLUMN "a" TYPE integer')


def test_a_value_of_an_enum_comes_before_what_is_made_again(bare: Database) -> None:
    enum = "CREATE TYPE mood AS ENUM ('a', 'b');"
    table = "CREATE TABLE m (m mood); ALTER TABLE m ENABLE ROW LEVEL SECURITY;"
    before = f"{enum} {table} CREATE POLICY p ON m AS PERMISSIVE USING (m = 'a')"
    after = f"{enum.replace(chr(39) + 'b', chr(39) + 'c' + chr(39) + ', ' + chr(39) + 'b')} {table}"
    made = planned(bare, before, f"{after} CREATE POLICY p ON m AS RESTRICTIVE USING (m = 'a')")
    kinds = [" ".join(each.split(" ")[:2]) for each in texts(made.up)]
    assert kinds == ["ALTER TYPE", "DROP POLICY", "CREATE POLICY"]
