"""What is known of a function, whatever it is called with: one row for each, beside what makes its calls.

Whoever wants to know something of a call asks its function, and keeps no list of names.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec


class Function(msgspec.Struct, frozen=True, cache_hash=True):
    """A function of PostgreSQL's, or of one's own. In a key it is one item, as its name alone would be."""

    name: str
    null: Literal["strict", "always", "never", "all"] = "strict"
    """When it gives NULL: with a NULL argument, possibly always, never, or only when every argument is NULL."""
    aggregate: bool = False
    window: bool = False
    keyword: bool = False
    """Written without parentheses: CURRENT_DATE and its kin."""
    typed: Literal["", "itself", "argument"] = ""
    """What its type on the server follows from: from nothing, it is always that which qb says; from its first argument;
    or from whatever it is made of."""
    exact: bool = False
    """Whether it gives a numeric whatever its arguments are."""
    chooses: bool = False
    """Whether its value is one of those that it is given."""
    since: int = 0
    """The version of PostgreSQL that it came with, where not all have it."""
    volatility: Literal["immutable", "stable", "volatile"] = "immutable"
    """Whether the same arguments always give the same; within one statement alone; or not even there."""
    writes: bool = False
    """Whether a call of it changes what the database holds, and nothing of the session."""
    uses: tuple[str, str, str] | None = None
    """The object of the database that it is or is about: its kind, its schema or "", and its name."""
    ours: bool = False
    """Whether that has a body of ours, so that a schema which uses it has to have it."""

    def __repr__(self) -> str:
        return self.name


COALESCE: Final = Function("coalesce", "all", chooses=True)
NULLIF: Final = Function("nullif", "always", chooses=True)
GREATEST: Final = Function("greatest", "all", chooses=True)
LEAST: Final = Function("least", "all", chooses=True)
"""What PostgreSQL's grammar has, and operators and clauses are written with.

https://www.postgresql.org/docs/current/functions-conditional.html
"""
