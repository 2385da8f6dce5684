"""Expressions to SQL. Every operator is parenthesised by its place in the tree, never by luck."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, assert_never

from qb.errors import QueryError
from qb.model.target import Feature
from qb.render.literals import constant_literal, string_literal, typed_literal
from qb.render.terms import (
    NUL,
    Bound,
    Boundary,
    Named,
    OpenedRelation,
    Operand,
    Piece,
    Placeholders,
    Raw,
    Requires,
    joined,
)
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
from qb.tree.relations import (
    AliasSource,
    ExcludedSource,
    OwnSource,
    QuerySource,
    RecursiveSource,
    Relation,
    ShapeSource,
    TableSource,
    label,
)
from qb.tree.shapes import NestedShape
from qb.tree.statements import STATEMENTS, StatementNode, is_query
from qb.types import pg
from qb.types.array import Array
from qb.types.identifier import quoted

_TERMS: Final = frozenset((Bound, Named, OpenedRelation, Raw, Requires))
_SIMPLE: Final = frozenset(
    (ColumnNode, Bind, ParamNode, Call, Case, ScalarQuery, Exists, Extract, FieldOf, Null, NameNode, Constant)
)
"""What is one operand without parentheses."""
EXACT_EXTRACT = Feature("EXTRACT that gives a numeric", 14)
_ARITHMETIC = frozenset("+-*/%")


class Expressions:
    """Takes expressions apart; `query` does so with a nested statement, `nested` with a list of rows inside a row.

    `bare` writes what a definition holds, without the relation in column names, as constraints and indexes want it;
    not so in a query inside, nor where `named` says that what the user wrote in SQL may be one.
    """

    __slots__ = ("bare", "inner", "named", "nested", "query")

    def __init__(
        self,
        query: Callable[[StatementNode], list[Piece]],
        nested: Callable[[NestedShape], list[Piece]],
        *,
        bare: bool = False,
        named: bool = False,
    ) -> None:
        self.query: Callable[[StatementNode], list[Piece]] = query
        self.nested: Callable[[NestedShape], list[Piece]] = nested
        self.bare: bool = bare
        self.named: bool = named or not bare
        self.inner: Expressions = Expressions(query, nested) if bare else self

    def sql(self, pieces: list[Piece], placeholders: Placeholders) -> str:
        """The pieces as text, in one loop, however deep what they are made of is."""
        text: list[str] = []
        add, names = text.append, dict[Relation, str]()
        stack: list[Any] = pieces[::-1]
        while stack:
            piece = stack.pop()
            kind = piece.__class__
            if kind is Operand and (simple := piece.node.__class__) is not Cast:  # of which schemas know more
                piece = piece.node
                if simple in _SIMPLE:
                    kind = simple
                else:
                    stack += (")", piece, "(")
                    continue
            if kind is str:
                add(piece)
            elif kind is Boundary:
                add(NUL)
            elif kind is ColumnNode:
                relation = piece.relation
                if not self.named or relation.__class__ is ExcludedSource:
                    stack += self._column(piece)[::-1]
                else:
                    name = names.get(relation)
                    if name is None:
                        name = names[relation] = quoted(placeholders.name(relation))
                    add(f"{name}.{quoted(piece.name)}")
            elif kind is Bind or kind is ParamNode:
                add(placeholders.place(piece))
            elif kind in _TERMS:
                add(piece.sql(placeholders))
            elif kind is Operand:
                stack += self._operand(piece.node)[::-1]
            elif kind in STATEMENTS:
                if self.bare:
                    add(self.inner.sql([piece], placeholders))
                else:
                    stack += self.query(piece)[::-1]
            elif isinstance(piece, str):
                add(piece)
            else:
                stack += self._alone(piece)[::-1]
        return "".join(text)

    def _alone(self, node: Expression) -> list[Piece]:
        """The expression as it stands alone: between commas, or after a keyword."""
        match node:
            case ColumnNode():
                return self._column(node)
            case Bind() | ParamNode():
                return [Bound(node)]
            case Infix(operator="AND" | "OR" as operator):
                return joined(f" {operator} ", map(Operand, _chain(node, operator)))
            case Infix(operator=operator, left=left, right=right) if self.bare and operator in _ARITHMETIC:
                return [self._wide(left), f" {operator} ", self._wide(right)]
            case Infix(operator=operator, left=left, right=right):
                return [Operand(left), f" {operator} ", Operand(right)]
            case Prefix(operator=operator, operand=operand):
                # -(-1) without parentheses would begin a comment.
                return [f"{operator} ", Operand(operand)]
            case Postfix(operand=operand, operator=operator):
                return [Operand(operand), f" {operator}"]
            case Between(operand=operand, low=low, high=high):
                return [Operand(operand), " BETWEEN ", Operand(low), " AND ", Operand(high)]
            case AnyOf(operand=operand, array=Bind(value=values, type=Array(of=of)), negated=negated) if self.bare:
                return [InList(operand, tuple(Bind(value, of) for value in values), negated)]
            case AnyOf(operand=operand, array=array, negated=negated):
                return [Operand(operand), " <> ALL (" if negated else " = ANY (", array, ")"]
            case InList(operand=operand, items=items, negated=negated):
                if not items:
                    return ["TRUE" if negated else "FALSE"]
                return [Operand(operand), " NOT IN (" if negated else " IN (", *joined(", ", items), ")"]
            case InQuery(operand=operand, query=query, negated=negated):
                return [Operand(operand), " NOT IN (" if negated else " IN (", query, ")"]
            case Exists(query=query):
                return ["EXISTS (", query, ")"]
            case ScalarQuery(query=query):
                return ["(", query, ")"]
            case Call():
                return _call(node)
            case Over(call=call, partition_by=partition_by, order_by=order_by):
                return _over(call, partition_by, order_by)
            case Extract(field=field, operand=operand):
                return [Requires(EXACT_EXTRACT), f"EXTRACT({field} FROM ", operand, ")"]
            case Case(branches=branches, otherwise=otherwise):
                return _case(branches, otherwise)
            case Cast(operand=operand, settles=True) if self.bare:
                return [operand]  # a schema's own columns have the types it gives them
            case Cast(operand=operand, type=type_):
                return ["CAST(", operand, f" AS {type_.name})"]
            case Collate(operand=operand, collation=collation):
                return [Operand(operand), f" COLLATE {collation}"]
            case JsonPath(operand=operand, steps=steps, text=text):
                return _path(operand, steps, text)
            case FieldOf(operand=operand, name=name):
                return ["(", operand, ").", quoted(name)]
            case Order(operand=operand, descending=descending, nulls_first=nulls_first):
                return [Operand(operand), direction(descending, nulls_first)]
            case Present(relation=relation):
                return ["(", Named(relation), ".*) IS DISTINCT FROM NULL"]
            case NameNode(relation=relation, name=name):
                return [Raw(relation)] if relation is not None else [quoted(name)] if name else []
            case RawSql(parts=parts):
                return [piece for part in parts for piece in _raw_part(part)]
            case Default():
                return ["DEFAULT"]
            case Null():
                return ["NULL"]
            case Constant():
                return [constant_literal(node)]
            case NestedShape():
                return self.nested(node)
            case _:
                assert_never(node)

    def _operand(self, node: Expression) -> list[Piece]:
        """The expression as part of another one."""
        match node:
            case Cast(operand=operand, settles=True) if self.bare:
                return [Operand(operand)]
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
                | FieldOf()
                | Null()
                | NameNode()
                | Constant()
            ):
                return [node]
            case (
                Infix()
                | Prefix()
                | Postfix()
                | Between()
                | AnyOf()
                | InList()
                | InQuery()
                | Over()
                | Collate()
                | JsonPath()
                | Order()
                | Present()
                | RawSql()
                | Default()
                | NestedShape()
            ):
                return ["(", node, ")"]
            case _:
                assert_never(node)

    def _wide(self, node: Expression) -> Piece:
        # A bigint in a calculation stays one, or what it is calculated with could overflow as an integer.
        if isinstance(node, Bind) and node.type.wire is pg.bigint.wire:
            return typed_literal(node)
        if isinstance(node, Constant) and node.base == pg.bigint.base:
            return constant_literal(Constant(node.text, node.base))
        return Operand(node)

    def _column(self, node: ColumnNode) -> list[Piece]:
        if isinstance(node.relation, ExcludedSource):
            return [f"EXCLUDED.{quoted(node.name)}"]
        return [Named(node.relation), f".{quoted(node.name)}"] if self.named else [quoted(node.name)]


def direction(descending: bool, nulls_first: bool | None) -> str:
    """What follows an expression in ORDER BY."""
    nulls = "" if nulls_first is None else " NULLS FIRST" if nulls_first else " NULLS LAST"
    return (" DESC" if descending else " ASC") + nulls


def _call(call: Call) -> list[Piece]:
    function = call.function
    if function.keyword:
        return [function.name]
    pieces: list[Piece] = [f"{function.name}("]
    if call.distinct:
        pieces.append("DISTINCT ")
    pieces += ["*"] if call.star else joined(", ", call.arguments)
    if call.order_by:
        pieces += [" ORDER BY ", *joined(", ", call.order_by)]
    pieces.append(")")
    if function.since:
        pieces.append(Requires(Feature(f"{function.name}()", function.since)))
    if call.filter is not None:
        pieces += [" FILTER (WHERE ", call.filter, ")"]
    return pieces


def _over(call: Expression, partition_by: tuple[Expression, ...], order_by: tuple[Expression, ...]) -> list[Piece]:
    pieces: list[Piece] = [call, " OVER ("]
    if partition_by:
        pieces += ["PARTITION BY ", *joined(", ", partition_by)]
    if order_by:
        pieces += [" ORDER BY " if partition_by else "ORDER BY ", *joined(", ", order_by)]
    return [*pieces, ")"]


def _case(branches: tuple[tuple[Expression, Expression], ...], otherwise: Expression | None) -> list[Piece]:
    pieces: list[Piece] = ["CASE"]
    for test, value in branches:
        pieces += [" WHEN ", test, " THEN ", value]
    if otherwise is not None:
        pieces += [" ELSE ", otherwise]
    return [*pieces, " END"]


def _path(operand: Expression, steps: tuple[str | int | Expression, ...], text: bool) -> list[Piece]:
    pieces: list[Piece] = [Operand(operand)]
    for number, step in enumerate(steps, 1):
        pieces.append(" ->> " if text and number == len(steps) else " -> ")
        if isinstance(step, int):
            pieces.append(str(step))
        else:
            pieces.append(string_literal(step) if isinstance(step, str) else Operand(step))
    return pieces


def _raw_part(part: str | Expression | StatementNode) -> list[Piece]:
    if isinstance(part, str):
        return [part]
    return ["(", part, ")"] if is_query(part) else [Operand(part)]


def _chain(node: Expression, operator: str) -> list[Expression]:
    """What `a AND b AND c` joins."""
    found: list[Expression] = []
    while isinstance(node, Infix) and node.operator == operator:
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def source(relation: Relation) -> list[Piece]:
    """A relation as FROM and JOIN name it."""
    match relation:
        case TableSource() | AliasSource() | RecursiveSource() | QuerySource(cte=True):
            return [OpenedRelation(relation)]
        case QuerySource(query=inner, columns=columns, lateral=lateral):
            names = f" ({', '.join(map(quoted, columns))})" if columns else ""
            return ["LATERAL (" if lateral else "(", inner, ") AS ", Named(relation), names]
        case ExcludedSource() | OwnSource() | ShapeSource():
            raise QueryError(f"{label(relation)} cannot be read from")
        case _:
            assert_never(relation)
