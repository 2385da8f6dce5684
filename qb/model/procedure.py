"""Procedures, which are called by a statement of their own.

https://www.postgresql.org/docs/current/sql-createprocedure.html
"""

from __future__ import annotations

from typing import Any, ClassVar, Generic, ParamSpec, TypeVar

from qb.errors import DefinitionError
from qb.model.call import called, row_of_facts
from qb.model.routine import Routine, RoutineDefinition
from qb.model.type import NamedType
from qb.query.entity import NamedRow
from qb.query.statement import Command, Rows
from qb.tree.expressions import Call, RawSql
from qb.tree.raw import RawStatement
from qb.tree.shapes import EntityShape
from qb.types import SqlType
from qb.types.identifier import quoted

P = ParamSpec("P")
A = TypeVar("A", bound=NamedRow)


class Procedure(Routine, Generic[P], frozen=True):
    """A procedure: `db.execute(archive(30))` calls it."""

    kind: ClassVar[str] = "procedure"
    alters: ClassVar[frozenset[str]] = frozenset(("made",))
    made: RoutineDefinition | None = None

    @property
    def definition(self) -> RoutineDefinition | None:
        """Its body; None where it is somebody else's."""
        return self.made

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> Command:
        """The statement that calls it."""
        call = called(self, row_of_facts(self, "never", "volatile"), arguments, named)
        return Command(RawStatement(RawSql(("CALL ", call), statement=True)))


class RowProcedure(Routine, Generic[P, A], frozen=True):
    """A procedure that gives back a row, its OUT arguments: `db.one(archive(30))` calls it."""

    kind: ClassVar[str] = "procedure"
    alters: ClassVar[frozenset[str]] = frozenset(("made",))
    unwritten: ClassVar[frozenset[str]] = frozenset(("shape",))
    columns: tuple[tuple[str, NamedType], ...]
    shape: EntityShape
    """What the row is in Python."""
    made: RoutineDefinition | None = None

    @property
    def definition(self) -> RoutineDefinition | None:
        """Its body; None where it is somebody else's."""
        return self.made

    @property
    def types(self) -> tuple[SqlType[Any], ...]:
        """The types that it takes, and those that it gives back."""
        return (*self.arguments, *(each.type for each in self.shape.outputs))

    @property
    def outs(self) -> tuple[tuple[str, NamedType], ...]:
        """What it gives back and does not take."""
        taken = () if self.made is None else self.made.parameters
        back = {each.name for each in taken if each.given_back}
        return tuple(each for each in self.columns if each[0] not in back)

    def check_alter(self, after: Any) -> None:
        """It keeps what it gives back, too."""
        super().check_alter(after)
        if self.columns != after.columns:
            raise DefinitionError(f"the {self.identity} cannot give back other columns: drop it and create it anew")

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> Rows[A]:
        """The statement that calls it, and gives one row."""
        call = called(self, row_of_facts(self, "never", "volatile"), arguments, named)
        places = (RawSql((f"{quoted(name)} => NULL",)) for name, _ in self.outs)
        whole = Call(call.function, (*call.arguments, *places))
        return Rows(RawStatement(RawSql(("CALL ", whole), statement=True), self.shape))
