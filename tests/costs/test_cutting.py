"""A migration's file is cut in one pass, however long it is, and once by a run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import SupportsIndex

import pytest

from qb import connect
from qb.kit import migrate, sql_file
from qb.kit.history.history import history_of
from qb.kit.history.migration import Migration
from qb.kit.history.segments import segments
from qb.kit.running.rules import MigrationRules
from tables.scratch import scratch_database
from tests.costs.test_growth import calls


def inserts(count: int) -> str:
    return "INSERT INTO costs_cut VALUES (1, 'a;b'); -- one\n" * count


def commits(count: int) -> str:
    return "SET LOCAL x.y = 1;\nINSERT INTO t VALUES (1);\n-- qb: commit\n" * count


def outside(count: int) -> str:
    return "VACUUM t;\n-- qb: no transaction\nCALL p();\n" * count


class CountedText(str):
    """A text that counts what is copied of it."""

    __slots__ = ()
    copied = 0

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        found = super().__getitem__(key)
        CountedText.copied += len(found)
        return found


@pytest.mark.parametrize("build", [inserts, commits, outside])
def test_twice_the_statements_are_twice_the_work(build: Callable[[int], str]) -> None:
    few, more, most = (calls(partial(segments, build(count))) for count in (100, 200, 400))
    assert more < 2.1 * few, (few, more)
    assert most < 2.1 * more, (more, most)


@pytest.mark.parametrize("build", [inserts, commits, outside])
def test_a_text_is_not_copied_for_each_statement(build: Callable[[int], str]) -> None:
    text = CountedText(build(200))
    before = CountedText.copied
    segments(text)
    assert CountedText.copied - before < 4 * len(text)


@contextmanager
def cuts(of: str) -> Generator[list[None]]:
    """How often a text is cut meanwhile."""
    found: list[None] = []

    def seen(frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        made = event == "call" and code.co_filename == sql_file.__file__ and code.co_name == "__init__"
        if made and frame.f_locals.get("text") == of:
            found.append(None)

    sys.setprofile(seen)
    try:
        yield found
    finally:
        sys.setprofile(None)


def test_a_run_cuts_a_file_once(qb_url: str) -> None:
    text = "CREATE TABLE costs_cut (x int, y text);\nCREATE INDEX CONCURRENTLY ON costs_cut (x);\n" + inserts(3)
    history = history_of([Migration(id="0001_cut", up=text, down="DROP TABLE costs_cut;")]).unwrap()
    rules = MigrationRules(database="costs", protected=True, confirm="costs", unproved=("0001_cut",))
    with scratch_database(qb_url, name="costs_cut") as url, connect(url) as db, cuts(text) as found:
        migrate(db, history, rules=rules).unwrap()
    assert len(found) == 1
