"""The embedded PostgreSQL in a temporary directory, for those who bring no server."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from qb.run.server.embedded import embedded


@contextmanager
def embedded_server() -> Generator[str, None, None]:
    """Its URL. The server and its data are gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="qb-benchmarks-", ignore_cleanup_errors=True) as directory,
        embedded(Path(directory) / "data") as server,
    ):
        yield server.url
