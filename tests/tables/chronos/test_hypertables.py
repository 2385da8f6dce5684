"""The events as a hypertable: each statement asked of a server, and run by one that has TimescaleDB."""

from __future__ import annotations

import pytest

from qb import Script, Success, connect, create_all, drop_all, select, trusted, unwrap
from qb.run.server.embedded import Embedded
from tables.chronos import hypertables
from tables.scratch import scratch_database
from tests.absent_extensions import OPTIONS, TIMESCALE, asked_of, needs_extension
from tests.tables.chronos.test_schema import OTHERS


@pytest.mark.slow
def test_each_statement_is_one(qb_server: Embedded) -> None:
    with scratch_database(qb_server.url) as url, connect(url) as db:
        unwrap(db.run(Script(trusted(TIMESCALE.replace("{s}", "public")))))
        unwrap(db.run(OTHERS))
        made = create_all(hypertables.schema, if_not_exists=True)
        refused = {text: error for text, error in asked_of(db, made, "timescaledb") if error is not None}
        assert len(refused) == len(OPTIONS)
        for text, error in refused.items():
            assert any(option in text for option in OPTIONS)
            assert (error.sqlstate, "unrecognized parameter namespace" in str(error)) == ("22023", True)
        assert db.all(hypertables.events.read) == Success([])
        assert db.all(select(hypertables.DailyEvents)) == Success([])
        # What drops the policies and the aggregate; roles and what else is shared is another test's.
        gone = [each for each in asked_of(db, drop_all(hypertables.schema), "timescaledb") if "chronos" not in each[0]]
        assert [(text, str(error)) for text, error in gone if error is not None] == []


@pytest.mark.slow
def test_it_runs_where_timescaledb_is(qb_server: Embedded) -> None:
    with scratch_database(qb_server.url) as url, connect(url) as db:
        needs_extension(db, "timescaledb")
        unwrap(db.run(OTHERS))
        unwrap(db.run(create_all(hypertables.schema, if_not_exists=True)))
        assert len(unwrap(db.all(hypertables.events.read))) == 1
        unwrap(db.run(drop_all(hypertables.schema)))
