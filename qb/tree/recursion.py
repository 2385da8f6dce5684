"""What PostgreSQL asks of a recursive CTE: where its recursive term reads from itself.

https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-RECURSIVE
"""

from __future__ import annotations

from collections.abc import Set
from typing import assert_never

from qb.errors import QueryError
from qb.tree.delete import DeleteNode
from qb.tree.expressions import Call, Over
from qb.tree.from_clause import outer_relations
from qb.tree.insert import InsertNode
from qb.tree.node import Node, children
from qb.tree.raw import RawStatement
from qb.tree.relations import QuerySource, RecursiveSource, Relation
from qb.tree.select import SelectNode
from qb.tree.shadow import sources
from qb.tree.statements import StatementNode, is_query
from qb.tree.union import SetNode
from qb.tree.update import UpdateNode
from qb.tree.visit import RELATION_KINDS, within


def check_recursion(itself: RecursiveSource, step: StatementNode) -> None:
    """QueryError where the recursive term of a CTE does not read from the CTE once, in FROM or an inner join."""
    name = itself.name or "the CTE"
    found, seen = 0, set[int]()
    stack: list[tuple[Node, str]] = [(step, "")]
    while stack:
        node, where = stack.pop()
        if not is_query(node):
            if type(node) not in RELATION_KINDS:
                stack += ((each, where or (_INNER if is_query(each) else "")) for each in children(node))
            continue
        absent: Set[Relation] = outer_relations(node) if isinstance(node, SelectNode) else frozenset()
        for relation in sources(node):
            place = where or ("the side of an outer join that may be absent" if relation in absent else "")
            if relation is itself:
                found += 1
                if place:
                    raise QueryError(
                        f"recursive: {name} is read in {place}, which PostgreSQL refuses: read from it in from_ or in "
                        "an inner join of the recursive query itself"
                    )
                _aggregates(node)
            elif isinstance(relation, QuerySource) and id(relation.query) not in seen:
                seen.add(id(relation.query))
                stack.append((relation.query, place or ("another CTE" if relation.cte else "")))
        if isinstance(node, SetNode):
            left, right = _sides(node)
            stack += ((node.left, where or left), (node.right, where or right))
        else:
            stack += ((each, where) for each in children(node))
    if found != 1:
        often = "never" if found == 0 else f"{found} times"
        fix = "join it, or write cte(base.union_all(...))" if found == 0 else "PostgreSQL allows one"
        raise QueryError(f"recursive: the recursive query reads from {name} {often}: {fix}")


_INNER = "a query in an expression"


def _sides(node: SetNode) -> tuple[str, str]:
    """What the sides of a set operation are to a recursive reference in them; nothing where it may stand there."""
    operator = node.operator
    if operator == "UNION" or operator == "UNION ALL" or operator == "INTERSECT":
        return "", ""
    if operator == "EXCEPT":
        return "", "the second query of except_"
    return operator, operator


def _aggregates(query: StatementNode) -> None:
    match query:
        case SelectNode():
            parts = list(within((query.shape, query.having, query.order_by), queries=False))
            windows = {id(part.call) for part in parts if isinstance(part, Over)}
            for part in parts:
                if isinstance(part, Call) and part.function.aggregate and id(part) not in windows:
                    raise QueryError(
                        f"recursive: PostgreSQL knows no {part.function.name}(...) in a recursive query: put it into "
                        "the query that reads from the CTE"
                    )
        case SetNode() | InsertNode() | UpdateNode() | DeleteNode() | RawStatement():
            pass
        case _:
            assert_never(query)
