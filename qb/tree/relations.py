"""The syntax tree of relations: what columns are of, and what can stand in FROM."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias, assert_never

from qb.tree.node import Node

if TYPE_CHECKING:
    from qb.tree.statements import StatementNode


class TableSource(Node, frozen=True, cache_hash=True):
    schema: str | None
    name: str
    kind: str = "table"
    """Or "view", or "materialized view": what of a database it is."""


class AliasSource(Node, frozen=True, eq=False):
    """A table once more. Each call of `alias` makes one: it is equal only to itself, whatever it is called."""

    made: ClassVar[bool] = True
    schema: str | None
    name: str
    alias: str
    kind: str = "table"
    only: bool = False
    """Whether rows of tables that inherit from it are left out."""


class RecursiveSource(Node, frozen=True, eq=False):
    """A recursive CTE inside of its own query, which cannot hold itself: it stands for it there, and is equal only to
    itself."""

    made: ClassVar[bool] = True
    name: str


class QuerySource(Node, frozen=True, eq=False):
    """A CTE or a subquery, its columns named by position; equal only to itself. Without a name the compiler gives it
    one."""

    made: ClassVar[bool] = True
    name: str
    query: StatementNode
    columns: tuple[str, ...]
    cte: bool
    materialized: bool | None = None
    alias: str | None = None
    origin: QuerySource | None = None
    """What it is an alias of."""
    itself: RecursiveSource | None = None
    """What stands for it inside of its query, where it is recursive."""
    lateral: bool = False
    """Whether its query is met for each row of what stands before it in FROM, whose columns are in it."""


class ExcludedSource(Node, frozen=True, cache_hash=True):
    """The row of a table that an ON CONFLICT kept from being inserted."""

    schema: str | None
    table: str


class OwnSource(Node, frozen=True, cache_hash=True):
    """The table whose class body is still being read."""

    origin: object
    """What the column came from; equal only to itself."""


class ShapeSource(Node, frozen=True, cache_hash=True):
    """The fields of a shape, or of a mixin: columns of no relation."""

    name: str


Relation: TypeAlias = (
    TableSource | AliasSource | QuerySource | RecursiveSource | ExcludedSource | OwnSource | ShapeSource
)
"""What columns are of; the last two are not to be read from."""


def excluded_from(table: Relation) -> ExcludedSource | None:
    """What EXCLUDED is where a table, or that of an alias, is inserted into; None for what nothing is inserted into."""
    return ExcludedSource(table.schema, table.name) if isinstance(table, TableSource | AliasSource) else None


def name_of(relation: Relation) -> str:
    """The name that a relation was given; nothing where the compiler is to make one up."""
    if isinstance(relation, AliasSource):  # nearly always
        return relation.alias
    if isinstance(relation, TableSource):
        return relation.name
    match relation:
        case RecursiveSource(name=name) | ShapeSource(name=name):
            return name
        case QuerySource(name=name, alias=alias):
            return alias or name
        case ExcludedSource():
            return "excluded"
        case OwnSource():
            return ""
        case _:
            assert_never(relation)


def label(relation: Relation) -> str:
    """What errors call a relation; in SQL the compiler may have to call it something else."""
    if name := name_of(relation):
        return name
    if isinstance(relation, RecursiveSource) or (isinstance(relation, QuerySource) and relation.itself is not None):
        return "recursive"  # the function that made it
    return "cte" if isinstance(relation, QuerySource) and relation.cte else "subquery"
