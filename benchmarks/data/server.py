"""The embedded PostgreSQL in a temporary directory, for those who bring no server."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from qb.run.server.embedded import embedded

CONNECTIONS = 400
"""As many as all peers may hold at once, each with a pool; PostgreSQL's own default is 100."""


@contextmanager
def embedded_server() -> Generator[str, None, None]:
    """Its URL. The server and its data are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="qb-benchmarks-", ignore_cleanup_errors=True) as directory:
        data = Path(directory) / "data"
        with embedded(data) as server, psycopg.Connection.connect(server.url, autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET max_connections = {CONNECTIONS}".encode())
        with embedded(data) as server:  # which only a start changes
            yield server.url
