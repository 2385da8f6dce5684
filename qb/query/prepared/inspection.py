"""What a prepared query's function does with its parameters, found by reading it when it is decorated.

What would be silently false, and what cannot be asked of a value that is not there yet, is said then: not at the first
call in which the parameter happens to be given.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple

from qb.errors import QueryError
from qb.query.expr.expr import Expr

_SCOPES = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_TAKERS = {
    name: f"{name}()"
    for name in [
        "len",
        "int",
        "float",
        "str",
        "list",
        "tuple",
        "set",
        "frozenset",
        "sorted",
        "sum",
        "min",
        "max",
        "range",
        "iter",
        "enumerate",
        "reversed",
    ]
}
_TRUTH = "a truth test (if, and, or, not)"


class Body:
    """The source of a function: empty where there is none."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        tree = _tree(function)
        self._statements: list[ast.stmt] = [] if tree is None else tree.body
        self.is_known: bool = tree is not None

    def looks_at(self, name: str) -> bool:
        """Whether a parameter is more than a value of the SQL: it is compared, looked up or given to a function.

        In doubt it is: then each of its values is a query of its own, which is right, and one more to compile.
        """
        if not self.is_known:
            return True
        return any(not self._is_sql_value(use) for use in _uses_of(self._statements, name))

    def opens(self, name: str, fields: tuple[str, ...]) -> bool:
        """Whether a parameter that is a Struct is used by its fields, here or in a function that it is given to."""
        for use in _uses_of(self._statements, name):
            match use.parent:
                case ast.Attribute(attr=attribute) if attribute in fields:
                    return True
                case ast.Call(func=function) if use.node is not function and self._is_function(function):
                    return True
                case ast.keyword() if isinstance(use.above, ast.Call) and self._is_function(use.above.func):
                    return True
                case _:
                    pass
        return False

    def check(self, name: str, fields: dict[str, bool] | None) -> None:
        """QueryError for what cannot be asked of a parameter; of an opened one, of its `fields` that are values."""
        if any(isinstance(node, ast.Name) and node.id == name for node in self._bound()):
            return  # from there on the name is something else
        for use in _uses_of(self._statements, name):
            if fields is None:
                self._check(use, name)
            elif isinstance(use.parent, ast.Attribute) and fields.get(use.parent.attr):
                self._check(_Use(use.parent, use.above, None, use.tested), f"{name}.{use.parent.attr}")

    def _bound(self) -> Iterator[ast.AST]:
        for statement in self._statements:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node

    def _check(self, use: _Use, name: str) -> None:
        if silent := _silent(use):
            raise QueryError(
                f"{self._place(use.node)}: {silent} on the parameter {name!r} would always be false, as a prepared "
                f"query is built before there is a value: test only `{name} is None`, compare it in SQL, annotate it "
                "with a Literal (each of its values is a query of its own), or build the query without @prepare"
            )
        if refused := _impossible(use, name):
            what, instead = refused
            raise QueryError(
                f"{self._place(use.node)}: the parameter {name!r} of a prepared query has no value while the query is "
                f"built, so {what} cannot see one: {instead}"
            )

    def _place(self, node: ast.AST) -> str:
        return f"{self._function.__qualname__}, line {getattr(node, 'lineno', '?')} of its source"

    def _is_sql_value(self, use: _Use) -> bool:
        match use.parent:
            case ast.Compare(left=left, ops=operators, comparators=comparators):
                others = [each for each in (left, *comparators) if each is not use.node]
                if all(isinstance(each, ast.Is | ast.IsNot) for each in operators):
                    return all(isinstance(each, ast.Constant) and each.value is None for each in others)
                if any(isinstance(each, ast.In | ast.NotIn | ast.Is | ast.IsNot) for each in operators):
                    return False
                return all(isinstance(each, ast.Attribute | ast.Call) for each in others)
            case ast.Call(func=function) if function is not use.node:
                return self._is_ours(function)
            case ast.keyword():
                return isinstance(use.above, ast.Call) and self._is_ours(use.above.func)
            case _:
                return False

    def _is_ours(self, function: ast.expr) -> bool:
        """Whether what is called makes SQL of its arguments: qb's functions, tables, and methods of what they gave."""
        found = self._called(function)
        if found is _UNKNOWN:
            return True
        kinds = found.__mro__[:-1] if isinstance(found, type) else (found, type(found))
        modules = [str(getattr(each, "__module__", "")).partition(".")[0] for each in kinds]
        return hasattr(found, "__entity__") or "qb" in modules

    def _is_function(self, function: ast.expr) -> bool:
        """Whether what is called is a function of the user's, which may do anything with its arguments."""
        return isinstance(self._called(function), FunctionType | MethodType) and not self._is_ours(function)

    def _called(self, function: ast.expr) -> object:
        """What a call calls: None where that is nobody's function, unknown for a method of a local value."""
        names: list[str] = []
        while isinstance(function, ast.Attribute):
            names.append(function.attr)
            function = function.value
        if isinstance(function, ast.Call):  # new(User)(name=...), and methods of what a call gave
            return _UNKNOWN if names else self._called(function.func)
        found = self._named(function.id) if isinstance(function, ast.Name) else _UNKNOWN
        if found is _UNKNOWN:
            return _UNKNOWN if names else None  # a method of a local value, which is a query or an expression
        for name in reversed(names):
            if not isinstance(found, ModuleType):
                inner = inspect.getattr_static(found, name, None)
                # A method of the user's own class is a function like any other.
                return getattr(found, name) if isinstance(inner, staticmethod | classmethod) else found
            found = getattr(found, name, None)
        return found

    def _named(self, name: str) -> object:
        outside = inspect.getclosurevars(self._function)
        for names in (outside.nonlocals, outside.globals, vars(builtins)):
            if name in names:
                return names[name]
        return _UNKNOWN


_UNKNOWN = object()


class _Use(NamedTuple):
    """A place where a parameter's name is read: what stands around it, and whether its truth is asked for there."""

    node: ast.AST
    parent: ast.AST | None
    above: ast.AST | None
    tested: bool


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


def _uses_of(statements: list[ast.stmt], name: str) -> Iterator[_Use]:
    def visit(node: ast.AST, parent: ast.AST | None, above: ast.AST | None, tested: bool) -> Iterator[_Use]:
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield _Use(node, parent, above, tested)
        if isinstance(node, _SCOPES) and name in _bound_in(node):
            return
        truths = _tested_children(node, tested)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, node, parent, child in truths)

    for statement in statements:
        yield from visit(statement, None, None, False)


def _bound_in(scope: ast.AST) -> set[str]:
    if isinstance(scope, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef):
        given = scope.args
        return {each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
    targets = [node for each in getattr(scope, "generators", ()) for node in ast.walk(each.target)]
    return {node.id for node in targets if isinstance(node, ast.Name)}


def _tested_children(node: ast.AST, tested: bool) -> list[ast.AST]:
    """The children whose truth is asked for. That of an attribute's object is not."""
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
            return [test]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return [operand]
        case ast.BoolOp(values=values):
            return list(values if tested else values[:-1])
        case ast.comprehension(ifs=ifs):
            return list(ifs)
        case ast.match_case(guard=ast.expr() as guard):
            return [guard]
        case ast.Call(func=ast.Name(id="bool"), args=[given]):
            return [given]
        case ast.Attribute(value=value) if tested:
            return [value]
        case _:
            return []


def _silent(use: _Use) -> str:
    match use.parent:
        case ast.Call(func=ast.Name(id=("isinstance" | "issubclass" | "type") as called), args=[first, *_]):
            return called if first is use.node else ""
        case ast.Match(subject=subject):
            return "match" if subject is use.node else ""
        case ast.Tuple() | ast.List() if isinstance(use.above, ast.Match) and use.above.subject is use.parent:
            return "match"
        case ast.Compare(left=left, ops=operators, comparators=comparators):
            operands = [left, *comparators]
            for operator, a, b in zip(operators, operands, comparators, strict=False):
                other = b if a is use.node else a if b is use.node else None
                is_none = isinstance(other, ast.Constant) and other.value is None
                if isinstance(operator, ast.Is | ast.IsNot) and other is not None and not is_none:
                    return "`is`"
            return ""
        case _:
            return ""


def _impossible(use: _Use, name: str) -> tuple[str, str] | None:
    match use.parent:
        case ast.Attribute(attr=attribute) if not hasattr(Expr, attribute):
            return f".{attribute}", "pass what you need as a parameter of its own, or use a function of fn"
        case _ if use.tested and not isinstance(use.parent, ast.Attribute):
            return _TRUTH, (
                f"test `{name} is not None` (each set of None parameters is a query of its own), compare it in SQL, "
                "annotate it with a Literal such as Literal[True, False], or build the query without @prepare"
            )
        case ast.FormattedValue():
            return "an f-string or format()", f'add texts in SQL: "%" + {name} + "%"'
        case ast.Call(func=ast.Name(id=called), args=[first, *_]) if called in _TAKERS and first is use.node:
            return _TAKERS[called], "pass what you need as a parameter of its own, or use a function of fn"
        case ast.For(iter=values) | ast.comprehension(iter=values) if values is use.node:
            return "iteration", "column.in_(parameter) takes a whole list"
        case ast.Starred():
            return "iteration", "column.in_(parameter) takes a whole list"
        case ast.Subscript(value=whole) if whole is use.node:
            return "indexing", "pass the element as a parameter of its own"
        case ast.Compare(ops=operators) if any(isinstance(each, ast.In | ast.NotIn) for each in operators):
            return "`in`", "write column.in_(...)"
        case _:
            return None
