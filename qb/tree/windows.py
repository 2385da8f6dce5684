"""Aggregates and window functions within each other: rows are grouped first, and what is grouped then has windows.

So an aggregate holds neither, and a window function holds aggregates alone.
https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-WINDOW-FUNCTIONS
"""

from __future__ import annotations

from collections.abc import Sequence

from qb.errors import QueryError
from qb.tree.expressions import Call, Over
from qb.tree.visit import within


def aggregates(found: Sequence[Call | Over]) -> list[Call]:
    """The aggregates among the calls and windows of a query: those that group its rows, and so stand in no OVER."""
    windowed = {id(each.call) for each in found if isinstance(each, Over)}
    return [each for each in found if isinstance(each, Call) and each.function.aggregate and id(each) not in windowed]


def check_windows(found: Sequence[Call | Over]) -> None:
    """QueryError for what stands inside of an aggregate or a window and cannot; `found` are all of a query's own."""
    windowed = {id(each.call) for each in found if isinstance(each, Over)}
    for each in found:
        if isinstance(each, Over):
            _check_window(each)
        elif each.function.window and id(each) not in windowed:
            raise QueryError(f"{each.function.name}(...) is a window function: add .over(order_by=...)")
        elif each.function.aggregate:
            if id(each) not in windowed:
                _check_aggregate(each)
            _check_filter(each)


def _check_window(window: Over) -> None:
    call = window.call
    inside = (call.arguments, call.order_by, call.filter) if isinstance(call, Call) else ()
    for found in within((inside, window.partition_by, window.order_by), queries=False):
        if isinstance(found, Over):
            raise QueryError(
                f"{name_of_call(window)}(...).over(...) holds {name_of_call(found)}(...).over(...), and a "
                "window is made of rows before they have others: select the inner one in a subquery(...), and read "
                "from that"
            )


def _check_aggregate(call: Call) -> None:
    for found in within((call.arguments, call.order_by), queries=False):
        if isinstance(found, Over):
            raise QueryError(
                f"{call.function.name}(...) holds {name_of_call(found)}(...).over(...), and rows are grouped before "
                "they have windows: select the window function in a subquery(...), and aggregate that"
            )
        if isinstance(found, Call) and found.function.aggregate:
            raise QueryError(
                f"{call.function.name}(...) holds {found.function.name}(...), and rows are grouped once: select "
                f"{found.function.name}(...) in a subquery(...) with its group_by, and aggregate that"
            )


def _check_filter(call: Call) -> None:
    for found in within(call.filter, queries=False):
        if isinstance(found, Over) or (isinstance(found, Call) and found.function.aggregate):
            raise QueryError(
                f"the filter of {call.function.name}(...) is met row by row and cannot hold "
                f"{name_of_call(found)}(...): select it in a subquery(...), and filter by its column"
            )


def name_of_call(node: Call | Over) -> str:
    """What errors call a function or a window."""
    call = node.call if isinstance(node, Over) else node
    return call.function.name if isinstance(call, Call) else "an expression"
