"""`qb generate --against`: the sizes of a real database beside what each statement does, and never in the files."""

from __future__ import annotations

import re
from pathlib import Path

from qb import Script, connect, sql
from qb.kit.generating.generate import Generated
from tests.kit.command.commands import project, run

FIRST = """
from qb import Col, Table, column, identity

class Note(Table, name="notes"):
    id: Col[int] = column(primary_key=True, default=identity())
    text: Col[str | None]
"""
SECOND = FIRST.replace("text: Col[str | None]", "text: Col[str]")
FIRST_LINES, LINES = (('prefix = "index"', f'schema = "notes_of_{n}"') for n in ("first", "second"))
SAID = "(2,000 rows, N kB): under a second,"


DOCUMENTS = """
from qb import Col, Table, column, identity, pg

class Note(Table, name="notes"):
    id: Col[int] = column(primary_key=True, default=identity())
    meta: Col[dict[str, object] | None] = column(pg.jsonb)
"""


def test_a_key_of_documents_becomes_a_column(tmp_path: Path, qb_database_url: str) -> None:
    lines = (f'url = "{qb_database_url}"', "owned = true", 'prefix = "index"', 'schema = "notes_with_documents"')
    folder = project(tmp_path, *lines, notes_with_documents=DOCUMENTS)
    assert run("generate", folder=folder).code == 0
    assert run("migrate", folder=folder).code == 0
    with connect(qb_database_url) as db:
        db.run(Script("""INSERT INTO notes (meta) VALUES ('{"n": 1}'), ('{"n": "secret"}')""")).unwrap()
    said = ("promote", "notes.meta", "n", "notes.number", "--type", "bigint")
    refused = run(*said, "--show-keys", folder=folder)
    assert refused.code == 2, refused
    assert "notes.number: 1 row holds a text that is no bigint (keys 2): mend them" in " ".join(refused.errors.split())
    done = run(*said, "--leave-rejects", folder=folder)
    assert done.code == 0, done
    assert done.output.splitlines()[5:] == [
        "in the class of notes: number: Col[int | None] = column(pg.bigint)",
        "stays NULL: 1 row holds a text that is no bigint",
    ]
    assert run("migrate", folder=folder).code == 0
    with connect(qb_database_url) as db:
        found = db.all(sql("SELECT number FROM notes ORDER BY id").rows(int | None)).unwrap()
    assert found == [1, None]


def test_sizes_of_a_real_database(tmp_path: Path, qb_database_url: str) -> None:
    url = qb_database_url
    folder = project(tmp_path, *FIRST_LINES, notes_of_first=FIRST)
    assert run("generate", folder=folder).code == 0
    with connect(url) as db:
        text = "CREATE TABLE notes AS SELECT n AS id, n::text AS text FROM generate_series(1, 2000) n"
        db.run(Script(text, "ANALYZE notes")).unwrap()
    project(tmp_path, *LINES, notes_of_second=SECOND)
    plain = run("generate", "--dry-run", folder=folder)
    assert plain.code == 0, plain
    said = run("generate", "--dry-run", "--against", url, folder=folder)
    assert said.code == 0, said
    assert said.output.startswith(plain.output)
    lines = [re.sub(r"[\d.]+ kB", "N kB", each) for each in said.output.removeprefix(plain.output).splitlines()]
    assert lines[:2] == [
        f"statement 1: locks public.notes {SAID} everybody waits",
        f"statement 2: reads all of public.notes {SAID} nobody waits",
    ]
    assert lines[2].startswith("all in all under a second, at 300 MB/s read")
    found = run("generate", "--against", url, "--json", folder=folder).reply_of(Generated)
    assert found.data is not None
    assert found.data.forecast is not None
    assert [each.lock for each in found.data.forecast.statements] == ["AccessExclusiveLock", "ShareUpdateExclusiveLock"]
    assert "2,000" not in "".join(each.read_text() for each in (tmp_path / "migrations").rglob("*.*"))
