"""The chat's database for the tests: what Supabase owns is stood in for. A transaction each, rolled back."""

from collections.abc import Iterator

import pytest

from qb import Database, Tx, connect, create_all
from qb.run.server.embedded import Embedded
from tables.scratch import scratch_database
from tables.supabase_chat import schema
from tables.supabase_chat.local import SUPABASE


@pytest.fixture(scope="session")
def chat_url(qb_server: Embedded) -> Iterator[str]:
    """The address of a database with all tables and no rows."""
    with scratch_database(qb_server.url, name="supabase_chat") as url:
        with connect(url) as db:
            db.run(create_all(schema, stand_ins=True)).unwrap()
            db.run(SUPABASE).unwrap()
        yield url


@pytest.fixture(scope="session")
def chat(chat_url: str) -> Iterator[Database]:
    with connect(chat_url) as db:
        yield db


@pytest.fixture
def tx(chat: Database) -> Iterator[Tx]:
    """As the server's own role, for whom there is no row security."""
    with chat.transaction(rollback=True) as tx:
        yield tx
