"""Three programs that do the same: one scenario, and what each of them answers. Then their lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any, cast

import msgspec
import pytest

from benchmarks.lines import count
from benchmarks.lines.storage import Plain, Refused, Storage
from qb.run.server.embedded import Embedded
from tables.scratch import scratch_database
from tests.documents import ROOT

COLUMNS = ("id", "project_id", "title", "overview", "status", "priority", "tags")
"""Those of a ticket that are the same in every run; times are compared with each other."""


@pytest.fixture(params=list(count.PROGRAMS))
def storage(request: pytest.FixtureRequest, qb_server: Embedded) -> Iterator[Storage]:
    module: Any = pytest.importorskip(f"benchmarks.lines.{count.PROGRAMS[request.param]}")
    with scratch_database(qb_server.url, name="lines") as conninfo:
        name = dict(each.split("=", 1) for each in conninfo.split())["dbname"]
        made: Storage = module.Storage(qb_server.url.replace("/postgres?", f"/{name}?", 1))
        try:
            made.create_tables()
            yield made
        finally:
            made.close()


def plain(ticket: object) -> Plain:
    row = cast("Any", ticket)
    metadata = row.metadata if isinstance(ticket, msgspec.Struct) else row.metadata_
    assert row.updated_at >= row.created_at
    return {name: getattr(row, name) for name in COLUMNS} | {
        "metadata": msgspec.to_builtins(metadata),
        "changed": row.updated_at > row.created_at,
        "deleted": row.deleted_at is not None,
    }


def with_tasks(found: object) -> Plain:
    whole = cast("Any", found)
    tasks = [(task.content, task.done, task.position) for task in whole.tasks]
    return {"ticket": plain(whole.ticket), "tasks": tasks, "counts": (whole.task_count, whole.done_count)}


def refused(work: Callable[[], object]) -> bool:
    with pytest.raises(Refused):
        work()
    return True


def scenario(storage: Storage) -> Iterator[object]:
    """What is done, and each answer."""
    project, other = storage.create_project("Promptliano"), storage.create_project("Other")
    yield project, other
    body = {"project_id": project, "title": "Move the queue", "tags": ["api", "ü"]}
    first = cast("Any", storage.create_ticket(msgspec.json.encode(body | {"metadata": {"source": "web"}})))
    yield plain(first)
    titles = ["50% off", "500 off", "a_b", "aXb", "Bänke", "QUEUE of all"]
    made: list[Any] = [
        storage.create_ticket(msgspec.json.encode({"project_id": project, "title": title, "overview": title.upper()}))
        for title in titles
    ]
    yield [plain(each) for each in made]
    for wrong in (
        {"project_id": project},
        {"project_id": "one", "title": "x"},
        {"project_id": project, "title": "x", "status": "late"},
        {"project_id": project, "title": "x", "tags": [1]},
        {"project_id": project, "title": "x", "metadata": {"score": "high"}},
        {"project_id": project, "title": "x", "nothing": 1},
    ):
        yield refused(lambda: storage.create_ticket(msgspec.json.encode(wrong)))  # noqa: B023
    yield plain(storage.ticket(first.id)), storage.ticket(10**9)
    yield [plain(each) for each in storage.tickets_of(project, None, 3, 1)]
    yield [plain(each) for each in storage.tickets_of(project, "completed", 10, 0)]
    yield storage.tickets_of(other, None, 10, 0) == []
    for text in ("queue", "50%", "a_b", "BÄNKE", "'", "%", "nothing like it"):
        yield [plain(each)["title"] for each in storage.search(project, text)]
    change = b'{"status": "completed", "tags": [], "metadata": {"source": "cli", "score": 0.5, "labels": ["x"]}}'
    yield plain(storage.change(first.id, change))
    yield plain(storage.change(first.id, b'{"title": "Moved"}')), storage.change(10**9, b'{"title": "x"}')
    yield refused(lambda: storage.change(first.id, b'{"status": "late"}'))
    yield storage.totals(project), storage.totals(other)
    yield storage.delete(made[0].id), storage.delete(made[0].id), storage.ticket(made[0].id)
    yield storage.change(made[0].id, b'{"title": "x"}'), storage.totals(project)
    yield storage.restore(made[0].id), storage.restore(made[0].id), plain(storage.ticket(made[0].id))
    tasks = storage.create_tasks(first.id, ["a", "b", "c"])
    yield list(tasks), list(storage.create_tasks(first.id, []))
    yield storage.set_done([tasks[1], 10**9]), storage.set_done([])
    yield with_tasks(storage.with_tasks(first.id)), with_tasks(storage.with_tasks(made[1].id))
    yield storage.with_tasks(10**9)
    yield with_tasks(storage.create_with_tasks(msgspec.json.encode(body), ["one", "two"]))
    yield storage.enqueue(made[1].id, 3), storage.enqueue(made[2].id, 9), storage.enqueue(made[1].id, 5)
    yield [storage.claim(worker) for worker in ("ada", "bob", "eve")]
    for each in (first, *made[3:]):
        storage.enqueue(each.id, 5)
    with ThreadPoolExecutor(4) as workers:
        yield sorted(each or 0 for each in workers.map(storage.claim, ["ada", "bob", "eve", "kay"]))


def known(answer: object) -> object:
    """As data, whatever a program's own sequences are."""
    if isinstance(answer, list | tuple):
        return [known(each) for each in cast("list[object]", answer)]
    if isinstance(answer, dict):
        return {name: known(each) for name, each in cast("Plain", answer).items()}
    return answer


EXPECTED: list[object] = []


def test_each_answers_as_the_first_one_did(storage: Storage) -> None:
    answers = [known(answer) for answer in scenario(storage)]
    assert len(answers) > 30
    if not EXPECTED:
        EXPECTED.extend(answers)
    assert answers == EXPECTED


def test_a_transaction_that_fails_leaves_nothing(storage: Storage) -> None:
    project = storage.create_project("Promptliano")
    with pytest.raises(Exception, match=r"0x00|NUL|nul"):
        storage.create_with_tasks(msgspec.json.encode({"project_id": project, "title": "x"}), ["a", "\0"])
    assert storage.totals(project) == []


def test_lines_are_those_with_code() -> None:
    assert count.lines_of(PROGRAM) == {count.IMPORTS: 1, count.DESCRIPTION: 5, count.OPERATIONS: 3}


PROGRAM = '''"""A module."""

import os

# ---------- tables

A = """
b
"""


# a comment
def f():
    """Doc."""
    return 1  # one


# ---------- operations
B = (
    1,
)
'''


def test_the_page_shows_what_the_command_prints() -> None:
    page = ROOT / "docs" / "systems" / "promptliano.md"
    assert count.table() in page.read_text(encoding="utf-8")
    import_module("benchmarks.lines.__main__")
