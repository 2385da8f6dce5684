"""PyPika's PostgreSQL builder with the clauses it lacks or writes wrongly.

It is made, filled and rendered within one function, never shared: several of its methods change their arguments. What
stands in its clauses it never sees: each is a mark in its text, and is put there when the text is cut up again.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from pypika.dialects import PostgreSQLQueryBuilder
from pypika.queries import Selectable
from pypika.terms import Criterion

from qb.render.terms import CLAUSE, NUL, Piece


class Hole(NamedTuple):
    """Stands for the pieces of a clause, where many statements are laid out alike."""

    number: int


class Clause(Criterion):
    """The pieces of a clause, of which PyPika sees a mark."""

    def __init__(self, *pieces: Piece | Hole) -> None:
        super().__init__(None)
        self.pieces = pieces

    def get_sql(self, **kwargs: Any) -> str:
        marks: list[tuple[Piece | Hole, ...]] = kwargs["parameter"]
        marks.append(self.pieces)
        return f"{NUL}{len(marks) - 1}{NUL}"

    def nodes_(self) -> Iterator[Any]:
        yield self


class SourceClause(Selectable):
    """A relation in FROM or JOIN; its alias is part of its SQL, as PyPika would write aliases into shared objects."""

    def __init__(self, *pieces: Piece | Hole) -> None:
        super().__init__(cast("str", None))  # PyPika says str, and asks everywhere whether it is None
        self.clause: Clause = Clause(*pieces)

    def get_sql(self, **kwargs: Any) -> str:
        return self.clause.get_sql(**kwargs)


def begun(sql: str, **kwargs: Any) -> str:
    """The SQL of a clause, with the mark of one before it."""
    return Clause(CLAUSE).get_sql(**kwargs) + sql


class Builder(PostgreSQLQueryBuilder):
    """One statement being put together."""

    def __init__(self) -> None:
        super().__init__(immutable=False)
        self.pagination: Clause | None = None
        self.locking: Clause | None = None
        self.insert_source: Clause | None = None
        self.conflict: Clause | None = None

    def updates(self, table: SourceClause) -> None:
        """UPDATE of what is no plain table to PyPika, which would make one of its text."""
        self._update_table: Any = table

    def pieces(self) -> list[Any]:
        """The statement, with what was given to its clauses in their places."""
        marks: list[tuple[Piece | Hole, ...]] = []
        found: list[Piece | Hole] = []
        for number, text in enumerate(self.get_sql(parameter=marks).split(NUL)):
            if number % 2:
                found += marks[int(text)]
            elif text:
                found.append(text)
        return found

    def _from_sql(self, *args: Any, **kwargs: Any) -> str:
        sql = super()._from_sql(*args, **kwargs)
        return sql if self._delete_from else _behind_a_space(sql, **kwargs)  # DELETE FROM is one

    def _using_sql(self, *args: Any, **kwargs: Any) -> str:
        return _behind_a_space(super()._using_sql(*args, **kwargs), **kwargs)

    def _set_sql(self, **kwargs: Any) -> str:
        return _behind_a_space(super()._set_sql(**kwargs), **kwargs)

    def _where_sql(self, *args: Any, **kwargs: Any) -> str:
        return _behind_a_space(super()._where_sql(*args, **kwargs), **kwargs)

    def _group_sql(self, *args: Any, **kwargs: Any) -> str:
        return _behind_a_space(super()._group_sql(*args, **kwargs), **kwargs)

    def _having_sql(self, *args: Any, **kwargs: Any) -> str:
        return _behind_a_space(super()._having_sql(*args, **kwargs), **kwargs)

    def _orderby_sql(self, *args: Any, **kwargs: Any) -> str:
        return _behind_a_space(super()._orderby_sql(*args, **kwargs), **kwargs)

    def _apply_pagination(self, querystring: str, **kwargs: Any) -> str:
        # LIMIT and OFFSET are parameters here; PyPika would print them as text, and drop OFFSET 0.
        if self.pagination is not None:
            querystring += self.pagination.get_sql(**kwargs)
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
        return " " + begun("RETURNING ", **kwargs) + ",".join(term.get_sql(**kwargs) for term in self._returns)


def _behind_a_space(sql: str, **kwargs: Any) -> str:
    """The same for one with the space that PyPika puts before it."""
    return " " + begun(sql[1:], **kwargs)
