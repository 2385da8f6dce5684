"""Expressions and queries inside DDL: values as literals, as there are no parameters."""

from __future__ import annotations

from qb.render.expressions import Expressions
from qb.render.literals import Literals
from qb.render.nested import nested_rows
from qb.render.relation_names import Names
from qb.render.statements import statement
from qb.render.with_clause import with_clause
from qb.tree.nodes import Node
from qb.tree.scope import check

_EXPRESSIONS = Expressions(statement, lambda shape: nested_rows(shape, statement), bare=True)
_LITERALS = Literals()


def expression(node: Node) -> str:
    """An expression that stands alone, columns by their bare names and values as literals."""
    return _EXPRESSIONS.term(node).get_sql(parameter=_LITERALS)


def operand(node: Node) -> str:
    """The same in parentheses, unless it is a simple one."""
    return _EXPRESSIONS.operand(node).get_sql(parameter=_LITERALS)


def query(node: Node) -> str:
    """A query that stands in a definition, such as a view's, with its WITH. QueryError where it can never work."""
    names = Names(node)
    check(node, *(table.query for table in names.tables))
    literals = Literals(names)
    return with_clause(names, statement).get_sql(parameter=literals) + statement(node).get_sql(parameter=literals)
