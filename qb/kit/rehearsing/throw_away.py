"""A server that is thrown away: what was tried on it is gone, roles and all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from qb.kit.errors import NoShadow
from qb.kit.shadow_server import SETTINGS, cache_folder
from qb.run.server.embedded import embedded, nearest_major


@contextmanager
def throw_away_server(major: int, cache: Path | str | None = None) -> Generator[str]:
    """The address of an empty database on a server of the nearest major version that the package has, as long as the
    block runs. Raises `NoShadow`."""
    folder = Path(cache) if cache is not None else cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="thrown-away-", dir=folder))
    place.chmod(0o755)
    try:
        try:
            server = embedded(place / "data", major=nearest_major(major), settings=SETTINGS)
        except (ImportError, RuntimeError, OSError) as error:
            raise NoShadow(str(error), installed=not isinstance(error, ImportError)) from None
        with server:
            yield server.url
    finally:
        shutil.rmtree(place, ignore_errors=True)
