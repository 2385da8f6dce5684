"""Nothing is sent between a Sync and its answer, at which a pooler may give the session to another client.

It would hand on what comes behind, and the answers to it would be that client's.
https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from qb import Col, Database, Rows, Script, Success, Table, column, connect, insert, new, pg, select, sql


class Thing(Table, name="things"):
    id: Col[int] = column(pg.integer, primary_key=True)
    n: Col[int] = column(pg.integer)


@pytest.fixture
def things(qb_url: str) -> Iterator[Database]:
    with connect(qb_url, max_size=1) as db:
        made = "CREATE TABLE things (id int PRIMARY KEY, n int)"
        db.run(Script("DROP TABLE IF EXISTS things", made)).unwrap()
        yield db
        db.run(Script("DROP TABLE things")).unwrap()


def counted(most: int) -> Rows[int]:
    return sql("SELECT n FROM generate_series(1, {most}) n", most=most).rows(int)


def fetched(db: Database) -> None:
    for _ in range(2):
        assert db.one(counted(1)) == Success(1)
    assert db.all(select(Thing.id, Thing.n)) == Success([])


def streamed(db: Database) -> None:
    with db.stream(counted(4000)) as found:
        assert sum(1 for _ in found) == 4000


def streamed_in_part(db: Database) -> None:
    with db.stream(counted(200_000)) as found:
        assert next(iter(found)) == 1


def read_in_a_pipeline(db: Database) -> None:
    with db.pipeline() as p:
        found = [p.one(counted(1)) for _ in range(3)]
    assert [each.result() for each in found] == [Success(1)] * 3


def written_in_a_pipeline(db: Database) -> None:
    with db.pipeline() as p:
        done = p.execute(insert(new(Thing)(id=7, n=7)))
        found = p.all(select(Thing.n))
    assert done.result() == Success(1)
    assert found.result() == Success([7])


def copied(db: Database) -> None:
    assert db.insert_many(new(Thing)(id=n, n=n) for n in range(7000)) == Success(7000)


def inserted_with_rows_back(db: Database) -> None:
    given = [new(Thing)(id=n, n=n) for n in range(7000)]
    assert db.insert_many(given, insert(Thing).returning(Thing.id)) == Success(list(range(7000)))


def transacted(db: Database) -> None:
    with db.transaction() as tx, tx.transaction() as inner:
        assert inner.execute(insert(new(Thing)(id=1, n=1))) == Success(1)


def scripted(db: Database) -> None:
    db.run(Script("select 1", "select 2")).unwrap()


WAYS = (
    fetched,
    streamed,
    streamed_in_part,
    read_in_a_pipeline,
    written_in_a_pipeline,
    copied,
    inserted_with_rows_back,
    transacted,
    scripted,
)


@pytest.mark.parametrize("dirty", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_sent_before_the_answer(
    things: Database, tmp_path: Path, way: Callable[[Database], None], dirty: bool
) -> None:
    with things.transaction() as tx:
        pgconn = cast("Any", tx)._source.link.pgconn
    if dirty:
        things.execute(sql("SET search_path = public").command()).unwrap()
    told = tmp_path / "trace"
    with told.open("wb") as file:
        pgconn.trace(file.fileno())
        try:
            way(things)
        finally:
            pgconn.untrace()
    waiting, answers = False, 0
    for line in told.read_text().splitlines():
        parts = line.split("\t")
        if len(parts) < 4:
            continue  # the rest of a statement of several lines
        direction, name = parts[1], parts[3].strip().partition(" ")[0]
        assert not (waiting and direction == "F"), line
        if name in ("Sync", "Query"):
            waiting = True
        elif name in ("ReadyForQuery", "CopyInResponse"):
            waiting, answers = False, answers + 1
    assert answers
