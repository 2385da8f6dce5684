"""The object mappers, and those on Node, return the rows that are there, and leave those there that they were given."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from benchmarks.data import rows
from benchmarks.data.database import Database, temporary_database
from benchmarks.data.rows import Sizes
from benchmarks.measure.messages import Open
from benchmarks.measure.seat import NotInstalled, Seat
from benchmarks.measure.verify import verify
from benchmarks.peers.mapper import blocks, by_threads, numbered
from benchmarks.peers.peer import Method
from benchmarks.peers.registry import ENTRIES, Key
from benchmarks.suites.case import Kind
from benchmarks.suites.registry import CASES, Suite
from qb.run.server.embedded import Embedded

SIZES = Sizes(
    tickets=120, tickets_with_tasks=60, bulk=10, convert=100, stream=120, nested=20, most=100, many=50, tasks=8,
    joins=3, wide=10, columns=10, pipelined=10,
)  # fmt: skip
CASES_OF_ALL = [case for suite in Suite for case in CASES[suite](SIZES) if case.kind in (Kind.TIME, Kind.MEMORY)]
PYTHON = [Key.ASYNCPG_UVLOOP, Key.SQLMODEL, Key.PEEWEE, Key.DJANGO, Key.PICCOLO, Key.TORTOISE]
NODE = [Key.PG, Key.KYSELY, Key.DRIZZLE_PG, Key.DRIZZLE_POSTGRES]


@pytest.fixture(scope="module")
def database(qb_server: Embedded) -> Iterator[Database]:
    with temporary_database(qb_server.url, SIZES) as database:
        database.create()
        for _ in database.fill():
            pass
        yield database


@pytest.mark.slow
@pytest.mark.parametrize("key", [*PYTHON, *NODE])
def test_a_peer_does_what_it_says(database: Database, key: Key) -> None:
    try:
        seat = Seat(ENTRIES[key], Open(database.url, rows.templates(SIZES)))
    except NotInstalled as why:
        pytest.skip(str(why))
    with closing(seat):
        assert seat.opened.versions
        assert not set(seat.opened.methods) & set(seat.opened.absent)
        assert set(seat.opened.absent) <= set(Method)
        done = [case for case in CASES_OF_ALL if case.method in seat.opened.methods]
        assert len(done) > 10
        for case in done:
            verify(seat, case, database)


def test_placeholders_are_numbered() -> None:
    assert numbered("select 1") == "select 1"
    assert numbered("where a = %s and b < %s") == "where a = $1 and b < $2"


def test_rows_come_in_blocks_and_all_of_them() -> None:
    assert list(blocks(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(blocks(iter(()), 2)) == []


@pytest.mark.parametrize("count", [1, 2, 7])
def test_threads_give_their_rows_in_the_order_of_the_keys(count: int) -> None:
    assert by_threads(str, count, [3, 1, 2, 5]) == ["3", "1", "2", "5"]
