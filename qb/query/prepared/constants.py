"""Whether a name can come to mean another value, found by reading where it is bound."""

from __future__ import annotations

import ast
import linecache
import sys
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import resolve_name
from types import FunctionType
from typing import NamedTuple


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MUTATING = _words(
    "add append appendleft clear discard extend insert pop popitem popleft remove reverse rotate setdefault sort "
    "update difference_update intersection_update symmetric_difference_update"
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPES = (*_FUNCTIONS, ast.ClassDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class _Facts(NamedTuple):
    bound: Counter[str]
    changed: frozenset[str]
    assigned: frozenset[str]
    imported: dict[str, tuple[str, str]]
    """Where a name comes from: the module as it is written, and the name there."""


def is_constant(names: dict[str, object], name: str) -> bool | None:
    """Whether a module binds a global once and no function binds it anew; None where nobody knows.

    Where there is no source (a console, a notebook), a name in capitals says that it is meant as a constant.
    """
    module = str(names.get("__name__", ""))
    if module.partition(".")[0] in sys.stdlib_module_names and module != "__main__":
        return True
    facts = _facts_of(names)
    return (name.lstrip("_").isupper() or None) if facts is None else facts.bound[name] <= 1


def is_changed(names: dict[str, object], name: str) -> bool:
    """Whether a function of a module, or of the one it has the name from, changes the items of a global."""
    facts = _facts_of(names)
    if facts is None:
        return False
    if name in facts.imported:
        module, there = facts.imported[name]
        if module.startswith("."):
            module = resolve_name(module, str(names.get("__package__") or ""))
        origin = sys.modules.get(module)
        if origin is not None and vars(origin) is not names and is_changed(vars(origin), there):
            return True
    return name in facts.changed


def is_assigned(module: str, owner: str, attribute: str) -> bool:
    """Whether a function in the module of a class assigns to an attribute of it from outside."""
    found = sys.modules.get(module)
    facts = None if found is None else _facts_of(vars(found))
    return facts is not None and f"{owner}.{attribute}" in facts.assigned


def is_bound_once(function: FunctionType, name: str) -> bool | None:
    """Whether an enclosing function binds a name once and for all; None where there is no source to say so."""
    tree = _tree_of(function.__globals__)
    if tree is None or function.__code__.co_filename != str(function.__globals__.get("__file__", "")):
        return None
    path = _path_to(tree, function.__code__.co_firstlineno, function.__code__.co_name)
    if path is None:
        return None
    for scope in reversed(path):
        if isinstance(scope, (*_FUNCTIONS, *_LOOPS)) and (count := _bindings(scope, name)):
            return count == 1
    return None


def _bindings(scope: ast.AST, name: str) -> int:
    """How often a function binds a name, what a loop binds counted as often; 0 where it does not."""
    if isinstance(scope, _LOOPS):
        targets = getattr(scope, "generators", [])
        names = [node for each in targets for node in ast.walk(each.target)]
        return 2 if any(isinstance(node, ast.Name) and node.id == name for node in names) else 0
    count = 0
    if isinstance(scope, _FUNCTIONS):
        given = scope.args
        every = (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg)
        count += sum(each is not None and each.arg == name for each in every)
    for node, looped, inner in _inside(scope, False, False):
        if inner:  # only what a nested function says to bind here
            count += 2 if isinstance(node, ast.Nonlocal) and name in node.names else 0
        elif name in _bound_by(node):
            count += 2 if looped else 1
    return count


def _inside(scope: ast.AST, looped: bool, inner: bool) -> Iterator[tuple[ast.AST, bool, bool]]:
    for child in ast.iter_child_nodes(scope):
        yield child, looped, inner
        yield from _inside(child, looped or isinstance(child, _LOOPS), inner or isinstance(child, _SCOPES))


def _bound_by(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return (name,)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return tuple((each.asname or each.name).partition(".")[0] for each in names)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return (name,)
        case ast.For(target=target) | ast.AsyncFor(target=target):
            # Once more than their own Store: a loop binds often.
            return tuple(each.id for each in ast.walk(target) if isinstance(each, ast.Name))
        case _:
            return ()


def _path_to(tree: ast.AST, line: int, name: str) -> tuple[ast.AST, ...] | None:
    """What encloses the function that begins at a line, the outermost first."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, _FUNCTIONS):
            first = min([child.lineno, *(each.lineno for each in getattr(child, "decorator_list", ()))])
            if first == line and getattr(child, "name", "<lambda>") == name:
                return ()
        if (found := _path_to(child, line, name)) is not None:
            return (child, *found)
    return None


def source_text(names: dict[str, object]) -> str:
    """The source of the module that has these globals, "" where there is none."""
    return "".join(linecache.getlines(str(names.get("__file__") or ""), names))


def _tree_of(names: dict[str, object]) -> ast.Module | None:
    source = source_text(names)
    return _parsed(source) if source else None


def _facts_of(names: dict[str, object]) -> _Facts | None:
    source = source_text(names)
    return _facts(source) if source else None


@lru_cache(maxsize=32)
def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


@lru_cache(maxsize=256)
def _facts(source: str) -> _Facts | None:
    tree = _parsed(source)
    if tree is None:
        return None
    bound: Counter[str] = Counter()
    for statement in tree.body:
        bound.update(_once(statement))
    changed: set[str] = set()
    assigned: set[str] = set()
    imported: dict[str, tuple[str, str]] = {}
    for node, _, inner in _inside(tree, False, False):
        match node:
            case ast.Global(names=names):
                bound.update(dict.fromkeys(names, 2))
            case ast.ImportFrom(module=module, names=aliases, level=level):
                found = "." * level + (module or "")
                imported.update({each.asname or each.name: (found, each.name) for each in aliases})
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if inner and method in _MUTATING:
                changed.add(name)  # what the module itself does is done once it is imported
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()) if inner:
                changed.add(name)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute, ctx=ast.Store() | ast.Del()):
                if inner:
                    changed.add(name)
                    assigned.add(f"{name}.{attribute}")
            case ast.AugAssign(target=ast.Name(id=name)) if inner:
                changed.add(name)
            case _:
                pass
    return _Facts(bound, frozenset(changed), frozenset(assigned), imported)


def _once(statement: ast.stmt) -> Counter[str]:
    """What a statement of a module binds: the branches of an if or a try together once, a loop often."""
    found: Counter[str] = Counter()
    if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
        return Counter([statement.name])
    if isinstance(statement, ast.If | ast.Try | ast.TryStar | ast.Match):
        branches: list[Counter[str]] = []
        for branch in _branches(statement):
            one: Counter[str] = Counter()
            for each in branch:
                one.update(_once(each))
            branches.append(one)
        for one in branches:
            found |= one
        return found
    looped = isinstance(statement, _LOOPS)
    for node, deeper, inner in _inside(ast.Module([statement], []), looped, False):
        if not inner and not isinstance(node, ast.For | ast.AsyncFor):
            found.update(dict.fromkeys(_bound_by(node), 2 if looped or deeper else 1))
    return found


def _branches(statement: ast.If | ast.Try | ast.TryStar | ast.Match) -> list[list[ast.stmt]]:
    if isinstance(statement, ast.If):
        return [statement.body, statement.orelse]
    if isinstance(statement, ast.Match):
        return [case.body for case in statement.cases]
    return [statement.body + statement.orelse, *(each.body for each in statement.handlers), statement.finalbody]
