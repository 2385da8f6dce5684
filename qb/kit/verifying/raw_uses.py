"""Where modules write SQL by hand: found in their syntax trees, so that what is never run is found, too."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Final

from qb.kit.verifying.prepared_queries import shown_path
from qb.kit.verifying.report import RawUse
from qb.query.raw import sql
from qb.types.trusted import trusted

_BY_HAND: Final[dict[object, str]] = {sql: "sql", trusted: "trusted"}
_MADE_BY: Final = {("qb", name): name for name in _BY_HAND.values()} | {
    ("qb.query.raw", "sql"): "sql",
    ("qb.types.trusted", "trusted"): "trusted",
}


def raw_uses(*modules: ModuleType) -> tuple[RawUse, ...]:
    """Each `sql(...)` and `trusted(...)` in the source of modules, by file and line, under whatever name they have
    there. A module without a source has none.

    >>> from tables.chronos.queries import analytics
    >>> from qb.kit import raw_uses
    >>> [each.call for each in raw_uses(analytics)]
    [...]
    """
    return tuple(sorted(use for module in dict.fromkeys(modules) for use in _of_module(module)))


def _of_module(module: ModuleType) -> Iterator[RawUse]:
    try:
        source, file = inspect.getsource(module), inspect.getsourcefile(module)
    except (OSError, TypeError):
        return
    if file is None:
        return
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a page whose code was run
        return
    names = _imported(tree) | {name: _BY_HAND[value] for name, value in vars(module).items() if _is_by_hand(value)}
    spaces = {name for name, value in vars(module).items() if isinstance(value, ModuleType) and value.__name__ == "qb"}
    for call, within in _calls(tree):
        if (name := _called(call.func, names, spaces)) is not None:
            yield RawUse(shown_path(file), call.lineno, name, within)


def _is_by_hand(value: object) -> bool:
    return value is sql or value is trusted


def _imported(tree: ast.Module) -> dict[str, str]:
    """What functions import for themselves."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            for each in node.names:
                if (made := _MADE_BY.get((node.module, each.name))) is not None:
                    found[each.asname or each.name] = made
    return found


def _called(function: ast.expr, names: dict[str, str], spaces: Iterable[str]) -> str | None:
    if isinstance(function, ast.Name):
        return names.get(function.id)
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.attr if function.value.id in spaces and function.attr in _BY_HAND.values() else None
    return None


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Every call, and the function or class that it stands in."""
    stack: list[tuple[ast.AST, str]] = [(tree, "")]
    while stack:
        node, within = stack.pop()
        if isinstance(node, ast.Call):
            yield node, within
        for each in ast.iter_child_nodes(node):
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                stack.append((each, f"{within}.{each.name}" if within else each.name))
            else:
                stack.append((each, within))
