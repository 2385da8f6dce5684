"""What is written for TimescaleDB and Apache AGE, as far as a server without them can judge it."""

from __future__ import annotations

import pytest

import qb
from qb import Script, Success, connect, create_all, drop_all, schema, select, subquery, trusted, unwrap
from qb.run.server.embedded import Embedded
from tables.scratch import scratch_database
from tests.absent_extensions import AGE, OPTIONS, TIMESCALE, asked_of, needs_extension
from tests.model.test_custom_object import (
    Daily,
    Reading,
    age,
    compression,
    daily,
    friends,
    graph,
    loners,
    readings,
    retention,
    timescale,
)

PIECES = schema(daily, retention, compression, readings, Reading, Daily, timescale)
GRAPH = schema(graph, age, loners)


def test_each_statement_for_timescaledb_is_one(qb_server: Embedded) -> None:
    with scratch_database(qb_server.url) as url, connect(url) as db:
        unwrap(db.run(Script(trusted('CREATE SCHEMA "ts";' + TIMESCALE.replace("{s}", "ts")))))
        refused = {text: error for text, error in asked_of(db, create_all(PIECES), "timescaledb") if error is not None}
        assert len(refused) == len(OPTIONS)
        for error in refused.values():
            assert (error.sqlstate, "unrecognized parameter namespace" in str(error)) == ("22023", True)
        assert all(any(option in text for option in OPTIONS) for text in refused)
        assert db.all(readings.read) == Success([])
        assert db.all(select(Daily.mean).where(Daily.device == 1)) == Success([])
        assert [each for each in asked_of(db, drop_all(PIECES), "timescaledb") if each[1] is not None] == []


def test_each_statement_for_age_is_one(qb_server: Embedded) -> None:
    with scratch_database(qb_server.url) as url, connect(url) as db:
        unwrap(db.run(Script(trusted(AGE))))
        assert [each for each in asked_of(db, create_all(GRAPH), "age") if each[1] is not None] == []
        assert db.all(graph.read) == Success([])
        found = subquery(friends)
        plan = qb.sql(trusted("EXPLAIN " + str(qb.compile(select(found.name))).replace("{", "{{").replace("}", "}}")))
        assert isinstance(db.all(plan.rows(str)), Success)  # planned, and not run: it is the extension that gives rows
        assert [each for each in asked_of(db, drop_all(GRAPH), "age") if each[1] is not None] == []


@pytest.mark.parametrize(("name", "described"), [("timescaledb", PIECES), ("age", GRAPH)], ids=["timescaledb", "age"])
def test_it_runs_where_the_extension_is(qb_server: Embedded, name: str, described: qb.typing.Schema) -> None:
    with scratch_database(qb_server.url) as url, connect(url) as db:
        needs_extension(db, name)
        unwrap(db.run(create_all(described)))
        assert unwrap(db.all((readings if name == "timescaledb" else graph).read))
        unwrap(db.run(drop_all(described)))
