"""Ladders of overloads: all of one length but for those that say theirs, each rung its own."""

import ast

import pytest

from tests.sources import nodes
from tools import overloads
from tools.tidy import ROOT


def rungs(name: str) -> list[ast.FunctionDef]:
    module, _ = overloads.LADDERS[name]
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    found = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name.split(maxsplit=1)[0]
    ]
    return [each for each in found if any(ast.unparse(mark) == "overload" for mark in each.decorator_list)]


@pytest.mark.parametrize("name", list(overloads.LADDERS))
def test_every_ladder_has_sixteen_rungs_or_says_how_many(name: str) -> None:
    found = rungs(name)
    plain = [each for each in found if "[" not in ast.unparse(each.args).partition("*")[0]]  # `returning()`, by hand
    assert len(found) - len(plain) == overloads.LENGTHS.get(name, len(overloads.LETTERS))
    assert len(overloads.LETTERS) == 16


def test_no_ladder_is_written_by_hand() -> None:
    """Three functions of one name whose parameters are `a`, then `a, b`, then `a, b, c` of a type variable each."""
    tall: set[str] = set()
    for path in (ROOT / "qb").rglob("*.py"):
        counts: dict[str, set[int]] = {}
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef) and any(
                ast.unparse(mark) == "overload" for mark in node.decorator_list
            ):
                counts.setdefault(node.name, set()).add(ast.unparse(node.args).count("["))
        tall |= {name for name, sizes in counts.items() if len(sizes) > 8}
    assert tall == {name.split()[0] for name in overloads.LADDERS if name not in overloads.LENGTHS}


def test_one_rung() -> None:
    made = overloads.rung(*overloads.LADDERS["select"][1]("AB"))
    assert made == ["@overload", "def select(a: Item[A], b: Item[B], /) -> Select[tuple[A, B]]: ..."]


def test_long_rungs_break_between_parameters() -> None:
    made = overloads.rung(*overloads.LADDERS["select"][1]("ABCDEFGHJKMN"))
    assert made[3:] == [
        "    k: Item[K], m: Item[M], n: Item[N], /,",
        ") -> Select[tuple[A, B, C, D, E, F, G, H, J, K, M, N]]: ...",
    ]
    assert made[2].endswith(" j: Item[J],")
