"""Every example in a docstring of qb runs. One test a module, so that a failure names it.

An example may use every public name of qb, and `User`, `Task` and `db` of tests/examples.py: the same rows are there at
the beginning of each docstring. Without an address `connect` leads to that database.

A docstring with an `await` outside of a function runs as in a notebook, or in `python -m asyncio`: all of it in one
event loop, and `db` is an `AsyncDatabase`.
"""

import ast
import builtins
import doctest
import importlib
import inspect
import io
import re
from collections.abc import Coroutine, Generator, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

import qb
from qb import Database, connect, connect_async
from tests import examples
from tests.documents import empty_database

ROOT = Path(__file__).resolve().parent.parent
WITH_EXAMPLES = sorted(path for path in (ROOT / "qb").rglob("*.py") if ">>> " in path.read_text(encoding="utf-8"))
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.fixture
def db(qb_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    with empty_database(qb_url) as url:
        monkeypatch.setenv("DATABASE_URL", url)
        with connect() as db:
            examples.create(db)
            yield db


def awaits(example: doctest.Example) -> bool:
    """Whether it is code for a place where one may await, and no plain Python."""
    try:
        compile(example.source, "example", "single")
    except SyntaxError:
        return True
    return False


@contextmanager
def in_a_loop(test: doctest.DocTest) -> Generator[None]:
    """Have the examples of a docstring run one after another in an event loop."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(connect_async()) as db:
        test.globs["db"] = db
        for example in test.examples:
            code = compile(example.source, f"<{test.name}>", "single", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            name = f"example_{example.lineno}"
            test.globs[name] = partial(run, portal, code, test.globs)
            example.source = f"{name}()\n"
        yield


def run(portal: BlockingPortal, code: CodeType, names: dict[str, Any]) -> None:
    async def body() -> None:
        found: Coroutine[Any, Any, None] | None = FunctionType(code, names)()
        if found is not None:
            await found
        names.pop("_", None)  # what was shown last, which would be kept
        builtins.__dict__.pop("_", None)

    portal.call(body)


@pytest.mark.parametrize("name", [name_of(path) for path in WITH_EXAMPLES])
def test_examples_in_docstrings(name: str, request: pytest.FixtureRequest) -> None:
    module = importlib.import_module(name)
    said = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    for test in doctest.DocTestFinder().find(module, name, globs=examples.NAMES | vars(module)):
        if any(re.search(r"\bdb\b|\bconnect", example.source) for example in test.examples):
            test.globs["db"] = request.getfixturevalue("db")
            examples.fill(test.globs["db"])
        with in_a_loop(test) if any(map(awaits, test.examples)) else nullcontext():
            runner.run(test, out=said.write)
    assert runner.failures == 0, said.getvalue()


OURS = [name for name in qb.__all__ if str(getattr(getattr(qb, name), "__module__", "")).startswith("qb.")]


@pytest.mark.parametrize("name", OURS)
def test_public_names_have_an_example(name: str) -> None:
    item = getattr(qb, name)
    assert ">>> " in (inspect.getdoc(item) or ""), f"{item.__module__}.{name}"
