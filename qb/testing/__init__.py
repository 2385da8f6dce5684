"""Fixtures for pytest: a real PostgreSQL for the tests, and a transaction for each that is rolled back.

    def test_names_are_unique(qb_tx: Tx) -> None:
        assert qb_tx.execute(insert(new(User)(name="ada"))) == Success(1)

Put `pytest_plugins = ["qb.testing"]` into the topmost conftest.py. It takes the extra `embedded`, or a server of your
own: define a fixture `qb_url` (scope "session") that returns the address of an empty database.

Every call of a prepared query builds it once more here, and raises where something in it that is no parameter has
changed. A database of your own does that with `connect(url, rebuild=True)`.

The tests of one run share one server, and each process of pytest-xdist has a database of its own on it: a second server
would cost a second, memory and a core, and databases are separate enough.

A function that asks `transact` for an isolation level runs in `qb_tx` where that has it: override the fixture
`qb_isolation` in a conftest.py or a test module.

    @pytest.fixture
    def qb_isolation() -> qb.typing.Isolation | None:
        return "serializable"

A Failure that a test loses without a look fails it (`UnseenFailure`), and a statement of the database inside its own
open transaction raises (`OutsideTransaction`): see there what says that it is meant.

A test that commits, migrates or needs several connections asks for `qb_database`: a database of its own, copied from
a template that `qb_prepare` says how to make. `migration_cases` and `assert_round_trip` make a test of each migration,
`release_cases` of each older release.

Rows for tests are made by `rows`, for Hypothesis, and by `factory`; `bare_keys` looks at the types of keys;
`assert_uses` says whether a query can use an index.

Coroutines use `qb_async_db` and `qb_async_tx` with anyio's plugin (`@pytest.mark.anyio`), on asyncio and on trio.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest

from qb.errors.unseen import UnseenFailure
from qb.run.database.async_connect import connect_async
from qb.run.database.async_database import AsyncDatabase
from qb.run.database.async_db import AsyncTx
from qb.run.database.connect import connect
from qb.run.database.database import Database
from qb.run.database.db import Tx
from qb.run.server.embedded import Embedded, embedded
from qb.run.session.characteristics import Isolation
from qb.testing.async_index_use import assert_uses_async
from qb.testing.index_use import assert_uses
from qb.testing.key_types import bare_keys
from qb.testing.migrations import MigrationCase, assert_round_trip, migration_cases, release_cases
from qb.testing.own_database import (
    Preparation,
    qb_async_database,
    qb_database,
    qb_database_url,
    qb_prepare,
    qb_templates,
)
from qb.testing.random_rows import Factory, factory
from qb.testing.strategies import rows

__all__ = [
    "Factory",
    "MigrationCase",
    "Preparation",
    "assert_round_trip",
    "assert_uses",
    "assert_uses_async",
    "bare_keys",
    "factory",
    "migration_cases",
    "release_cases",
    "qb_async_database",
    "qb_async_db",
    "qb_async_tx",
    "qb_database",
    "qb_database_url",
    "qb_db",
    "qb_isolation",
    "qb_prepare",
    "qb_server",
    "qb_templates",
    "qb_tx",
    "qb_url",
    "rows",
]

_DIRECTORY = pytest.StashKey[Path]()
_WORKER_INPUT = "qb_testing_directory"


@pytest.fixture(scope="session")
def qb_server(request: pytest.FixtureRequest) -> Iterator[Embedded]:
    """The run's embedded server, with nothing in it, and thrown away at the end."""
    with embedded(_directory(request.config) / "postgres") as server:
        with psycopg.Connection.connect(server.url, autocommit=True) as connection:
            # Nothing of it has to survive a power cut.
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
            connection.execute("SELECT pg_reload_conf()")
        yield server


@pytest.fixture(scope="session")
def qb_url(request: pytest.FixtureRequest) -> str:
    """The address of this process's own empty database."""
    server: Embedded = request.getfixturevalue("qb_server")
    name = f"qb_{_worker_input(request.config).get('workerid', 'main')}"
    with psycopg.Connection.connect(server.url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return server.url.replace("/postgres?", f"/{name}?", 1)


@pytest.fixture(scope="session")
def qb_db(qb_url: str) -> Iterator[Database]:
    """The database of `qb_url`. What a test commits stays for the next ones: create the tables here, once."""
    with connect(qb_url, rebuild=True) as db:
        yield db


@pytest.fixture
def qb_isolation() -> Isolation | None:
    """The isolation level of `qb_tx` and `qb_async_tx`: the server's own, unless it is overridden."""
    return None


@pytest.fixture
def qb_tx(qb_db: Database, qb_isolation: Isolation | None) -> Iterator[Tx]:
    """A transaction of `qb_db` that is rolled back after the test, however that ends."""
    with qb_db.transaction(rollback=True, isolation=qb_isolation) as tx:
        yield tx


@pytest.fixture
async def qb_async_db(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    """The database of `qb_url` for coroutines, with connections of the test's own: they belong to its event loop."""
    async with connect_async(qb_url, rebuild=True) as db:
        yield db


@pytest.fixture
async def qb_async_tx(qb_async_db: AsyncDatabase, qb_isolation: Isolation | None) -> AsyncIterator[AsyncTx]:
    """A transaction of `qb_async_db` that is rolled back after the test, however that ends."""
    async with qb_async_db.transaction(rollback=True, isolation=qb_isolation) as tx:
        yield tx


# ---------------------------------------------------------------- what is lost fails the test


def pytest_configure(config: pytest.Config) -> None:
    """Errors, unless a mark or the command line says otherwise."""
    for warning in ("qb.errors.unseen.UnseenFailure", "qb.run.pool.outside.OutsideTransaction"):
        config.addinivalue_line("filterwarnings", f"error::{warning}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, None, None]:
    """Failures that fixtures lose."""
    with _lost():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    """Failures that the test loses."""
    with _lost():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, None, None]:
    """Failures that fixtures lose at their end."""
    with _lost():
        yield


@contextmanager
def _lost() -> Generator[None]:
    """Fail at the end for what nobody looked at. Python lets nothing be raised where an object is collected."""
    found: list[str] = []
    before = sys.unraisablehook

    def hook(unraisable: sys.UnraisableHookArgs) -> None:
        if isinstance(unraisable.exc_value, UnseenFailure):
            found.append(str(unraisable.exc_value))
        else:
            before(unraisable)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before
    if found:
        pytest.fail("\n".join(found), pytrace=False)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """pytest-xdist starts a process: tell it where the run's server is."""
    node.workerinput[_WORKER_INPUT] = str(_directory(node.config))


def pytest_unconfigure(config: pytest.Config) -> None:
    """At the end of the run: the server has stopped with its last user, unless one crashed; remove its data."""
    directory = config.stash.get(_DIRECTORY, None)
    if directory is not None:
        if (directory / "postgres" / "postmaster.pid").exists():
            embedded(directory / "postgres").close()
        shutil.rmtree(directory, ignore_errors=True)


def _directory(config: pytest.Config) -> Path:
    # Not pytest's own folder for temporary files: under root another user runs the server, and pytest shuts him out.
    if given := _worker_input(config).get(_WORKER_INPUT):
        return Path(given)
    if _DIRECTORY not in config.stash:
        config.stash[_DIRECTORY] = Path(tempfile.mkdtemp(prefix="qb-test-"))
    return config.stash[_DIRECTORY]


def _worker_input(config: pytest.Config) -> dict[str, str]:
    return cast("dict[str, str]", getattr(config, "workerinput", {}))
