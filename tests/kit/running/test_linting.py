"""What is said of SQL that was written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb.kit import lint
from qb.kit.errors import UnreadableSql


def said(folder: Path, text: str) -> list[str]:
    file = folder / "change.sql"
    file.write_text(text)
    return [f"{each.kind}: {str(each).removeprefix(f'{file}:')}" for each in lint(file).unwrap().findings]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CREATE INDEX x ON app.notes (a)", "keeps waiting: 1:1: ShareLock on app.notes while it builds the index"),
        ("CREATE UNIQUE INDEX ON notes (a)", "keeps waiting: 1:1: ShareLock on notes while it builds the index"),
        ("DROP INDEX x", "keeps waiting: 1:1: AccessExclusiveLock on the table of x, for a moment; instead: DROP"),
        ("REINDEX TABLE notes", "keeps waiting: 1:1: ShareLock on notes while it builds"),
        ("VACUUM (FULL, ANALYZE) notes", "keeps waiting: 1:1: AccessExclusiveLock on notes while it writes all"),
        ("CLUSTER notes USING x", "keeps waiting: 1:1: AccessExclusiveLock on notes while it writes all"),
        ("REFRESH MATERIALIZED VIEW v", "keeps waiting: 1:1: AccessExclusiveLock on v while it fills it"),
        ("LOCK TABLE notes", "keeps waiting: 1:1: the lock that it names on notes"),
        ("ALTER TABLE notes ADD CONSTRAINT c CHECK (a > 0)", "keeps waiting: 1:1: AccessExclusiveLock on notes while"),
        ("ALTER TABLE notes ADD CONSTRAINT c CHECK (a > 0) NOT VALID", "locks: 1:1: AccessExclusiveLock on notes, for"),
        ("ALTER TABLE notes VALIDATE CONSTRAINT c", "locks: 1:1: ShareUpdateExclusiveLock on notes, for a moment"),
        ("ALTER TABLE notes ADD FOREIGN KEY (a) REFERENCES b", "keeps waiting: 1:1: ShareRowExclusiveLock on notes"),
        ("ALTER TABLE notes ADD UNIQUE (a)", "keeps waiting: 1:1: AccessExclusiveLock on notes while it builds"),
        ("ALTER TABLE notes ADD UNIQUE USING INDEX x", "locks: 1:1: AccessExclusiveLock on notes, for a moment"),
        ("ALTER TABLE notes ALTER a SET NOT NULL", "keeps waiting: 1:1: AccessExclusiveLock on notes while it reads"),
        ("ALTER TABLE notes ADD a int DEFAULT 1", "locks: 1:1: AccessExclusiveLock on notes, for a moment"),
        ("ALTER TABLE notes ADD a timestamptz DEFAULT now()", "locks: 1:1: AccessExclusiveLock on notes, for"),
        ("ALTER TABLE notes ADD a uuid DEFAULT gen_random_uuid()", "keeps waiting: 1:1: AccessExclusiveLock on notes"),
        ("ALTER TABLE notes ADD a int GENERATED ALWAYS AS IDENTITY", "keeps waiting: 1:1: AccessExclusiveLock"),
        ("ALTER TABLE notes ADD a int, ADD b bigserial", "keeps waiting: 1:1: AccessExclusiveLock on notes while"),
        ('ALTER TABLE "No""tes" SET LOGGED', 'keeps waiting: 1:1: AccessExclusiveLock on No"tes while it writes'),
        ("ALTER TABLE p DETACH PARTITION a", "keeps waiting: 1:1: AccessExclusiveLock on p, for a moment; instead: DE"),
        ("ALTER TABLE p DETACH PARTITION a CONCURRENTLY", "locks: 1:1: ShareUpdateExclusiveLock on p, for a moment"),
        ("ALTER TABLE p ATTACH PARTITION a DEFAULT", "keeps waiting: 1:1: ShareUpdateExclusiveLock on p while"),
        ("CREATE TRIGGER t BEFORE INSERT ON notes EXECUTE FUNCTION f()", "locks: 1:1: ShareRowExclusiveLock on notes"),
        ("UPDATE notes SET a = 1", "changes: 1:1: update:notes"),
        ("SELECT 1;\n  ROLLBACK", "not run: 2:3: it is not run: ROLLBACK is not run"),
    ],
)
def test_a_statement(tmp_path: Path, text: str, found: str) -> None:
    assert said(tmp_path, text)[0].startswith(found)


def test_what_destroys_locks_too(tmp_path: Path) -> None:
    assert said(tmp_path, "DROP TABLE IF EXISTS notes;\nTRUNCATE logs;") == [
        "destroys: 1:1: drop-table:notes",
        "locks: 1:1: AccessExclusiveLock on notes, for a moment",
        "locks: 1:1: AccessExclusiveLock on the tables that notes refers to, or is a part of, for a moment",
        "destroys: 2:1: truncate:logs",
        "locks: 2:1: AccessExclusiveLock on logs, for a moment",
    ]
    (retyped, waits) = said(tmp_path, "ALTER TABLE notes ALTER COLUMN a TYPE bigint")
    assert retyped == "destroys: 1:1: retype:notes.a"
    assert waits.endswith("while it may write all rows anew; instead: a new column, filled in batches (steps.py)")


def test_what_a_file_makes_is_nobodys_yet(tmp_path: Path) -> None:
    text = "CREATE TABLE notes (a int);\nCREATE INDEX ON notes (a);\nALTER TABLE notes ADD UNIQUE (a);"
    assert said(tmp_path, text) == []
    assert len(said(tmp_path, text.replace("TABLE notes (", "TABLE IF NOT EXISTS notes ("))) == 2


def test_files_that_are_none(tmp_path: Path) -> None:
    missing = lint(tmp_path / "none.sql").failure()
    assert isinstance(missing, UnreadableSql)
    assert "No such file" in str(missing)
    (tmp_path / "bad.sql").write_bytes(b"\xff\xfe\x00S")
    assert isinstance(lint(tmp_path / "bad.sql").failure(), UnreadableSql)
