"""What brings a session back goes ahead of the next statement: nothing waits for it, and nothing runs without it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qb import Col, Database, Db, Script, Table, column, ignore, insert, new, select, sql, trusted, unwrap
from qb.errors.outcome import Success
from qb.run.database.connect import connect
from tests.run.gate import gate
from tests.run.plain import failure


def text(template: str) -> Any:
    return sql(trusted(template)).rows(str)


def do(template: str) -> Any:
    return sql(trusted(template)).command()


@pytest.fixture
def alone(qb_url: str) -> Iterator[Database]:
    """A database with one connection: the next borrower gets it for certain."""
    with connect(qb_url, max_size=1) as db:
        yield db


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

QUICK = {each: [pytest.mark.slow] * (each not in ("read", "copy", "pipeline")) for each in NEXT}


@pytest.fixture
def soiled(alone: Database) -> Iterator[Database]:
    unwrap(alone.run(Script("CREATE TABLE soiled (id bigint PRIMARY KEY)", "INSERT INTO soiled VALUES (0)")))
    yield alone
    unwrap(alone.run(Script("DROP TABLE soiled")))


@pytest.mark.parametrize("prepare", [True, pytest.param(False, marks=pytest.mark.slow)])
@pytest.mark.parametrize("run", [pytest.param(NEXT[each], id=each, marks=QUICK[each]) for each in NEXT])
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
