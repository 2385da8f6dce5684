"""What `connect` gives every session of a database: in force from the first statement, and after whatever comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from qb import (
    AsyncDatabase,
    AsyncDb,
    ConnectionRefused,
    DefinitionError,
    Success,
    connect_async,
    ignore,
    sql,
    trusted,
    unwrap,
)
from qb.types.identifier import quoted
from tests.run.bouncer import bouncer
from tests.run.loops import LOOPS  # sync:
from tests.run.plain import failure

pytestmark = LOOPS  # sync:

ROLE = 'qb\'s "role" %s $1 \\ 的'
SCHEMAS = ('sche"ma, one', "$user", "public", "SELECT; --'")
SETTINGS: dict[str, Any] = {
    "app.tenant": "it's \\'; DROP TABLE x; -- %s {} \"q\" 的\n\t$1",
    "TimeZone": "Europe/Amsterdam",
    "work_mem": 2048,
    "random_page_cost": 1.5,
    "enable_hashjoin": False,
    "temp_tablespaces": "",
}
LOOK = sql(
    "SELECT current_user::text || '|' || current_setting('search_path') || '|' || current_setting('app.tenant') || '|' "
    "|| current_setting('TimeZone') || current_setting('work_mem') || current_setting('random_page_cost') "
    "|| current_setting('enable_hashjoin')"
).rows(str)
PATH = '"sche""ma, one", "$user", public, "SELECT; --\'"'
SEEN = f"{ROLE}|{PATH}|{SETTINGS['app.tenant']}|Europe/Amsterdam2MB1.5off"


def do(text: str) -> Any:
    return sql(trusted(text.replace("{", "{{").replace("}", "}}"))).command()


@pytest.fixture
async def roles(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    """A database with the role, which goes with the test."""
    async with connect_async(qb_url) as db:
        missing = sql("SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {r})", r=ROLE).rows(bool)
        if unwrap(await db.scalar(missing)):
            (await db.execute(do(f"CREATE ROLE {quoted(ROLE)} NOLOGIN"))).unwrap()
        yield db


def alone(url: str, **more: Any) -> AsyncDatabase:
    """A database with one connection: the next borrower gets it for certain."""
    return connect_async(url, max_size=1, role=ROLE, search_path=SCHEMAS, settings=SETTINGS, **more)


async def seen(db: AsyncDb) -> str:
    return unwrap(await db.scalar(LOOK))


@pytest.mark.usefixtures("roles")
async def test_they_are_in_force_for_the_first_statement_of_any_kind(qb_url: str) -> None:
    async with alone(qb_url) as db:
        assert await seen(db) == SEEN
    async with alone(qb_url) as db, db.transaction() as tx:
        assert await seen(tx) == SEEN
    async with alone(qb_url) as db:
        async with db.pipeline() as p:
            found = p.scalar(LOOK)
        assert found.result() == Success(SEEN)
    async with alone(qb_url) as db, db.stream(LOOK) as rows:
        assert [row async for row in rows] == [SEEN]
    async with alone(qb_url, prepare=False, statement_timeout=7.0) as db:
        assert await seen(db) == SEEN
        assert await seen(db.options(lock_timeout=3.0)) == SEEN


@pytest.mark.usefixtures("roles")
@pytest.mark.parametrize(
    "text",
    [
        "RESET ALL",
        "RESET ROLE",
        "SET search_path TO elsewhere",
        "SET ROLE NONE",
        "SET SESSION AUTHORIZATION DEFAULT",
        "SELECT set_config('app.tenant', 'another', false)",
        "DISCARD ALL",
        "SELECT 1 / 0",
    ],
)
async def test_they_are_in_force_after_whatever_raw_sql_does(qb_url: str, text: str) -> None:
    async with alone(qb_url) as db:
        assert await seen(db) == SEEN
        for _ in range(2):
            ignore(await db.execute(do(text)))
            assert await seen(db) == SEEN
            ignore(await db.execute(do(text)))
            async with db.transaction(rollback=True) as tx:
                assert await seen(tx) == SEEN
                ignore(await tx.execute(do(text)))
            assert await seen(db) == SEEN


@pytest.mark.usefixtures("roles")
async def test_they_are_in_force_on_a_connection_that_takes_anothers_place(qb_url: str, roles: AsyncDatabase) -> None:
    async with alone(qb_url) as db:
        pid = unwrap(await db.scalar(sql("SELECT pg_backend_pid()").rows(int)))
        ended = sql("SELECT pg_terminate_backend({pid}::int, 5000)", pid=pid).rows(bool)
        assert await roles.scalar(ended) == Success(True)
        assert await seen(db) == SEEN
        assert unwrap(await db.scalar(sql("SELECT pg_backend_pid()").rows(int))) != pid


async def test_no_schema_at_all_is_a_search_path(qb_url: str) -> None:
    async with connect_async(qb_url, search_path=[]) as db:
        assert await db.scalar(sql("SELECT current_schemas(false)::text").rows(str)) == Success("{}")
    async with connect_async(qb_url, search_path="pg_temp") as db:
        assert await db.scalar(sql("SHOW search_path").rows(str)) == Success("pg_temp")


async def test_what_the_server_refuses_is_a_failure_of_the_first_statement(qb_url: str) -> None:
    refused: list[tuple[dict[str, Any], str]] = [
        ({"role": "nobody of that name"}, 'role "nobody of that name"'),
        ({"settings": {"no_such_setting": 1}}, "no_such_setting"),
        ({"settings": {"app.x": 1, "work_mem": "a lot"}, "search_path": "x"}, "work_mem"),
        ({"settings": {"shared_buffers": "1GB"}}, "shared_buffers"),
    ]
    for given, said in refused:
        async with connect_async(qb_url, **given) as db:
            error = failure(await db.ping())
            assert isinstance(error, ConnectionRefused)
            assert error.reason.startswith(f"{said} of connect(...) cannot be set: ")
            assert "a lot" not in error.reason
            assert db.pool.idle == 0


@pytest.mark.usefixtures("roles")
async def test_behind_a_pooler_they_have_to_be_the_roles_own(qb_url: str, roles: AsyncDatabase) -> None:
    login = '"qb_defaults_login"'
    await roles.execute(do(f"DROP ROLE IF EXISTS {login}"))
    (await roles.execute(do(f"CREATE ROLE {login} LOGIN"))).unwrap()
    (await roles.execute(do(f"GRANT pg_monitor TO {login}"))).unwrap()
    given: dict[str, Any] = {"search_path": ("shop", "public"), "role": "pg_monitor", "settings": {"work_mem": "2MB"}}
    look = sql("SELECT current_setting('search_path') || current_setting('work_mem') || current_user").rows(str)
    with bouncer(qb_url.replace("postgres@", "qb_defaults_login@"), "transaction") as address:
        async with connect_async(address, prepare=False, **given) as db:
            error = failure(await db.ping())
            assert isinstance(error, ConnectionRefused)
            assert error.reason == (
                "work_mem and search_path and role of connect(...) cannot be set behind a pooler, which may give each "
                "transaction another session: set it for the role that connects, ALTER ROLE ... SET work_mem = ...; "
                "ALTER ROLE ... SET search_path = ...; ALTER ROLE ... SET role = ...;"
            )
            assert await roles.scalar(sql("SELECT 1").rows(int)) == Success(1)
    for fix in ("search_path = shop, public", "work_mem = '2048kB'", "role = pg_monitor"):
        (await roles.execute(do(f"ALTER ROLE {login} SET {fix}"))).unwrap()
    with bouncer(qb_url.replace("postgres@", "qb_defaults_login@"), "transaction") as address:
        async with connect_async(address, prepare=False, **given) as db:
            for _ in range(8):
                assert await db.scalar(look) == Success("shop, public2MBpg_monitor")
        async with connect_async(address, prepare=False, role="no such role") as db:
            assert str(failure(await db.ping())).startswith(
                'could not connect: role "no such role" of connect(...) cannot'
            )
    (await roles.execute(do(f"DROP ROLE {login}"))).unwrap()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"role": ""}, "the role of the sessions has an empty name"),
    ({"role": "none"}, "PostgreSQL's word for no role: leave it out"),
    ({"role": "r" * 64}, "64 bytes long"),
    ({"role": 5}, "has a name that is no string"),
    ({"search_path": "shop, public"}, r"give the schemas one by one, as in search_path=\['shop', 'public'\]"),
    ({"search_path": ["shop", "x\0"]}, "a schema of search_path has a NUL character"),
    ({"search_path": ["\ud800"]}, "half of a surrogate pair"),
    ({"settings": {"work mem": 1}}, "'work mem' is no name of a setting: it is written as in SHOW"),
    ({"settings": {"a.b'; --": 1}}, "is no name of a setting"),
    ({"settings": {5: 1}}, "5 is no name of a setting"),
    ({"settings": {"Search_Path": "x"}}, r"the setting Search_Path is not one of settings: write connect\(..., search"),
    ({"settings": {"role": "x"}}, "write connect"),
    ({"settings": {"statement_timeout": 5}}, "in seconds"),
    ({"settings": {"DateStyle": "German"}}, "qb sets it, so that no value changes on its way"),
    ({"settings": {"transaction_read_only": True}}, "set default_transaction_read_only"),
    ({"settings": {"work_mem": None}}, "the setting work_mem is None: a text, a number or a bool is set"),
    ({"settings": {"work_mem": float("nan")}}, "the setting work_mem is nan"),
    ({"settings": {"app.x": "a\0b"}}, "holds a NUL"),
]


@pytest.mark.parametrize(("given", "said"), WRONG, ids=str)
async def test_what_can_never_be_set_raises(given: dict[str, Any], said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        connect_async("postgresql://nowhere/x", **given)
