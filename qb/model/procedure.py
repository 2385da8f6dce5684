"""Procedures, which are called by a statement of their own.

https://www.postgresql.org/docs/current/sql-createprocedure.html
"""

from __future__ import annotations

from typing import ClassVar, Generic, ParamSpec

from qb.model.call import called, row_of_facts
from qb.model.routine import Routine, RoutineDefinition
from qb.query.statement import Command
from qb.tree.expressions import RawSql
from qb.tree.raw import RawStatement

P = ParamSpec("P")


class Procedure(Routine, Generic[P], frozen=True):
    """A procedure: `db.execute(archive(30))` calls it."""

    kind: ClassVar[str] = "procedure"
    alters: ClassVar[frozenset[str]] = frozenset(("made",))
    made: RoutineDefinition | None = None

    @property
    def definition(self) -> RoutineDefinition | None:
        """Its body."""
        return self.made

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> Command:
        """The statement that calls it."""
        call = called(self, row_of_facts(self, "never", "volatile"), arguments, named)
        return Command(RawStatement(RawSql(("CALL ", call), statement=True)))
