"""Expressions to PyPika terms. Every operator is parenthesised by its place in the tree, never by luck."""

from __future__ import annotations

from collections.abc import Callable

from pypika.terms import Term

from qb.errors import QueryError
from qb.model.target import Feature
from qb.render.literals import constant_literal, string_literal, typed_literal
from qb.render.terms import Bound, Named, OpenedTerm, Raw, Rendered, Requires, SourceTerm, joined
from qb.tree.nodes import (
    AliasSource,
    AnyOf,
    Between,
    Bind,
    Call,
    Case,
    Cast,
    ColumnNode,
    Constant,
    Default,
    ExcludedSource,
    Exists,
    Extract,
    Infix,
    InList,
    InQuery,
    JsonPath,
    NameNode,
    Node,
    Null,
    Order,
    Over,
    ParamNode,
    Postfix,
    Prefix,
    Present,
    QuerySource,
    RawSql,
    Relation,
    ScalarQuery,
    TableSource,
    label,
)
from qb.tree.statements import NestedShape
from qb.tree.walk import is_query
from qb.types import pg
from qb.types.array import Array
from qb.types.identifier import quoted

SINCE = {"gen_random_uuid": 13}
"""Functions that came with a version."""
EXACT_EXTRACT = Feature("EXTRACT that gives a numeric", 14)
_ARITHMETIC = frozenset("+-*/%")
Render = Callable[[Node], Term]


class Expressions:
    """Renders expressions; `query` renders a nested statement, `nested` a list of rows inside a row.

    `bare` leaves the relation out of column names, as constraints and indexes want it.
    """

    __slots__ = ("bare", "nested", "query")

    def __init__(self, query: Render, nested: Callable[[NestedShape], Term], *, bare: bool = False) -> None:
        self.query: Render = query
        self.nested: Callable[[NestedShape], Term] = nested
        self.bare: bool = bare

    def term(self, node: Node) -> Term:
        """The expression as it stands alone: between commas, or after a keyword."""
        match node:
            case ColumnNode():
                return self._column(node)
            case Bind() | ParamNode():
                return Bound(node)
            case Infix(operator="AND" | "OR" as operator):
                return joined(f" {operator} ", map(self.operand, _chain(node, operator)))
            case Infix(operator=operator, left=left, right=right) if self.bare and operator in _ARITHMETIC:
                return Rendered(self._wide(left), f" {operator} ", self._wide(right))
            case Infix(operator=operator, left=left, right=right):
                return Rendered(self.operand(left), f" {operator} ", self.operand(right))
            case Prefix(operator=operator, operand=operand):
                # -(-1) without parentheses would begin a comment.
                return Rendered(f"{operator} ", self.operand(operand))
            case Postfix(operand=operand, operator=operator):
                return Rendered(self.operand(operand), f" {operator}")
            case Between(operand=operand, low=low, high=high):
                return Rendered(self.operand(operand), " BETWEEN ", self.operand(low), " AND ", self.operand(high))
            case AnyOf(operand=operand, array=Bind(value=values, type=Array(of=of)), negated=negated) if self.bare:
                return self.term(InList(operand, tuple(Bind(value, of) for value in values), negated))
            case AnyOf(operand=operand, array=array, negated=negated):
                operator = " <> ALL (" if negated else " = ANY ("
                return Rendered(self.operand(operand), operator, self.term(array), ")")
            case InList(operand=operand, items=items, negated=negated):
                if not items:
                    return Rendered("TRUE" if negated else "FALSE")
                operator = " NOT IN (" if negated else " IN ("
                return Rendered(self.operand(operand), operator, joined(", ", map(self.term, items)), ")")
            case InQuery(operand=operand, query=query, negated=negated):
                operator = " NOT IN (" if negated else " IN ("
                return Rendered(self.operand(operand), operator, self.query(query), ")")
            case Exists(query=query):
                return Rendered("EXISTS (", self.query(query), ")")
            case ScalarQuery(query=query):
                return Rendered("(", self.query(query), ")")
            case Call():
                return self._call(node)
            case Over(call=call, partition_by=partition_by, order_by=order_by):
                return self._over(call, partition_by, order_by)
            case Extract(field=field, operand=operand):
                return Rendered(Requires(EXACT_EXTRACT), f"EXTRACT({field} FROM ", self.term(operand), ")")
            case Case(branches=branches, otherwise=otherwise):
                parts: list[str | Term] = ["CASE"]
                for test, value in branches:
                    parts += [" WHEN ", self.term(test), " THEN ", self.term(value)]
                if otherwise is not None:
                    parts += [" ELSE ", self.term(otherwise)]
                return Rendered(*parts, " END")
            case Cast(operand=operand, settles=True) if self.bare:
                return self.term(operand)  # a schema's own columns have the types it gives them
            case Cast(operand=operand, type=type_):
                return Rendered("CAST(", self.term(operand), f" AS {type_.name})")
            case JsonPath(operand=operand, steps=steps, text=text):
                return self._path(operand, steps, text)
            case Order(operand=operand, descending=descending, nulls_first=nulls_first):
                direction = " DESC" if descending else " ASC"
                nulls = "" if nulls_first is None else " NULLS FIRST" if nulls_first else " NULLS LAST"
                return Rendered(self.operand(operand), direction + nulls)
            case Present(relation=relation):
                return Rendered("(", Named(relation), ".*) IS DISTINCT FROM NULL")
            case NameNode(relation=relation, name=name):
                return Rendered(quoted(name) if name else "") if relation is None else Raw(relation)
            case RawSql(parts=raw):
                return Rendered(*(part if isinstance(part, str) else self._raw_part(part) for part in raw))
            case Default():
                return Rendered("DEFAULT")
            case Null():
                return Rendered("NULL")
            case Constant():
                return Rendered(constant_literal(node))
            case NestedShape():
                return self.nested(node)
            case _:
                raise QueryError(f"{type(node).__name__} cannot stand in an expression")

    def operand(self, node: Node) -> Term:
        """The expression as part of another one."""
        match node:
            case Cast(operand=operand, settles=True) if self.bare:
                return self.operand(operand)
            case (
                ColumnNode()
                | Bind()
                | ParamNode()
                | Call()
                | Cast()
                | Case()
                | ScalarQuery()
                | Exists()
                | Extract()
                | Null()
                | NameNode()
                | Constant()
            ):
                return self.term(node)
            case _:
                return Rendered("(", self.term(node), ")")

    def _wide(self, node: Node) -> Term:
        # A bigint in a calculation stays one, or what it is calculated with could overflow as an integer.
        match node:
            case Bind(type=type_) if type_.wire is pg.bigint.wire:
                return Rendered(typed_literal(node))
            case Constant(text=text, base=base) if base == pg.bigint.base:
                return Rendered(constant_literal(Constant(text, base)))
            case _:
                return self.operand(node)

    def _column(self, node: ColumnNode) -> Rendered:
        if isinstance(node.relation, ExcludedSource):
            return Rendered(f"EXCLUDED.{quoted(node.name)}")
        return Rendered(quoted(node.name)) if self.bare else Rendered(Named(node.relation), f".{quoted(node.name)}")

    def _call(self, call: Call) -> Term:
        if call.keyword:
            return Rendered(call.name)
        inside: list[str | Term] = ["DISTINCT "] if call.distinct else []
        inside.append("*" if call.star else joined(", ", map(self.term, call.arguments)))
        if call.order_by:
            inside += [" ORDER BY ", joined(", ", map(self.term, call.order_by))]
        parts: list[str | Term] = [f"{call.name}(", *inside, ")"]
        if (since := SINCE.get(call.name)) is not None:
            parts.append(Requires(Feature(f"{call.name}()", since)))
        if call.filter is not None:
            parts += [" FILTER (WHERE ", self.term(call.filter), ")"]
        return Rendered(*parts)

    def _over(self, call: Node, partition_by: tuple[Node, ...], order_by: tuple[Node, ...]) -> Term:
        parts: list[str | Term] = [self.term(call), " OVER ("]
        if partition_by:
            parts += ["PARTITION BY ", joined(", ", map(self.term, partition_by))]
        if order_by:
            parts += [" ORDER BY " if partition_by else "ORDER BY ", joined(", ", map(self.term, order_by))]
        return Rendered(*parts, ")")

    def _path(self, operand: Node, steps: tuple[str | int | Node, ...], text: bool) -> Term:
        parts: list[str | Term] = [self.operand(operand)]
        for number, step in enumerate(steps, 1):
            parts.append(" ->> " if text and number == len(steps) else " -> ")
            if isinstance(step, int):
                parts.append(str(step))
            else:
                parts.append(string_literal(step) if isinstance(step, str) else self.operand(step))
        return Rendered(*parts)

    def _raw_part(self, part: Node) -> Term:
        return Rendered("(", self.query(part), ")") if is_query(part) else self.operand(part)


def _chain(node: Node, operator: str) -> list[Node]:
    """What `a AND b AND c` joins: in a loop, as a chain may be a thousand conditions long."""
    found: list[Node] = []
    while isinstance(node, Infix) and node.operator == operator:
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def source(relation: Relation, query: Render) -> SourceTerm:
    """A relation as FROM and JOIN name it."""
    match relation:
        case TableSource() | AliasSource() | QuerySource(cte=True):
            return SourceTerm(Rendered(OpenedTerm(relation)))
        case QuerySource(query=inner, columns=columns):
            names = f" ({', '.join(map(quoted, columns))})" if columns else ""
            return SourceTerm(Rendered("(", query(inner), ") AS ", Named(relation), names))
        case _:
            raise QueryError(f"{label(relation)} cannot be read from")
