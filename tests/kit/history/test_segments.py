"""Statements of a migration, cut into what is committed together; what is not run is refused with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb.kit.history.segments import segments
from qb.kit.sql_file import SqlFileError


def cut(text: str) -> list[list[str]]:
    """The statements of each segment; one that is outside of a transaction has a "!" before it."""
    found = segments(text)
    assert "".join(each.text for each in found) == (text if found else "")
    assert [each.number for each in found] == list(range(1, len(found) + 1))
    return [[("" if each.transactional else "!") + one.text for one in each.statements] for each in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", []),
        ("-- nothing\n", []),
        ("a; b;\nc", [["a", "b", "c"]]),
        ("a; vacuum t; b", [["a"], ["!vacuum t"], ["b"]]),
        ("vacuum t; analyze t", [["!vacuum t"], ["analyze t"]]),
        ("a;\n-- qb: commit\nb;\n  --qb:COMMIT  \nc;", [["a"], ["b"], ["c"]]),
        ("-- qb: commit\na;\n-- qb: commit\n", [["a"]]),
        ("a; -- qb: commit\nb;", [["a"], ["b"]]),
        ("/* -- qb: nothing */ select '-- qb: nothing';", [["select '-- qb: nothing'"]]),
        ("-- qb: no transaction\ncall p();\nb;", [["!call p()"], ["b"]]),
        ("a;\n-- qb: commit\n-- qb: no transaction\ncall p()", [["a"], ["!call p()"]]),
        ("begin; a; b; commit;", [["a", "b"]]),
        ("BEGIN WORK;a;END TRANSACTION;b;start transaction;c;commit work", [["a"], ["b"], ["c"]]),
        ("begin isolation level serializable; a; commit", [["SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "a"]]),
        ("begin; a; commit and chain; b; commit and no chain; c", [["a"], ["b"], ["c"]]),
        ("a; commit and chain; b; commit and chain; c", [["a"], ["b"], ["c"]]),
        ("begin; a; commit and chain;", [["a"]]),
        ("begin; commit; a", [["a"]]),
        ("savepoint x; a; rollback to x; release savepoint X;",
         [["savepoint x", "a", "rollback to x", "release savepoint X"]]),
        ('savepoint "x"; rollback work to savepoint x', [['savepoint "x"', "rollback work to savepoint x"]]),
        ("alter type m add value 'a'; alter type m add value 'b'; insert into t values ('a')",
         [["alter type m add value 'a'", "alter type m add value 'b'"], ["insert into t values ('a')"]]),
        ("alter type m add value 'a'", [["alter type m add value 'a'"]]),
        ("create function f() returns int begin atomic select 1; end; b",
         [["create function f() returns int begin atomic select 1; end", "b"]]),
        ("do $$ begin commit; end $$", [["do $$ begin commit; end $$"]]),
        ("\\restrict abc\na;", [["a"]]),
    ],
)  # fmt: skip
def test_what_runs_together(text: str, wanted: list[list[str]]) -> None:
    assert cut(text) == wanted


def test_each_segment_has_the_text_that_is_about_it() -> None:
    text = (
        "-- 1. one\nCREATE TABLE t (x int);\n\n-- 2. two\nCREATE INDEX CONCURRENTLY ON t (x); -- done\n"
        "-- qb: commit\n-- 3. three\nSELECT 1;\n-- the end\n"
    )
    assert [each.text for each in segments(text)] == [
        "-- 1. one\nCREATE TABLE t (x int);\n",
        "\n-- 2. two\nCREATE INDEX CONCURRENTLY ON t (x); -- done\n-- qb: commit\n",
        "-- 3. three\nSELECT 1;\n-- the end\n",
    ]
    assert [each.first for each in segments(text)] == [1, 2, 3]


def test_settings_are_known_to_what_comes_after() -> None:
    found = segments(
        "SET search_path = app; SET LOCAL work_mem = '1MB'; SET CONSTRAINTS ALL DEFERRED; a; VACUUM t;"
        "SELECT pg_catalog.set_config('x.y', '', false); SELECT set_config('x.z', '', true);"
        "-- qb: commit\nRESET search_path;\n-- qb: commit\nb"
    )
    assert [[one.text for one in each.settings] for each in found] == [
        [],
        ["SET search_path = app"],
        ["SET search_path = app"],
        ["SET search_path = app", "SELECT pg_catalog.set_config('x.y', '', false)"],
        ["SET search_path = app", "SELECT pg_catalog.set_config('x.y', '', false)", "RESET search_path"],
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "a;\n  rollback;",
            "2:3: ROLLBACK is not run: a migration that undoes itself has no end that could be",
        ),
        ("abort", "1:1: ABORT is not run:"),
        ("commit", "1:1: COMMIT without BEGIN: a migration is in a transaction by itself; write a line -- qb: commit"),
        ("a;\nend;", "2:1: END without BEGIN"),
        ("a; begin;\nb", "1:4: no COMMIT follows this BEGIN: write one, or take it out"),
        ("begin; a; commit and chain; b", "1:1: no COMMIT follows this BEGIN"),
        ("begin;\nbegin; commit", "2:1: a transaction has begun in line 1 already: take one BEGIN out"),
        ("begin read only; a; commit", "1:1: READ ONLY: the journal is written in the same transaction"),
        ("a; set transaction read only", "1:4: READ ONLY: the journal is written in the same transaction"),
        ("set local transaction_read_only to on", "1:1: READ ONLY: the journal is written in the same transaction"),
        ("-- qb: no transaction\nBEGIN; a; COMMIT", "2:1: -- qb: no transaction ahead of BEGIN: nothing there is run"),
        ("a;\n-- qb: no transaction\nSAVEPOINT b", "3:1: -- qb: no transaction ahead of SAVEPOINT: nothing there"),
        ("begin; vacuum; commit", "1:8: this cannot be in a transaction: put it outside of BEGIN and COMMIT"),
        ("begin;\n-- qb: commit\na; commit", "2:1: -- qb: commit between BEGIN and COMMIT"),
        ("rollback to x", "1:1: the savepoint X is not set in this transaction: set it there"),
        ("savepoint x;\n-- qb: commit\nrelease x", "3:1: the savepoint X is not set in this transaction"),
        ("rollback prepared 'x'", "1:1: ROLLBACK PREPARED is not run"),
        ("commit prepared 'x'", "1:1: COMMIT PREPARED is not run"),
        ("prepare transaction 'x'", "1:1: PREPARE TRANSACTION is not run"),
        ("discard all", "1:1: DISCARD is not run"),
        ("set names 'latin1'", "1:1: the encoding of a migration is UTF-8: take it out"),
        ("set client_encoding = latin1", "1:1: the encoding of a migration is UTF-8: take it out"),
        ("set session standard_conforming_strings to off", "1:1: with standard_conforming_strings off"),
        ("copy t from stdin;\n1\n\\.\n", "1:1: the rows of a COPY are not loaded by a migration"),
        ("copy t to stdout", "1:1: COPY TO stdout has nobody here to take the rows: take it out"),
        ("a;\n\\connect other\nb;", "2:1: \\connect leads to another database, and this runs in one: take it out"),
        ("\\i other.sql", "1:1: a line of psql's own (\\i) is not run: write SQL alone"),
        ("a;\n -- qb: comit\nb", "2:2: there is no -- qb: comit: there is -- qb: commit, -- qb: no transaction, "),
        ("a\n-- qb: commit\nb", "2:1: -- qb: commit within a statement: put it between two"),
        ("a;\n-- qb: no transaction\n", "2:1: no statement follows -- qb: no transaction: take it out"),
        ("a;\nselect 'x", "2:8: a string that begins here does not end"),
    ],
)
def test_what_is_not_run_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(SqlFileError) as raised:
        segments(text, "m/up.sql")
    assert str(raised.value).startswith(f"m/up.sql:{said}")


@pytest.mark.parametrize(
    "text", ["set client_encoding = 'UTF8'", "set standard_conforming_strings = on", "copy t to '/x'"]
)
def test_what_pg_dump_sets_is_run(text: str) -> None:
    assert cut(text) == [[text]]


_PIECES = st.sampled_from(
    [
        "a;",
        " b ;\n",
        "vacuum;",
        "-- qb: commit\n",
        "-- note\n",
        "\n",
        "alter type x add value 'y';",
        "select ';';",
        "/* c */",
    ]
)


@given(st.lists(_PIECES, max_size=12))
def test_together_they_are_the_file(pieces: list[str]) -> None:
    cut("".join(pieces))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("BEGIN ISOLATION LEVEL SERIALIZABLE; a; COMMIT AND CHAIN; b; COMMIT", ["a", "b"]),
        (
            "BEGIN ISOLATION LEVEL SERIALIZABLE; a; COMMIT AND CHAIN; b; COMMIT AND CHAIN; c; COMMIT; d",
            ["a", "b", "c", ""],
        ),
        ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; a; COMMIT AND CHAIN; SAVEPOINT x; b", ["a", "SAVEPOINT x"]),
        ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; a;\n-- qb: commit\nb; COMMIT AND CHAIN; c", ["a", "", ""]),
        ("BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; a; COMMIT AND CHAIN; COMMIT; b", ["a", ""]),
        ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; a; COMMIT AND CHAIN; VACUUM; b", ["a", "", ""]),
    ],
)
def test_a_chained_transaction_is_as_the_one_before(text: str, wanted: list[str]) -> None:
    """Of each segment the statement behind what says its isolation; "" where nothing says that."""
    level = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"
    found = [[one.text for one in each.statements] for each in segments(text)]
    assert [each[1] if each[0] == level else "" for each in found] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "select 1, a.f(), pg_catalog . set_config('search_path', 'it''s', FALSE) AS x",
            "'search_path', 'it''s', FALSE",
        ),
        ("SELECT \"set_config\"('x.y', 'app', is_local => false) FROM t", "'x.y', 'app', is_local=>false"),
        ("SELECT set_config('x.y', '1', true), set_config('x.z', '2', false)", "'x.z', '2', false"),
        ("SELECT app.set_config('x.y', '1', false)", None),
        ("SELECT 1, set_config('x.y', t.name, false) FROM t", None),
        ("SELECT 'set_config(1, 2, false)'", None),
    ],
)
def test_a_setting_is_found_wherever_it_is_called(text: str, wanted: str | None) -> None:
    settings = segments(f"{text};\n-- qb: commit\nb")[1].settings
    said = [each.text for each in settings]
    assert said == ([] if wanted is None else [f"SELECT pg_catalog.set_config({wanted})"])


@pytest.mark.parametrize("call", ["set_config('a.b', 'c', false)", "pg_catalog.set_config('a.b', x || 'c', false)"])
def test_one_that_is_nothing_else_is_set_as_it_is(call: str) -> None:
    text = f"SELECT /* why */ {call}"
    assert [each.text for each in segments(f"{text};\n-- qb: commit\nb")[1].settings] == [text]
