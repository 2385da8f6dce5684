"""Whether an expression can be NULL where it stands: checked, not hoped for."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import assert_never

from qb.errors import QueryError
from qb.tree.delete import DeleteNode
from qb.tree.expressions import (
    AnyOf,
    Between,
    Bind,
    Call,
    Case,
    Cast,
    Collate,
    ColumnNode,
    Constant,
    Default,
    Exists,
    Expression,
    Extract,
    FieldOf,
    Infix,
    InList,
    InQuery,
    JsonPath,
    NameNode,
    Null,
    Order,
    Over,
    ParamNode,
    Postfix,
    Prefix,
    Present,
    RawSql,
    ScalarQuery,
)
from qb.tree.from_clause import outer_relations
from qb.tree.function import Function
from qb.tree.insert import InsertNode
from qb.tree.raw import RawStatement
from qb.tree.relations import Relation, label
from qb.tree.select import SelectNode
from qb.tree.shapes import EntityShape, NestedShape, Output, RowShape, ScalarShape
from qb.tree.slots import leaves, outputs
from qb.tree.statements import StatementNode, shape_of
from qb.tree.union import SetNode
from qb.tree.update import UpdateNode
from qb.tree.visit import Every, Some, decided, relations, within
from qb.types.array import Array

_COMPARED = ("=", "<>", "<", "<=", ">", ">=")
_NEVER = ("IS DISTINCT FROM", "IS NOT DISTINCT FROM")


def nullable(node: Expression, outer: Set[Relation], known: Set[Expression] = frozenset()) -> bool:
    """Whether PostgreSQL can give NULL for an expression, `outer` being what outer joins may leave empty, and `known`
    what conditions keep from being NULL."""

    if type(node) is ColumnNode and not known:  # nearly always
        return node.nullable or node.relation in outer

    def rule(each: Expression) -> bool | Some | Every:
        return False if known and each in known else _nullable(each, outer)

    return decided(node, rule)


def _nullable(node: Expression, outer: Set[Relation]) -> bool | Some | Every:
    match node:
        case ColumnNode(relation=relation, nullable=may):
            return may or relation in outer
        case Bind(value=value):
            return value is None
        case ParamNode() | Constant() | Exists() | Present() | Postfix():  # IS NULL and its kin
            return False
        case Infix(operator=operator, left=left, right=right):
            return operator not in _NEVER and Some((left, right))
        case (
            Prefix(operand=operand)
            | Cast(operand=operand)
            | Extract(operand=operand)
            | AnyOf(operand=operand)
            | Collate(operand=operand)
        ):
            return Some((operand,))
        case Between(operand=operand, low=low, high=high):
            return Some((operand, low, high))
        case InList(operand=operand, items=items):
            return bool(items) and Some((operand, *items))
        case InQuery(operand=operand, query=query):
            shape = shape_of(query)
            return shape is None or any(out.optional for out in outputs(shape)) or Some((operand,))
        case Call(function=Function(null="never")):
            return False
        case Call(function=Function(null="all"), arguments=arguments):
            return Every(arguments)
        case Call(function=Function(null="strict"), arguments=arguments):
            return Some(arguments)
        case Over(call=call):
            return Some((call,))
        case Case(branches=branches, otherwise=otherwise):
            return otherwise is None or Some((otherwise, *(value for _, value in branches)))
        case RawSql(not_null=not_null):
            return not not_null
        case (
            Call() | JsonPath() | FieldOf() | ScalarQuery() | Null() | Default() | Order() | NameNode() | NestedShape()
        ):
            return True
        case _:
            assert_never(node)


def check_joined(select: SelectNode, before: SelectNode | None = None) -> None:
    """QueryError where the joins of a query may leave NULL what its rows say is never None. Of a query that was made
    of one that was checked, `before`, only what may be absent now is looked at."""
    if before is None:
        check_shape(select.shape, outer_relations(select))
    elif now := outer_relations(select):
        was = outer_relations(before)
        if not now <= was:
            check_shape(select.shape, now, was)


def check_shape(
    shape: RowShape, outer: Set[Relation], checked: Set[Relation] | None = None, *, elements: bool = False
) -> None:
    """QueryError where a row could hold NULL and its static type says it cannot; with `elements` only for a list that
    could, as where a query's one value may be NULL anyway. What was `checked` with a part of `outer` is looked at
    again only where it is of the rest."""
    if type(shape) is EntityShape and shape.relation is not None and not outer:  # nearly always
        return
    added = None if checked is None else outer - checked
    for leaf in leaves(shape):
        match leaf:
            case ScalarShape(output=output):
                if added is not None and not _names(output.node, added):
                    continue
                _check_elements(output, outer)
                if not elements:
                    _check_output(output, outer)
            case EntityShape() if elements:
                pass
            case EntityShape(relation=None, outputs=columns):
                for output in columns:
                    if added is not None and not _names(output.node, added):
                        continue
                    _check_elements(output, outer)
                    _check_output(output, outer)
            case EntityShape(relation=relation, present=present):
                if relation is not None and present is None and relation in outer:
                    raise QueryError(
                        f"an outer join may leave {label(relation)} empty, and its row is selected as never None: "
                        f"select maybe({label(relation)}) instead"
                    )
            case NestedShape():
                pass
            case _:
                assert_never(leaf)


def _names(node: Expression, added: Set[Relation]) -> bool:
    if type(node) is ColumnNode:  # nearly always
        return node.relation in added
    return not added.isdisjoint(relations(node))


def _check_output(output: Output, outer: Set[Relation]) -> None:
    if output.optional or not nullable(output.node, outer):
        return
    what = f"{output.table}.{output.name}" if output.table else (output.name or "an expression")
    if isinstance(output.node, ColumnNode):
        raise QueryError(
            f"an outer join may leave {what} NULL, and it is selected as never None: "
            f"select maybe({what}) or fn.coalesce({what}, ...) instead"
        )
    raise QueryError(
        f"{what or 'an expression'} in the select list may be NULL, as something it is made of may be, "
        "and its type says it never is: select maybe(expression) or fn.coalesce(expression, ...) instead"
    )


def _check_elements(output: Output, outer: Set[Relation]) -> None:
    if not isinstance(output.type, Array) or isinstance(output.node, ColumnNode):
        return
    for found in within(output.node, queries=False):
        if isinstance(found, Call) and found.elements:
            known = list(not_null(found.filter))
            here = outer - {each.relation for each in known if isinstance(each, ColumnNode)}
            if found.arguments[0] not in known and nullable(found.arguments[0], here):
                name = found.function.name
                raise QueryError(
                    f"{name}(...) gathers values that may be NULL, and its type says that none of them is: write "
                    f"fn.{name}(maybe(x)), or fn.{name}(x).filter(x.isnot_null())"
                )


def may_give_null(query: StatementNode, number: int = 0) -> bool:
    """Whether a column of a query's rows, the first one or another, may be NULL."""

    def rule(each: StatementNode) -> bool | Some | Every:
        match each:
            case SetNode(operator=operator, left=left, right=right):
                if operator.startswith("UNION"):
                    return Some((left, right))
                return Every((left, right)) if operator.startswith("INTERSECT") else Some((left,))
            case SelectNode():
                out = outputs(each.shape)[number]
                known = {node for condition in (*each.where, *each.having) for node in not_null(condition)}
                outer = outer_relations(each) - {found.relation for found in known if isinstance(found, ColumnNode)}
                return out.optional and nullable(out.node, outer, known)
            case InsertNode() | UpdateNode() | DeleteNode() | RawStatement():
                return each.shape is None or outputs(each.shape)[number].optional
            case _:
                assert_never(each)

    return decided(query, rule)


def not_null(condition: Expression | None) -> Iterator[Expression]:
    """What is not NULL in the rows that meet a filter."""
    stack = [condition]
    while stack:
        each = stack.pop()
        if isinstance(each, Infix) and each.operator == "AND":
            stack += (each.left, each.right)
        elif isinstance(each, Infix) and each.operator in _COMPARED:
            yield each.left
            yield each.right
        elif isinstance(each, Postfix) and each.operator == "IS NOT NULL":
            yield each.operand
