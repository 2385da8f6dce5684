"""Rows that a run leaves other than the schema says: it ends there, and the journal keeps it in mind."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from qb import Col, Database, Script, Table, column, connect, schema, sql, trusted, unwrap
from qb.kit import RowGuards, migrate, migrate_each
from qb.kit.exit_code import ExitCode
from qb.kit.history.migration import StepRecord
from qb.kit.running.each_database import NotBegun
from qb.kit.running.guard_errors import GuardFailed
from qb.kit.running.migrating import Migrated
from qb.kit.running.rules import MigrationRules
from qb.kit.running.run_progress import RunProgress
from qb.model.schema import Schema
from tables.scratch import scratch_database
from tests.kit.running.histories import in_line, migration

HOSTILE = "a \"b\" $1 %s \\ {c}; 'x' Ä.y"


class Notes(msgspec.Struct, frozen=True):
    labels: list[str] = []


class Quote(Table, name="guarded_quotes"):
    id: Col[int] = column(primary_key=True)
    notes: Col[Notes] = column(default=Notes())
    slug: Col[str] = column(default="")


class Odd(Table, name=HOSTILE):
    id: Col[int] = column(name=HOSTILE, primary_key=True)
    notes: Col[Notes] = column(default=Notes())


class Line(Table, name="guarded_lines"):
    id: Col[int] = column(primary_key=True)
    quote_id: Col[int] = column(references=Quote.id)


WANTED: Schema = schema(Quote, Odd, Line)
_ODD = '"' + HOSTILE.replace('"', '""') + '"'
MADE = migration(
    "0001_made",
    "CREATE TABLE guarded_quotes (id int8 PRIMARY KEY, notes jsonb NOT NULL DEFAULT '{}');"
    f"CREATE TABLE {_ODD} ({_ODD} int8 PRIMARY KEY, notes jsonb NOT NULL DEFAULT '{{}}');"
    "CREATE TABLE guarded_lines (id int8 PRIMARY KEY, quote_id int8 NOT NULL);"
    "INSERT INTO guarded_quotes VALUES (1), (2), (3);"
    f"INSERT INTO {_ODD} VALUES (7); INSERT INTO guarded_lines VALUES (1, 1);",
)
SLUG = migration(
    "0002_slug",
    "ALTER TABLE guarded_quotes ADD slug text NOT NULL DEFAULT '';",
    "ALTER TABLE guarded_quotes DROP slug;",
)
BAD = migration(
    "0003_bad",
    """UPDATE guarded_quotes SET notes = '{"labels": [1]}', slug = 'x' WHERE id < 3;""",
    "UPDATE guarded_quotes SET notes = '{}';",
)
ALLOW = MigrationRules(
    allow=("update:guarded_quotes", f"update:{_ODD}", "drop-column:guarded_quotes.slug", "delete:guarded_quotes")
)


def ran(db: Database, *given: Any, **more: Any) -> tuple[Any, list[str]]:
    """What came of a run, and what it said of rows."""
    said: list[str] = []

    def tell(each: RunProgress) -> None:
        if each.moment == "rows":
            said.append(str(each))

    guards = RowGuards(schema=WANTED, every=more.pop("every", False), show_keys=more.pop("show_keys", False))
    return migrate(db, in_line(*given), guards=guards, rules=ALLOW, on_progress=tell, **more), said


def test_a_guard_that_a_migration_makes_fail_ends_the_run_until_it_holds(db: Database) -> None:
    good, said = ran(db, MADE, SLUG)
    assert good.unwrap().asked == (f"{HOSTILE}", "guarded_lines", "guarded_quotes"), good
    assert said[0].startswith(f"reads {HOSTILE} for its guards, as they are now")
    assert len(said) == 3, said
    failed, said = ran(db, MADE, SLUG, BAD, show_keys=True)
    error = failed.failure()
    assert isinstance(error, GuardFailed)
    assert error.exit_code is ExitCode.GUARD_FAILED
    assert error.object == "table guarded_quotes"
    assert error.fix == "qb validate --show-keys"
    assert str(error) == (
        "it is applied, and rows are not what the schema says: codec guarded_quotes.notes at $.labels[]: Expected "
        "`str`, got `int` (2 rows): 1, 2: mend them and run it again, which asks them again, or take it back: "
        "qb rollback"
    )
    assert [each.split(",")[0] for each in said] == ["reads guarded_quotes for its guards"] * 2
    again, said = ran(db, MADE, SLUG, BAD)  # nothing is pending, and it is not forgotten
    assert str(again.failure()).startswith("all is applied, and rows are not")
    assert "1, 2" not in str(again.failure())
    assert len(said) == 1
    unwrap(db.run(Script("UPDATE guarded_quotes SET notes = '{}'")))
    mended, _ = ran(db, MADE, SLUG, BAD)
    assert mended.unwrap() == Migrated(asked=("guarded_quotes",))
    nothing, said = ran(db, MADE, SLUG, BAD)
    assert (nothing.unwrap(), said) == (Migrated(), [])


def test_what_failed_before_is_said_and_stops_nothing(db: Database) -> None:
    unwrap(migrate(db, in_line(MADE)))
    unwrap(db.run(Script("""UPDATE guarded_quotes SET notes = '{"labels": [1]}' WHERE id = 1""")))
    worse = migration("0003_worse", """UPDATE guarded_quotes SET notes = '{"labels": [2]}' WHERE id < 3;""")
    same = migration("0003_same", "UPDATE guarded_quotes SET slug = 'x';")
    kept, said = ran(db, MADE, SLUG, same)  # slug is not there before: what is, is asked
    assert [each.rows for each in kept.unwrap().failing] == [1]
    assert any(each.endswith("got `int` (1 row): it is so already") for each in said), said
    failed, _ = ran(db, MADE, SLUG, same, replace_id(worse))
    assert "(2 rows)" in str(failed.failure())


def replace_id(each: Any) -> Any:
    return msgspec.structs.replace(each, id="0004_worse")


def test_who_is_killed_between_has_left_word_of_it(db: Database) -> None:
    ran(db, MADE, SLUG)
    later = migration("0004_stuck", "SELECT 1 / 0;")
    stuck, _ = ran(db, MADE, SLUG, BAD, later)
    assert not isinstance(stuck.failure(), GuardFailed)
    mended = migration("0004_stuck", "SELECT 1;")
    failed, said = ran(db, MADE, SLUG, BAD, mended)
    assert isinstance(failed.failure(), GuardFailed), "BAD was applied by the run before"
    assert len([each for each in said if "before" in each]) == 0


def test_up_to_one_in_between_nothing_is_asked_yet(db: Database) -> None:
    ran(db, MADE, SLUG)
    last = migration("0004_last", "CREATE TABLE guarded_more ();")
    some, said = ran(db, MADE, SLUG, BAD, last, to="0003_bad")
    assert some.unwrap().asked == ()
    assert len(said) == 1
    assert isinstance(ran(db, MADE, SLUG, BAD, last)[0].failure(), GuardFailed)


def test_nothing_pending_reads_the_journal_alone(db: Database) -> None:
    ran(db, MADE, SLUG)

    def never() -> Schema:
        raise AssertionError

    assert unwrap(migrate(db, in_line(MADE, SLUG), guards=RowGuards(schema=never))) == Migrated()


@pytest.mark.parametrize(
    ("up", "asked"),
    [
        ("ALTER TABLE guarded_lines ADD more int;", ()),
        ("ALTER TABLE guarded_lines ALTER quote_id TYPE int8 USING quote_id + 0;", ("guarded_lines",)),
        ("DO $$ BEGIN UPDATE guarded_lines SET id = id; END $$;", (HOSTILE, "guarded_lines", "guarded_quotes")),
        (f"UPDATE {_ODD} SET notes = '{{}}';", (HOSTILE,)),
        (f"UPDATE public.{_ODD} SET notes = '{{}}';", (HOSTILE,)),
        ("UPDATE elsewhere.guarded_lines SET id = id;", ()),
        ("CREATE INDEX ON guarded_lines (id);", ()),
    ],
)
def test_the_tables_that_a_migration_writes_are_asked(db: Database, up: str, asked: tuple[str, ...]) -> None:
    ran(db, MADE, SLUG)
    unwrap(db.run(Script("CREATE SCHEMA elsewhere", "CREATE TABLE elsewhere.guarded_lines (id int)")))
    rules = MigrationRules(
        allow=(f"update:{_ODD}", "update:elsewhere.guarded_lines", "update:guarded_lines", "unknown:DO")
    )
    history = in_line(MADE, SLUG, migration("0003_x", up, allowed=ALLOWED))
    done = unwrap(migrate(db, history, guards=RowGuards(schema=WANTED), rules=rules))
    assert done.asked == asked
    every = in_line(MADE, SLUG, history["0003_x"], migration("0004_y", "SELECT 1;"))
    guards = RowGuards(schema=WANTED, every=True)
    assert unwrap(migrate(db, every, guards=guards)).asked == (HOSTILE, "guarded_lines", "guarded_quotes")


ALLOWED = (
    "retype:guarded_lines.id",
    "retype:guarded_lines.quote_id",
    f"update:{HOSTILE}",
    "unknown:do",
    "do:block",
    "execute:do",
)


def test_a_record_says_what_is_written_anew(db: Database) -> None:
    ran(db, MADE, SLUG)
    seen = StepRecord(number=1, sql_sha="", rewrites=("public.guarded_lines",))
    text = "ALTER TABLE guarded_lines ALTER id TYPE int8;"
    one = migration("0003_x", text, allowed=ALLOWED, up_steps=(seen,))
    assert ran(db, MADE, SLUG, one)[0].unwrap().asked == ("guarded_lines",)


def test_rows_that_point_to_one_that_is_gone(db: Database) -> None:
    ran(db, MADE, SLUG)
    failed, _ = ran(db, MADE, SLUG, migration("0003_gone", "DELETE FROM guarded_quotes WHERE id = 1;"))
    assert "foreign key guarded_lines." in str(failed.failure())
    assert "it points to no row of guarded_quotes (1 row)" in str(failed.failure())


def test_the_databases_behind_it_are_not_begun(db: Database, url: str, qb_url: str) -> None:
    with scratch_database(qb_url, name="behind") as other:
        history = in_line(MADE, SLUG, BAD)
        found = migrate_each({"one": url, "other": other}, history, guards=RowGuards(schema=WANTED), rules=ALLOW)
    assert isinstance(found["one"].failure(), GuardFailed)
    assert found["other"].failure() == NotBegun("one")
    assert str(found["other"].failure()) == "not begun, as rows of one are not what the schema says"
    assert db.raising.all(sql(trusted("SELECT id FROM qb.migration ORDER BY 1")).rows(str))[-1] == "0003_bad"


def test_what_was_read_before_a_table_changed_is_read_again(url: str) -> None:
    """On one connection beside the runner's, whose statements were prepared for the table as it was."""
    retyped = migration(
        "0003_retyped",
        "UPDATE guarded_quotes SET slug = 'y'; ALTER TABLE guarded_quotes ALTER slug TYPE varchar(20);"
        "ALTER TABLE guarded_quotes ADD CHECK (slug <> 'z'); ALTER TABLE guarded_lines ALTER quote_id TYPE int4;",
        allowed=("retype:guarded_quotes.slug", "retype:guarded_lines.quote_id"),
    )
    with connect(url, max_size=2) as db:
        ran(db, MADE, SLUG, every=True)[0].unwrap()
        assert ran(db, MADE, SLUG, retyped, every=True)[0].unwrap().asked == (
            HOSTILE,
            "guarded_lines",
            "guarded_quotes",
        )
