"""Pivotal Flow's demo, as a newcomer runs it."""

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
def test_it_goes_from_a_quote_to_the_money_and_leaves_nothing_behind(qb_server: Embedded) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tables.pivotal.demo"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": qb_server.url, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for line in (
        r"== Create 26 tables",
        r"-> 18 rows, then 0$",
        r"-> the quote: 9566\.25 - 336\.00 \+ 1384\.54 = 10614\.79 NZD$",
        r"-> 2\.250 x 165\.5000 less 20.*: 342\.59$",
        r"-> the quote: 9938\.63 - 410\.48 \+ 1429\.23 = 10957\.38 NZD$",
        r"Refused\(path='\$\.metadata\.extra\.lines\[0\]\.Unit-Price'",
        r"-> Failure\(EncodeError\(",
        r"rows that hold what is refused: \[\]$",
        r"-> Failure\(NeedsApproval\(policies=\[",
        r"-> version 1 is kept with its lines: 10957\.38$",
        r"-> Failure\(NotNow\(status=",
        r"-> Failure\(CheckViolation\(",
        r"-> 1: paid 10957\.38$",
        r"its database is gone again\.$",
    ):
        assert re.search(line, done.stdout, re.MULTILINE), (line, done.stdout)
    with connect(qb_server.url) as db:
        left = sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'pivotal\\_demo%'").rows(int)
        assert unwrap(db.scalar(left)) == 0
