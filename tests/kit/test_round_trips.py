"""`round_trip`: a migration up, down and up again, with rows, whoever wrote it."""

from __future__ import annotations

import pytest

from qb import Database
from qb.errors import DefinitionError
from qb.kit import RoundTrip, round_trip
from qb.kit.proving.errors import NotProved
from qb.kit.running.undoing_errors import NoDown
from tests.kit.running.histories import in_line, migration

FIRST = migration(
    "0001_first",
    "CREATE TYPE mood AS ENUM ('a', 'b');\n"
    'CREATE TABLE "it\'s ""50%""" (id int PRIMARY KEY, m mood NOT NULL, note text, x int CHECK (x > 0));\n'
    "CREATE TABLE other (id int PRIMARY KEY, t text);",
    'DROP TABLE other, "it\'s ""50%"""; DROP TYPE mood;',
)


def failure(db: Database, up: str, down: str | None) -> str:
    found = round_trip(db, in_line(FIRST, migration("0002_second", up, down)), "0002")
    error = found.failure()
    assert isinstance(error, NotProved | NoDown)
    return str(error)


def test_a_migration_goes_up_and_down_with_rows(qb_database: Database) -> None:
    second = migration(
        "0002_second",
        'ALTER TABLE "it\'s ""50%""" ADD more int NOT NULL DEFAULT 1, ALTER note SET NOT NULL;\n'
        "ALTER TABLE other RENAME t TO title;\nCREATE INDEX CONCURRENTLY other_title ON other (title);",
        "DROP INDEX CONCURRENTLY other_title;\nALTER TABLE other RENAME title TO t;\n"
        'ALTER TABLE "it\'s ""50%""" DROP more, ALTER note DROP NOT NULL;',
        renames=("other.t=other.title",),
    )
    assert round_trip(qb_database, in_line(FIRST, second), "0002_second").unwrap() == RoundTrip("0002_second", 24, ())


def test_a_first_migration_has_no_rows(qb_database: Database) -> None:
    assert round_trip(qb_database, in_line(FIRST), "first").unwrap() == RoundTrip("0001_first", 0, ())


def test_what_writes_rows_and_says_so_is_no_mistake(qb_database: Database) -> None:
    second = migration(
        "0002_rows",
        'UPDATE other SET t = upper(t);\nINSERT INTO "it\'s ""50%""" VALUES (-1, \'a\');',
        'DELETE FROM "it\'s ""50%""" WHERE id = -1;',
    )
    assert round_trip(qb_database, in_line(FIRST, second), "0002_rows").unwrap().rows == 0


@pytest.mark.parametrize(
    ("up", "down", "says"),
    [
        ("ALTER TABLE other ADD y int;", "SELECT 1;", "the down: column public.other.y: it is there, and should not"),
        (
            "ALTER TABLE other DROP t;",
            "ALTER TABLE other ADD t varchar(9);",
            "the down: column public.other.t: type is 'character varying(9)', not 'text'",
        ),
        ("CREATE INDEX ON other (t);", None, "0002_second/down.sql is not there: 0002_second cannot be undone"),
        (
            "DO $$ BEGIN EXECUTE 'UPDATE other SET t = 1'; END $$;",
            "SELECT 1;",
            "the up: table public.other: its 12 rows are not what they were",
        ),
        (
            "DO $$ BEGIN EXECUTE 'DELETE FROM other'; END $$;",
            "SELECT 1;",
            "the up: table public.other: 12 rows became 0",
        ),
    ],
)
def test_what_is_not_as_it_was_is_told(qb_database: Database, up: str, down: str | None, says: str) -> None:
    assert says in failure(qb_database, up, down)


def test_since_names_what_it_follows(qb_database: Database) -> None:
    history = in_line(FIRST, migration("0002_second", "SELECT 1;", "SELECT 1;"))
    with pytest.raises(DefinitionError, match="0001_first does not come behind 0002_second"):
        round_trip(qb_database, history, "0001", since="0002")
