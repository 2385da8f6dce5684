"""`qb verify`: what it shows, what it exits with, and SQL by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb.kit import Verified
from tests.kit.command.commands import project, run

pytestmark = pytest.mark.slow  # a shadow is started

TABLES = """
from qb import Col, Table, column, identity


class Sensor(Table, name="sensors"):
    id: Col[int] = column(primary_key=True, default=identity())
    name: Col[str] = column()
"""
QUERIES = """
from qb import Select, prepare, select, sql
from verified_tables import Sensor


@prepare
def sensors(name: str | None = None) -> Select[Sensor]:
    return select(Sensor) if name is None else select(Sensor).where(Sensor.name == name)


@prepare
def broken() -> Select[int]:
    return select(sql("no_such({n})", n=Sensor.name).as_(int, not_null=True))
"""


def test_queries_are_prepared_and_told(server_folder: Path) -> None:
    folder = project(server_folder, 'schema = "verified_tables"', verified_tables=TABLES, verified_queries=QUERIES)
    good = run("verify", folder=folder)
    assert (good.code, good.output) == (
        0,
        "0 queries, 0 variants, 1 table or view: 0 refused, SQL by hand in 0 places\n",
    )
    ran = run("verify", "verified_queries", "--no-raw", folder=folder)
    assert ran.code == 3
    first, second, last = ran.output.splitlines()
    assert first.startswith("refused verified_queries.py:11: verified_queries.broken: function no_such(text) does not")
    assert second == "by hand verified_queries.py:13: sql(...) in broken"
    assert last == "2 queries, 3 variants, 1 table or view: 1 refused, SQL by hand in 1 place"
    reply = run("verify", "verified_queries", "--json", folder=folder).reply_of(Verified)
    assert [(each.code, each.file, each.line) for each in reply.problems] == [("unverified", "verified_queries.py", 11)]
    assert run("verify", "no_such_module", folder=folder).code == 1
