"""Whoever runs migrations may be killed at any moment: the next one goes on, nothing is lost, nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qb import connect
from tests.kit.running.killing import WAYS, Place, killed, place, runners_to_kill, statements_of
from tests.kit.running.killing_plans import FIFTY

PARTS = [tuple(FIFTY)[start::10] for start in range(10)]
"""Five plans each, so that several processes share them."""
MOMENTS = ("before", "during", "after")


@pytest.fixture(scope="module")
def there(qb_url: str) -> Iterator[Place]:
    with place(qb_url) as found:
        yield found


def test_the_backend_is_killed_at_some_moments(there: Place) -> None:
    history = FIFTY["index+value"]
    wanted = there.ended(history, "up")
    among = frozenset(statements_of(history, "up"))
    there.before(history, "up")
    assert there.kill_backend(history, "up", 1, "before", among)
    assert there.kill_backend(history, "up", 1, "after", among)
    there.ends_so(history, "up", wanted)


@pytest.mark.slow
@pytest.mark.parametrize("plans", PARTS, ids="|".join)
@pytest.mark.parametrize("way", ["up", "down"])
def test_the_backend_is_killed_at_every_statement(there: Place, plans: tuple[str, ...], way: str) -> None:
    tried = 0
    for plan in plans:
        history = FIFTY[plan]
        wanted = there.ended(history, way)
        statements = statements_of(history, way)
        for at in range(1, len(statements) + 1):
            for when in MOMENTS if way == "up" else MOMENTS[1:2]:
                there.before(history, way)
                tried += there.kill_backend(history, way, at, when, frozenset(statements))
                there.ends_so(history, way, wanted)
    assert tried > 0


@pytest.mark.slow
@pytest.mark.parametrize("plans", PARTS, ids="|".join)
def test_the_runner_is_killed_at_every_statement(there: Place, plans: tuple[str, ...]) -> None:
    with runners_to_kill() as run:
        for plan in plans:
            history = FIFTY[plan]
            wanted = there.ended(history, "up")
            for at in range(1, len(statements_of(history, "up")) + 1):
                there.before(history, "up")
                assert run(there.url, plan, "up", at) == -9
                there.ends_so(history, "up", wanted)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["up", "down"])
def test_the_backend_is_killed_at_every_message(there: Place, way: str) -> None:
    """Between two statements, too: while the journal is written, or the lock is taken."""
    history = FIFTY["unique+value"]
    wanted = there.ended(history, way)
    there.before(history, way)
    with connect(there.url, max_size=2) as db, killed(there.other, 0, "never") as sent:
        WAYS[way](db, history).unwrap()
    tried = 0
    for at in range(1, len(sent) + 1):
        there.before(history, way)
        tried += there.kill_backend(history, way, at, "before", None)
        there.ends_so(history, way, wanted)
    assert tried > 0
