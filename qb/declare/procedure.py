"""`@procedure(...)`: a procedure of the database.

https://www.postgresql.org/docs/current/sql-createprocedure.html
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, ParamSpec, cast

import msgspec
from typing_extensions import Unpack

from qb.declare.function_body import code, decorated
from qb.declare.routine_options import RoutineOptions, defined
from qb.model.procedure import Procedure
from qb.query.raw import Sql
from qb.types.identifier import comment_text

P = ParamSpec("P")


class ProcedureBody(msgspec.Struct, frozen=True):
    """What `@procedure(...)` is before it stands above a function."""

    language: str
    options: RoutineOptions
    frame: FrameType | None

    def __call__(self, function: Callable[P, Sql], /) -> Procedure[P]:
        """The procedure."""
        options = cast("Any", self.options)
        found = decorated("procedure", function, self.language, options, RoutineOptions, self.frame)
        taken, body = found.arguments, code(found.what, found.given)
        made = defined(found.what, self.language, body, taken.parameters, options)
        said = comment_text(self.options.get("comment"), found.what)
        return Procedure(found.schema, found.name, taken.types, made, comment=said)


def procedure(*, language: str = "plpgsql", **_options: Unpack[RoutineOptions]) -> ProcedureBody:
    """A procedure, of a function of Python that returns its text, as `@function(returns=...)` takes one. Called, it
    gives the statement `CALL`, for `db.execute`. It may commit, where no transaction is around it.

    Errors: DefinitionError. https://www.postgresql.org/docs/current/sql-createprocedure.html

    >>> @procedure(language="sql")
    ... def finish(user: Arg[int]) -> Sql:
    ...     return sql("UPDATE {t} SET done = true WHERE user_id = {user}", t=Task, user=user)
    >>> print(create_all(schema(User, Task, finish)).statements[-1])
    CREATE PROCEDURE "finish"("user" bigint) LANGUAGE "sql"
    AS $qb$UPDATE "tasks" SET done = true WHERE user_id = ($1)$qb$
    >>> print(compile(finish(1)))
    CALL "finish"($1::bigint)
    """
    return ProcedureBody(language, _options, sys._getframe(1))  # pyright: ignore[reportPrivateUsage]
