"""`@procedure(...)`: a procedure of the database.

https://www.postgresql.org/docs/current/sql-createprocedure.html
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, Generic, Literal, ParamSpec, TypeVar, cast, overload

import msgspec
from typing_extensions import Unpack

from qb.declare.function_body import Decorated, as_inout, code, decorated, shape_of_rows
from qb.declare.routine_options import ExternalRoutineOptions, RoutineOptions, defined
from qb.errors import DefinitionError
from qb.model.body import SettledBody
from qb.model.procedure import Procedure, RowProcedure
from qb.model.type import named_type
from qb.query.entity import NamedRow
from qb.query.raw import Sql
from qb.tree.statements import StatementNode
from qb.types.identifier import comment_text, name_before

P = ParamSpec("P")
Row = TypeVar("Row", bound=NamedRow)


class ProcedureBody(msgspec.Struct, frozen=True):
    """What `@procedure(...)` is before it stands above a function."""

    language: str
    options: RoutineOptions
    frame: FrameType | None

    def __call__(self, function: Callable[P, Sql], /) -> Procedure[P]:
        """The procedure."""
        found = decorated("procedure", function, self.language, cast("Any", self.options), RoutineOptions, self.frame)
        made = code(found.what, found.given)
        return cast("Procedure[P]", _procedure(found, self.language, made, self.options))


class ExternalProcedure(msgspec.Struct, frozen=True):
    """Above a function of Python that says the arguments of somebody else's."""

    options: ExternalRoutineOptions
    frame: FrameType | None

    def __call__(self, function: Callable[P, None], /) -> Procedure[P]:
        """The procedure. The function of Python is never called."""
        options = cast("Any", self.options)
        found = decorated("procedure", function, "sql", options, ExternalRoutineOptions, self.frame)
        return cast("Procedure[P]", _procedure(found, "sql", None, options))


class RowProcedureBody(msgspec.Struct, Generic[Row], frozen=True):
    """What `@procedure(out=...)` is before it stands above a function."""

    out: type[Row]
    language: str
    options: RoutineOptions
    frame: FrameType | None

    def __call__(self, function: Callable[P, Sql], /) -> RowProcedure[P, Row]:
        """The procedure."""
        found = decorated("procedure", function, self.language, cast("Any", self.options), RoutineOptions, self.frame)
        made = code(found.what, found.given)
        return cast("RowProcedure[P, Row]", _row_procedure(found, self.out, self.language, made, self.options))


class ExternalRowProcedure(msgspec.Struct, Generic[Row], frozen=True):
    """Above a function of Python that says what somebody else's takes, and does not give back alone."""

    out: type[Row]
    options: ExternalRoutineOptions
    frame: FrameType | None

    def __call__(self, function: Callable[P, None], /) -> RowProcedure[P, Row]:
        """The procedure. The function of Python is never called."""
        options = cast("Any", self.options)
        found = decorated("procedure", function, "sql", options, ExternalRoutineOptions, self.frame)
        return cast("RowProcedure[P, Row]", _row_procedure(found, self.out, "sql", None, options))


def _procedure(
    found: Decorated, language: str, body: SettledBody[StatementNode] | None, options: RoutineOptions
) -> Procedure[...]:
    taken = found.arguments
    made = defined(found.what, language, body, taken.parameters, cast("Any", options))
    said, before = (
        comment_text(options.get("comment"), found.what),
        name_before(options.get("renamed_from"), found.what),
    )
    return Procedure(
        found.schema, found.name, taken.types, made, external=body is None, comment=said, renamed_from=before
    )


def _row_procedure(
    found: Decorated, out: object, language: str, body: SettledBody[StatementNode] | None, options: RoutineOptions
) -> RowProcedure[..., Any]:
    shape, of = shape_of_rows(found.what, out)
    if of is not None:
        raise DefinitionError(f"{found.what} gives back columns of its own: name a Shape, not the table {of.name}")
    columns = tuple((each.name, named_type(each.type)) for each in shape.outputs)
    taken = found.arguments
    if any(each.variadic for each in taken.parameters):
        raise DefinitionError(f"{found.what} has out=, and behind a variadic argument nothing stands: take a list")
    parameters = tuple(
        as_inout(found.what, each, type_, columns, "out")
        for each, type_ in zip(taken.parameters, taken.types, strict=True)
    )
    back = {each.name for each in parameters if each.given_back}
    outs = [name for name, _ in columns if name not in back]
    if outs and (later := [each.name for each in parameters if each.default is not None]):
        raise DefinitionError(
            f"{found.what} has a default for {later[0]}, and PostgreSQL takes no OUT argument ({outs[0]}) behind one: "
            "drop the default, or take all that it gives back"
        )
    made = defined(found.what, language, body, parameters, cast("Any", options))
    said, before = (
        comment_text(options.get("comment"), found.what),
        name_before(options.get("renamed_from"), found.what),
    )
    return RowProcedure(
        found.schema,
        found.name,
        taken.types,
        columns,
        shape,
        made,
        external=body is None,
        comment=said,
        renamed_from=before,
    )


@overload
def procedure(*, language: str = "plpgsql", **_options: Unpack[RoutineOptions]) -> ProcedureBody: ...
@overload
def procedure(
    *, out: type[Row], language: str = "plpgsql", **_options: Unpack[RoutineOptions]
) -> RowProcedureBody[Row]: ...
@overload
def procedure(*, external: Literal[True], **_options: Unpack[ExternalRoutineOptions]) -> ExternalProcedure: ...
@overload
def procedure(
    *, out: type[Row], external: Literal[True], **_options: Unpack[ExternalRoutineOptions]
) -> ExternalRowProcedure[Row]: ...
def procedure(**_options: Any) -> Any:
    """A procedure, of a function of Python that returns its text, as `@function(returns=...)` takes one. Called, it
    gives the statement `CALL`, for `db.execute`. It may commit, where no transaction is around it.

    `out` is a Shape of what it gives back, its OUT arguments, in one row, for `db.one`; an argument that is called as
    one of them is INOUT. One that is `external` has no body here: its function says the arguments.
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
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    said: Any = _options
    external, out = said.pop("external", False), said.pop("out", None)
    if external:
        return ExternalProcedure(said, frame) if out is None else ExternalRowProcedure(out, said, frame)
    language = said.pop("language", "plpgsql")
    return ProcedureBody(language, said, frame) if out is None else RowProcedureBody(out, language, said, frame)
