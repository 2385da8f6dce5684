# Made by tools/sync.py from async_whole.py: change that one, then run `make generate`.
"""Whether nothing is lost, locked or half done after an interrupt."""

import time

import pytest

import qb
from qb import Database

SIZE = 2
HALF = qb.sql("SELECT number FROM pairs GROUP BY number HAVING count(*) <> 2").rows(int)
OPEN = qb.sql(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name = 'struck' AND (state LIKE 'idle in transaction%' OR state = 'active')"
).rows(int)


QUIET = [
    # An interrupt within a callback of the garbage collector is told there, and a link that was just being made is
    # closed by the driver's own finaliser.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::qb.UnseenFailure"),
    # An interrupt between the call of `__exit__` and its await. As an error it would be kept by pytest, with all that
    # the coroutine holds.
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
]
"""Marks of the tests that interrupt."""


def audit(observer: Database, place: str, number: int, ended: bool) -> None:
    """Both rows or none, both if the work came to its end; and no session is left inside a transaction."""
    assert qb.unwrap(observer.all(HALF)) == [], place
    deadline = time.monotonic() + 10
    while qb.unwrap(observer.scalar(OPEN)):
        assert time.monotonic() < deadline, f"{place}: a transaction stays open"
        time.sleep(0.001)


def whole(db: Database, place: str) -> None:
    """All links can be had, and none is confused."""
    report = db.pool
    assert (report.in_use, report.waiting) == (0, 0), f"{place}: {report}"
    leases = [db._pool.checkout(timeout=30) for _ in range(SIZE)]  # pyright: ignore[reportPrivateUsage]
    for lease in leases:
        # What qb would put ahead of its next statement psycopg knows nothing of.
        assert (lease.link.depth, lease.link.opening) == (0, None), place
        assert lease.link.execute("SELECT 42").fetchone() == (42,), place
        db._pool.give_back(lease)  # pyright: ignore[reportPrivateUsage]


def names(url: str) -> str:
    """The address under which who is interrupted is known."""
    return f"{url}&application_name=struck"
