"""How often the garbage collector looks at what a program holds while qb makes rows: hardly, however many they are."""

import gc
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest

from qb import Database, select, unwrap
from tests.costs import work
from tests.costs.work import Book


@contextmanager
def counting() -> Generator[list[int]]:
    """How often each generation is collected in a block."""
    found = [0, 0, 0]

    def seen(phase: str, info: dict[str, int]) -> None:
        found[info["generation"]] += phase == "start"

    gc.collect()
    gc.callbacks.append(seen)
    try:
        yield found
    finally:
        gc.callbacks.remove(seen)


def all_of_them(db: Database) -> int:
    return len(unwrap(db.all(select(Book).cross_join(work.Shelf).where(work.Shelf.id < 5))))


def one_by_one(db: Database) -> int:
    with db.stream(select(Book).cross_join(work.Shelf).where(work.Shelf.id < 5)) as rows:
        return sum(1 for _ in rows)


@pytest.mark.parametrize("read", [all_of_them, one_by_one])
def test_fifty_thousand_rows(filled: Database, read: Callable[[Database], int]) -> None:
    assert read(filled) == 50_000
    with counting() as found:
        assert read(filled) == 50_000
    assert sum(found) <= 4, found


def test_a_pipeline_of_a_thousand(filled: Database) -> None:
    work.in_a_pipeline(1000)(filled)
    with counting() as found:
        work.in_a_pipeline(1000)(filled)
    assert sum(found) <= 8, found
