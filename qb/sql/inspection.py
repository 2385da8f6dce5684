"""What a prepared query's function must not do to its parameters, found by reading it: it would be silently false."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from qb.errors import QueryError


def check_body(function: Callable[..., Any]) -> None:
    """QueryError where the body asks for the class or the identity of a parameter; nothing where there is no source."""
    tree = _tree(function)
    if tree is None:
        return
    names = {argument.arg for argument in (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)}
    for statement in tree.body:
        for node in ast.walk(statement):
            for name, use in _uses(node):
                if name in names:
                    line = getattr(node, "lineno", "?")
                    raise QueryError(
                        f"{function.__qualname__}, line {line} of its source: {use} on the parameter {name!r} would "
                        "always be false, as a prepared query is built before there is a value: test only "
                        f"`{name} is None`, compare it in SQL, or build the query without @prepare"
                    )


def _tree(function: Callable[..., Any]) -> ast.FunctionDef | None:
    try:
        source = textwrap.dedent(inspect.getsource(function))
        parsed = ast.parse(source)
    except (OSError, TypeError, SyntaxError):
        return None
    for node in ast.walk(parsed):
        if isinstance(node, ast.FunctionDef) and node.name == function.__name__:
            ast.increment_lineno(node, function.__code__.co_firstlineno - 1)
            return node
    return None


def _uses(node: ast.AST) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Call(func=ast.Name(id=("isinstance" | "issubclass" | "type") as called), args=[ast.Name(id=name), *_]):
            yield name, called
        case ast.Match(subject=subject):
            for part in ast.walk(subject):
                if isinstance(part, ast.Name):
                    yield part.id, "match"
        case ast.Compare(left=left, ops=operators, comparators=comparators):
            operands = [left, *comparators]
            for operator, a, b in zip(operators, operands, comparators, strict=False):
                if isinstance(operator, ast.Is | ast.IsNot):
                    for one, other in ((a, b), (b, a)):
                        if isinstance(one, ast.Name) and not (isinstance(other, ast.Constant) and other.value is None):
                            yield one.id, "`is`"
        case _:
            pass
