# Made by tools/sync.py from test_async_afresh.py: change that one, then run `make generate`.
"""What raw SQL leaves in a session does not reach the next one who gets the connection."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qb import Database, Db, Script, connect, sql, trusted, unwrap
from qb.errors.outcome import Success


def text(template: str) -> Any:
    return sql(trusted(template)).rows(str)


def do(template: str) -> Any:
    return sql(trusted(template)).command()


LOCKS = "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
CASES = {
    "setting": ("SET search_path TO elsewhere", "SHOW search_path"),
    "function": ("SELECT set_config('search_path', 'elsewhere', false)", "SHOW search_path"),
    "custom": ("SET my.tenant TO 'x'", "SELECT coalesce(current_setting('my.tenant', true), '')"),
    "role": ("SET ROLE pg_monitor", "SELECT current_user::text"),
    "authorization": ("SET SESSION AUTHORIZATION pg_monitor", "SELECT session_user::text || current_user::text"),
    "temporary table": ("CREATE TEMP TABLE pg_temp.t (a int)", "SELECT coalesce(to_regclass('pg_temp.t')::text, '')"),
    "behind a comment": ("SELECT 1 --\r, set_config('role', 'pg_monitor', false)", "SELECT current_user::text"),
    "behind a text": ("SELECT E'a'\n'\\'' , set_config('role', 'pg_monitor', false), '1'", "SELECT current_user::text"),
    "into behind a comment": ("SELECT 1 AS a --\rINTO TEMP t", "SELECT coalesce(to_regclass('pg_temp.t')::text, '')"),
    "into": ("SELECT 1 AS a INTO TEMP t", "SELECT coalesce(to_regclass('pg_temp.t')::text, '')"),
    "listen": ("LISTEN news", "SELECT count(*)::text FROM pg_listening_channels()"),
    "lock": ("SELECT pg_advisory_lock(7)::text", LOCKS),
    "cursor": ("DECLARE c CURSOR WITH HOLD FOR SELECT 1", "SELECT count(*)::text FROM pg_cursors"),
    "procedural": ("DO $$ BEGIN PERFORM set_config('search_path', 'elsewhere', false); END $$", "SHOW search_path"),
    "limit": ("SET statement_timeout TO 12345", "SHOW statement_timeout"),
    "float": ("SET extra_float_digits TO 0", "SHOW extra_float_digits"),
    "read only": ("SET default_transaction_read_only TO on", "SHOW transaction_read_only"),
    "isolation": ("SET default_transaction_isolation TO serializable", "SHOW transaction_isolation"),
}
# What is said to the server is the same in both halves: coroutines say a setting and something that is none.
SOME = tuple(CASES)
cases = pytest.mark.parametrize("case", SOME)


def read_all(db: Db, look: str) -> Any:
    return db.all(text(look)).map(lambda rows: rows[0])


READS: tuple[Callable[[Db, str], Any], ...] = (
    lambda db, look: db.scalar(text(look)),
    read_all,
    lambda db, look: db.transact(lambda tx: tx.scalar(text(look))),
    lambda db, look: db.options(lock_timeout=9.0).scalar(text(look)),
)


@pytest.fixture
def alone(qb_url: str) -> Iterator[Database]:
    """A database with one connection: the next borrower gets it for certain."""
    with connect(qb_url, max_size=1) as db:
        yield db


@cases
def test_the_next_one_has_a_session_as_new(alone: Database, case: str) -> None:
    soil, look = CASES[case]
    pid = alone.scalar(text("SELECT pg_backend_pid()::text"))
    for read in READS:
        before = read(alone, look)
        unwrap(alone.execute(do(soil)))
        assert read(alone, look) == before
        assert read(alone, look) == before
    assert alone.scalar(text("SELECT pg_backend_pid()::text")) == pid


@cases
def test_a_commit_keeps_it_and_the_next_one_does_not(alone: Database, case: str) -> None:
    soil, look = CASES[case]
    before = alone.scalar(text(look))

    def work(tx: Db) -> Any:
        unwrap(tx.execute(do(soil)))
        return tx.scalar(text(look))

    inside: Any = alone.transact(work)
    if "transaction_" not in look and "LISTEN" not in soil:  # which begin with the next transaction
        assert inside != before
    assert alone.scalar(text(look)) == before
    assert alone.transact(work) == inside
    # Undoing the next transaction does not bring it back.
    with alone.transaction(rollback=True) as tx:
        assert tx.scalar(text(look)) == before
    assert alone.scalar(text(look)) == before


def test_a_lock_outlives_a_rollback_and_not_the_next_statement(alone: Database) -> None:
    with alone.transaction(rollback=True) as tx:
        unwrap(tx.scalar(text("SELECT pg_advisory_lock(7)::text")))
    assert alone.scalar(text(LOCKS)) == Success("0")


def test_scripts_pipelines_streams_and_failures_soil_as_well(alone: Database) -> None:
    look, default = text("SHOW search_path"), Success('"$user", public')
    unwrap(alone.run(Script("SET search_path TO elsewhere")))
    with alone.pipeline() as p:
        found = p.scalar(look)
    assert found.result() == default
    with alone.pipeline() as p:
        done = p.execute(do("SET search_path TO elsewhere"))
    unwrap(done.result())
    with alone.stream(look) as rows:
        assert list(rows) == ['"$user", public']
    with alone.stream(
        text("SELECT set_config('search_path', 'elsewhere', false) FROM generate_series(1, 2000)")
    ) as rows:
        next(rows)
    assert alone.scalar(look) == default
    assert "division" in str(alone.scalar(text("SELECT (pg_advisory_lock(7) IS NULL)::int / 0 || ''")))
    assert alone.scalar(text(LOCKS)) == Success("0")


def test_what_the_address_says_stays(qb_url: str) -> None:
    with connect(f"{qb_url}&options=-csearch_path%3Dmine%20-crole%3Dpg_monitor", max_size=1) as db:
        unwrap(db.execute(do("SET search_path TO elsewhere")))
        assert db.scalar(text("SHOW search_path")) == Success("mine")
        assert db.scalar(text("SELECT current_user::text")) == Success("pg_monitor")


def test_prepared_statements_stay(alone: Database) -> None:
    names = text("SELECT string_agg(name, ',' ORDER BY name) FROM pg_prepared_statements WHERE name LIKE 'qb%'")
    unwrap(alone.scalar(names))
    before = unwrap(alone.scalar(names))
    unwrap(alone.scalar(text("SELECT set_config('search_path', 'elsewhere', false)")))
    after = unwrap(alone.scalar(names))
    assert set(before.split(",")) < set(after.split(","))
