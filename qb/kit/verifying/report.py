"""What `verify` gives: the queries that were prepared, what is wrong, and where SQL is written by hand."""

from __future__ import annotations

import msgspec


class VerifiedQuery(msgspec.Struct, frozen=True):
    """A prepared query, where it is, and in how many variants it was prepared."""

    name: str
    file: str
    line: int
    variants: int
    left: int = 0
    """How many more it has, which were not prepared: each of its choices is in one that was."""


class QueryProblem(msgspec.Struct, frozen=True):
    """What keeps an object from being created, or a variant of a query from being prepared as Python promises it.

    >>> print(QueryProblem("shop.queries.open_tasks", "done is None", "column ... does not exist", "queries.py", 12))
    queries.py:12: shop.queries.open_tasks, where done is None: column ... does not exist
    """

    what: str
    """The query by its module and name, or an object, as `view public.open_tasks`."""
    where: str
    """Of a query what chooses the variant; "" where nothing does."""
    reason: str
    file: str | None = None
    line: int | None = None
    fix: str | None = None
    """The statement that gives the right that is missing."""

    def __str__(self) -> str:
        place = "" if self.file is None else f"{self.file}:{self.line}: "
        return f"{place}{self.what}{f', where {self.where}' if self.where else ''}: {self.reason}"


class RawUse(msgspec.Struct, frozen=True, order=True):
    """A place where SQL is written by hand.

    >>> print(RawUse("queries.py", 12, "sql", "open_tasks"))
    queries.py:12: sql(...) in open_tasks
    """

    file: str
    line: int
    call: str
    """What is called there: `sql` or `trusted`, by its own name."""
    within: str
    """The function or class that it stands in; "" in the module itself."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.call}(...){f' in {self.within}' if self.within else ''}"


class Verified(msgspec.Struct, frozen=True):
    """What `verify` found."""

    queries: tuple[VerifiedQuery, ...]
    relations: int
    """How many tables and views were read from, as far as preparing that goes."""
    problems: tuple[QueryProblem, ...]
    raw: tuple[RawUse, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong. SQL written by hand is not wrong by itself."""
        return not self.problems

    @property
    def variants(self) -> int:
        """How many variants were prepared."""
        return sum(each.variants for each in self.queries)

    @property
    def left(self) -> int:
        """How many were not, of queries with very many."""
        return sum(each.left for each in self.queries)
