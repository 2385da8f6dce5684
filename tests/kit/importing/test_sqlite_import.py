"""`import_sqlite`: a SQLite file becomes tables with all of their rows, keys and indexes."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from qb import InvalidSql, Success, Tx, sql, trusted
from qb.kit import import_sqlite, inspect_sqlite, introspect
from qb.kit.facts.column import ColumnFact
from qb.kit.importing.errors import RowsRejected, UnknownConversion, UnreadableSqlite

MADE = """
CREATE TABLE projects (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, settings TEXT, done BOOLEAN
  DEFAULT 0, created_at INTEGER NOT NULL, touched_at INTEGER, made DATETIME DEFAULT CURRENT_TIMESTAMP, day DATE,
  price DECIMAL(8, 2), ratio REAL, raw BLOB, mixed, "it's ""50%"" {x} $1 \\ 的" TEXT DEFAULT 'it''s', empty INT);
CREATE TABLE tickets (id TEXT PRIMARY KEY, project_id INTEGER REFERENCES projects ON DELETE CASCADE, n INT, tags JSON,
  parent_id TEXT REFERENCES tickets (id), CHECK (n > 0));
CREATE TABLE "sel""ect" (a INT, b INT, PRIMARY KEY (b, a)) WITHOUT ROWID;
CREATE INDEX tickets_n ON tickets (n DESC, id);
CREATE UNIQUE INDEX tickets_tags ON tickets (project_id, n);
CREATE INDEX partial ON tickets (n) WHERE n > 3;
CREATE INDEX expression ON tickets (lower(id));
CREATE VIEW some AS SELECT 1;
"""
ROWS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    (
        "INSERT INTO projects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(7, "it's", '{"b": 1.0, "a": [1, null, "é"]}', 1, 1700000000123, 1700000000, "2024-02-29 12:00:00"),
            *("2024-02-29", 12.5, 0.1, b"\x00\xff", 1, 'quo"te\\', None),
        ),
    ),
    (
        "INSERT INTO projects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (9223372036854775806, "b", None, 0, 0 + 10**11, None, None, None, 3, 5.0, None, "text", None, None),
    ),
    ("INSERT INTO tickets VALUES (?, ?, ?, ?, ?)", ("t1", 7, 5, "[]", None)),
    ("INSERT INTO tickets VALUES (?, ?, ?, ?, ?)", ("t2", 7, 6, '["a"]', "t1")),
    ('INSERT INTO "sel""ect" VALUES (?, ?)', (1, -(2**63))),
)


def written(folder: Path, made: str = MADE, rows: Any = ROWS) -> Path:
    file = folder / "it's 50%.db"
    connection = sqlite3.connect(file)
    connection.executescript(made)
    for statement, values in rows:
        connection.execute(statement, values)
    connection.commit()
    connection.close()
    return file


def test_all_of_it_is_brought_along(qb_tx: Tx, tmp_path: Path) -> None:
    file = written(tmp_path)
    before = file.read_bytes()
    done = import_sqlite(file, qb_tx).unwrap()
    assert [(each.table, each.rows, each.rejected) for each in done.tables] == [
        ("projects", 2, 0),
        ('sel"ect', 1, 0),
        ("tickets", 2, 0),
    ]
    assert done.left == (
        "the view some",
        "projects: what mixed holds as it is: 1 integer value becomes text",
        "tickets: checks",
        "tickets: the index expression, which has an expression",
        "tickets: the index partial, which has a condition",
    )
    assert file.read_bytes() == before
    catalog = introspect(qb_tx).unwrap()
    types = {each.name: fact.type for each, fact in catalog.of(ColumnFact).items() if each.table == "projects"}
    assert types == {
        "id": "bigint",
        "name": "text",
        "settings": "jsonb",
        "done": "boolean",
        "created_at": "timestamp with time zone",
        "touched_at": "timestamp with time zone",
        "made": "timestamp with time zone",
        "day": "date",
        "price": "numeric",
        "ratio": "double precision",
        "raw": "bytea",
        "mixed": "text",
        'it\'s "50%" {x} $1 \\ 的': "text",
        "empty": "bigint",
    }
    kinds = {each.kind: each for each in catalog if each.table in ("projects", "tickets", 'sel"ect')}
    assert {"primary key", "unique", "foreign key", "index"} <= set(kinds)
    row = qb_tx.one(
        sql(
            "SELECT settings::text, extract(epoch FROM created_at)::text, touched_at = to_timestamp(1700000000),"
            " made = '2024-02-29 12:00+00', day = '2024-02-29', price::text, encode(raw, 'hex'), mixed"
            " FROM projects WHERE id = 7"
        ).rows(tuple[str, str, bool, bool, bool, str, str, str])
    )
    expected = ('{"a": [1, null, "é"], "b": 1.0}', "1700000000.123000", True, True, True, "12.5", "00ff", "1")
    assert row == Success(expected)
    last = 'RETURNING id, done, "it\'s ""50%"" {{x}} $1 \\ 的"'
    text = f"INSERT INTO projects (name, created_at) VALUES ('c', now()) {last}"
    assert qb_tx.one(sql(trusted(text)).rows(tuple[int, bool, str])) == Success((2**63 - 1, False, "it's"))


def test_a_second_time_it_is_there(qb_tx: Tx, tmp_path: Path) -> None:
    file = written(tmp_path)
    assert import_sqlite(file, qb_tx).unwrap().tables[0].rows == 2
    with qb_tx.transaction(rollback=True) as inner:
        assert isinstance(import_sqlite(file, inner).failure(), InvalidSql)


def test_the_same_rows_have_the_same_checksum(qb_tx: Tx, tmp_path: Path) -> None:
    def sums(rows: Any, folder: Path) -> list[str]:
        folder.mkdir()
        with qb_tx.transaction(rollback=True) as inner:
            return [each.checksum for each in import_sqlite(written(folder, rows=rows), inner).unwrap().tables]

    first = sums(ROWS, tmp_path / "a")
    assert first == sums((ROWS[1], ROWS[0], *ROWS[2:]), tmp_path / "b")


def test_what_does_not_fit_is_told_without_its_value(qb_tx: Tx, tmp_path: Path) -> None:
    made = "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT, y)"
    rows = [
        ("INSERT INTO t VALUES (?, ?, ?)", values) for values in ((1, "5", "a\0b"), (2, "secret", "c"), (3, "[", "d"))
    ]
    file = written(tmp_path, made, rows)
    with qb_tx.transaction(rollback=True) as inner:
        error = import_sqlite(file, inner, become={"t.x": "jsonb"}).failure()
        assert isinstance(error, RowsRejected)
        assert error.rejects == (
            ("t", "x", 2, "it is no JSON"),
            ("t", "y", 1, "it holds a NUL, which no text has in PostgreSQL"),
        )
        assert "secret" not in str(error)
    done = import_sqlite(file, qb_tx, become={"t.x": "jsonb"}, skip_rejects=True).unwrap()
    assert [(each.rows, each.rejected) for each in done.tables] == [(0, 3)]


def test_keys_that_point_to_nothing(qb_tx: Tx, tmp_path: Path) -> None:
    made = """CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id), c INT REFERENCES nowhere (x));
    CREATE TABLE b (id INTEGER PRIMARY KEY);"""
    file = written(tmp_path, made, [("INSERT INTO a VALUES (?, ?, ?)", (1, 5, 6))])
    done = import_sqlite(file, qb_tx).unwrap()
    assert done.left == (
        "a: the key of c to nowhere, which is no key there",
        "a: that the key of b_id holds for rows that are there: some point to nothing",
    )


def test_what_somebody_says_of_columns(tmp_path: Path) -> None:
    file = written(tmp_path)
    plans = {each.table: each for each in inspect_sqlite(file, become={"tickets.n": "text"}).unwrap().tables}
    assert {each.name: each.becomes for each in plans["tickets"].columns}["n"] == "text"
    wrong = inspect_sqlite(file, become={"tickets.m": "text"}).failure()
    assert isinstance(wrong, UnknownConversion)
    assert str(wrong) == "--as tickets.m=text: the file has no such column"
    assert "a column becomes one of bigint" in str(inspect_sqlite(file, become={"tickets.n": "int4"}).failure())


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "No such file"), (b"", "it is no SQLite database"), (b"SQLite format 3\0" + b"x" * 200, "file is not a")],
)
def test_what_is_no_database_is_told(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "a.db"
    if content is not None:
        file.write_bytes(content)
    error = inspect_sqlite(file).failure()
    assert isinstance(error, UnreadableSqlite)
    assert says in str(error)
