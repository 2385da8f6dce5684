"""How often a client waits for the server: exact, as each of them is a trip over the network."""

from collections.abc import Iterator

import pytest

from qb import Database, connect
from tests.costs import work
from tests.run.gate import Gate, gate

TURNS = {
    "one row, prepared": 1,
    "one row, built anew": 1,
    "ten rows with nested ones": 1,
    "a transaction of none": 0,
    "a transaction of one": 2,
    "a transaction of three": 4,
    "a pipeline of 100": 1,
    "insert one": 1,
    "insert a list of 100": 2,
    "insert a list of 10,000": 2,
    "insert 10,000 of a generator": 5,
    "insert 250, rows back": 2,
    "upsert a list of 10,000": 3,
    "update a list of 10,000": 3,
    "delete a list of 10,000": 1,
    "update one": 1,
}


@pytest.fixture(scope="module")
def gated(filled: Database, qb_url: str) -> Iterator[tuple[Database, Gate]]:
    with gate(qb_url) as (url, between), connect(url, max_size=1) as db:
        yield db, between


@pytest.mark.parametrize("name", TURNS)
def test_turns_of_what_is_prepared(gated: tuple[Database, Gate], name: str) -> None:
    db, between = gated
    counts: list[int] = []
    for _ in range(3):
        before = between.turns
        (work.READS | work.WRITES)[name](db)
        counts.append(between.turns - before)
        work.undo(db)
    assert counts[1:] == [TURNS[name]] * 2


FIRST = {
    "one row, prepared": 1,
    "10,000 rows": 1,
    "a transaction of one": 2,
    "insert one": 2,
    "update one": 2,
    "a write that returns rows": 2,
    "a raw write": 1,
    "a row in a pipeline": 1,
}
"""A write is compared with the columns that it writes, and with the rows that it returns, before it runs: one that does
not fit must not run."""


@pytest.mark.parametrize("name", FIRST)
def test_turns_of_what_the_session_has_not_seen(filled: Database, qb_url: str, name: str) -> None:
    ways = work.READS | work.WRITES | work.FIRST
    ways[name](filled)  # compiles it
    work.undo(filled)
    with gate(qb_url) as (url, between), connect(url, max_size=1) as db:
        db.ping().unwrap()
        before = between.turns
        ways[name](db)
        turns = between.turns - before
        work.undo(db)
        assert turns == FIRST[name]
