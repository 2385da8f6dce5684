"""PyPika terms of our own.

PyPika's stock terms lose parameters inside functions, forget parentheses and print values as text, so a statement is
made of these alone: `Sql`, text with terms between, and `Bound`, the one place where a value becomes `$n`. No Python
value ever reaches PyPika.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol, cast

from pypika.queries import Selectable
from pypika.terms import Criterion, Term

from qb.errors import QueryError
from qb.model.target import Feature
from qb.tree.nodes import AliasSource, Bind, ParamNode, QuerySource, Relation, TableSource
from qb.types.identifier import qualified, quoted


class Placeholders(Protocol):
    """Where the statement's parameters are collected while PyPika renders, and what knows the names of its relations;
    PyPika passes it down as `parameter`."""

    def place(self, value: Bind | ParamNode) -> str:
        """The SQL that stands for a value."""
        ...

    def require(self, feature: Feature) -> None:
        """Note what the statement needs of its server."""
        ...

    def name(self, relation: Relation) -> str:
        """What the statement calls a relation."""
        ...

    def cte(self, table: QuerySource) -> str:
        """What WITH calls a CTE."""
        ...


class Rendered(Criterion):
    """SQL text with terms between its parts."""

    def __init__(self, *parts: str | Term) -> None:
        super().__init__(None)
        self.parts = parts

    def get_sql(self, **kwargs: Any) -> str:
        return "".join(part if isinstance(part, str) else part.get_sql(**kwargs) for part in self.parts)

    def nodes_(self) -> Iterator[Any]:
        yield self


class Bound(Criterion):
    """A value: never text, always a parameter with a PostgreSQL type."""

    def __init__(self, value: Bind | ParamNode) -> None:
        super().__init__(None)
        self.value = value

    def get_sql(self, **kwargs: Any) -> str:
        placeholders: Placeholders = kwargs["parameter"]
        return placeholders.place(self.value)

    def nodes_(self) -> Iterator[Any]:
        yield self


class Requires(Criterion):
    """No text: what the server has to have for what stands beside it."""

    def __init__(self, feature: Feature) -> None:
        super().__init__(None)
        self.feature = feature

    def get_sql(self, **kwargs: Any) -> str:
        placeholders: Placeholders = kwargs["parameter"]
        placeholders.require(self.feature)
        return ""

    def nodes_(self) -> Iterator[Any]:
        yield self


class Named(Criterion):
    """The name by which columns call a relation."""

    def __init__(self, relation: Relation) -> None:
        super().__init__(None)
        self.relation = relation

    def get_sql(self, **kwargs: Any) -> str:
        placeholders: Placeholders = kwargs["parameter"]
        return quoted(placeholders.name(self.relation))

    def nodes_(self) -> Iterator[Any]:
        yield self


class OpenedTerm(Criterion):
    """A table or a CTE as FROM names it: with an alias where columns call it something else."""

    def __init__(self, relation: TableSource | AliasSource | QuerySource) -> None:
        super().__init__(None)
        self.relation = relation

    def get_sql(self, **kwargs: Any) -> str:
        placeholders: Placeholders = kwargs["parameter"]
        relation = self.relation
        name = placeholders.name(relation)
        if isinstance(relation, QuerySource):
            own = placeholders.cte(relation)
            sql = quoted(own)
        else:
            own = relation.name
            sql = qualified(relation.schema, own)
        return sql if name == own else f"{sql} AS {quoted(name)}"

    def nodes_(self) -> Iterator[Any]:
        yield self


class Raw(Criterion):
    """A relation's name inside raw SQL, which may read from it there, or call its columns."""

    def __init__(self, relation: Relation) -> None:
        super().__init__(None)
        self.relation = relation

    def get_sql(self, **kwargs: Any) -> str:
        placeholders: Placeholders = kwargs["parameter"]
        relation = self.relation
        name = placeholders.name(relation)
        match relation:
            case TableSource(schema=schema, name=own):
                sql = qualified(schema, own)
            case QuerySource(cte=True, alias=None):
                own = placeholders.cte(relation)
                sql = quoted(own)
            case _:
                return quoted(name)
        if name != own:
            raise QueryError(
                f'the raw SQL names {own}, and another relation around it is called "{own}" too: '
                "give that one another name"
            )
        return sql

    def nodes_(self) -> Iterator[Any]:
        yield self


class SourceTerm(Selectable):
    """A relation in FROM or JOIN; its alias is part of its SQL, as PyPika would write aliases into shared objects."""

    def __init__(self, sql: Rendered) -> None:
        super().__init__(cast("str", None))  # PyPika says str, and asks everywhere whether it is None
        self.sql = sql

    def get_sql(self, **kwargs: Any) -> str:
        return self.sql.get_sql(**kwargs)


def joined(separator: str, terms: Iterable[Term]) -> Rendered:
    """The terms with a separator between them."""
    parts: list[str | Term] = []
    for term in terms:
        if parts:
            parts.append(separator)
        parts.append(term)
    return Rendered(*parts)
