"""What an older server lacks is said before a statement is sent to it, on every way that a statement can take."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest

from qb import InvalidSql, select, value
from qb.model.target import Feature
from qb.render.compiled import compile_node
from qb.run.database.db import Tx
from qb.run.session.executable import Executable
from qb.run.session.link import Link
from qb.run.session.ready import check_server, introduce

PROGRAM = """
import sys
from uuid import UUID
import anyio
import qb
from qb import (
    Col, Failure, InvalidSql, ServerError, Success, Table, column, connect, connect_async, create_all, fn, insert, new,
    schema, select, sql, update,
)
from qb.run.server.embedded import embedded


class Event(Table, name="events"):
    id: Col[int] = column(primary_key=True)
    key: Col[UUID] = column(default=fn.gen_random_uuid())


@qb.prepare
def prepared(n: int):
    return select(Event.id).where(Event.id == n, Event.key == fn.uuidv7())


SAID = "uuidv7() came with PostgreSQL 18, and this is for PostgreSQL 16"
NEW = select(fn.uuidv7())
ROWS = [new(Event)(id=number) for number in range(120)]
OTHERS = insert(Event).on_conflict(Event.id, update=[Event.key.to(fn.uuidv7())])


def refused(outcome):
    match outcome:
        case Failure(InvalidSql(message, sqlstate="0A000") as error):
            assert message == SAID, message
            assert "uuidv7" in error.statement, error.statement
            return True
    raise AssertionError(outcome)


def streamed(run):
    try:
        with run.stream(NEW) as rows:
            list(rows)
    except InvalidSql as error:
        return Failure(error)


def piped(run):
    with run.pipeline() as p:
        before = p.execute(insert(ROWS[0]))
        failed = p.one(NEW)
    assert isinstance(before.result().failure(), ServerError)
    assert before.result().failure().sqlstate == "25P02"
    assert failed.result().failure().step == 1
    return failed.result()


WAYS = {
    "all": lambda run: run.all(NEW),
    "one": lambda run: run.one(NEW),
    "first": lambda run: run.first(NEW),
    "scalar": lambda run: run.scalar(NEW),
    "execute": lambda run: run.execute(update(Event).set(Event.key.to(fn.uuidv7())).all_rows()),
    "returning": lambda run: run.one(insert(ROWS[0]).returning(fn.uuidv7())),
    "prepared": lambda run: run.all(prepared(1)),
    "stream": streamed,
    "pipeline": piped,
    "a row at once": lambda run: run.insert_many(ROWS[:1], OTHERS),
    "blocks of rows": lambda run: run.insert_many(ROWS, OTHERS),
    "blocks that give rows": lambda run: run.insert_many(ROWS, OTHERS.returning(Event.id)),
}


def main(address):
    for options in ({}, {"prepare": False}):
        with connect(address, **options) as db:
            for name, way in WAYS.items():
                for _ in range(2):  # it is not learnt by being refused
                    assert refused(way(db)), name
                with db.transaction(rollback=True) as tx:
                    assert tx.scalar(select(fn.gen_random_uuid())).unwrap()
                    assert refused(way(tx)), name
                    # as if the server had refused it: what came before is not to be kept without it
                    assert tx.scalar(select(fn.gen_random_uuid())).failure().sqlstate == "25P02", name
            assert db.scalar(sql("SELECT count(*) FROM events").rows(int)) == Success(0)


async def alone(address):
    async with connect_async(address) as db:
        refused(await db.all(NEW))
        try:
            async with db.stream(NEW) as rows:
                [each async for each in rows]
        except InvalidSql as error:
            refused(Failure(error))
        async with db.pipeline() as p:
            failed = p.one(NEW)
        refused(failed.result())
        refused(await db.insert_many(ROWS, OTHERS))


with embedded(sys.argv[1]) as server:
    with connect(server.url) as db:
        db.run(create_all(schema(Event))).unwrap()
    main(server.url)
    anyio.run(alone, server.url)
print("done")
"""


@pytest.mark.slow
def test_a_query_is_checked_against_the_server_it_runs_on(server_folder: Path) -> None:
    """On PostgreSQL 16, the other server in the embedded package."""
    of_16 = os.environ | {"PGSERVER_POSTGRES_VERSION": "16"}
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, str(server_folder / "older")]
    done = subprocess.run(command, check=False, env=of_16, capture_output=True, text=True, timeout=120)
    assert (done.stderr, done.stdout) == ("", "done\n")


def test_a_link_learns_no_statement_that_its_server_lacks(qb_tx: Tx) -> None:
    compiled = compile_node(select(value(1)).node)
    plain = Executable[int](compiled)
    tomorrow = Executable[int](compiled._replace(newest=Feature("tomorrow()", 99)))
    today = Executable[int](compiled._replace(newest=Feature("today()", 18)))
    link: Link = cast("Any", qb_tx)._source.link
    for named in (True, False):
        with pytest.raises(InvalidSql, match=r"^tomorrow\(\) came with PostgreSQL 99, and this is for PostgreSQL"):
            introduce(link, tomorrow, named=named)
        assert introduce(link, plain, named=named).statement is plain
        assert introduce(link, today, named=named).statement is today


def test_a_connection_that_is_gone_has_no_version(qb_url: str) -> None:
    """What is wrong with it is not what it is too old for."""
    late = Executable[int](compile_node(select(value(1)).node)._replace(newest=Feature("tomorrow()", 99)))
    with Link.connect(qb_url) as link:
        with pytest.raises(InvalidSql):
            check_server(link, late)
        with pytest.raises(psycopg.OperationalError):
            link.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        assert link.pgconn.server_version == 0
        check_server(link, late)
