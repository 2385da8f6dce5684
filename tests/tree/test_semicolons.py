"""Where the statements in a text of SQL end: judged by how many results the server gives."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.pq import ExecStatus

from qb.tree.semicolons import blank, ends_in_comment, statements_in

COUNTS = {
    "": 0,
    " \n\t": 0,
    ";": 0,
    ";;\n;": 0,
    "-- x": 0,
    "-- x; SELECT 1": 0,
    "/* x; */": 0,
    "/* a /* ; */ b; */ ;": 0,
    "SELECT 1": 1,
    "SELECT 1;": 1,
    "; SELECT 1; ;": 1,
    "SELECT 1; SELECT 2": 2,
    "SELECT ';'; SELECT 2": 2,
    "SELECT 'it''s;'; SELECT 2": 2,
    r"SELECT E'\';'; SELECT 2": 2,
    r"SELECT '\'; SELECT 2": 2,
    'SELECT 1 AS "a;""b;"; SELECT 2': 2,
    "SELECT $$;$$; SELECT $a$ ; $$ ; $a$": 2,
    "SELECT $1$ -- ;\n": 1,
    "SELECT 1 -- ;\n; SELECT 2": 2,
    "DO $body$ BEGIN PERFORM 1; PERFORM 2; END $body$; SELECT 1": 2,
    "CREATE TEMP TABLE t (n int); CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)": 2,
    "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;"
    "SELECT 2": 2,
    "CREATE OR REPLACE PROCEDURE pg_temp.p() LANGUAGE sql BEGIN ATOMIC SELECT 1; END; SELECT 1": 2,
    "BEGIN; SELECT 1; COMMIT": 3,
    "SELECT 1 --\r; SELECT 2": 2,
    "SELECT E'a'\n'\\''; SELECT '2'": 2,
    "SELECT 'a'\n'\\'; SELECT 2": 2,
    "SELECT 1; '; SELECT 2": 2,
}


@pytest.mark.parametrize("text", COUNTS)
def test_as_many_statements_as_the_server_runs(qb_url: str, text: str) -> None:
    assert statements_in(text) == COUNTS[text]
    assert blank(text) == (COUNTS[text] == 0)
    if "$1$" in text or "; ';" in text:
        return  # no statement that runs
    with psycopg.connect(qb_url, autocommit=True) as connection:
        connection.pgconn.send_query(text.encode())
        done = 0
        while (result := connection.pgconn.get_result()) is not None:
            assert result.status in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK, ExecStatus.EMPTY_QUERY)
            done += result.status != ExecStatus.EMPTY_QUERY
    assert done == COUNTS[text]


def test_a_comment_that_is_open_at_the_end() -> None:
    assert ends_in_comment("SELECT 1 -- x")
    assert not any(map(ends_in_comment, ("", "SELECT 1", "SELECT 1 -- x\n", "SELECT '-- x'", "/* -- x */", "1 - -1")))


def test_a_long_text_takes_a_step_for_each_of_its_pieces() -> None:
    assert statements_in("SELECT 1;" * 10_000) == 10_000
    assert statements_in("'" + "''" * 100_000) == 1
    assert blank("/*" * 10_000)
