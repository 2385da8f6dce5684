"""The server on which plans are proved, open as long as the tests of a module run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qb.kit.shadow_server import SETTINGS
from qb.run.server.embedded import embedded


@pytest.fixture(scope="module")
def proofs(server_folder: Path) -> Iterator[Path]:
    """The folder of that server."""
    server_folder.chmod(0o755)
    with embedded(server_folder / "proof-18", major=18, settings=SETTINGS):
        yield server_folder
