"""The large project is one: so many tables and queries, right to every checker, and it runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.editor.checkers import COMMANDS, check
from benchmarks.editor.project import names, write

ROOT = Path(__file__).resolve().parents[3]

IMPORT = """
import importlib, pathlib, sys
import qb
modules = [
    importlib.import_module(f"shop.{room}.{path.stem}")
    for room in ("tables", "queries") for path in sorted(pathlib.Path("shop", room).glob("[a-z]*.py"))
]
tables = qb.schema(*(each for each in modules if ".tables." in each.__name__)).tables
queries = [
    each for module in modules if ".queries." in module.__name__ for name, each in vars(module).items()
    if getattr(each, "__module__", "") == module.__name__ and not isinstance(each, type)
]
widths = [len(table.columns) for table in tables]
print(len(tables), min(widths), max(widths), len(queries))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    write(folder, ROOT)
    return folder


def test_no_two_tables_are_called_the_same() -> None:
    every = list(names())
    assert len({each.cls for each in every}) == len({each.table for each in every}) == len(every) == 150
    assert {each.parent for each in every} <= {each.cls for each in every}


def test_its_modules_hold_what_is_promised(project: Path) -> None:
    def count(pattern: str, room: str) -> int:
        modules = (project / "shop" / room).glob("*.py")
        return sum(len(re.findall(pattern, path.read_text(), re.MULTILINE)) for path in modules)

    assert count(r"^class \w+\(Recorded, ", "tables") == 150
    assert count(r"^def \w+\(", "queries") == 300


@pytest.mark.slow
def test_it_runs(project: Path) -> None:
    environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    said = subprocess.run(
        [sys.executable, "-c", IMPORT], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert (said.stdout, said.stderr) == ("150 15 60 300\n", "")


@pytest.mark.slow
@pytest.mark.parametrize("checker", COMMANDS)
def test_it_is_clean(checker: str, project: Path) -> None:
    (checked,) = check(project, checker)
    assert checked.clean, checked.said
