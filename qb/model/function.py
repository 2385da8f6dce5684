"""Functions of a database: their signature, what they give, and how an expression calls them.

https://www.postgresql.org/docs/current/sql-createfunction.html
"""

from __future__ import annotations

from typing import Any, ClassVar, Generic, Literal, ParamSpec, TypeAlias, TypeVar

from qb.model.call import called, row_of_facts
from qb.model.routine import Routine, RoutineDefinition
from qb.query.expr.computed import Called
from qb.query.symbol import remembered
from qb.types import SqlType

P = ParamSpec("P")
R = TypeVar("R")
Volatility: TypeAlias = Literal["immutable", "stable", "volatile"]


class DatabaseFunction(Routine, Generic[P, R], frozen=True):
    """A function of a database, called as a function of Python is: `slugify(Post.title)` is an expression.

    >>> slugify = function("slugify", pg.text, returns=str, schema="app", volatility="immutable")
    >>> slugify
    <function app.slugify(text)>
    >>> print(compile(select(slugify(Task.title))))
    SELECT "app"."slugify"("tasks"."title")
    FROM "tasks"
    """

    kind: ClassVar[str] = "function"
    alters: ClassVar[frozenset[str]] = frozenset(("made", "volatility", "strict"))
    unwritten: ClassVar[frozenset[str]] = frozenset(("python", "optional"))
    returns: SqlType[Any]
    python: object
    """What its values are read as, an annotation without None."""
    optional: bool
    """Whether it may give NULL where it is given none."""
    volatility: Volatility = "volatile"
    strict: bool = False
    """Whether it is NULL where one of its arguments is, and not called."""
    made: RoutineDefinition | None = None

    @property
    def definition(self) -> RoutineDefinition | None:
        """Its body; None where it is somebody else's."""
        return self.made

    @property
    def types(self) -> tuple[SqlType[Any], ...]:
        """The types that it takes, and the one that it gives."""
        return (*self.arguments, self.returns)

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> Called[R]:
        """A call of it, in a query, a default, a check, a generated column or an index."""
        return _called(self, *arguments, **named)


@remembered
def _called(function: DatabaseFunction[..., Any], /, *arguments: object, **named: object) -> Called[Any]:
    null: Literal["strict", "always", "never"] = "strict" if function.strict else "never"
    facts = row_of_facts(function, "always" if function.optional else null, function.volatility)
    return Called(called(function, facts, arguments, named), function.returns, function.python, function.optional)
