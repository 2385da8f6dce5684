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

from qb.sql.nodes import Bind, ParamNode


class Placeholders(Protocol):
    """Where the statement's parameters are collected while PyPika renders; PyPika passes it down as `parameter`."""

    def place(self, value: Bind | ParamNode) -> str:
        """The SQL that stands for a value."""
        ...


class Sql(Criterion):
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


class Source(Selectable):
    """A relation in FROM or JOIN; its alias is part of its SQL, as PyPika would write aliases into shared objects."""

    def __init__(self, sql: Sql) -> None:
        super().__init__(cast("str", None))  # PyPika says str, and asks everywhere whether it is None
        self.sql = sql

    def get_sql(self, **kwargs: Any) -> str:
        return self.sql.get_sql(**kwargs)


def joined(separator: str, terms: Iterable[Term]) -> Sql:
    """The terms with a separator between them."""
    parts: list[str | Term] = []
    for term in terms:
        if parts:
            parts.append(separator)
        parts.append(term)
    return Sql(*parts)
