"""What raw SQL leaves in a session does not reach the next one who gets the connection."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qb import Col, Database, Db, Script, Table, column, ignore, insert, new, select, sql, trusted, unwrap
from qb.errors.outcome import Success
from qb.run.database.async_connect import connect_async
from qb.run.database.connect import connect
from tests.run.gate import gate
from tests.run.plain import failure


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
cases = pytest.mark.parametrize(("soil", "look"), CASES.values(), ids=CASES)

READS: tuple[Callable[[Db, str], Any], ...] = (
    lambda db, look: db.scalar(text(look)),
    lambda db, look: db.all(text(look)).map(lambda rows: rows[0]),
    lambda db, look: db.transact(lambda tx: tx.scalar(text(look))),
    lambda db, look: db.options(lock_timeout=9.0).scalar(text(look)),
)


@pytest.fixture
def alone(qb_url: str) -> Iterator[Database]:
    """A database with one connection: the next borrower gets it for certain."""
    with connect(qb_url, max_size=1) as db:
        yield db


@cases
def test_the_next_one_has_a_session_as_new(alone: Database, soil: str, look: str) -> None:
    pid = alone.scalar(text("SELECT pg_backend_pid()::text"))
    for read in READS:
        before = read(alone, look)
        unwrap(alone.execute(do(soil)))
        assert read(alone, look) == before
        assert read(alone, look) == before
    assert alone.scalar(text("SELECT pg_backend_pid()::text")) == pid


@cases
def test_a_commit_keeps_it_and_the_next_one_does_not(alone: Database, soil: str, look: str) -> None:
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


@pytest.mark.anyio
async def test_the_same_for_tasks(qb_url: str) -> None:
    async with connect_async(qb_url, max_size=1) as db:
        unwrap(await db.execute(do("SET search_path TO elsewhere")))
        assert await db.scalar(text("SHOW search_path")) == Success('"$user", public')
        unwrap(await db.execute(do("SET search_path TO elsewhere")))
        async with db.transaction() as tx:
            assert await tx.scalar(text("SHOW search_path")) == Success('"$user", public')


class Soiled(Table, name="soiled"):
    id: Col[int] = column(primary_key=True)


def pipelined(db: Db) -> Any:
    with db.pipeline() as p:
        found = p.all(select(Soiled.id))
    return found.result()


NEXT: dict[str, Callable[[Db], Any]] = {
    "read": lambda db: db.all(select(Soiled.id)),
    "first": lambda db: db.first(select(Soiled.id)),
    "unprepared": lambda db: db.all(select(Soiled.id).where(Soiled.id > 5)),
    "write": lambda db: db.execute(insert(new(Soiled)(id=1))),
    "refused": lambda db: db.execute(insert(new(Soiled)(id=0))),
    "command": lambda db: db.execute(do("DO $$ BEGIN END $$")),
    "copy": lambda db: db.insert_many([new(Soiled)(id=2)]),
    "pipeline": pipelined,
    "transaction": lambda db: db.transact(lambda tx: tx.all(select(Soiled.id))),
    "limit": lambda db: db.options(lock_timeout=9.0).all(select(Soiled.id)),
}
"""What may be the next statement of a link that was soiled."""


@pytest.fixture
def soiled(alone: Database) -> Iterator[Database]:
    unwrap(alone.run(Script("CREATE TABLE soiled (id bigint PRIMARY KEY)", "INSERT INTO soiled VALUES (0)")))
    yield alone
    unwrap(alone.run(Script("DROP TABLE soiled")))


@pytest.mark.parametrize("prepare", [True, False])
@pytest.mark.parametrize("run", NEXT.values(), ids=NEXT)
def test_a_reset_waits_for_no_answer_of_its_own(
    soiled: Database, qb_url: str, run: Callable[[Db], Any], prepare: bool
) -> None:
    with gate(qb_url) as (url, between), connect(url, max_size=1, prepare=prepare) as db:

        def turns(*, soil: bool) -> int:
            unwrap(soiled.execute(do("DELETE FROM soiled WHERE id > 0")))
            unwrap(db.execute(do("SET search_path TO elsewhere" if soil else "SELECT")))
            before = between.turns
            ignore(run(db))
            count = between.turns - before
            unwrap(db.execute(do("SELECT")))  # as it should be again, and counted apart
            return count

        turns(soil=True)  # everything is prepared from here on
        turns(soil=False)
        between.pause = 0.02  # a pipeline is written in two pieces, between which the server could answer
        assert min(turns(soil=True) for _ in range(3)) == min(turns(soil=False) for _ in range(3))
        between.pause = 0.0
        unwrap(db.execute(do("SET search_path TO elsewhere")))
        ignore(run(db))
        assert db.scalar(text("SHOW search_path")) == Success('"$user", public')


def test_what_cannot_run_in_a_transaction_runs_after_a_reset(soiled: Database) -> None:
    for command in ("VACUUM soiled", "CREATE INDEX CONCURRENTLY ON soiled (id)"):
        unwrap(soiled.execute(do("SET default_transaction_read_only TO on")))
        unwrap(soiled.execute(do(command)))
    procedure = "CREATE OR REPLACE PROCEDURE twice() LANGUAGE plpgsql AS $$ BEGIN COMMIT; COMMIT; END $$"
    unwrap(soiled.execute(do(procedure)))
    unwrap(soiled.execute(do("CALL twice()")))
    unwrap(soiled.execute(do("DROP PROCEDURE twice()")))


def test_a_reset_outlives_the_failure_of_its_statement(soiled: Database) -> None:
    unwrap(soiled.execute(do("SET search_path TO elsewhere")))
    assert "another row has the same value" in str(failure(soiled.execute(insert(new(Soiled)(id=0)))))
    assert soiled.scalar(text("SHOW search_path")) == Success('"$user", public')


@pytest.mark.parametrize("run", NEXT.values(), ids=NEXT)
def test_nothing_runs_in_a_session_that_could_not_be_reset(soiled: Database, run: Callable[[Db], Any]) -> None:
    pid = text("SELECT pg_backend_pid()::text")
    before = unwrap(soiled.scalar(pid))
    unwrap(soiled.scalar(pid))
    link = soiled._pool._idle[0].link  # pyright: ignore[reportPrivateUsage]
    link.own = (b"SELECT 1 / 0",)  # a command of the reset that fails
    unwrap(soiled.execute(do("SET search_path TO elsewhere")))
    assert isinstance(run(soiled), Success) or run is NEXT["refused"]
    assert unwrap(soiled.scalar(pid)) != before
    assert soiled.scalar(text("SHOW search_path")) == Success('"$user", public')


SETTER = "LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('search_path', 'elsewhere', false); RETURN 1; END $$"
OWN = (
    "CREATE SCHEMA odd",
    f"CREATE FUNCTION odd.abs(text) RETURNS int {SETTER}",
    f"CREATE FUNCTION odd.noted(int, point) RETURNS int {SETTER}",
    "CREATE OPERATOR odd.|| (leftarg = int, rightarg = point, function = odd.noted)",
    f"CREATE FUNCTION odd.same(int, point) RETURNS boolean {SETTER.replace('RETURN 1', 'RETURN true')}",
    "CREATE OPERATOR odd.= (leftarg = int, rightarg = point, function = odd.same)",
    "CREATE OPERATOR odd.#### (leftarg = int, rightarg = point, function = odd.noted)",
)
POINT = "'(1,2)'::point"
ODD = {
    "an overloaded function": "SELECT abs('x'::text)::text",
    "an overloaded operator": f"SELECT (1 || {POINT})::text",
    "an operator": f"SELECT (1 #### {POINT})::text",
    "an operator by its schema": f"SELECT (1 OPERATOR(odd.####) {POINT})::text",
    "an operator that is not written": f"SELECT CASE 1 WHEN {POINT} THEN 'a' END",
    "a temporary table": "EXPLAIN ANALYZE CREATE TEMP TABLE few AS SELECT 1 AS a",
}


@pytest.fixture(scope="module")
def odd(qb_url: str) -> Iterator[str]:
    """A database in which names of PostgreSQL's mean something else, too, and both are on the path."""
    with connect(qb_url) as db:
        db.run(Script(*OWN)).unwrap()
    yield qb_url + ("&" if "?" in qb_url else "?") + "options=-csearch_path%3Dpublic,odd"
    with connect(qb_url) as db:
        db.run(Script("DROP SCHEMA odd CASCADE")).unwrap()


@pytest.mark.parametrize("soil", ODD.values(), ids=ODD)
def test_names_of_postgresqls_that_mean_something_else_too(odd: str, soil: str) -> None:
    with connect(odd, max_size=1) as db:
        runs: tuple[Callable[[Any], object], ...] = (db.raising.all, db.raising.first, piped(db), streamed(db))
        for run in runs:
            run(text(soil))
            assert db.scalar(text("SHOW search_path")) == Success("public,odd")
            assert db.scalar(text("SELECT coalesce(to_regclass('pg_temp.few')::text, '')")) == Success("")
        assert db.all(text("SELECT abs(1)::text || 'a'")) == Success(["1a"])


def piped(db: Database) -> Callable[[Any], None]:
    def run(query: Any) -> None:
        with db.pipeline() as p:
            found = p.all(query)
        unwrap(found.result())

    return run


def streamed(db: Database) -> Callable[[Any], None]:
    def run(query: Any) -> None:
        with db.stream(query) as rows:
            list(rows)

    return run
