"""How much memory of Python a piece of work needs at its peak, in KiB: no more than its limit, which is close to it."""

import tracemalloc
from collections.abc import Callable
from gc import collect

import pytest

from qb import Database
from tests.costs import work

KIB = 1024


def generated(db: Database) -> object:
    return db.insert_many(work.book(work.BOOKS + number) for number in range(30_000))


PEAKS: dict[str, tuple[Callable[[Database], object], int]] = {
    "one row, prepared": (work.READS["one row, prepared"], 4),
    "10,000 rows": (work.READS["10,000 rows"], 5_500),
    "10,000 rows, streamed": (work.READS["10,000 rows, streamed"], 90),
    "insert 30,000 of a generator": (generated, 4_700),
    "insert 250, rows back": (work.WRITES["insert 250, rows back"], 150),
}


@pytest.mark.slow  # each allocation is noted
@pytest.mark.parametrize("name", PEAKS)
def test_no_more_is_held_than_before(filled: Database, name: str) -> None:
    run, most = PEAKS[name]
    run(filled)
    work.undo(filled)
    collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        run(filled)
        peak = (tracemalloc.get_traced_memory()[1] - before) / KIB
    finally:
        tracemalloc.stop()
        work.undo(filled)
    assert most / 2 < peak <= most
