"""Whoever runs migrations may be killed at any moment: the next one goes on, nothing is lost, nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qb import connect, sql
from qb.kit import resolve_migration
from qb.kit.running.errors import HalfApplied
from tests.kit.running.histories import in_line, migration
from tests.kit.running.killing import WAYS, Place, killed, place, runners_to_kill, statements_of
from tests.kit.running.killing_plans import FIFTY, START, plan_of

PARTS = [tuple(FIFTY)[start::10] for start in range(10)]
"""Five plans each, so that several processes share them."""
MOMENTS = ("before", "during", "after")
MARKED = in_line(
    migration("0001_start", START),
    migration(
        "0002_change",
        "INSERT INTO log VALUES ('first');\n-- qb: no transaction\nINSERT INTO log VALUES ('marked');\n"
        "INSERT INTO log VALUES ('last');",
    ),
)


@pytest.fixture(scope="module")
def there(qb_url: str) -> Iterator[Place]:
    with place(qb_url) as found:
        yield found


def test_the_backend_is_killed_at_some_moments(there: Place) -> None:
    history = plan_of("index", "value")
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
    for plan in plans:
        history = FIFTY[plan]
        wanted = there.ended(history, way)
        statements = statements_of(history, way)
        for at in range(1, len(statements) + 1):
            for when in MOMENTS:
                there.before(history, way)
                assert there.kill_backend(history, way, at, when, frozenset(statements)), (
                    plan,
                    statements[at - 1],
                    when,
                )
                there.ends_so(history, way, wanted)


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
def test_the_rest_of_a_file_is_mended_before_it_is_gone_on_with(there: Place) -> None:
    history = plan_of("column", "index", "check")
    mended = plan_of("column", "index", "check", more="INSERT INTO log VALUES ('mended');")
    wanted = there.ended(mended, "up")
    assert "mended" in wanted[1]
    statements = statements_of(history, "up")
    for at in range(1, len(statements) + 1):
        for when in MOMENTS:
            there.before(history, "up")
            assert there.kill_backend(history, "up", at, when, frozenset(statements))
            there.ends_so(mended, "up", wanted)


@pytest.mark.slow
@pytest.mark.parametrize("when", MOMENTS)
def test_what_nobody_can_look_up_is_asked_for(there: Place, when: str) -> None:
    """A step that is marked: whoever looks takes out what it has done, and says that it is run again."""
    wanted = there.ended(MARKED, "up")
    statements = statements_of(MARKED, "up")
    for at, statement in enumerate(statements, 1):
        there.before(MARKED, "up")
        assert there.kill_backend(MARKED, "up", at, when, frozenset(statements))
        if "marked" in statement:
            stopped = WAYS["up"](there.db, MARKED).failure()
            assert isinstance(stopped, HalfApplied), stopped
            done = there.db.execute(sql("DELETE FROM log WHERE what = 'marked'").command()).unwrap()
            assert done == {"before": 0, "after": 1}.get(when, done)
            resolve_migration(there.db, MARKED, "0002_change", applied=False).unwrap()
        there.ends_so(MARKED, "up", wanted)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["up", "down"])
def test_the_backend_is_killed_at_every_message(there: Place, way: str) -> None:
    """Between two statements, too: while the journal is written, or the lock is taken."""
    history = plan_of("unique", "value")
    wanted = there.ended(history, way)
    there.before(history, way)
    with connect(there.url, max_size=2) as db, killed(there.other, 0, "never") as sent:
        WAYS[way](db, history).unwrap()
    late: list[str] = []
    for at in range(1, len(sent) + 1):
        there.before(history, way)
        if not there.kill_backend(history, way, at, "before", None):
            late.append(sent[at - 1])
        there.ends_so(history, way, wanted)
    assert late == []
