"""SQL in pieces: text, what gets its name or its number only when the whole is put together, and nodes still to come.

A statement is taken apart in a loop, not by calls within calls: it may be of any depth. Values never become text here:
`Bound` is the one place where a value becomes `$n`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol, TypeAlias

from qb.errors import QueryError
from qb.model.target import Feature
from qb.tree.expressions import Bind, Expression, ParamNode
from qb.tree.relations import AliasSource, QuerySource, RecursiveSource, Relation, TableSource
from qb.tree.statements import StatementNode
from qb.types.identifier import qualified, quoted


class Placeholders(Protocol):
    """Where the statement's parameters are collected while it is put together, and what knows the names of its
    relations."""

    def place(self, value: Bind | ParamNode) -> str:
        """The SQL that stands for a value."""
        ...

    def require(self, feature: Feature) -> None:
        """Note what the statement needs of its server."""
        ...

    def name(self, relation: Relation) -> str:
        """What the statement calls a relation."""
        ...

    def cte(self, table: QuerySource | RecursiveSource) -> str:
        """What WITH calls a CTE."""
        ...


NUL = "\0"
"""What no SQL holds."""


class Bound(NamedTuple):
    """A value: never text, always a parameter with a PostgreSQL type."""

    value: Bind | ParamNode

    def sql(self, placeholders: Placeholders) -> str:
        """Its placeholder."""
        return placeholders.place(self.value)


class Requires(NamedTuple):
    """No text: what the server has to have for what stands beside it."""

    feature: Feature

    def sql(self, placeholders: Placeholders) -> str:
        """Nothing."""
        placeholders.require(self.feature)
        return ""


class Named(NamedTuple):
    """The name by which columns call a relation."""

    relation: Relation

    def sql(self, placeholders: Placeholders) -> str:
        """The name."""
        return quoted(placeholders.name(self.relation))


class OpenedRelation(NamedTuple):
    """A table or a CTE as FROM names it: with an alias where columns call it something else."""

    relation: TableSource | AliasSource | QuerySource | RecursiveSource

    def sql(self, placeholders: Placeholders) -> str:
        """Its own name, and the other one."""
        relation = self.relation
        name = placeholders.name(relation)
        if isinstance(relation, QuerySource | RecursiveSource):
            own = placeholders.cte(relation)
            sql = quoted(own)
        else:
            own = relation.name
            sql = qualified(relation.schema, own)
            if isinstance(relation, AliasSource) and relation.only:
                sql = f"ONLY {sql}"
        return sql if name == own else f"{sql} AS {quoted(name)}"


class Raw(NamedTuple):
    """A relation's name inside raw SQL, which may read from it there, or call its columns."""

    relation: Relation

    def sql(self, placeholders: Placeholders) -> str:
        """Its own name, which the raw SQL counts on."""
        relation = self.relation
        name = placeholders.name(relation)
        if isinstance(relation, TableSource):
            own = relation.name
            sql = qualified(relation.schema, own)
        elif isinstance(relation, RecursiveSource) or (
            isinstance(relation, QuerySource) and relation.cte and relation.alias is None
        ):
            own = placeholders.cte(relation)
            sql = quoted(own)
        elif isinstance(relation, AliasSource) and relation.only:
            raise QueryError(f'raw SQL says ONLY itself: give it the table, sql("... ONLY {{t}}", t={relation.name})')
        else:
            return quoted(name)
        if name != own:
            raise QueryError(
                f'the raw SQL names {own}, and another relation around it is called "{own}" too: '
                "give that one another name"
            )
        return sql


class Boundary(NamedTuple):
    """No text: something of the statement begins or ends here, and where it stands in the SQL is to be known."""

    of: str

    def sql(self, placeholders: Placeholders) -> str:
        """What no SQL holds, until it is cut out of the text."""
        return NUL


class Operand(NamedTuple):
    """An expression as part of another one: in parentheses, unless it is a simple one."""

    node: Expression


OUTPUT = Boundary("output")
"""Stands before and behind each output."""
CLAUSE = Boundary("clause")
"""Stands before each clause, behind a space: where SQL that people read has a new line."""

Term: TypeAlias = str | Bound | Named | OpenedRelation | Raw | Requires | Boundary
"""A piece that has nothing inside."""
Piece: TypeAlias = "Term | Operand | Expression | StatementNode"
"""A term, or what is still to be taken apart: an expression as it stands alone, one within another, a statement."""


def joined(separator: str, items: Iterable[Piece | list[Piece]]) -> list[Piece]:
    """The items with a separator between them."""
    found: list[Piece] = []
    for item in items:
        if found:
            found.append(separator)
        if isinstance(item, list):
            found += item
        else:
            found.append(item)
    return found
