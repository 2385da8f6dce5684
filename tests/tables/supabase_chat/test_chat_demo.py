"""The chat's demo, as a newcomer runs it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from qb import connect, sql, unwrap
from qb.run.server.embedded import Embedded

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
def test_it_shows_what_each_role_sees_and_leaves_nothing_behind(qb_server: Embedded) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tables.supabase_chat.demo"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": qb_server.url, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for line in (
        r"== Create 12 tables",
        r"-> GeneralUser\(display_name='Ada', account_name='the-ada'\)$",
        r"-> ada: \[\('It weaves\.', 'Ada'\)\]$",
        r"-> ben: \[\('It weaves\.', 'Ada'\)\]$",
        r"-> eve: \[\]$",
        r"-> anon sees 3 accounts$",
        r"-> Eve: <Failure: .*row-level security",
        r"-> anon: <Failure: .*permission denied",
        r"the role of the connection is none$",
        r"^messages as authenticated$",
        r"virtual_users: anon may select, and there is no row security",
        r"-> \['note 0', 'note 1', 1 more\]$",
        r"its database is gone again\.$",
    ):
        assert re.search(line, done.stdout, re.MULTILINE), (line, done.stdout)
    with connect(qb_server.url) as db:
        left = sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'supabase\\_chat\\_demo%'").rows(int)
        assert unwrap(db.scalar(left)) == 0
