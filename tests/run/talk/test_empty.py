# Made by tools/sync.py from test_async_empty.py: change that one, then run `make generate`.
"""SQL without a statement, which does nothing: PostgreSQL has an answer of its own for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import LiteralString

import pytest

from qb import Database, QueryError, Script, Success, connect, sql
from tests.examples import User

EMPTY = ("", " \n", ";", "; ;", "-- x", "/* x */", "/* /* x */ */;")
PID = sql("SELECT pg_backend_pid()").rows(int)
SETTING = sql("SET qb.dirty TO 1").command()


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    with connect(qb_url, max_size=2) as db:
        yield db


@pytest.mark.parametrize("text", EMPTY)
def test_a_script_of_nothing_does_nothing(db: Database, text: LiteralString) -> None:
    assert db.run(Script(text)) == Success(0)
    assert db.run(Script(text, text)) == Success(0)
    assert db.run(Script("SELECT 1", text, "SELECT 2")) == Success(2)
    with db.transaction() as tx:
        assert tx.run(Script(text)) == Success(0)
        assert tx.raising.run(Script(text, "SELECT 1")) == 1


@pytest.mark.parametrize("prepare", [True, False])
@pytest.mark.parametrize("text", EMPTY)
def test_a_command_of_nothing_touches_no_rows(qb_url: str, text: LiteralString, *, prepare: bool) -> None:
    with connect(qb_url, max_size=1, prepare=prepare) as db:
        pid = db.scalar(PID)
        assert db.execute(sql(text).command()) == Success(0)
        assert db.execute(SETTING) == Success(0)
        assert db.execute(sql(text).command()) == Success(0)  # in one message with what brings the session back
        with db.transaction() as tx:
            assert tx.execute(sql(text).command()) == Success(0)
            with tx.pipeline() as p:
                inner, one = p.execute(sql(text).command()), p.scalar(sql("SELECT 1").rows(int))
        with db.pipeline() as p:
            before, done, after = (
                p.execute(SETTING),
                p.execute(sql(text).command()),
                p.scalar(sql("SELECT 1").rows(int)),
            )
        assert [each.result() for each in (inner, one, before, done, after)] == [Success(n) for n in (0, 1, 0, 0, 1)]
        assert db.scalar(PID) == pid  # no connection was given up


@pytest.mark.parametrize("text", EMPTY)
def test_rows_of_nothing_are_refused_where_they_are_asked_for(text: LiteralString) -> None:
    with pytest.raises(QueryError, match=r"^sql: the text is empty, so there are no rows to read: write a query$"):
        sql(text).rows(int)


def test_a_comment_with_a_name_in_it_has_no_rows_either(db: Database) -> None:
    query = sql("/* {user} */", user=User).rows(int)
    assert str(db.all(query).failure()) == "the result has 0 columns, and 1 is declared"
    with (
        pytest.raises(QueryError, match=r"^the SQL is empty, so there are no rows to read: write a query$"),
        db.pipeline() as p,
    ):
        p.all(query)
