"""Functions that return rows: called, they are relations.

https://www.postgresql.org/docs/current/xfunc-sql.html#XFUNC-SQL-FUNCTIONS-RETURNING-SET
"""

from __future__ import annotations

from typing import Any, ClassVar, Generic, Literal, ParamSpec, TypeAlias, TypeVar, cast

from qb.errors import DefinitionError
from qb.model.call import called, row_of_facts
from qb.model.function import Volatility
from qb.model.object import Identity, of_table
from qb.model.routine import Routine, RoutineDefinition
from qb.model.type import NamedType
from qb.query.entity import NamedRow
from qb.query.subquery import relation_view
from qb.tree.expressions import RawSql
from qb.tree.raw import RawStatement
from qb.tree.relations import QuerySource, TableSource
from qb.tree.shadow import Reach
from qb.tree.shapes import EntityShape
from qb.types import SqlType
from qb.types.identifier import quoted

P = ParamSpec("P")
A = TypeVar("A", bound=NamedRow)
RowsForm: TypeAlias = Literal["table", "setof", "out"]
"""How it says its columns: RETURNS TABLE, RETURNS SETOF the type of its one column, or as OUT arguments of one row."""


class RowsFunction(Routine, Generic[P, A], frozen=True):
    """A function that returns rows of a table, or of columns of its own: `select(due(7))` reads from a call of it."""

    kind: ClassVar[str] = "function"
    alters: ClassVar[frozenset[str]] = frozenset(("made", "volatility", "strict"))
    unwritten: ClassVar[frozenset[str]] = frozenset(("shape",))
    columns: tuple[tuple[str, NamedType], ...]
    """What it returns, where it is no table's rows."""
    of: TableSource | None
    shape: EntityShape
    """What its rows are in Python."""
    volatility: Volatility = "volatile"
    strict: bool = False
    made: RoutineDefinition | None = None
    form: RowsForm = "table"

    @property
    def definition(self) -> RoutineDefinition | None:
        """Its body; None where it is somebody else's."""
        return self.made

    @property
    def types(self) -> tuple[SqlType[Any], ...]:
        """The types that it takes, and those that it gives."""
        return (*self.arguments, *(each.type for each in self.shape.outputs)) if self.of is None else self.arguments

    @property
    def outs(self) -> tuple[tuple[str, NamedType], ...]:
        """Its columns, where they are OUT arguments and none that it takes."""
        taken = () if self.made is None else self.made.parameters
        back = {each.name for each in taken if each.given_back}
        return tuple(each for each in self.columns if each[0] not in back) if self.form == "out" else ()

    @property
    def needs(self) -> tuple[Identity, ...]:
        """The same as of any function, and the table whose rows it returns."""
        return super().needs if self.of is None else tuple(dict.fromkeys((*super().needs, of_table(self.of))))

    @property
    def loose(self) -> tuple[Identity, ...]:
        """What its body names, but for that table."""
        return tuple(each for each in super().loose if self.of is None or each != of_table(self.of))

    def check_alter(self, after: Any) -> None:
        """It keeps its columns, too."""
        super().check_alter(after)
        if (self.columns, self.of, self.form) != (after.columns, after.of, after.form):
            raise DefinitionError(f"the {self.identity} cannot return other columns: drop it and create it anew")

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> type[A]:
        """A call of it, as a relation to read from; each call is one of its own.

        With columns among its arguments it is called for each row of what stands before it (LATERAL).
        """
        facts = row_of_facts(self, "always", self.volatility)
        call = called(self, facts, arguments, named)
        # What SETOF a type gives has no name of its own.
        alias = (f" AS result ({quoted(self.columns[0][0])})",) if self.form == "setof" else ()
        text = RawSql(("SELECT * FROM ", call, *alias), statement=True)
        lateral = bool(Reach().within(call).free)
        relation = QuerySource("", RawStatement(text, self.shape), (), False, lateral=lateral)
        made = relation_view(relation, self.shape, self.shape.fields, self.shape.target, named=True)
        return cast("type[A]", made)
