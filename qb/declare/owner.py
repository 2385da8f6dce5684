"""Which table a constraint or an index belongs to: it follows from the columns that it uses."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from qb.errors import DefinitionError
from qb.query.expr.column import Column
from qb.tree.expressions import Bind, Call, ColumnNode, Expression, Over, ParamNode
from qb.tree.relations import AliasSource, ExcludedSource, OwnSource, TableSource, label
from qb.tree.statements import is_query
from qb.tree.visit import within


def table_of(nodes: Iterable[Expression], what: str) -> TableSource:
    """The one table whose columns the expressions use. DefinitionError where it is none or two, or where PostgreSQL
    allows no such expression outside of a query."""
    found: ColumnNode | None = None
    for node in nodes:
        plain_expression(node, what)
        for used in within(node):
            if not isinstance(used, ColumnNode):
                continue
            _own(used, what)
            if found is not None and used.relation != found.relation:
                raise DefinitionError(
                    f"{what} uses {_shown(found)} and {_shown(used)}, of two tables: use the columns of one"
                )
            found = found or used
    if found is None:
        raise DefinitionError(f"{what} uses no column, so it belongs to no table: name at least one")
    assert isinstance(found.relation, TableSource)
    return found.relation


def columns_of(columns: Iterable[object], what: str) -> tuple[TableSource, tuple[str, ...]]:
    """The table and the names of some columns of one table."""
    nodes: list[ColumnNode] = []
    for column in columns:
        if not isinstance(column, Column):
            raise DefinitionError(f"{what} takes columns such as User.name, not {column!r}")
        node = column.node
        if node in nodes:
            raise DefinitionError(f"{what} names {_shown(node)} twice: drop one of them")
        nodes.append(node)
    if not nodes:
        raise no_column(what)
    return table_of(nodes, what), tuple(node.name for node in nodes)


def plain_expression(node: Expression, what: str) -> None:
    """DefinitionError for what can only stand in a query, and for values that do not fit their type."""
    for used in within(node):
        if is_query(used):
            own = (each for each in within(node, queries=False) if isinstance(each, ColumnNode))
            known = "".join(f" (as {_shown(each)})" for each in islice(own, 1))
            raise DefinitionError(
                f"{what} holds a query, which PostgreSQL forbids there: only the row's own columns{known} are known; "
                "point to the other table with references=, or ask it where rows are written"
            )
        if isinstance(used, Over) or (isinstance(used, Call) and (used.function.aggregate or used.function.window)):
            raise DefinitionError(f"{what} holds an aggregate or a window function, and it sees one row only")
        if isinstance(used, ParamNode):
            raise DefinitionError(f"{what} holds a parameter of a prepared query: give a value")
        if isinstance(used, Bind) and used.value is not None:
            try:
                used.type.literal(used.value)
            except (TypeError, ValueError) as error:
                raise DefinitionError(f"{what} holds a value that does not fit {used.type.name}: {error}") from None


def immutable_expression(node: Expression, what: str) -> None:
    """DefinitionError for a function that gives something else another time, where values are kept."""
    for used in within(node):
        if isinstance(used, Call) and (how := used.function.volatility) != "immutable":
            own = used.function.uses is not None and used.function.uses[0] == "function"
            fix = 'say volatility="immutable" where it is declared, if it is that, or leave it out'
            raise DefinitionError(
                f"{what} calls {used.function.name}(), which is {how}, and PostgreSQL keeps there what is immutable "
                f"alone: {fix if own else 'leave it out'}"
            )


def _own(node: ColumnNode, what: str) -> None:
    relation = node.relation
    if isinstance(relation, OwnSource):
        raise DefinitionError(
            f"{what} stands next to the table, not inside its class: write it after the class, with User.name"
        )
    if isinstance(relation, TableSource):
        return
    if isinstance(relation, ExcludedSource | AliasSource):
        raise DefinitionError(f"{what} uses {_shown(node)}, a column of an alias: use the table's own column")
    raise DefinitionError(f"{what} uses {_shown(node)}, and that is no column of a table")


def _shown(node: ColumnNode) -> str:
    return f"{label(node.relation)}.{node.name}"


def no_column(what: str) -> DefinitionError:
    """What is told where columns are to be named, and none is."""
    return DefinitionError(f"{what} names no column: name at least one")


def undefined(what: str, error: NameError) -> DefinitionError:
    """What is told where a lambda names what is not there."""
    return DefinitionError(f"{what} references {error.name}, which does not exist: define or import it")
