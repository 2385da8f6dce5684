"""The same input gives the same bytes: on another day, in another process with its own hashes, elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tables.scratch import scratch_database

PLACES = (
    ("2026-11-23T09:30:00+00:00", {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8", "PGTZ": "UTC"}),
    (
        "2027-02-28T23:59:59+00:00",
        {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONUTF8": "0", "PGTZ": "Asia/Kolkata"},
    ),
)
ID = re.compile(rb"\d{8}_\d{6}_")
"""The time that a name begins with."""


def run(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "tests.kit.generating.same_bytes", *arguments]
    root = Path(__file__).parents[3]
    done = subprocess.run(
        command, env=os.environ | environment, cwd=root, check=False, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_migration_is_the_same_on_another_day_and_elsewhere(tmp_path: Path, cache: Path) -> None:
    found: list[dict[bytes, bytes]] = []
    for number, (day, environment) in enumerate(PLACES):
        folder = tmp_path / str(number)
        run(environment, "migrations", str(folder), str(cache), day)
        files = {each.relative_to(folder).as_posix(): each for each in folder.rglob("*") if each.is_file()}
        found.append({ID.sub(b"", name.encode()): ID.sub(b"", path.read_bytes()) for name, path in files.items()})
    one, other = found
    assert sorted(one) == sorted(other)
    assert len(one) == 6 * 3 + 2
    for name, content in one.items():
        assert other[name] == content, name


@pytest.mark.slow
def test_plans_are_the_same_in_another_process(qb_url: str) -> None:
    with scratch_database(qb_url) as url:
        one, other = (run(environment, "plans", url) for _, environment in PLACES)
    assert one == other
    assert one.count("\n") > 80
