"""`python -m tables.chronos.demo`, as a newcomer runs it."""

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
def test_it_shows_what_it_should_and_leaves_nothing_behind(qb_server: Embedded) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tables.chronos.demo"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": qb_server.url, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for line in (
        r"== Create ours beside them: \d+ statements, none about theirs",
        r"-> 2,000 rows in [\d.]+ s$",
        r"-> Hit\(slug='chronicle-\d+'",
        r"-> published: cms_blog_posts new$",
        r"-> not of the channel's shape: Object missing required field",
        r"-> a gap, as the connection to the server was lost",
        r"-> InsufficientPrivilege: ",
        r"-> DealWithInvestors\(deal=Deal\(",
        r"-> 50,000 rows in [\d.]+ s$",
        r"-> Count\(name='click', events=192\)$",
        r"its database is gone again\.$",
    ):
        assert re.search(line, done.stdout, re.MULTILINE), (line, done.stdout)
    with connect(qb_server.url) as db:
        left = sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'chronos\\_demo%'").rows(int)
        assert unwrap(db.scalar(left)) == 0
