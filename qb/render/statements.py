"""Statements to SQL, one function each; PyPika puts the clauses together."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any, assert_never

from pypika.enums import JoinType
from pypika.queries import Join as PikaJoin
from pypika.queries import JoinOn, Schema, Table
from pypika.terms import Field

from qb.errors import QueryError
from qb.query.expr.logic import all_of
from qb.render.builder import Builder, Clause, SourceClause
from qb.render.expressions import Expressions, direction, source
from qb.render.limit import limit_clause
from qb.render.nested import nested_rows
from qb.render.terms import Named, Piece, Placeholders, joined
from qb.tree.delete import DeleteNode
from qb.tree.expressions import Expression, Order
from qb.tree.for_update import Locking
from qb.tree.from_clause import from_clause
from qb.tree.insert import InsertNode
from qb.tree.join import Join
from qb.tree.on_conflict import ConflictNode
from qb.tree.raw import RawStatement
from qb.tree.relations import Relation, TableSource
from qb.tree.select import SelectNode
from qb.tree.shapes import RowShape
from qb.tree.slots import outputs, slots
from qb.tree.statements import StatementNode
from qb.tree.union import SetNode
from qb.tree.update import UpdateNode
from qb.tree.values import ValuesBlock
from qb.types.identifier import quoted, schema_of

_JOINS = {
    "INNER": JoinType.inner,
    "LEFT": JoinType.left,
    "RIGHT": JoinType.right,
    "FULL": JoinType.full_outer,
    "CROSS": JoinType.cross,
}


MARK = "\0"
"""What no SQL holds."""


def statement(node: StatementNode, *, marked: bool = False) -> list[Piece]:
    """A statement taken apart, WITH left out (it belongs to the outermost one). `marked`: a mark is put before and
    behind each of its outputs, for which a set operation has no place of its own."""
    match node:
        case SelectNode():
            return _select(node, marked)
        case SetNode():
            return _set_operation(node)
        case InsertNode():
            return _insert(node, marked)
        case UpdateNode():
            return _update(node, marked)
        case DeleteNode():
            return _delete(node, marked)
        case RawStatement(sql=sql):
            return [sql]
        case _:
            assert_never(node)


_EXPRESSIONS = Expressions(statement, nested_rows)


def text_of(pieces: list[Piece], placeholders: Placeholders) -> str:
    """The pieces of a statement as SQL."""
    return _EXPRESSIONS.sql(pieces, placeholders)


def _select(node: SelectNode, marked: bool) -> list[Piece]:
    builder = Builder()
    for relation in from_clause(node):
        builder.from_(SourceClause(*source(relation)))
    if node.distinct_on:
        builder.select(Clause("DISTINCT ON (", *joined(", ", node.distinct_on), ") ", *_list(node.shape, marked)))
    else:
        if node.distinct:
            builder.distinct()
        builder.select(Clause(*_list(node.shape, marked)))
    for join in node.joins:
        builder.do_join(_join(join))
    _where(builder, node.where)
    for group in node.group_by:
        builder.groupby(Clause(group))
    if (having := all_of(node.having)) is not None:
        builder.having(Clause(having))
    for order in node.order_by:
        builder.orderby(Clause(order))
    builder.pagination = Clause(*limit_clause(node))
    builder.locking = Clause(*(piece for locking in node.locking for piece in _locking(locking)))
    return builder.pieces()


def _locking(locking: Locking) -> list[Piece]:
    of: list[Piece] = [" OF ", *joined(", ", map(Named, locking.of))] if locking.of else []
    return [f" FOR {locking.strength}", *of, f" {locking.wait}" if locking.wait else ""]


def _list(shape: RowShape, marked: bool) -> list[Piece]:
    if marked:
        return joined(", ", ([MARK, slot, MARK] for slot in slots(shape)))
    return joined(", ", slots(shape))


def _join(join: Join) -> PikaJoin:
    item: Any = SourceClause(*source(join.relation))  # PyPika says Term and takes any relation
    how = _JOINS[join.kind]
    if join.on is None:
        return PikaJoin(item, how)
    condition: Any = Clause(join.on)  # PyPika says QueryBuilder and takes a condition
    return JoinOn(item, how, condition, None)


def _where(builder: Builder, conditions: tuple[Expression, ...]) -> None:
    if (both := all_of(conditions)) is not None:
        builder.where(Clause(both))


def _set_operation(node: SetNode) -> list[Piece]:
    pieces: list[Piece] = ["(", node.left, f") {node.operator} (", node.right, ")"]
    if node.order_by:
        pieces += [" ORDER BY ", *joined(", ", [_position(order, node) for order in node.order_by])]
    pieces += limit_clause(node)
    return pieces


def _position(order: Expression, node: SetNode) -> str:
    # After a set operation PostgreSQL orders by the result's columns alone, so each is said by its number.
    wanted = order.operand if isinstance(order, Order) else order
    for number, output in enumerate(outputs(node.shape), 1):
        if output.node == wanted:
            return f"{number}{direction(order.descending, order.nulls_first) if isinstance(order, Order) else ''}"
    raise QueryError(
        f"order_by after {node.operator.lower()} takes a column that the first query selects: select it, "
        "or read from subquery(...) and order there"
    )


def _table(relation: Relation) -> Table:
    if not isinstance(relation, TableSource):
        raise QueryError("insert, update and delete take the table itself, not an alias or a query")
    schema = schema_of(relation.schema, relation.name)
    return Table(relation.name, schema=Schema(schema) if schema is not None else None)


def _insert(node: InsertNode, marked: bool) -> list[Piece]:
    builder = Builder()
    builder.into(_table(node.table))
    if node.columns:
        builder.columns(*(Field(name) for name in node.columns))
    overriding = f"OVERRIDING {node.overriding} VALUE " if node.overriding else ""
    if node.query is not None:
        builder.insert_source = Clause(overriding, node.query)
    elif node.rows is None:
        builder.insert_source = Clause("DEFAULT VALUES")
    elif isinstance(node.rows, ValuesBlock):
        builder.insert_source = Clause(overriding, _block(node.rows))
    else:
        rows: list[list[Piece]] = [["(", *joined(", ", row), ")"] for row in node.rows]
        builder.insert_source = Clause(f"{overriding}VALUES ", *joined(", ", rows))
    builder.insert(Clause())  # PyPika renders nothing for an INSERT without values of its own
    if node.conflict is not None:
        builder.conflict = Clause(*_conflict(node.conflict))
    return _returning(builder, node.shape, marked)


def _block(block: ValuesBlock) -> str:
    width = len(block.types)
    casts = [f"::{type_.base}" for type_ in block.types]
    return "VALUES " + ", ".join(
        "(" + ", ".join(f"${row * width + column + 1}{casts[column]}" for column in range(width)) + ")"
        for row in range(block.count)
    )


def _conflict(node: ConflictNode) -> list[Piece]:
    pieces: list[Piece] = [" ON CONFLICT"]
    if node.constraint is not None:
        pieces.append(f" ON CONSTRAINT {quoted(node.constraint)}")
    elif node.columns:
        targets: list[list[Piece]] = [
            [quoted(each)] if isinstance(each, str) else ["(", each, ")"] for each in node.columns
        ]
        pieces += [" (", *joined(", ", targets), ")"]
        if node.where is not None:
            pieces += [" WHERE ", node.where]
    if not node.updates:
        return [*pieces, " DO NOTHING"]
    assignments: list[list[Piece]] = [[f"{quoted(name)} = ", value] for name, value in node.updates]
    pieces += [" DO UPDATE SET ", *joined(", ", assignments)]
    if node.update_where is not None:
        pieces += [" WHERE ", node.update_where]
    return pieces


def _update(node: UpdateNode, marked: bool) -> list[Piece]:
    builder = Builder()
    builder.update(_table(node.table))
    for name, value in node.assignments:
        builder.set(Field(name), Clause(value))
    for number, relation in enumerate(node.from_, 1):
        # PyPika would write joins before SET, as MySQL does: they belong to what FROM names last.
        joins = _joins(node.joins) if number == len(node.from_) else []
        builder.from_(SourceClause(*source(relation), *joins))
    _where(builder, node.where)
    return _returning(builder, node.shape, marked)


def _joins(joins: tuple[Join, ...]) -> list[Piece]:
    pieces: list[Piece] = []
    for join in joins:
        pieces += [" JOIN ", *source(join.relation)]
        if join.on is not None:
            pieces += [" ON ", join.on]
    return pieces


def _delete(node: DeleteNode, marked: bool) -> list[Piece]:
    builder = Builder()
    builder.from_(SourceClause(*source(node.table)))
    builder.delete()
    for relation in node.using:
        builder.using(SourceClause(*source(relation)))
    _where(builder, node.where)
    return _returning(builder, node.shape, marked)


def _returning(builder: Builder, shape: RowShape | None, marked: bool) -> list[Piece]:
    if shape is not None:
        builder.returning(Clause(*_list(shape, marked)))
    return builder.pieces()
