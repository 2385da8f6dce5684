"""What a script leaves prepared: what asks PostgreSQL's own catalogs alone, whatever was defined."""

from collections.abc import Iterator

import pytest

from qb import Database, Script, Tx, connect, sql
from qb.kit import introspect
from qb.query.raw import lasting

TABLES = lasting(sql("SELECT count(*) FROM pg_class WHERE relname LIKE 'lasting%'").rows(int))
PLAIN = sql("SELECT count(*) FROM pg_class WHERE relname LIKE 'lasting%'").rows(int)


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    with connect(qb_url, max_size=1) as db:
        yield db


def prepared(tx: Tx, text: str) -> int:
    asked = sql("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE {t}", t=f"%{text}%").rows(int)
    return tx.raising.one(asked)


def test_it_stays_prepared_and_the_rest_does_not(db: Database) -> None:
    with db.transaction(rollback=True) as tx:
        assert tx.raising.one(TABLES) == 0
        assert tx.raising.all(sql("SELECT 1 AS other").rows(int)) == [1]
        assert (prepared(tx, "relname LIKE 'lasting"), prepared(tx, "AS other")) == (1, 1)
        tx.raising.run(Script("CREATE TABLE lasting_one (n int)"))
        assert (prepared(tx, "relname LIKE 'lasting"), prepared(tx, "AS other")) == (1, 0)
        assert tx.raising.one(TABLES) == 1
        assert prepared(tx, "relname LIKE 'lasting") == 1


@pytest.mark.parametrize(
    "script",
    [Script("DEALLOCATE ALL"), Script("do $$ begin execute 'deallocate all'; end $$")],
    ids=["plain", "hidden"],
)
def test_a_script_that_takes_it_away_is_seen(db: Database, script: Script) -> None:
    with db.transaction(rollback=True) as tx:
        assert tx.raising.one(TABLES) == 0
        tx.raising.run(script)
        assert prepared(tx, "relname LIKE 'lasting") == 0
        assert tx.raising.one(TABLES) == 0


def test_it_is_another_statement_than_the_same_words(db: Database) -> None:
    assert TABLES != PLAIN
    assert "lasting=True" in repr(TABLES.node)


def test_a_catalog_is_read_by_the_same_statements_behind_a_script(db: Database) -> None:
    with db.transaction(rollback=True) as tx:
        first = introspect(tx).unwrap()
        before = prepared(tx, "pg_")
        tx.raising.run(Script("CREATE TABLE lasting_three (n int PRIMARY KEY)"))
        assert before - prepared(tx, "pg_") <= 2
        assert len(introspect(tx).unwrap()) > len(first)
