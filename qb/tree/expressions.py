"""The syntax tree: what an expression is, as frozen values.

Every node is a msgspec Struct, compared by content. Values and the relations that a query makes (aliases, CTEs,
subqueries) are compared by identity: a column is that of the relation it was taken from. Nodes know nothing of Python
types; the typed façade over them is `Expr`.

`Expression` is all there are. Whoever goes through them ends in `assert_never`, so that a node without a rule does not
type-check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, Union

from qb.tree.function import Function
from qb.tree.node import Branch, Node
from qb.tree.relations import Relation
from qb.types import SqlType

if TYPE_CHECKING:
    from qb.tree.shapes import NestedShape
    from qb.tree.statements import StatementNode


class ColumnNode(Node, frozen=True, cache_hash=True):
    aside: ClassVar[tuple[str, ...]] = ("key",)
    relation: Relation
    name: str
    nullable: bool
    key: tuple[str, ...] = ()
    """The columns of its table's primary key, where that is known: grouped by these, all others of it are grouped."""


class Bind(Node, frozen=True, eq=False):
    """A value that is never text: it becomes `$n`. Two binds are the same one only if they are the same object."""

    aside: ClassVar[tuple[str, ...]] = ("value",)
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


class Infix(Branch, frozen=True, eq=False):
    operator: str
    left: Expression
    right: Expression


class Prefix(Branch, frozen=True, eq=False):
    operator: str
    operand: Expression


class Postfix(Branch, frozen=True, eq=False):
    operand: Expression
    operator: str


class Between(Branch, frozen=True, eq=False):
    operand: Expression
    low: Expression
    high: Expression


class AnyOf(Branch, frozen=True, eq=False):
    """`operand = ANY(array)`, or `operand <> ALL(array)`."""

    operand: Expression
    array: Expression
    negated: bool


class InList(Branch, frozen=True, eq=False):
    operand: Expression
    items: tuple[Expression, ...]
    negated: bool


class InQuery(Branch, frozen=True, eq=False):
    operand: Expression
    query: StatementNode
    negated: bool


class Exists(Branch, frozen=True, eq=False):
    query: StatementNode


class ScalarQuery(Branch, frozen=True, eq=False):
    query: StatementNode


class Call(Branch, frozen=True, eq=False):
    """A function with its arguments."""

    function: Function
    arguments: tuple[Expression, ...]
    distinct: bool = False
    star: bool = False
    order_by: tuple[Expression, ...] = ()
    filter: Expression | None = None
    elements: bool = False
    """Whether it gathers its argument into a list whose type has no place for NULL."""


class Extract(Branch, frozen=True, eq=False):
    field: str
    operand: Expression


class Over(Branch, frozen=True, eq=False):
    call: Expression
    partition_by: tuple[Expression, ...] = ()
    order_by: tuple[Expression, ...] = ()


class Case(Branch, frozen=True, eq=False):
    branches: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression | None


class Cast(Branch, frozen=True, eq=False):
    operand: Expression
    type: SqlType[Any]
    settles: bool = False
    """Whether the operand is declared to have this type, and only the server may see another one."""


class Collate(Branch, frozen=True, eq=False):
    """A text that is compared by a collation, whose name is written as it is."""

    operand: Expression
    collation: str


class JsonPath(Branch, frozen=True, eq=False):
    """Steps into a document; `text` gives the last one as text (`->>`). A str is a field, an int one that is written
    by its place, a Bind a key or an index."""

    operand: Expression
    steps: tuple[str | int | Expression, ...]
    text: bool


class FieldOf(Branch, frozen=True, eq=False):
    """A field of a row that is a value, as one of a composite type is."""

    operand: Expression
    name: str


class Order(Branch, frozen=True, eq=False):
    operand: Expression
    descending: bool = False
    nulls_first: bool | None = None


class Present(Node, frozen=True, cache_hash=True):
    """Whether an outer join found a row: not NULL as a whole, whatever its columns are."""

    relation: Relation


class NameNode(Node, frozen=True, cache_hash=True):
    """The bare name of a relation or a column, inside raw SQL."""

    relation: Relation | None
    name: str | None


class RawSql(Branch, frozen=True, eq=False):
    """SQL text with nodes between its parts. The text is the user's own, trusted."""

    parts: tuple[str | Expression | StatementNode, ...]
    statement: bool = False
    not_null: bool = False
    """Whether the user said that it never gives NULL."""


Expression: TypeAlias = Union[
    ColumnNode,
    Bind,
    ParamNode,
    Default,
    Constant,
    Null,
    Infix,
    Prefix,
    Postfix,
    Between,
    AnyOf,
    InList,
    InQuery,
    Exists,
    ScalarQuery,
    Call,
    Extract,
    Over,
    Case,
    Cast,
    Collate,
    JsonPath,
    FieldOf,
    Order,
    Present,
    NameNode,
    RawSql,
    "NestedShape",
]
"""What can stand in a clause, or among what is selected."""
