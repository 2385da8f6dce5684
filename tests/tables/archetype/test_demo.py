"""The demo, as a newcomer runs it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from qb import connect, sql, unwrap
from qb.run.server.embedded import Embedded

ROOT = Path(__file__).parents[3]


def demo(url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tables.archetype.demo"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
def test_it_shows_what_it_should_and_leaves_nothing_behind(qb_server: Embedded) -> None:
    done = demo(qb_server.url)
    assert (done.returncode, done.stderr) == (0, "")
    for line in (
        r"== Create 77 tables in auth, billing_tracking, builder, marketing, public",
        r"-> somebody else's, and left alone: kysely_migration, kysely_migration_lock",
        r"-> UniqueViolation: organization_slug_key of organization on slug$",
        r"-> 'Augusta'$",
        r"-> Refused\(path='\$\.first_name'",
        r"-> EncryptedAddress\(secret=",
        r"-> Failure\(Refused\(path='\$', reason='an id is",
        r"-> ActionDefinition\(steps=\[DeleteEntity\(\)\]",
        r"-> <undecodable document of \d+ bytes",
        r"-> Edited\(",
        r"-> Contents\(version=WorkspaceVersion\(",
        r"-> Failure\(ServerError\(message='object not in prerequisite state'",
        r"-> Success\(ClerkOrganization\(",
        r"-> 5,000 rows in [\d.]+ s, twice$",
        r"its database is gone again\.$",
    ):
        assert re.search(line, done.stdout, re.MULTILINE), (line, done.stdout)
    assert "sixteen" not in done.stdout
    with connect(qb_server.url) as db:
        left = sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'archetype\\_demo%'").rows(int)
        assert unwrap(db.scalar(left)) == 0


def test_without_a_server_it_says_so() -> None:
    done = demo("postgresql://ada:secret@127.0.0.1:1/app")
    assert done.returncode == 1
    assert "The demo needs a PostgreSQL server: could not connect" in done.stderr
    assert "secret" not in done.stdout + done.stderr
