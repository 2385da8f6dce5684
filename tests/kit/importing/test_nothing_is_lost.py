"""What a SQLite file holds is here, digit by digit and table by table, or it is said that it is not."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from qb import Outcome, Tx, sql, trusted
from qb.kit import ImportedSqlite, import_sqlite, inspect_sqlite
from qb.kit.errors import KitError
from qb.kit.importing.errors import RowsRejected, UnusableName
from qb.kit.importing.sqlite_types import CONVERSIONS


def imported(tx: Tx, folder: Path, made: str, *values: Any, **options: Any) -> Any:
    """The outcome of an import of some statements, and of a table t (id, v) with these values."""
    file = folder / "a.db"
    file.unlink(missing_ok=True)
    connection = sqlite3.connect(file)
    connection.executescript(made)
    connection.executemany("INSERT INTO t VALUES (?, ?)", enumerate(values)) if values else None
    connection.commit()
    connection.close()
    return import_sqlite(file, tx, **options)


def there(tx: Tx, expression: str = "v::text") -> list[Any]:
    return tx.all(sql(trusted(f"SELECT {expression} FROM t ORDER BY id")).rows(str | None)).unwrap()


T = "CREATE TABLE t (id INTEGER PRIMARY KEY, v {0})"
KINDS: list[tuple[str, tuple[Any, ...], str, list[str], tuple[str, ...]]] = [
    # whole numbers beside real ones
    ("", (9007199254740993, 1.5), "numeric", ["9007199254740993", "1.5"], ()),
    ("REAL", (2**53, 0.1, 1e300, 5e-324, -0.0), "double precision", [], ()),
    ("", (float("inf"), float("-inf"), 1), "double precision", ["Infinity", "-Infinity", "1"], ()),
    ("", (2**63 - 1, float("inf")), "numeric", [str(2**63 - 1), "Infinity"], ()),
    ("", (2**63 - 1, -(2**63)), "bigint", [str(2**63 - 1), str(-(2**63))], ()),
    # documents: all of their digits, and none that jsonb would keep less of
    ("", ('{"a": 0.12345678901234567890123}',), "jsonb", ['{"a": 0.12345678901234567890123}'], ()),
    ("", ('{"a": 1e20, "b": -1.50, "c": 12345678901234567890123}',), "jsonb", [], ()),
    ("", ('[true, false, null, "é\\ud83d\\ude00", {}, [], ""]',), "jsonb", [], ()),
    ("", ('{"a": 1, "a": 2}',), "text", ['{"a": 1, "a": 2}'], ()),
    ("", ('["\\ud800"]',), "text", ['["\\ud800"]'], ()),
    ("", ('["\\u0000"]',), "text", ['["\\u0000"]'], ()),
    ("", ('["\\\\u0000"]',), "jsonb", ['["\\\\u0000"]'], ()),
    ("", ("[1e200000]",), "text", ["[1e200000]"], ()),
    ("", ("[1e-17000]",), "text", ["[1e-17000]"], ()),
    ("", ("[NaN]",), "text", ["[NaN]"], ()),
    ("", ("[" * 5000 + "]" * 5000,), "text", [], ()),
    ("JSONTEXT", ("null", "1", '"a"'), "jsonb", ["null", "1", '"a"'], ()),
    # times: those of one form that a time keeps wholly
    ("DATETIME", ("2024-02-29 12:00:00.123456", "2024-02-29T12:00"), "timestamptz:iso", [], ()),
    ("DATETIME", ("2024-02-29 12:00:00.1234567",), "text", ["2024-02-29 12:00:00.1234567"], ()),
    ("DATETIME", ("2024-W09-4T12:00:00",), "text", ["2024-W09-4T12:00:00"], ()),
    ("DATETIME", ("2024-02-29 24:00:00",), "text", ["2024-02-29 24:00:00"], ()),
    ("DATE", ("2024-W09-4",), "text", ["2024-W09-4"], ()),
    ("DATE", ("2024-02-30",), "text", ["2024-02-30"], ()),
    ("DATE", ("2024-02-29", "0001-01-01"), "date", ["2024-02-29", "0001-01-01"], ()),
    (
        "TIMESTAMP",
        ("2024-02-29T12:00:00+02:00", "2024-02-29T12:00:00Z"),
        "timestamptz:iso",
        ["2024-02-29 10:00:00+00", "2024-02-29 12:00:00+00"],
        ("t: the offsets of the times in v: they are the same moments, in UTC",),
    ),
    # values of several classes
    ("", (b"ab", "ab"), "bytea", [], ("t: what v holds as it is: 1 text value becomes bytea",)),
    ("TEXT", ("a", b"\xff\x00"), "bytea", [], ("t: what v holds as it is: 1 text value becomes bytea",)),
    ("", (1, "1", 2), "text", ["1", "1", "2"], ("t: what v holds as it is: 2 integer values become text",)),
]


@pytest.mark.parametrize(("declared", "values", "becomes", "arrived", "left"), KINDS)
def test_a_column_becomes_what_keeps_all_of_it(
    qb_tx: Tx, tmp_path: Path, declared: str, values: Any, becomes: str, arrived: list[str], left: tuple[str, ...]
) -> None:
    done = imported(qb_tx, tmp_path, T.format(declared), *values).unwrap()
    (planned,) = inspect_sqlite(tmp_path / "a.db").unwrap().tables
    assert [each.becomes for each in planned.columns] == ["bigint", becomes]
    assert [each.rows for each in done.tables] == [len(values)]
    assert done.left == left
    assert there(qb_tx) == arrived or not arrived


REFUSED: list[tuple[str, Any, str]] = [
    ("double precision", 2**53 + 1, "it has more digits than double precision keeps"),
    ("bigint", 1.5, "it is no whole number"),
    ("bigint", 2.0**63, "it is no whole number"),
    ("numeric", "1_000", "it is no number"),
    ("numeric", "NaN", "it is no number"),
    ("numeric", "1e200000", "it has more digits than numeric keeps"),
    ("text", b"\xff", "it is no UTF-8"),
    ("jsonb", '{"a": 1, "a": 2}', "it has a key twice, of which jsonb keeps one"),
    ("jsonb", '{"a": "\\u0000"}', "it holds a NUL, which no document has in PostgreSQL"),
    ("jsonb", "[1e200000]", "it has a number with more digits than jsonb keeps"),
    ("boolean", 2, "it is neither 0 nor 1"),
    ("boolean", b"true", "it is neither 0 nor 1"),
    ("uuid", "sixteen letters.", "it is no uuid"),
    ("date", "20240229", "it is no date"),
    ("timestamptz:s", 0.00000012, "it has more digits than a time keeps"),
    ("timestamptz:ms", float("inf"), "it is no time"),
    ("timestamptz:ms", 2**62, "it is no time"),
    ("timestamptz:iso", "2024-02-29 12:00:00.1234567", "it is no time"),
]


@pytest.mark.parametrize(("becomes", "value", "why"), REFUSED)
def test_a_value_of_which_something_would_be_lost_is_rejected(
    qb_tx: Tx, tmp_path: Path, becomes: str, value: Any, why: str
) -> None:
    error = imported(qb_tx, tmp_path, T.format(""), value, become={"t.v": becomes}).failure()
    assert isinstance(error, RowsRejected)
    assert error.rejects == (("t", "v", 1, why),)


GOOD: dict[str, tuple[Any, ...]] = {
    "bigint": (1, -1.0, 2.0**62),
    "double precision": (1, 0.1, -(2**53), 1e-310),
    "numeric": (1, 0.1, " -1.50e3 ", 1e22, float("-inf"), "0e5", "12345678901234567890.12345678901234567890"),
    "text": (1, 0.1, "it's \\ \n $1 {x}", b"blob", 1e20),
    "boolean": (1, 0, 1.0, "True", "f"),
    "bytea": (1, 0.1, "it's", b"\x00\xff", b""),
    "jsonb": ("1", "null", '{"b": {"a": [1.10, -0.0]}}', b"[]"),
    "uuid": ("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", b"0123456789abcdef", "{a0eebc999c0b4ef8bb6d6bb9bd380a11}"),
    "date": ("2024-02-29", "9999-12-31"),
    "timestamptz:ms": (0, -1, 1700000000123, 1.5, 253402300799999),
    "timestamptz:s": (0, -62135596800, 1700000000.25),
    "timestamptz:iso": ("0001-01-01 00:00:00", "2024-02-29 12:00:00 -0130", "9999-12-31T23:59:59.999999Z"),
}


@pytest.mark.parametrize("becomes", list(CONVERSIONS))
def test_what_is_sent_is_what_has_arrived(qb_tx: Tx, tmp_path: Path, becomes: str) -> None:
    values = (*GOOD[becomes], None)
    (one,) = imported(qb_tx, tmp_path, T.format(""), *values, become={"t.v": becomes}).unwrap().tables
    assert (one.rows, one.rejected) == (len(values), 0)


SHADOWS = ("config", "content", "data", "docsize", "idx")


def test_what_is_no_table_with_rows_of_its_own_is_said(qb_tx: Tx, tmp_path: Path) -> None:
    made = """
    CREATE VIRTUAL TABLE search USING fts5(body);
    INSERT INTO search VALUES ('word');
    CREATE TABLE search_history (q TEXT);
    INSERT INTO search_history VALUES ('precious');
    CREATE TABLE found_content (id INTEGER PRIMARY KEY, body TEXT);
    INSERT INTO found_content VALUES (1, 'mine');
    CREATE VIRTUAL TABLE found USING fts5(body, content='found_content', content_rowid='id');
    CREATE TABLE t (id INT, v TEXT COLLATE NOCASE UNIQUE ON CONFLICT REPLACE,CHECK(id>0));
    CREATE TABLE u (t_id INT REFERENCES t (v) DEFERRABLE INITIALLY DEFERRED, "check" DEFAULT 'CHECK' /* CHECK */);
    CREATE VIEW seen AS SELECT 1;
    CREATE TRIGGER rings AFTER INSERT ON t BEGIN SELECT 1; END;
    """
    done: ImportedSqlite = imported(qb_tx, tmp_path, made).unwrap()
    assert [(each.table, each.rows) for each in done.tables] == [
        *(("found_content", 1), ("search_history", 1)),
        *(("t", 0), ("u", 0)),
    ]
    assert done.left == (
        "the virtual table found, with its tables found_config, found_data, found_docsize, found_idx",
        f"the virtual table search, with its tables {', '.join(f'search_{each}' for each in SHADOWS)}",
        "the view seen",
        "the trigger rings of t",
        "t: checks",
        "t: collations: texts are compared as they are",
        "t: what is done ON CONFLICT",
        "t: the collation NOCASE of the index sqlite_autoindex_t_1: texts are compared as they are",
        "u: that keys are DEFERRABLE",
    )
    assert inspect_sqlite(tmp_path / "a.db").unwrap().all_left == done.left


def test_what_has_other_words_here_arrives(qb_tx: Tx, tmp_path: Path) -> None:
    made = """
    CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v JSON DEFAULT '', n INT DEFAULT 1.5,
      b BIGINT DEFAULT 99999999999999999999, d REAL DEFAULT 1e999, g INT AS (id + 1) STORED, h INT AS (id + 2),
      UNIQUE (id DESC, v));
    INSERT INTO t (id) VALUES (41);
    DELETE FROM t WHERE id = 41;
    INSERT INTO t (id, v, n, b) VALUES (7, '[1]', 1, 1);
    CREATE TABLE w (a TEXT, b INT, PRIMARY KEY (a, b)) WITHOUT ROWID;
    CREATE TABLE x (t_id INTEGER REFERENCES T (ID), "{x} ""$1 %s \' ; --" TEXT);
    INSERT INTO x VALUES (7, 'a');
    CREATE INDEX t_too ON t (v);
    CREATE TABLE full (id INTEGER PRIMARY KEY);
    INSERT INTO full VALUES (9223372036854775807);
    """
    done: ImportedSqlite = imported(qb_tx, tmp_path, made).unwrap()
    assert done.left == (
        "t: the default of v",
        "t: the default of n",
        "t: the default of b",
        "t: the default of d",
        "t: that g is generated: its values are brought along",
        "t: that h is generated: its values are brought along",
    )
    assert qb_tx.scalar(sql("INSERT INTO t DEFAULT VALUES RETURNING id").rows(int)).unwrap() == 42


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (
            f"CREATE TABLE {'x' * 64} (a)",
            "PostgreSQL keeps 63 bytes of a name, and this one has 64: rename it in a copy",
        ),
        (f"CREATE TABLE y ({'é' * 32} INT)", "PostgreSQL keeps 63 bytes of a name, and this one has 64"),
        ('CREATE TABLE y (a, "" INT)', "it has no name at all"),
        ("CREATE TABLE y (a, xmin INT)", "the column y.xmin: every table of PostgreSQL has a column of that name"),
    ],
)
def test_a_name_that_would_be_another_one_is_refused(qb_tx: Tx, tmp_path: Path, made: str, says: str) -> None:
    error: KitError = imported(qb_tx, tmp_path, made).failure()
    assert isinstance(error, UnusableName)
    assert says in str(error)


def test_an_index_that_has_to_be_called_something_else_is_said(qb_tx: Tx, tmp_path: Path) -> None:
    long = "i" * 70
    done: Outcome[ImportedSqlite] = imported(qb_tx, tmp_path, f"CREATE TABLE t (v); CREATE INDEX {long} ON t (v)")
    assert done.unwrap().left == (f"t: the name of the index {long}: it is called {'i' * 63}",)
