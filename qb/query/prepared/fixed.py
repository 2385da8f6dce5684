"""`fixed`, and the building of prepared queries: judged before, watched meanwhile, and asked about at each call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from qb.errors import QueryError
from qb.query.prepared.guards import Place, Unchanged
from qb.query.prepared.judge import Judge, Problem
from qb.query.prepared.watch import build_watched

T = TypeVar("T")
R = TypeVar("R")


def fixed(value: T) -> T:
    """A value of a prepared query that is meant to stay what it is when the query is first built.

    Everywhere else it is the value itself. What differs from call to call is a parameter instead.
    https://www.postgresql.org/docs/current/sql-prepare.html

    >>> settings = {"page": 2}
    >>> @prepare
    ... def page() -> Select[str]:
    ...     return select(Task.title).order_by(Task.id).limit(fixed(settings["page"]))
    >>> db.all(page())
    <Success: ['write', 'test']>
    """
    return value


class Fixed:
    """What a prepared query reads besides its parameters. Every variant that is built adds to it."""

    __slots__ = ("_function", "_judge")

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._judge = Judge(fixed)

    @property
    def unchanged(self) -> Unchanged | None:
        """Whether all of it is what it was, in nanoseconds; None where there is nothing to ask."""
        return self._judge.guards.unchanged

    def built(self, build: Callable[[], R]) -> R:
        """What `build` gives. QueryError where it, or a function that it calls, reads what may change."""
        judge = self._judge.again()
        problem = judge.of_callable(self._function)
        if problem is None:
            query, problem = build_watched(judge, build, self._function)
            if problem is None:
                judge.guards.compiled()
                if (place := judge.guards.changed()) is not None:
                    self._say(place)
                self._judge = judge
                return query  # type: ignore[return-value]
        raise QueryError(self._sentence(problem))

    def check(self) -> None:
        """QueryError where something is not what it was."""
        if (place := self._judge.guards.changed()) is not None:
            self._say(place)

    def _say(self, place: Place) -> None:
        raise QueryError(
            f"{self._name}: {place.text} ({place.file}, line {place.line}) is not what it was when the query was "
            "built, and a prepared query is built once: its first value would be in this call, too. Make it a "
            "parameter, or write qb.fixed(...) around it if the first value is meant to stay; where a definition was "
            "made anew (in a notebook, or by a patch), define the query anew"
        )

    def _sentence(self, problem: Problem) -> str:
        place = problem.place
        return (
            f"{self._name}: {place.text} ({place.file}, line {place.line}) "
            f"{problem.why}, and a prepared query is built once: its first value would be in every later call. "
            "Make it a parameter, or write qb.fixed(...) around it if the first value is meant to stay"
        )

    @property
    def _name(self) -> str:
        return str(getattr(self._function, "__qualname__", self._function))
