"""The syntax tree: what an expression is, as frozen values.

Every node is a msgspec Struct: cheap to build, compared by content, hashed once. Values and the relations that a query
makes (aliases, CTEs, subqueries) are compared by identity: a column is that of the relation it was taken from. Nodes
know nothing of Python types; the typed façade over them is `Expr`.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import astuple

from qb.types import SqlType


class Node(msgspec.Struct, frozen=True, cache_hash=True):
    """A piece of SQL."""


def fields_of(node: Node) -> tuple[object, ...]:
    """What a node is made of: nodes, tuples of them, and plain values."""
    return astuple(node)


# ---------------------------------------------------------------- relations: what can stand in FROM


class Relation(Node, frozen=True, cache_hash=True):
    """Something with columns that a query can read from."""


class TableSource(Relation, frozen=True, cache_hash=True):
    schema: str | None
    name: str


class AliasSource(Relation, frozen=True, eq=False):
    """A table once more. Each call of `alias` makes one: it is equal only to itself, whatever it is called."""

    schema: str | None
    name: str
    alias: str


class QuerySource(Relation, frozen=True, eq=False):
    """A CTE or a subquery, its columns named by position; equal only to itself. Without a name the compiler gives it
    one."""

    name: str
    query: Node
    columns: tuple[str, ...]
    cte: bool
    materialized: bool | None = None
    alias: str | None = None
    origin: QuerySource | None = None
    """What it is an alias of."""


class ExcludedSource(Relation, frozen=True, cache_hash=True):
    """The row that an ON CONFLICT kept from being inserted."""


def name_of(relation: Relation) -> str:
    """The name that a relation was given; nothing where the compiler is to make one up."""
    match relation:
        case TableSource(name=name) | AliasSource(alias=name):
            return name
        case QuerySource(name=name, alias=alias):
            return alias or name
        case _:
            return "excluded"


def label(relation: Relation) -> str:
    """What errors call a relation; in SQL the compiler may have to call it something else."""
    made_up = "cte" if isinstance(relation, QuerySource) and relation.cte else "subquery"
    return name_of(relation) or made_up


# ---------------------------------------------------------------- leaves


class ColumnNode(Node, frozen=True, cache_hash=True):
    relation: Relation
    name: str
    nullable: bool


class Bind(Node, frozen=True, eq=False):
    """A value that is never text: it becomes `$n`. Two binds are the same one only if they are the same object."""

    value: Any
    type: SqlType[Any]
    column: str = ""
    """What the value is compared with or assigned to, for errors."""


class ParamNode(Node, frozen=True, cache_hash=True):
    """A parameter of a prepared query."""

    name: str
    type: SqlType[Any]
    column: str = ""


class Default(Node, frozen=True, cache_hash=True):
    """DEFAULT, in the place of a value of INSERT or UPDATE."""


class Constant(Node, frozen=True, cache_hash=True):
    """A value that has to stand in the SQL itself, in its type's text form: part of the query's shape, no parameter."""

    text: str
    base: str
    plain: bool = False
    """Whether its place says the type: there small integers and booleans are written without it."""


class Null(Node, frozen=True, cache_hash=True):
    """An untyped NULL, which PostgreSQL fits to its place."""


# ---------------------------------------------------------------- operators and calls


class Infix(Node, frozen=True, cache_hash=True):
    operator: str
    left: Node
    right: Node


class Prefix(Node, frozen=True, cache_hash=True):
    operator: str
    operand: Node


class Postfix(Node, frozen=True, cache_hash=True):
    operand: Node
    operator: str


class Between(Node, frozen=True, cache_hash=True):
    operand: Node
    low: Node
    high: Node


class AnyOf(Node, frozen=True, cache_hash=True):
    """`operand = ANY(array)`, or `operand <> ALL(array)`."""

    operand: Node
    array: Node
    negated: bool


class InList(Node, frozen=True, cache_hash=True):
    operand: Node
    items: tuple[Node, ...]
    negated: bool


class InQuery(Node, frozen=True, cache_hash=True):
    operand: Node
    query: Node
    negated: bool


class Exists(Node, frozen=True, cache_hash=True):
    query: Node


class ScalarQuery(Node, frozen=True, cache_hash=True):
    query: Node


class Call(Node, frozen=True, cache_hash=True):
    """A function. `null` says when it gives NULL: "strict" with a NULL argument, "always" possibly, "never", or
    "all" only when every argument is NULL (coalesce and its kin)."""

    name: str
    arguments: tuple[Node, ...]
    null: str = "strict"
    aggregate: bool = False
    window: bool = False
    distinct: bool = False
    star: bool = False
    order_by: tuple[Node, ...] = ()
    filter: Node | None = None
    keyword: bool = False
    """Written without parentheses: CURRENT_DATE and its kin."""
    elements: bool = False
    """Whether it gathers its argument into a list whose type has no place for NULL."""


class Extract(Node, frozen=True, cache_hash=True):
    field: str
    operand: Node


class Over(Node, frozen=True, cache_hash=True):
    call: Node
    partition_by: tuple[Node, ...] = ()
    order_by: tuple[Node, ...] = ()


class Case(Node, frozen=True, cache_hash=True):
    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node | None


class Cast(Node, frozen=True, cache_hash=True):
    operand: Node
    type: SqlType[Any]
    settles: bool = False
    """Whether the operand is declared to have this type, and only the server may see another one."""


class JsonPath(Node, frozen=True, cache_hash=True):
    """Steps into a document; `text` gives the last one as text (`->>`). A str is a field, an int one that is written
    by its place, a Bind a key or an index."""

    operand: Node
    steps: tuple[str | int | Node, ...]
    text: bool


class Order(Node, frozen=True, cache_hash=True):
    operand: Node
    descending: bool = False
    nulls_first: bool | None = None


class Present(Node, frozen=True, cache_hash=True):
    """Whether an outer join found a row: not NULL as a whole, whatever its columns are."""

    relation: Relation


class NameNode(Node, frozen=True, cache_hash=True):
    """The bare name of a relation or a column, inside raw SQL."""

    relation: Relation | None
    name: str | None


class RawSql(Node, frozen=True, cache_hash=True):
    """SQL text with nodes between its parts. The text is the user's own, trusted."""

    parts: tuple[str | Node, ...]
    statement: bool = False
    not_null: bool = False
    """Whether the user said that it never gives NULL."""
