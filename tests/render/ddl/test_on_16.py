"""What a table is beside its columns, on PostgreSQL 16, the other server in the embedded package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = ("test_partition.py", "test_table.py", "test_replication.py", "test_statistics.py")


@pytest.mark.slow
def test_it_is_the_same_there() -> None:
    known = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n0",
        "-p",
        "no:cacheprovider",
        *(str(HERE / each) for each in MODULES),
    ]
    of_16 = known | {"PGSERVER_POSTGRES_VERSION": "16"}
    done = subprocess.run(
        command, check=False, env=of_16, cwd=HERE.parents[2], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout[-5000:]
