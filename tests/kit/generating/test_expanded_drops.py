"""What is dropped under --expand: it stays until the contract, with all that is its, or goes where it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

import qb
from qb import Col, Database, Shape, Table, column, connect, grant, pg, role, schema, select, sql
from qb.errors import DefinitionError
from qb.kit import drift, generate, migrate, rollback
from qb.kit.history.reading import read_history
from qb.kit.running.rules import MigrationRules
from qb.query.script import Script
from tables.scratch import scratch_database
from tests.kit.generating.test_expand import made, run, to


class Mood(StrEnum):
    GLAD = "glad"
    SAD = "sad"


class Author(Table, name="authors"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    name: Col[str]


class Note(Table, name='no"tes % {x}'):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    author: Col[int] = column(references=lambda: Author.id, index=True)
    mood: Col[Mood] = column(pg.enum("note_mood", Mood), default=Mood.GLAD)


class AuthorName(Shape):
    name: Col[str]


class Writer(Table, name="authors"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    full: Col[str]


class Other(Table, name="others"):
    id: Col[int] = column(primary_key=True)


class Again(Table, name='no"tes % {x}', schema="hall"):
    id: Col[int] = column(primary_key=True)


reader = role("later_reader")
glad = qb.view("glad_notes", select(Note).where(Note.mood == Mood.GLAD))
names = qb.view("author_names", select(Author.name).map(AuthorName))
BEFORE = schema(Author, Note, glad, names, reader, grant("select", on=glad, to=reader))
AFTER = schema(Writer, Other, reader, grant("select", on=Other, to=reader))
ALLOW = ('drop-table:no"tes % {x}',)
INSERT = """INSERT INTO authors (name) VALUES ('ada');
INSERT INTO "no""tes % {x}" (author, mood) SELECT max(id), 'sad' FROM authors"""


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    with scratch_database(qb_url) as url, connect(url, max_size=4) as db:
        yield db
        if db.scalar(sql("SELECT to_regrole('later_reader') IS NOT NULL").rows(bool)).unwrap():
            db.run(Script("DROP OWNED BY later_reader", "DROP ROLE later_reader")).unwrap()


def test_what_is_dropped_stays_until_the_contract(tmp_path: Path, cache: Path, db: Database) -> None:
    hints = ["rename:authors.name=authors.full"]
    found = made(BEFORE, AFTER, tmp_path, cache, hints=hints, allow=ALLOW)
    kinds = [(each.id or "").split("_")[1] for each in found]
    assert kinds == ["expand", "backfill", "finish", "contract"]
    assert not any("DROP TABLE" in each.up or "DROP VIEW" in each.up or "DROP TYPE" in each.up for each in found[:-1])
    to(db, tmp_path, "add")
    for kind in kinds[:-1]:
        run(db, INSERT)
        to(db, tmp_path, kind)
        run(db, "SET LOCAL ROLE later_reader; SELECT FROM glad_notes")
        run(db, "SELECT name FROM author_names; INSERT INTO authors (\"full\") VALUES ('eve')")
    run(db, INSERT)
    to(db, tmp_path, "contract")
    assert drift(db, AFTER, cache=cache).unwrap().changes == ()
    history = read_history(tmp_path).unwrap()
    lost = MigrationRules(allow=("drop-column:authors.full", "drop-table:others"))
    rollback(db, history, to=history.ids[0], rules=lost).unwrap()
    assert drift(db, BEFORE, cache=cache).unwrap().changes == ()
    run(db, INSERT)


@pytest.mark.slow
def test_drops_alone_beside_what_is_new(tmp_path: Path, cache: Path, db: Database) -> None:
    """Where no column moves, too; and drops alone are one migration."""
    one, two = schema(Author, Note, reader), schema(Author, Other, reader)
    found = made(one, two, tmp_path, cache, allow=ALLOW)
    assert [(each.id or "").split("_")[1] for each in found] == ["expand", "contract"]
    assert "DROP" not in found[0].up
    assert "CREATE TABLE" in found[0].up
    migrate(db, read_history(tmp_path).unwrap()).unwrap()
    assert drift(db, two, cache=cache).unwrap().changes == ()
    less = generate(schema(Author, reader), tmp_path, cache=cache, expand=True, allow=["drop-table:others"]).unwrap()
    assert (less.more, "DROP TABLE" in less.up) == ((), True)


@pytest.mark.slow
def test_what_has_its_name_taken_goes_at_once(tmp_path: Path, cache: Path, db: Database) -> None:
    class Index(Table, name="others"):
        id: Col[int] = column(primary_key=True)
        author: Col[int]

    taken = qb.index('no"tes % {x}_author_idx', Index.author)
    after = schema(Author, Index, taken, reader)
    found, last = made(schema(Author, Note, reader), after, tmp_path, cache, allow=ALLOW)
    assert "DROP TABLE" in found.up
    assert ("DROP TABLE" in last.up, "DROP TYPE" in last.up) == (False, True)
    migrate(db, read_history(tmp_path).unwrap()).unwrap()


def test_what_needs_something_that_is_renamed_is_refused(tmp_path: Path, cache: Path) -> None:
    class People(Table, name="people"):
        id: Col[int] = column(primary_key=True, default=qb.identity())
        name: Col[str]

    generate(schema(Author, Note), tmp_path, cache=cache).unwrap()
    hints = ["rename:authors=people"]
    error = generate(schema(People), tmp_path, cache=cache, expand=True, hints=hints, allow=ALLOW).failure()
    assert isinstance(error, DefinitionError)
    assert str(error).startswith('table public.no"tes % {x}: --expand drops it in the end, and until then it needs')
    assert str(error).endswith("Drop the one and rename the other in two changes")
