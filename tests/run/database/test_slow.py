# Made by tools/sync.py from test_async_slow.py: change that one, then run `make generate`.
"""`slow`: what the server has counted, by the names of prepared queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    ExtensionMissing,
    QueryError,
    Success,
    Table,
    column,
    connect,
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
from tests.run.plain import failure

pytestmark = [pytest.mark.slow]


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
def db(counting: str) -> Any:
    with connect(counting) as db:
        for text in (
            'CREATE SCHEMA IF NOT EXISTS "it\'s {stats}"',
            'CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA "it\'s {stats}"',
            "DROP TABLE IF EXISTS hikes",
        ):
            written = text.replace("{", "{{").replace("}", "}}")
            db.execute(sql(trusted(written)).command()).unwrap()
        db.run(create_all(schema(Hike))).unwrap()
        db.insert_many([new(Hike)(id=n, title=str(n)) for n in range(3)]).unwrap()
        reset = sql('SELECT count(*) FROM (SELECT "it\'s {{stats}}".pg_stat_statements_reset()) r').rows(int)
        db.scalar(reset).unwrap()
        yield db


def found(db: Database, **how: Any) -> list[SlowQuery]:
    return unwrap(db.slow(**how))


def test_a_prepared_query_is_known_by_its_name(db: Database) -> None:
    for title in ("1", "2", "1", None):
        db.all(hikes_called(title)).unwrap()
    db.first(hikes_called("1")).unwrap()
    (slow,) = [each for each in found(db) if each.name is not None]
    assert (slow.name, slow.calls, slow.rows, slow.statements) == ("hikes_called", 5, 7, 3)
    assert slow.total > 0
    assert slow.mean is not None
    assert slow.mean * 5 == pytest.approx(slow.total)
    assert slow.hit_ratio is not None
    assert 0 <= slow.hit_ratio <= 1
    assert slow.sql.startswith('SELECT "hikes"."id"')
    assert slow.sql.endswith(" /* qb: hikes_called */")


def test_other_sql_is_known_by_its_text_and_no_constant_is_shown(db: Database) -> None:
    for number in (1, 2):
        secret = sql(trusted(f"SELECT title FROM hikes WHERE title <> 'hunter{number}'")).rows(str)
        db.all(secret).unwrap()
    (slow,) = [each for each in found(db) if "title <>" in each.sql]
    assert (slow.name, slow.calls, slow.sql) == (None, 2, "SELECT title FROM hikes WHERE title <> $1")


def test_what_is_no_query_is_shown_without_what_was_written_into_it(db: Database) -> None:
    for text in (
        "CREATE ROLE \"slow'secret\" PASSWORD 'hunter2' CONNECTION LIMIT 4242 -- hunter2",
        'ALTER ROLE "slow\'secret" PASSWORD $$hunter2$$',
        'DROP ROLE "slow\'secret" /* hunter2 */',
    ):
        db.execute(sql(trusted(text)).command()).unwrap()
    slow = [each for each in found(db, limit=100) if "slow'secret" in each.sql]
    assert {each.sql for each in slow} == {
        'CREATE ROLE "slow\'secret" PASSWORD ? CONNECTION LIMIT ?',
        'ALTER ROLE "slow\'secret" PASSWORD ?',
        'DROP ROLE "slow\'secret"',
    }


def test_their_order_and_how_many(db: Database) -> None:
    for _ in range(4):
        db.all(select(Hike.id)).unwrap()
    db.all(select(Hike.title)).unwrap()
    (most,) = found(db, limit=1, by="calls")
    assert most.calls >= 4
    for by in ("total", "mean", "calls", "rows"):
        slow = found(db, by=by)
        values = [getattr(each, by) for each in slow]
        assert values == sorted(values, reverse=True), by
    assert len(found(db, limit=2)) == 2


def test_where_it_is_not_the_failure_says_what_to_do(qb_url: str) -> None:
    with connect(qb_url) as db:
        error = failure(db.slow())
        assert isinstance(error, ExtensionMissing)
        assert error.extension == "pg_stat_statements"
        assert "shared_preload_libraries = 'pg_stat_statements'" in str(error)
        assert db.scalar(sql("SELECT 1").rows(int)) == Success(1)
        wrong: Any = "speed"
        with pytest.raises(QueryError, match="by is 'total', 'mean', 'calls', 'rows', not 'speed'"):
            db.slow(by=wrong)
        with pytest.raises(QueryError, match="limit counts queries"):
            db.slow(0)


def test_where_it_is_created_and_not_loaded_it_says_the_same() -> None:
    with debian("pg_stat_statements") as url, connect(url) as db:
        db.execute(sql("CREATE EXTENSION pg_stat_statements").command()).unwrap()
        error = failure(db.slow())
        assert isinstance(error, ExtensionMissing)
        assert error.sqlstate == "55000"
