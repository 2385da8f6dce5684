"""Queries that are described and never run: what the server has where a result does not say it.

The columns of nested rows are inside JSON, and a written column converts what it is given to its own type. A SELECT of
these columns beside the statement, in the message that prepares it, tells their types.
https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple, assert_never

from qb.tree.delete import DeleteNode
from qb.tree.expressions import Bind, ColumnNode, Expression, ParamNode, RawSql, ScalarQuery
from qb.tree.from_clause import from_clause
from qb.tree.insert import InsertNode
from qb.tree.raw import RawStatement
from qb.tree.relations import Relation, label
from qb.tree.select import SelectNode
from qb.tree.shadow import arms
from qb.tree.shapes import EntityShape, NestedShape, Output, RowShape, ScalarShape, TupleShape
from qb.tree.slots import leaves, slots
from qb.tree.statements import StatementNode, shape_of
from qb.tree.union import SetNode
from qb.tree.update import UpdateNode
from qb.tree.values import ValuesBlock
from qb.tree.visit import within
from qb.types import SqlType, pg


class Probed(NamedTuple):
    """A column of nested rows, or one that is written to, as it was declared."""

    table: str | None
    name: str | None
    type: SqlType[Any]
    python: object
    use: Literal["nested", "written"]
    raw: bool = False


class Probe(NamedTuple):
    """A query whose columns have the types of what is looked at."""

    query: SelectNode
    columns: tuple[Probed, ...]


def probes(statement: StatementNode) -> tuple[Probe, ...]:
    """What has to be described beside a statement; nothing for most."""
    return (*_written(statement), *_nested(statement))


def _written(statement: StatementNode) -> Iterator[Probe]:
    given: dict[str, SqlType[Any]] = {}
    match statement:
        case InsertNode(table=table, columns=columns, rows=rows, conflict=conflict):
            if isinstance(rows, ValuesBlock):
                given.update(zip(columns, rows.types, strict=True))
            else:
                for row in rows or ():
                    given.update(_typed(zip(columns, row, strict=True)))
            if conflict is not None:
                given.update(_typed(conflict.updates))
        case UpdateNode(table=table, assignments=assignments):
            given.update(_typed(assignments))
        case SelectNode() | SetNode() | DeleteNode() | RawStatement():
            return
        case _:
            assert_never(statement)
    if given:
        columns_ = tuple(Probed(label(table), name, type_, object, "written") for name, type_ in given.items())
        nodes: tuple[Expression, ...] = tuple(ColumnNode(table, name, True) for name in given)
        yield Probe(_select((table,), nodes), columns_)


def _typed(assignments: Iterable[tuple[str, Expression]]) -> Iterator[tuple[str, SqlType[Any]]]:
    for name, node in assignments:
        if isinstance(node, Bind | ParamNode):
            yield name, node.type


def _nested(statement: StatementNode) -> Iterator[Probe]:
    for arm in arms(statement):
        shape = shape_of(arm)
        if shape is None:
            continue
        cells = [cell for slot in slots(shape) if isinstance(slot, NestedShape) for cell in _cells(slot)]
        if not cells:
            continue
        columns, nodes = tuple(column for _, column in cells), tuple(node for node, _ in cells)
        match arm:
            case SelectNode():
                asked = SelectNode(_shape(nodes), from_clause(arm), arm.joins, group_by=arm.group_by)
                yield Probe(asked, columns)
            case InsertNode(table=table) | UpdateNode(table=table) | DeleteNode(table=table):
                yield Probe(_select((table,), nodes), columns)
            case SetNode() | RawStatement():
                pass
            case _:
                assert_never(arm)


def _cells(nested: NestedShape) -> list[tuple[Expression, Probed]]:
    """A scalar subquery for each column of nested rows, and of rows nested in these."""
    found: list[tuple[Expression, Probed]] = []
    stack: list[tuple[NestedShape, tuple[SelectNode, ...]]] = [(nested, ())]
    while stack:
        rows, around = stack.pop()
        query = rows.query
        columns = list(zip(slots(rows.row), _declared(rows.row), strict=True))
        if isinstance(query, SelectNode):
            around = (*around, query)
            stack += ((slot, around) for slot, _ in columns if isinstance(slot, NestedShape))
            cells = [slot for slot, _ in columns]
        else:  # of a union, which has no rows nested in its own
            names = ", ".join(f"c{number}" for number in range(len(columns)))
            cells = [
                RawSql((f"(SELECT nested.c{number} FROM ", query, f" AS nested ({names}))"))
                for number in range(len(columns))
            ]
        found += (
            (_within(cell, around), column)
            for cell, (_, column) in zip(cells, columns, strict=True)
            if column is not None
        )
    return found


def _within(cell: Expression, around: tuple[SelectNode, ...]) -> Expression:
    """A cell as a scalar subquery in each of the queries around it; which of their rows come does not matter."""
    for select in reversed(around):
        one = _shape((cell,))
        cell = ScalarQuery(SelectNode(one, from_clause(select), select.joins, group_by=select.group_by))
    return cell


def _declared(shape: RowShape) -> Iterator[Probed | None]:
    """For each slot of a shape what was declared of it; None for a flag, and for rows nested in it."""
    for leaf in leaves(shape):
        match leaf:
            case ScalarShape(output=output):
                yield _of(output)
            case EntityShape(outputs=outputs, present=present):
                if present is not None:
                    yield None
                yield from map(_of, outputs)
            case NestedShape():
                yield None
            case _:
                assert_never(leaf)


def _of(output: Output) -> Probed:
    raw = any(isinstance(node, RawSql) for node in within(output.node))
    return Probed(output.table or None, output.name or None, output.type, output.python, "nested", raw)


def _select(from_: tuple[Relation, ...], nodes: tuple[Expression, ...]) -> SelectNode:
    return SelectNode(_shape(nodes), from_)


def _shape(nodes: tuple[Expression, ...]) -> TupleShape:
    return TupleShape(tuple(ScalarShape(Output(node, pg.text, object, True, "", "")) for node in nodes))
