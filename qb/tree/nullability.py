"""Whether an expression can be NULL where it stands: checked, not hoped for."""

from __future__ import annotations

from collections.abc import Iterator, Set

from qb.errors import QueryError
from qb.tree.from_clause import outer_relations
from qb.tree.nodes import (
    AnyOf,
    Between,
    Bind,
    Call,
    Case,
    Cast,
    ColumnNode,
    Constant,
    Exists,
    Extract,
    Infix,
    InList,
    InQuery,
    JsonPath,
    Node,
    Over,
    ParamNode,
    Postfix,
    Prefix,
    Present,
    RawSql,
    Relation,
    ScalarQuery,
    label,
)
from qb.tree.statements import (
    EntityShape,
    MappedShape,
    NestedShape,
    Output,
    RowShape,
    ScalarShape,
    SelectNode,
    SetNode,
    TupleShape,
    outputs,
    shape_of,
)
from qb.tree.walk import within
from qb.types.array import Array

_NEVER = ("IS DISTINCT FROM", "IS NOT DISTINCT FROM")


def nullable(node: Node, outer: Set[Relation], known: Set[Node] = frozenset()) -> bool:
    """Whether PostgreSQL can give NULL for an expression, `outer` being what outer joins may leave empty, and `known`
    what conditions keep from being NULL."""

    def any_of(*operands: Node) -> bool:
        return any(nullable(operand, outer, known) for operand in operands)

    if node in known:
        return False
    match node:
        case ColumnNode(relation=relation, nullable=may):
            return may or relation in outer
        case Bind(value=value):
            return value is None
        case ParamNode() | Constant() | Exists() | Present():
            return False
        case Postfix():
            return False  # IS NULL and its kin
        case Infix(operator=operator, left=left, right=right):
            return operator not in _NEVER and any_of(left, right)
        case Prefix(operand=operand) | Cast(operand=operand) | Extract(operand=operand):
            return any_of(operand)
        case Between(operand=operand, low=low, high=high):
            return any_of(operand, low, high)
        case AnyOf(operand=operand):
            return any_of(operand)
        case InList(operand=operand, items=items):
            return bool(items) and any_of(operand, *items)
        case InQuery(operand=operand, query=query):
            shape = shape_of(query)
            return any_of(operand) or shape is None or any(out.optional for out in outputs(shape))
        case Call(null="never"):
            return False
        case Call(null="all", arguments=arguments):
            return all(nullable(argument, outer, known) for argument in arguments)
        case Call(null="strict", arguments=arguments):
            return any_of(*arguments)
        case Over(call=call):
            return any_of(call)
        case Case(branches=branches, otherwise=otherwise):
            return otherwise is None or any_of(otherwise, *(value for _, value in branches))
        case RawSql(not_null=True):
            return False
        case JsonPath() | ScalarQuery() | _:
            return True


def check_shape(shape: RowShape, outer: Set[Relation], *, elements: bool = False) -> None:
    """QueryError where a row could hold NULL and its static type says it cannot; with `elements` only for a list that
    could, as where a query's one value may be NULL anyway."""
    match shape:
        case ScalarShape(output=output):
            _check_elements(output, outer)
            if not elements:
                _check_output(output, outer)
        case EntityShape() if elements:
            pass
        case EntityShape(relation=relation, present=None) if relation is not None and relation in outer:
            raise QueryError(
                f"an outer join may leave {label(relation)} empty, and its row is selected as never None: "
                f"select maybe({label(relation)}) instead"
            )
        case EntityShape(relation=None, outputs=columns):
            for output in columns:
                _check_elements(output, outer)
                _check_output(output, outer)
        case TupleShape(items=items) | MappedShape(items=items):
            for item in items:
                check_shape(item, outer, elements=elements)
        case NestedShape() | _:
            pass


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
            known = list(_not_null(found.filter))
            here = outer - {each.relation for each in known if isinstance(each, ColumnNode)}
            if found.arguments[0] not in known and nullable(found.arguments[0], here):
                raise QueryError(
                    f"{found.name}(...) gathers values that may be NULL, and its type says that none of them is: write "
                    f"fn.{found.name}(maybe(x)), or fn.{found.name}(x).filter(x.is_not_null())"
                )


def may_give_null(query: Node, number: int = 0) -> bool:
    """Whether a column of a query's rows, the first one or another, may be NULL."""
    match query:
        case SetNode(operator=operator, left=left, right=right) if operator.startswith("UNION"):
            return may_give_null(left, number) or may_give_null(right, number)
        case SetNode(operator=operator, left=left, right=right) if operator.startswith("INTERSECT"):
            return may_give_null(left, number) and may_give_null(right, number)
        case SetNode(left=left):
            return may_give_null(left, number)
        case _:
            pass
    shape = shape_of(query)
    if shape is None:
        return True
    out = outputs(shape)[number]
    if not isinstance(query, SelectNode):
        return out.optional
    known = {node for each in (*query.where, *query.having) for node in _not_null(each)}
    outer = outer_relations(query) - {each.relation for each in known if isinstance(each, ColumnNode)}
    return out.optional and nullable(out.node, outer, known)


def _not_null(condition: Node | None) -> Iterator[Node]:
    """What is not NULL in the rows that meet a filter."""
    while isinstance(condition, Infix) and condition.operator == "AND":
        yield from _not_null(condition.right)
        condition = condition.left
    match condition:
        case Postfix(operand=operand, operator="IS NOT NULL"):
            yield operand
        case Infix(operator="=" | "<>" | "<" | "<=" | ">" | ">=", left=left, right=right):
            yield from (left, right)
        case _:
            pass
