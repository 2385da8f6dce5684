"""What is in `qb.kit`: one list in three places, and nothing of it is loaded before it is asked for."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from importlib import import_module

import pytest

from qb import kit

HOMES: dict[str, str] = vars(kit)["_HOMES"]


def printed(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def test_the_three_lists_are_one() -> None:
    tree = ast.parse(inspect.getsource(kit))
    (checked,) = (node for node in tree.body if isinstance(node, ast.If) and isinstance(node.test, ast.Name))
    imported = {
        alias.name: node.module for node in checked.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert imported == HOMES
    assert sorted(HOMES) == sorted(kit.__all__)
    assert list(kit.__all__) == sorted(kit.__all__, key=lambda name: (name.lower(), name))


def test_each_name_is_where_it_is_said_to_be() -> None:
    assert {*kit.__all__} <= {*dir(kit)}
    for name, home in HOMES.items():
        assert getattr(kit, name) is getattr(import_module(home), name)
    with pytest.raises(AttributeError, match=r"module 'qb\.kit' has no attribute 'introspekt'"):
        getattr(kit, "introspekt")  # noqa: B009 - as a program that misspells it


def test_import_loads_no_module_that_it_need_not() -> None:
    program = "import sys, qb; before = set(sys.modules); import qb.kit; print(sorted(set(sys.modules) - before))"
    assert printed(program) == "['qb.kit']"


def test_what_needs_no_server_loads_no_driver() -> None:
    program = (
        "import sys; from qb.kit import read_config; print(sorted({'psycopg', 'anyio', 'pypika'} & {*sys.modules}))"
    )
    assert printed(program) == "[]"
    drawn = "import sys; from qb.kit import introspect; print([name for name in sys.modules if '.drawn' in name])"
    assert printed(drawn) == "[]"
