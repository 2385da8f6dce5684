"""Fixtures: a database for each test, copied from a template that is made once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from secrets import token_hex
from typing import TypeAlias

import psycopg
import pytest

from qb.errors.outcome import Failure
from qb.run.database.async_connect import connect_async
from qb.run.database.async_database import AsyncDatabase
from qb.run.database.connect import connect
from qb.run.database.database import Database
from qb.run.server.url import with_database

Preparation: TypeAlias = Callable[[Database], object]
"""What is done to a template: tables are made, migrations run, seeds put in. A Failure that it gives is raised."""


@pytest.fixture
def qb_prepare() -> Preparation:
    """What each test's own database begins with: nothing, unless it is overridden: a fixture that returns a function.

    The function is called once in a process, for the first test that asks for what it makes.
    """
    return _nothing


@pytest.fixture(scope="session")
def qb_templates(qb_url: str) -> Iterator[Callable[[Preparation], str]]:
    """The name of the template that a function makes: each is made once, and dropped at the end of the run."""
    made: dict[Preparation, str] = {}

    def template(prepare: Preparation) -> str:
        if prepare not in made:
            made[prepare] = _made(qb_url, prepare)
        return made[prepare]

    yield template
    for name in made.values():
        with suppress(psycopg.OperationalError):  # a server of the run's own may have gone already
            _run(qb_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def qb_database_url(qb_url: str, qb_templates: Callable[[Preparation], str], qb_prepare: Preparation) -> Iterator[str]:
    """The address of the test's own database, which is dropped after it."""
    name = _name()
    _run(qb_url, f'CREATE DATABASE "{name}" TEMPLATE "{qb_templates(qb_prepare)}"')
    yield with_database(qb_url, name)
    _run(qb_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def qb_database(qb_database_url: str) -> Iterator[Database]:
    """The test's own database: it may commit, migrate, and ask on several connections at once."""
    with connect(qb_database_url, rebuild=True) as db:
        yield db


@pytest.fixture
async def qb_async_database(qb_database_url: str) -> AsyncIterator[AsyncDatabase]:
    """The same for coroutines."""
    async with connect_async(qb_database_url, rebuild=True) as db:
        yield db


def _nothing(db: Database) -> None:
    """An empty database."""


def _name() -> str:
    return f"qb_test_{token_hex(8)}"


def _made(url: str, prepare: Preparation) -> str:
    name = _name()
    _run(url, f'CREATE DATABASE "{name}"')
    try:
        with connect(with_database(url, name)) as db:
            outcome = prepare(db)
            if isinstance(outcome, Failure):
                raise outcome.failure()
    except BaseException:
        _run(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        raise
    return name


def _run(url: str, statement: str) -> None:
    with psycopg.Connection.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
