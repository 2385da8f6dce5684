"""PyPika's PostgreSQL builder with the clauses it lacks or writes wrongly.

It is made, filled and rendered within one function, never shared: several of its methods change their arguments.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any

from pypika.dialects import PostgreSQLQueryBuilder
from pypika.terms import Term


class Builder(PostgreSQLQueryBuilder):
    """One statement being put together."""

    def __init__(self) -> None:
        super().__init__(immutable=False)
        self.limit_term: Term | None = None
        self.offset_term: Term | None = None
        self.locking: Term | None = None
        self.insert_source: Term | None = None
        self.conflict: Term | None = None

    def _apply_pagination(self, querystring: str, **kwargs: Any) -> str:
        # LIMIT and OFFSET are parameters here; PyPika would print them as text, and drop OFFSET 0.
        if self.limit_term is not None:
            querystring += " LIMIT " + self.limit_term.get_sql(**kwargs)
        if self.offset_term is not None:
            querystring += " OFFSET " + self.offset_term.get_sql(**kwargs)
        if self.locking is not None:
            querystring += self.locking.get_sql(**kwargs)
        return querystring

    def _values_sql(self, **kwargs: Any) -> str:
        return " " + self.insert_source.get_sql(**kwargs) if self.insert_source is not None else ""

    def _on_conflict_sql(self, **kwargs: Any) -> str:
        return "" if self.conflict is None else self.conflict.get_sql(**kwargs)

    def _on_conflict_action_sql(self, **kwargs: Any) -> str:
        return ""  # part of the above

    def _returning_sql(self, **kwargs: Any) -> str:
        # PyPika hides namespaces in RETURNING; our columns carry theirs.
        return " RETURNING " + ",".join(term.get_sql(**kwargs) for term in self._returns)
