"""Clauses that are met row by row, before there are groups: they hold neither aggregates nor window functions.

https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-AGGREGATES
"""

from __future__ import annotations

from typing import Any, Final

from qb.errors import QueryError
from qb.tree.expressions import Bind, Call, ColumnNode, Infix, Over, ParamNode
from qb.tree.node import Node
from qb.tree.shapes import NestedShape
from qb.tree.statements import STATEMENTS
from qb.tree.visit import RELATION_KINDS, within
from qb.tree.windows import name_of_call

_ENDS: Final = STATEMENTS | RELATION_KINDS | {Bind, ColumnNode, NestedShape, ParamNode, type(None)}
"""What holds no call of the query's own."""


def calls_within(roots: object) -> bool:
    """Whether there is an aggregate or a window function, queries inside left out."""
    stack: list[Any] = [roots]
    while stack:
        node = stack.pop()
        kind = node.__class__
        if kind is Infix:  # nearly always
            stack.append(node.left)
            stack.append(node.right)
        elif kind is tuple:
            stack += node
        elif kind is Over:
            return True
        elif kind not in _ENDS and issubclass(kind, Node):
            if kind is Call and (node.function.aggregate or node.function.window):
                return True
            stack.append(kind.below(node))
    return False


def of_single_rows(roots: object, clause: str, *, grouped: bool = False) -> None:
    """QueryError for what only a group or a window has; `grouped`, where a HAVING could take it. A query inside groups
    rows of its own."""
    if not calls_within(roots):  # nearly always
        return
    for found in within(roots, queries=False):
        if not isinstance(found, Call | Over):
            continue
        window = isinstance(found, Over) or found.function.window
        if not window and not (isinstance(found, Call) and found.function.aggregate):
            continue
        name = name_of_call(found)
        if grouped and not window:
            raise QueryError(f"{clause} is met before rows are grouped and cannot hold {name}(...): use having")
        instead = "filter a subquery(...) by it" if window else "use having, or a query of its own"
        if clause == "values":
            instead = "read it from a query of its own, with select(...).as_scalar()"
        raise QueryError(f"{clause} is met row by row and cannot hold {name}(...): {instead}")
