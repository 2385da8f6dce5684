"""The pool as the document asks for it, read from an environment."""

import msgspec
import pytest

from qb import Success, connect, create_all, fn, select, sql, unwrap
from qb.run.server.embedded import Embedded
from tables.chronos import BlogPost, schema
from tables.chronos.client import Settings, open_async, open_database, settings_of


def test_the_four_by_their_names() -> None:
    said = Settings()
    assert (said.max, said.idle_timeout, said.connect_timeout, said.prepare) == (10, 30, 10, True)
    with open_database(said) as db:
        assert db.pool.size == 10
        assert "connect_timeout=10" in said.url


def test_an_environment() -> None:
    said = settings_of({"CHRONOS_HOST": "db", "CHRONOS_PORT": "6432", "CHRONOS_PASSWORD": "p@ss/", "CHRONOS_MAX": "3"})
    assert said.url == "postgresql://chronos:p%40ss%2F@db:6432/chronos?connect_timeout=10"
    assert said.max == 3
    assert "p@ss" not in repr(said)
    for wrong in ({"CHRONOS_PORT": "many"}, {"CHRONOS_PORT": "0"}, {"CHRONOS_MAX": "0"}):
        with pytest.raises(msgspec.ValidationError, match=r"\$\.(port|max)"):
            settings_of(wrong)


def test_through_a_pooler_statements_are_sent_whole(chronos_url: str) -> None:
    said = settings_of({"HYPERDRIVE_URL": chronos_url})
    with open_database(said) as db:
        assert db.scalar(select(fn.count()).from_(BlogPost)) == Success(0)
        assert db.scalar(sql("SELECT count(*) FROM pg_prepared_statements").rows(int)) == Success(0)


def test_statements_are_prepared_once(chronos_url: str) -> None:
    with connect(chronos_url, max_size=1) as db:
        for _ in range(3):
            unwrap(db.scalar(select(fn.count()).from_(BlogPost)))
        known = (
            "SELECT count(*) FROM pg_prepared_statements "
            "WHERE statement LIKE '%cms_blog_posts%' AND generic_plans + custom_plans = 3"
        )
        assert db.scalar(sql(known).rows(int)) == Success(1)


@pytest.mark.anyio
async def test_coroutines(chronos_url: str) -> None:
    async with open_async(settings_of({"HYPERDRIVE_URL": chronos_url})) as db:
        assert await db.scalar(select(fn.count()).from_(BlogPost)) == Success(0)


def test_a_server_that_is_not_there_is_a_failure(qb_server: Embedded) -> None:
    with open_database(Settings(host="127.0.0.1", port=1, password="secret")) as db:
        assert "secret" not in str(db.run(create_all(schema)).failure())
