"""A server that does not start is an error, and no text of the package's on stderr."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import sys
from qb.run.server.embedded import embedded
try:
    embedded(sys.argv[1])
except RuntimeError as error:
    print("refused", "did not start" in str(error))
"""


def test_a_server_that_does_not_start_prints_nothing(tmp_path: Path) -> None:
    data = tmp_path / "broken"
    data.mkdir(mode=0o700)
    (data / "PG_VERSION").write_text("18\n")
    ran = subprocess.run([sys.executable, "-c", _PROGRAM, str(data)], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("refused True\n", "")
