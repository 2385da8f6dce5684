"""Every example in a docstring of qb runs. One test a module, so that a failure names it.

An example may use every public name of qb, and `User`, `Task` and `db` of tests/examples.py: the same rows are there at
the beginning of each docstring. Without an address `connect` leads to that database.
"""

import doctest
import importlib
import inspect
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import qb
from qb import Database, connect
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


@pytest.mark.parametrize("name", [name_of(path) for path in WITH_EXAMPLES])
def test_examples_in_docstrings(name: str, request: pytest.FixtureRequest) -> None:
    module = importlib.import_module(name)
    said = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    for test in doctest.DocTestFinder().find(module, name, globs=examples.NAMES | vars(module)):
        if any(re.search(r"\bdb\b|\bconnect", example.source) for example in test.examples):
            test.globs["db"] = request.getfixturevalue("db")
            examples.fill(test.globs["db"])
        runner.run(test, out=said.write)
    assert runner.failures == 0, said.getvalue()


OURS = [name for name in qb.__all__ if str(getattr(getattr(qb, name), "__module__", "")).startswith("qb.")]


@pytest.mark.parametrize("name", OURS)
def test_public_names_have_an_example(name: str) -> None:
    item = getattr(qb, name)
    assert ">>> " in (inspect.getdoc(item) or ""), f"{item.__module__}.{name}"
