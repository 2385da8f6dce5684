"""`slow`: what the server has counted, by the names of prepared queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from qb import (
    AsyncDatabase,
    Col,
    ExtensionMissing,
    QueryError,
    Success,
    Table,
    column,
    connect_async,
    create_all,
    new,
    prepare,
    schema,
    select,
    sql,
    trusted,
    unwrap,
)
from qb.query.select import Select
from qb.typing import SlowQuery
from tests.debian import debian
from tests.run.loops import LOOPS  # sync:
from tests.run.plain import failure

pytestmark = [*LOOPS, pytest.mark.slow]  # sync: pytestmark = [pytest.mark.slow]


class Hike(Table, name="hikes"):
    id: Col[int] = column(primary_key=True)
    title: Col[str] = column()


@prepare
def hikes_called(title: str | None) -> Select[Hike]:
    found = select(Hike)
    return found if title is None else found.where(Hike.title == title)


@pytest.fixture(scope="module")
def counting() -> Iterator[str]:
    """A server that counts, with the extension in a schema whose name needs quotes."""
    with debian("pg_stat_statements", preload="pg_stat_statements") as url:
        yield url


@pytest.fixture
async def db(counting: str) -> Any:
    async with connect_async(counting) as db:
        for text in (
            'CREATE SCHEMA IF NOT EXISTS "it\'s {stats}"',
            'CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA "it\'s {stats}"',
            "DROP TABLE IF EXISTS hikes",
        ):
            written = text.replace("{", "{{").replace("}", "}}")
            (await db.execute(sql(trusted(written)).command())).unwrap()
        (await db.run(create_all(schema(Hike)))).unwrap()
        (await db.insert_many([new(Hike)(id=n, title=str(n)) for n in range(3)])).unwrap()
        reset = sql('SELECT count(*) FROM (SELECT "it\'s {{stats}}".pg_stat_statements_reset()) r').rows(int)
        (await db.scalar(reset)).unwrap()
        yield db


async def found(db: AsyncDatabase, **how: Any) -> list[SlowQuery]:
    return unwrap(await db.slow(**how))


async def test_a_prepared_query_is_known_by_its_name(db: AsyncDatabase) -> None:
    for title in ("1", "2", "1", None):
        (await db.all(hikes_called(title))).unwrap()
    (await db.first(hikes_called("1"))).unwrap()
    (slow,) = [each for each in await found(db) if each.name is not None]
    assert (slow.name, slow.calls, slow.rows, slow.statements) == ("hikes_called", 5, 7, 3)
    assert slow.total > 0
    assert slow.mean is not None
    assert slow.mean * 5 == pytest.approx(slow.total)
    assert slow.hit_ratio is not None
    assert 0 <= slow.hit_ratio <= 1
    assert slow.sql.startswith('SELECT "hikes"."id"')
    assert slow.sql.endswith(" /* qb: hikes_called */")


async def test_other_sql_is_known_by_its_text_and_no_constant_is_shown(db: AsyncDatabase) -> None:
    for number in (1, 2):
        secret = sql(trusted(f"SELECT title FROM hikes WHERE title <> 'hunter{number}'")).rows(str)
        (await db.all(secret)).unwrap()
    (slow,) = [each for each in await found(db) if "title <>" in each.sql]
    assert (slow.name, slow.calls, slow.sql) == (None, 2, "SELECT title FROM hikes WHERE title <> $1")


async def test_what_is_no_query_is_shown_without_what_was_written_into_it(db: AsyncDatabase) -> None:
    for text in (
        "CREATE ROLE \"slow'secret\" PASSWORD 'hunter2' CONNECTION LIMIT 4242 -- hunter2",
        'ALTER ROLE "slow\'secret" PASSWORD $$hunter2$$',
        'DROP ROLE "slow\'secret" /* hunter2 */',
    ):
        (await db.execute(sql(trusted(text)).command())).unwrap()
    slow = [each for each in await found(db, limit=100) if "slow'secret" in each.sql]
    assert {each.sql for each in slow} == {
        'CREATE ROLE "slow\'secret" PASSWORD ? CONNECTION LIMIT ?',
        'ALTER ROLE "slow\'secret" PASSWORD ?',
        'DROP ROLE "slow\'secret"',
    }


async def test_their_order_and_how_many(db: AsyncDatabase) -> None:
    for _ in range(4):
        (await db.all(select(Hike.id))).unwrap()
    (await db.all(select(Hike.title))).unwrap()
    (most,) = await found(db, limit=1, by="calls")
    assert most.calls >= 4
    for by in ("total", "mean", "calls", "rows"):
        slow = await found(db, by=by)
        values = [getattr(each, by) for each in slow]
        assert values == sorted(values, reverse=True), by
    assert len(await found(db, limit=2)) == 2


async def test_where_it_is_not_the_failure_says_what_to_do(qb_url: str) -> None:
    async with connect_async(qb_url) as db:
        error = failure(await db.slow())
        assert isinstance(error, ExtensionMissing)
        assert error.extension == "pg_stat_statements"
        assert "shared_preload_libraries = 'pg_stat_statements'" in str(error)
        assert await db.scalar(sql("SELECT 1").rows(int)) == Success(1)
        wrong: Any = "speed"
        with pytest.raises(QueryError, match="by is 'total', 'mean', 'calls', 'rows', not 'speed'"):
            await db.slow(by=wrong)
        with pytest.raises(QueryError, match="limit counts queries"):
            await db.slow(0)


async def test_where_it_is_created_and_not_loaded_it_says_the_same() -> None:
    with debian("pg_stat_statements") as url:
        async with connect_async(url) as db:
            (await db.execute(sql("CREATE EXTENSION pg_stat_statements").command())).unwrap()
            error = failure(await db.slow())
            assert isinstance(error, ExtensionMissing)
            assert error.sqlstate == "55000"
