"""Expressions and queries inside DDL: values as literals, as there are no parameters."""

from __future__ import annotations

from qb.errors import DefinitionError
from qb.model.target import Requirements
from qb.render.expressions import Expressions
from qb.render.literals import Literals
from qb.render.nested import nested_rows
from qb.render.relation_names import Names
from qb.render.statements import inner_statement, text_of
from qb.render.terms import Operand
from qb.render.with_clause import with_clause
from qb.tree.expressions import Call, Collate, ColumnNode, Expression, RawSql
from qb.tree.relations import TableSource
from qb.tree.scope import check_statement
from qb.tree.select import SelectNode
from qb.tree.shapes import TupleShape
from qb.tree.statements import StatementNode, is_query
from qb.tree.visit import relations, within

_EXPRESSIONS = Expressions(inner_statement, nested_rows, bare=True)
_NAMED = Expressions(inner_statement, nested_rows, bare=True, named=True)


def expression(node: Expression, needs: Requirements, where: str, *, table: TableSource | None = None) -> str:
    """An expression that stands alone, columns by their bare names and values as literals. Of a `table` it may hold
    queries, as a policy does: these call the columns of that table by its name. What the user wrote in SQL may be one,
    too, in which a bare name would be a column of what it reads."""
    # Elsewhere PostgreSQL takes no query, and a bare name is the column.
    sql = table is not None and any(isinstance(each, RawSql) and _holds(each) for each in within(node, queries=False))
    return (_NAMED if sql else _EXPRESSIONS).sql([node], Literals(needs, where, _names(node, where, table)))


def row_expression(node: Expression, needs: Requirements, where: str) -> str:
    """An expression over rows that have names of their own, such as those that a trigger calls old and new."""
    return _EXPRESSIONS.inner.sql([node], Literals(needs, where))


def operand(node: Expression, needs: Requirements, where: str) -> str:
    """The same in parentheses, unless it is a simple one."""
    return _EXPRESSIONS.sql([Operand(node)], Literals(needs, where, _names(node, where, None)))


def key(node: Expression, needs: Requirements, where: str) -> str:
    """The same as an index has it: what is no column and no plain call stands in parentheses."""
    if isinstance(node, Collate):
        return f"{key(node.operand, needs, where)} COLLATE {node.collation}"
    simple = isinstance(node, ColumnNode) or (isinstance(node, Call) and not node.function.keyword)
    return expression(node, needs, where) if simple else f"({expression(node, needs, where)})"


def _holds(sql: RawSql) -> bool:
    return any(isinstance(each, ColumnNode) for each in within(sql, queries=False))


def _names(node: Expression, where: str, table: TableSource | None) -> Names | None:
    """The names of the relations in the queries of an expression; None where there are no queries."""
    if not any(map(is_query, within(node))):
        return None
    seen = dict.fromkeys(relations(node)) if table is None else (table,)
    around = SelectNode(TupleShape(()), tuple(seen), where=(node,))
    check_statement(around)
    names = Names(around)
    if names.tables:
        raise DefinitionError(f"{where}: a CTE has no place within an expression: read from subquery(...) there")
    return names


def query(node: StatementNode, needs: Requirements, where: str) -> str:
    """A query that stands in a definition, such as a view's, with its WITH. QueryError where it can never work."""
    names = Names(node)
    check_statement(node, *(table.query for table in names.tables))
    return text_of([*with_clause(names), node], Literals(needs, where, names))
