"""What is written for coroutines is the source of the synchronous half: what is not says why, and repeats nothing."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.sources import parsed
from tools import sync
from tools.tidy import ROOT

MODULES = {
    "qb/kit/running/async_migrating.py": "a thread is asked to do what the synchronous half does",
    "qb/moving/async_shadow.py": "a task is cancelled when its time is over, a thread is left behind",
    "qb/run/database/async_block.py": "a block that is cancelled shields what it has to do; a thread cannot be",
}
"""Modules of the library that are called asynchronous and are no source, and why."""

TESTS = {
    "tests/kit/running/test_expecting.py": "one case of each half",
    "tests/run/databases/test_servers_that_die.py": "threads and tasks are killed and counted in different ways",
    "tests/tables/archetype/test_databases.py": "one case of each half",
    "tests/faults/test_cancellations.py": "only a task can be cancelled",
    "tests/tables/archetype/test_async.py": "repositories are for both worlds, and a few are tried here",
    "tests/moving/test_shadow.py": "candidates run on threads or in tasks, which end in different ways",
    "tests/run/database/test_async_closing.py": "closing is awaited, or not: there is no such choice in a thread",
    "tests/run/databases/test_environment.py": "settings make a database of either kind",
    "tests/run/databases/test_interrupted.py": "a thread is interrupted, a task is cancelled",
    "tests/run/databases/test_parallel.py": "threads and tasks are begun and ended in different ways",
    "tests/run/databases/test_two_hundred.py": "threads, and tasks of which some are cancelled",
    "tests/run/databases/test_waking.py": "threads and tasks wait in different ways, and a task may be cancelled",
    "tests/run/pool/test_line.py": "lines are written twice: threads and tasks wait in different ways",
    "tests/run/pool/test_rationed.py": "pools are written twice",
    "tests/run/pool/test_shared_pool.py": "pools are written twice, and a task that waits can be cancelled",
    "tests/run/pool/test_unreachable.py": "pools are written twice",
    "tests/run/pool/test_who_is_inside.py": "of threads and tasks: who of them opened a transaction",
    "tests/run/session/test_pooler.py": "many tasks at once, some cancelled",
    "tests/run/talk/test_as_role_cancelled.py": "only a task can be cancelled",
    "tests/run/talk/test_cancel.py": "only a task can be cancelled",
    "tests/run/talk/test_collector.py": "a task that is cancelled, and threads that overlap",
    "tests/run/talk/test_counts.py": "what each half says of functions written for the other",
    "tests/run/talk/test_keyed.py": "only a task can be cancelled",
    "tests/run/talk/test_listeners.py": "threads and tasks end each other's waiting in different ways",
    "tests/run/talk/test_savepoints_cancelled.py": "a task is cancelled, a thread is interrupted",
    "tests/run/talk/test_staged.py": "only a task can be cancelled",
    "tests/tables/chronos/test_client.py": "a program of coroutines: its queries are those of the others",
    "tests/tables/chronos/test_published.py": "a program of coroutines: its queries are those of the others",
    "tests/tables/promptliano/test_async.py": "a program of coroutines: its queries are those of the others",
    "tests/test_testing.py": "fixtures are written twice",
    "tests/testing/test_own_database.py": "fixtures are written twice",
    "tests/typing/test_typing.py": "it runs coroutines that the type checkers have read",
}
"""Modules of tests with coroutines that are no source, and why."""

PAIRS = {
    ("tests/kit/running/test_expecting.py", "test_the_same_in_coroutines"),
    ("tests/typing/accepted_diffs.py", "drifting_async"),
    ("tests/tables/archetype/test_databases.py", "test_coroutines"),
    ("tests/run/databases/test_servers_that_die.py", "test_tasks"),
    ("tests/tables/archetype/conftest.py", "async_tx"),
    ("tests/tables/chronos/test_client.py", "test_coroutines"),
    ("tests/moving/test_shadow.py", "test_the_answer_is_there_before_the_candidate_is_in_tasks"),
    ("tests/moving/test_shadow.py", "test_no_more_tasks_run_than_there_are_places"),
    ("tests/run/databases/test_environment.py", "test_settings_connect_coroutines"),
    ("tests/run/databases/test_interrupted.py", "test_a_cancellation_at_every_wait"),
    ("tests/run/databases/test_parallel.py", "test_tasks_are_so_many"),
    ("tests/run/databases/test_parallel.py", "test_what_a_task_raises_cancels_the_others"),
    ("tests/run/databases/test_two_hundred.py", "test_tasks"),
    ("tests/run/databases/test_two_hundred.py", "test_tasks_that_come_together_open_it_once"),
    ("tests/run/pool/test_shared_pool.py", "test_tasks_never_share_a_link_nor_exceed_the_limit"),
    ("tests/run/pool/test_shared_pool.py", "test_a_link_that_died_while_a_task_was_away"),
    ("tests/run/pool/test_shared_pool.py", "test_a_full_pool_of_tasks"),
    ("tests/run/pool/test_shared_pool.py", "test_close_wakes_all_tasks"),
    ("tests/run/pool/test_who_is_inside.py", "async_db"),
    ("tests/run/pool/test_who_is_inside.py", "test_other_tasks_are_not_meant"),
    (
        "tests/run/pool/test_who_is_inside.py",
        "test_tasks_of_one_thread_do_not_take_each_others_transaction_for_their_own",
    ),
    ("tests/run/pool/test_unreachable.py", "test_refused_in_a_task"),
    ("tests/run/talk/test_listeners.py", "test_many_tasks_hear_all_of_it"),
    ("tests/run/talk/test_listeners.py", "test_another_task_ends_it"),
    ("tests/run/talk/test_listeners.py", "test_two_tasks_cannot_take_from_one"),
    ("tests/run/plain.py", "async_database"),
    ("tests/run/plain.py", "async_table"),
    ("tests/run/conftest.py", "async_db"),
    ("tests/tables/promptliano/conftest.py", "async_tx"),
    ("tests/typing/inferred.py", "running_async"),
}
"""Coroutines that say what something beside them says for threads: pools, who runs, fixtures, what checkers read."""

FEW = 2
"""Lines that two tests may have in common, as tests of one thing begin alike."""

_WHO = re.compile(
    r"_?(?:in_|of_|for_|with_)?(?:a_)?(?:tasks?|threads?|async|asynchronous|coroutines?|sync|synchronous)(?=_|$)"
)


def _modules(folder: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(Path(ROOT / folder).rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), parsed(path)


class _Synchronous(ast.NodeTransformer):
    def visit_Await(self, node: ast.Await) -> ast.AST:
        return self.visit(node.value)  # type: ignore[no-any-return]

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(sync.renamed(node.id), node.ctx)


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The statements within a function, as they would be said in the synchronous half."""
    stripped = ast.unparse(_Synchronous().visit(ast.parse(ast.unparse(function))))
    return frozenset(
        line.strip().removeprefix("async ") for line in stripped.splitlines()[1:] if "raise AssertionError" not in line
    ) - {"pass", '"""'}


@cache
def _plain() -> dict[tuple[str, str], frozenset[str]]:
    """Every test without coroutines."""
    return {
        (path, node.name): _lines(node)
        for path, tree in _modules("tests")
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def _alike(function: ast.AsyncFunctionDef, among: dict[tuple[str, str], frozenset[str]]) -> bool:
    """Whether a test says the same as a coroutine: by its name, or by half of its lines."""
    said, name = _lines(function), _WHO.sub("", function.name)
    return any(
        name == _WHO.sub("", other) or (len(said & lines) > FEW and 2 * len(said & lines) >= min(len(said), len(lines)))
        for (_, other), lines in among.items()
    )


def test_every_asynchronous_module_is_a_source_or_says_why_not() -> None:
    found = {path for path, _ in _modules("qb") if path.rpartition("/")[2].startswith("async_")}
    assert found - set(sync.SOURCES) == set(MODULES)


@pytest.mark.slow
def test_every_test_of_coroutines_is_a_source_or_says_why_not() -> None:
    found = {
        path
        for path, tree in _modules("tests")
        if any(isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test_") for node in tree.body)
    }
    assert found - set(sync.SOURCES) == set(TESTS)


@pytest.mark.slow
def test_no_pair_is_kept_by_hand() -> None:
    pairs: set[tuple[str, str]] = set()
    for path, tree in _modules("tests"):
        if path in sync.SOURCES:
            continue
        beside = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        for node in tree.body:
            if not isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) or node.name == sync.renamed(node.name):
                if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test_") and _alike(node, _plain()):
                    pairs.add((path, node.name))
            elif sync.renamed(node.name) in beside:
                pairs.add((path, node.name))
    assert pairs == PAIRS


PLAIN = """
def test_rows(db):
    with db.transaction() as tx:
        add(db)
        assert db.one(query) == 1
        x = 1
"""


@pytest.mark.parametrize(
    "written",
    [
        "async def test_rows_of_tasks(db): ...",
        "async def test_a(db):\n  await add(db)\n  assert await db.one(query) == 1\n  x = 1",
        "async def test_a(db):\n  async with db.transaction() as tx:\n    await add(db)\n    x = 1",
    ],
)
def test_a_pair_is_found(written: str) -> None:
    plain, coroutine = ast.parse(PLAIN).body[0], ast.parse(written).body[0]
    assert isinstance(plain, ast.FunctionDef)
    assert isinstance(coroutine, ast.AsyncFunctionDef)
    assert _alike(coroutine, {("", plain.name): _lines(plain)})


def test_what_begins_alike_is_no_pair() -> None:
    plain = ast.parse(PLAIN).body[0]
    other = ast.parse("async def test_a(db):\n  async with db.transaction() as tx:\n    await add(db)\n    y = 2").body[
        0
    ]
    assert isinstance(plain, ast.FunctionDef)
    assert isinstance(other, ast.AsyncFunctionDef)
    assert not _alike(other, {("", plain.name): _lines(plain)})
