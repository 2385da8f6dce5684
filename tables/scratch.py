"""A database of one's own on a server: made for a demo or for tests, and dropped at the end."""

from collections.abc import Generator
from contextlib import contextmanager
from secrets import token_hex

from psycopg.conninfo import make_conninfo

from qb import Failure, connect, sql, trusted
from qb.run.server.url import conninfo


@contextmanager
def scratch_database(url: str | None = None, *, name: str = "scratch") -> Generator[str, None, None]:
    """The address of an empty database called `name` and a random number, on the server at `url`.

    Without a URL the server is that of DATABASE_URL, or the embedded one; what is there already is not touched. The
    DbError is raised where the server does not answer, or does not let this role create a database.
    """
    server = conninfo(url)
    own = f"{name}_{token_hex(4)}"
    _run(server, f'CREATE DATABASE "{own}"')
    try:
        yield make_conninfo(server, dbname=own)
    finally:
        _run(server, f'DROP DATABASE "{own}" WITH (FORCE)')  # by force: whatever still uses it must not keep it


def _run(server: str, statement: str) -> None:
    with connect(server, max_size=1) as db:
        outcome = db.execute(sql(trusted(statement)).command())
    if isinstance(outcome, Failure):
        raise outcome.failure()
