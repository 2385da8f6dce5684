"""Every pass over the tree has a rule for every node: one that is new is a type error wherever it has none."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import get_args

import pytest

import qb.tree
from qb.tree import shapes, visit
from qb.tree.expressions import Expression
from qb.tree.for_update import Locking
from qb.tree.join import Join
from qb.tree.node import Branch, Node
from qb.tree.on_conflict import ConflictNode
from qb.tree.relations import Relation
from qb.tree.shapes import Output, RowShape
from qb.tree.statements import StatementNode
from qb.tree.values import StagedRows, ValuesBlock
from tests.sources import nodes

ROOT = Path(__file__).parents[2]
MAY_SWALLOW = {"testing", "made_rows"}  # what cannot be told of an expression is left to the whole condition
FILES = sorted(path for path in (ROOT / "qb").rglob("*.py") if MAY_SWALLOW.isdisjoint(path.parts))
"""All but what makes rows for tests: of a condition that it cannot read it asks the server."""
TREE = [import_module(f"qb.tree.{each.name}") for each in iter_modules(qb.tree.__path__)]
NODES = {each for room in TREE for each in vars(room).values() if isinstance(each, type) and issubclass(each, Node)}


def of_nodes(match: ast.Match) -> bool:
    """Whether a `match` tells nodes apart."""
    classes = (each.cls for case in match.cases for each in ast.walk(case.pattern) if isinstance(each, ast.MatchClass))
    names = {each.id for each in classes if isinstance(each, ast.Name)}
    return not names.isdisjoint(each.__name__ for each in NODES)


def swallowed(path: Path) -> Iterator[str]:
    for match in nodes(path):
        if not isinstance(match, ast.Match) or not of_nodes(match):
            continue
        last = match.cases[-1]
        says = ast.unparse(last.body[0])
        if not isinstance(last.pattern, ast.MatchAs) or not says.startswith("assert_never("):
            yield f"{path.relative_to(ROOT)}:{match.lineno}: {says}"


def test_every_match_over_nodes_ends_in_assert_never() -> None:
    assert [found for path in FILES for found in swallowed(path)] == []
    assert sum(of_nodes(each) for path in FILES for each in nodes(path) if isinstance(each, ast.Match)) > 12


def test_the_unions_hold_every_node() -> None:
    held = get_args(Expression)
    expressions = {each if isinstance(each, type) else getattr(shapes, each.__forward_arg__) for each in held}
    parts = {Output, Join, Locking, ConflictNode, ValuesBlock, StagedRows}
    assert NODES - {Node, Branch} == expressions.union(parts, *map(get_args, (Relation, RowShape, StatementNode)))
    assert visit.RELATIONS == get_args(Relation)


def test_every_field_of_a_node_is_read() -> None:
    rooms = (path.read_text() for path in (ROOT / "qb").rglob("*.py"))
    text = "\n".join(rooms)
    for node in NODES - {Node, Branch}:
        for field in node.__struct_fields__:
            read = re.search(rf"\.{field}\b(?!=)|\b{node.__name__}\([^)]*\b{field}=", text)
            assert read, f"{node.__name__}.{field}"


UNIONS = {
    "Expression: TypeAlias = Union[": {"tree/nullability", "query/settled", "render/expressions"},
    "Relation: TypeAlias = ": {"tree/relations", "render/expressions"},
    "ItemShape: TypeAlias = ": {"tree/walk", "tree/nullability", "query/union"},
    "RowShape: TypeAlias = ": {"tree/slots", "query/shape", "query/union"},
    "StatementNode: TypeAlias = ": {"tree/scope", "tree/shadow", "tree/probe", "render/statements"},
}


@pytest.mark.slow
def test_a_new_node_is_a_type_error_in_every_pass(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "qb", tmp_path / "qb")
    modules = sorted((tmp_path / "qb/tree").glob("*.py"))
    for union in UNIONS:
        (path,) = (found for found in modules if union in found.read_text())
        name = f"New{union.split(':')[0]}"
        made = (
            f"from qb.tree.node import Branch\nclass {name}(Branch, frozen=True, eq=False):\n    operand: object\n\n\n"
        )
        first = f"{name}, " if union.endswith("[") else f"{name} | "
        path.write_text(path.read_text().replace(union, made + union + first))
    command = (sys.executable, "-m", "mypy", "--strict", "-p", "qb.tree", "-p", "qb.query", "-p", "qb.render")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    refused = [line for line in done.stdout.splitlines() if 'to "assert_never"' in line]
    for union, passes in UNIONS.items():
        found = {line.split(".py:")[0] for line in refused if re.search(rf"\bNew{union.split(':')[0]}\b", line)}
        assert {f"qb/{each}" for each in passes} <= found, done.stdout
