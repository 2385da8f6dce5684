"""How the synchronous half is made: word by word, comments and docstrings included."""

import ast

import pytest

from qb import AsyncDatabase, AsyncDb, AsyncTx, Database, Db, Tx
from qb.run.database.async_raising import AsyncRaisingDb
from qb.typing import RaisingDb
from tools import sync
from tools.tidy import ROOT, tidy


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("async def f(): pass\n", "def f(): pass\n"),
        ("x = await db.all(q)\n", "x = db.all(q)\n"),
        ("x = (await db.all(q)).unwrap()\n", "x = db.all(q).unwrap()\n"),
        ("x = f((await g(h(1)))[0], (await db.ping()))\n", "x = f(g(h(1))[0], (db.ping()))\n"),
        ("return (await db.one(q)).value\n", "return db.one(q).value\n"),
        ("x: Callable[[AsyncDb], Awaitable[Outcome[Any]]]\n", "x: Callable[[Db], Outcome[Any]]\n"),
        (
            "async with db.stream(q) as rows:\n    async for row in rows: pass\n",
            "with db.stream(q) as rows:\n    for row in rows: pass\n",
        ),
        ("async def __aenter__(self): return self\n", "def __enter__(self): return self\n"),
        ("class AsyncTx(AsyncDb): pass\n", "class Tx(Db): pass\n"),
        ("x: AsyncPool[Link]\n", "x: SyncPool[Link]\n"),
        ("from a.async_held import AsyncHeld\n", "from a.held import Held\n"),
        ("await converse_async(link)  # a comment stays\n", "converse(link)  # a comment stays\n"),
        ("x: Iterable[New[T]] | AsyncIterable[New[T]]\n", "x: Iterable[New[T]]\n"),
        ("x: Callable[[Tx], Awaitable[A[B] | C]]\n", "x: Callable[[Tx], A[B] | C]\n"),
        ("outside(task())\n", "outside(thread())\n"),
    ],
)
def test_words(written: str, made: str) -> None:
    assert sync.synchronous(written) == made


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("    await anyio.sleep(1)  # sync: time.sleep(1)\n", "    time.sleep(1)\n"),
        ("import anyio  # sync:\nimport os\n", "import os\n"),
        ("# sync: import time\n", "import time\n"),
    ],
)
def test_a_line_says_what_stands_in_its_place(written: str, made: str) -> None:
    assert sync.synchronous(written) == made


def test_docstrings_and_their_examples_are_made_as_well() -> None:
    written = '"""An `AsyncDb`.\n\n>>> async with db.transaction() as tx:\n...     await tx.ping()\n"""\n'
    assert sync.synchronous(written) == '"""A `Db`.\n\n>>> with db.transaction() as tx:\n...     tx.ping()\n"""\n'


def test_a_sentence_may_be_another_one_over_the_end_of_a_line() -> None:
    written = '"""Frozen. Tasks that\n    share it wait for each other."""\n'
    assert sync.synchronous(written) == '"""Frozen. Threads that share it wait for each other."""\n'


def test_every_sentence_is_still_written_somewhere() -> None:
    assert sync.stale() == []


@pytest.mark.parametrize("source", sync.SOURCES)
def test_nothing_asynchronous_is_left(source: str) -> None:
    """By name, too: whatever the made module uses is no part of the other half."""
    tree = ast.parse(sync.target(ROOT / source).read_text(encoding="utf-8"))
    kinds = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
    assert not [node for node in ast.walk(tree) if isinstance(node, kinds)]
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert not [name for name in names if name.startswith(("Async", "anyio")) or name.endswith("_async")]


def test_blocks_and_loops_that_were_apart_are_put_together() -> None:
    written = """
import pytest
async def test_it(async_db):
    with pytest.raises(KeyError):
        async with async_db.stream(q) as rows:
            assert [row async for row in rows] == []
"""
    made = """
import pytest


def test_it(db):
    with pytest.raises(KeyError), db.stream(q) as rows:
        assert list(rows) == []
"""
    assert tidy(sync.synchronous(written), ROOT / "tests" / "test_it.py") == made.lstrip()


@pytest.mark.parametrize(
    ("one", "other"), [(Db, AsyncDb), (Database, AsyncDatabase), (Tx, AsyncTx), (RaisingDb, AsyncRaisingDb)]
)
def test_both_halves_have_the_same_methods(one: type[object], other: type[object]) -> None:
    def public(kind: type[object]) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_")}

    assert public(one) == public(other)
