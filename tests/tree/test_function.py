"""What is known of a function stands in its row, beside what makes its calls, and nobody keeps names beside them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import Col, Table, column, fn, pg, select
from qb.tree.expressions import Call
from qb.tree.function import Function
from qb.tree.walk import shape_key
from tests.sources import nodes

QB = Path(__file__).parents[2] / "qb"


def _made(path: Path) -> Iterator[str]:
    """The names of the functions that a module has rows of."""
    for node in nodes(path):
        match node:
            case ast.Call(func=ast.Name(id="Function"), args=[ast.Constant(value=str(name)), *_]):
                yield name
            case _:
                pass


NAMES = frozenset(name for path in QB.rglob("*.py") for name in _made(path))

KIT = QB / "kit"
"""What reads catalogs and writes descriptors as source code has names of functions as words."""

OTHERS = {
    ("__init__.py", "replace"),
    ("model/counting.py", "max"),
    ("model/counting.py", "min"),
    ("query/prepared/inspection.py", "max"),
    ("query/prepared/inspection.py", "min"),
    ("query/prepared/inspection.py", "sum"),
    ("render/effects.py", "nullif"),
    ("run/server/address.py", "host"),
    ("run/server/url.py", "host"),
    ("run/session/executable.py", "decode"),
    ("run/session/link.py", "decode"),
    ("types/bits.py", "length"),
    ("types/facts.py", "multirange"),
    ("types/facts.py", "network"),
    ("types/text.py", "length"),
}
"""Names of Python's and of qb's own; and words of raw SQL, which is no call."""


def _texts(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            for item in items:
                yield from _texts(item)
        case ast.Starred(value=inner):
            yield from _texts(inner)
        case _:
            pass


def _asked(found: ast.AST) -> Iterator[str]:
    """The names of functions that code compares with, or keeps in a collection."""
    match found:
        case ast.Compare(left=left, comparators=others):
            items = [left, *others]
        case ast.Dict(keys=keys):
            items = [key for key in keys if key is not None]
        case ast.Tuple() | ast.List() | ast.Set():
            items = [found]
        case ast.MatchValue(value=value):
            items = [value]
        case _:
            items = []
    for item in items:
        yield from (text for text in _texts(item) if text in NAMES)


def test_there_are_rows() -> None:
    assert {"coalesce", "div", "uuidv7", "row_number", "jsonb_typeof"} < NAMES


def test_only_the_rows_know_functions_by_name() -> None:
    modules = {
        path.relative_to(QB).as_posix(): nodes(path) for path in QB.rglob("*.py") if not path.is_relative_to(KIT)
    }
    found = {(module, name) for module, inside in modules.items() for each in inside for name in _asked(each)}
    assert found == OTHERS


@pytest.mark.parametrize(
    "source", ['x.name in ("sum", y)', 'call.name == "avg"', 'x = {"uuidv7": 18}', 'match x:\n  case "lower": ...']
)
def test_a_list_of_ones_own_is_found(source: str) -> None:
    assert [name for each in ast.walk(ast.parse(source)) for name in _asked(each)] != []


class Word(Table, name="words_of_functions"):
    id: Col[int] = column(pg.integer, primary_key=True)
    text: Col[str]


def test_a_row_is_one_item_of_a_key() -> None:
    """Whatever is known of a function, keys are no longer for it: its call is the node and what is given there."""
    node = fn.lower(Word.text).node
    assert isinstance(node, Call)
    assert shape_key(node).count(node.function) == 1
    assert len(shape_key(node)) == 9
    assert shape_key(select(fn.lower(Word.text)).node) == shape_key(select(fn.lower(Word.text)).node)
    assert hash(Function("x", since=18)) == hash(Function("x", since=18))
    assert Function("x") != Function("x", "never")


def test_a_row_is_printed_as_its_name() -> None:
    assert repr(fn.count().node).startswith("Call(function=count, arguments=()")
