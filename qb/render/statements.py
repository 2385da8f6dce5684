"""Statements to SQL, one function each; PyPika puts the clauses together."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any

from pypika.enums import JoinType
from pypika.queries import Join as PikaJoin
from pypika.queries import JoinOn, Schema, Table
from pypika.terms import Field, Term

from qb.errors import QueryError
from qb.query.expr.logic import all_of
from qb.query.script import ScriptNode
from qb.render.builder import Builder
from qb.render.expressions import Expressions, source
from qb.render.nested import nested_rows
from qb.render.terms import Named, Rendered, SourceTerm, joined
from qb.tree.from_clause import from_clause
from qb.tree.nodes import Node, Order, Relation, TableSource
from qb.tree.slots import slots
from qb.tree.statements import (
    ConflictNode,
    DeleteNode,
    InsertNode,
    Join,
    Locking,
    RawStatement,
    RowShape,
    SelectNode,
    SetNode,
    UpdateNode,
    ValuesBlock,
    outputs,
)
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


def statement(node: Node, *, marked: bool = False) -> Term:
    """A statement as one term, WITH left out (it belongs to the outermost one). `marked`: a mark is put before and
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
            return EXPRESSIONS.term(sql)
        case ScriptNode():
            raise QueryError("a script is several statements: run it with db.execute(script), or print it")
        case _:
            raise QueryError(f"{type(node).__name__} is no statement")


EXPRESSIONS = Expressions(statement, lambda shape: nested_rows(shape, statement))


def _select(node: SelectNode, marked: bool) -> Builder:
    builder = Builder()
    for relation in from_clause(node):
        builder.from_(source(relation, statement))
    if node.distinct_on:
        keys = joined(", ", map(EXPRESSIONS.term, node.distinct_on))
        builder.select(Rendered("DISTINCT ON (", keys, ") ", _list(node.shape, marked)))
    else:
        if node.distinct:
            builder.distinct()
        builder.select(_list(node.shape, marked))
    for join in node.joins:
        builder.do_join(_join(join))
    _where(builder, node.where)
    for group in node.group_by:
        builder.groupby(EXPRESSIONS.term(group))
    if (having := all_of(node.having)) is not None:
        builder.having(EXPRESSIONS.term(having))
    for order in node.order_by:
        builder.orderby(EXPRESSIONS.term(order))
    builder.limit_term = None if node.limit is None else EXPRESSIONS.term(node.limit)
    builder.offset_term = None if node.offset is None else EXPRESSIONS.term(node.offset)
    builder.locking = joined("", map(_locking, node.locking))
    return builder


def _locking(locking: Locking) -> Rendered:
    of = Rendered(" OF ", joined(", ", map(Named, locking.of))) if locking.of else Rendered()
    return Rendered(f" FOR {locking.strength}", of, f" {locking.wait}" if locking.wait else "")


def _list(shape: RowShape, marked: bool) -> Rendered:
    terms = [EXPRESSIONS.term(slot) for slot in slots(shape)]
    return joined(", ", [Rendered(MARK, term, MARK) for term in terms] if marked else terms)


def _join(join: Join) -> PikaJoin:
    item: Any = source(join.relation, statement)  # PyPika says Term and takes any relation
    how = _JOINS[join.kind]
    if join.on is None:
        return PikaJoin(item, how)
    condition: Any = EXPRESSIONS.term(join.on)  # PyPika says QueryBuilder and takes a condition
    return JoinOn(item, how, condition, None)


def _where(builder: Builder, conditions: tuple[Node, ...]) -> None:
    if (both := all_of(conditions)) is not None:
        builder.where(Rendered(EXPRESSIONS.term(both)))


def _set_operation(node: SetNode) -> Term:
    parts: list[str | Term] = ["(", statement(node.left), f") {node.operator} (", statement(node.right), ")"]
    if node.order_by:
        parts += [" ORDER BY ", joined(", ", [_position(order, node) for order in node.order_by])]
    if node.limit is not None:
        parts += [" LIMIT ", EXPRESSIONS.term(node.limit)]
    if node.offset is not None:
        parts += [" OFFSET ", EXPRESSIONS.term(node.offset)]
    return Rendered(*parts)


def _position(order: Node, node: SetNode) -> Term:
    # After a set operation PostgreSQL orders by the result's columns alone, so each is said by its number.
    wanted = order.operand if isinstance(order, Order) else order
    for number, output in enumerate(outputs(node.shape), 1):
        if output.node == wanted:
            direction, nulls = "", ""
            if isinstance(order, Order):
                direction = " DESC" if order.descending else " ASC"
                nulls = "" if order.nulls_first is None else " NULLS FIRST" if order.nulls_first else " NULLS LAST"
            return Rendered(f"{number}{direction}{nulls}")
    raise QueryError(
        f"order_by after {node.operator.lower()} takes a column that the first query selects: select it, "
        "or read from subquery(...) and order there"
    )


def _table(relation: Relation) -> Table:
    if not isinstance(relation, TableSource):
        raise QueryError("insert, update and delete take the table itself, not an alias or a query")
    schema = schema_of(relation.schema, relation.name)
    return Table(relation.name, schema=Schema(schema) if schema is not None else None)


def _insert(node: InsertNode, marked: bool) -> Builder:
    builder = Builder()
    builder.into(_table(node.table))
    if node.columns:
        builder.columns(*(Field(name) for name in node.columns))
    overriding = f"OVERRIDING {node.overriding} VALUE " if node.overriding else ""
    if node.query is not None:
        builder.insert_source = Rendered(overriding, statement(node.query))
    elif node.rows is None:
        builder.insert_source = Rendered("DEFAULT VALUES")
    elif isinstance(node.rows, ValuesBlock):
        builder.insert_source = Rendered(overriding, _block(node.rows))
    else:
        rows = (Rendered("(", joined(", ", map(EXPRESSIONS.term, row)), ")") for row in node.rows)
        builder.insert_source = Rendered(f"{overriding}VALUES ", joined(", ", rows))
    builder.insert(Rendered())  # PyPika renders nothing for an INSERT without values of its own
    if node.conflict is not None:
        builder.conflict = _conflict(node.conflict)
    return _returning(builder, node.shape, marked)


def _block(block: ValuesBlock) -> str:
    width = len(block.types)
    casts = [f"::{type_.base}" for type_ in block.types]
    return "VALUES " + ", ".join(
        "(" + ", ".join(f"${row * width + column + 1}{casts[column]}" for column in range(width)) + ")"
        for row in range(block.count)
    )


def _conflict(node: ConflictNode) -> Rendered:
    parts: list[str | Term] = [" ON CONFLICT"]
    if node.constraint is not None:
        parts.append(f" ON CONSTRAINT {quoted(node.constraint)}")
    elif node.columns:
        targets = (
            Rendered(quoted(each)) if isinstance(each, str) else Rendered("(", EXPRESSIONS.term(each), ")")
            for each in node.columns
        )
        parts += [" (", joined(", ", targets), ")"]
        if node.where is not None:
            parts += [" WHERE ", EXPRESSIONS.term(node.where)]
    if not node.updates:
        return Rendered(*parts, " DO NOTHING")
    parts += [" DO UPDATE SET ", joined(", ", [_assignment(name, value) for name, value in node.updates])]
    if node.update_where is not None:
        parts += [" WHERE ", EXPRESSIONS.term(node.update_where)]
    return Rendered(*parts)


def _assignment(name: str, value: Node) -> Rendered:
    return Rendered(f"{quoted(name)} = ", EXPRESSIONS.term(value))


def _update(node: UpdateNode, marked: bool) -> Builder:
    builder = Builder()
    builder.update(_table(node.table))
    for name, value in node.assignments:
        builder.set(Field(name), EXPRESSIONS.term(value))
    for number, relation in enumerate(node.from_, 1):
        item = source(relation, statement)
        # PyPika would write joins before SET, as MySQL does: they belong to what FROM names last.
        builder.from_(_with_joins(item, node.joins) if number == len(node.from_) else item)
    _where(builder, node.where)
    return _returning(builder, node.shape, marked)


def _with_joins(item: SourceTerm, joins: tuple[Join, ...]) -> SourceTerm:
    parts: list[str | Term] = [item.sql]
    for join in joins:
        parts += [" JOIN ", source(join.relation, statement).sql]
        if join.on is not None:
            parts += [" ON ", EXPRESSIONS.term(join.on)]
    return SourceTerm(Rendered(*parts))


def _delete(node: DeleteNode, marked: bool) -> Builder:
    builder = Builder()
    builder.from_(source(node.table, statement))
    builder.delete()
    for relation in node.using:
        builder.using(source(relation, statement))
    _where(builder, node.where)
    return _returning(builder, node.shape, marked)


def _returning(builder: Builder, shape: RowShape | None, marked: bool) -> Builder:
    if shape is not None:
        builder.returning(_list(shape, marked))
    return builder
