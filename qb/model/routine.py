"""What functions and procedures share: a signature that tells them from others of their name, and a body.

https://www.postgresql.org/docs/current/sql-createfunction.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from qb.errors import DefinitionError
from qb.model.body import SettledBody
from qb.model.object import Identity, Standalone
from qb.model.type import NamedType, in_signature, named_type
from qb.tree.expressions import Expression
from qb.tree.statements import StatementNode
from qb.types import SqlType


class Argument(msgspec.Struct, frozen=True):
    """What is known of an argument beside its type."""

    name: str
    default: Expression | None = None
    optional: bool = False
    """Whether None may be given for it."""
    variadic: bool = False
    given_back: bool = False
    """Whether it is INOUT: a column of what comes back, too."""


class RoutineDefinition(msgspec.Struct, frozen=True):
    """The body of a routine of ours, and how it is run; without one what is known of somebody else's arguments."""

    language: str
    body: SettledBody[StatementNode] | None
    parameters: tuple[Argument, ...] = ()
    definer: bool = False
    """Whether it has the rights of its owner, and not of its caller."""
    settings: tuple[tuple[str, tuple[str, ...]], ...] = ()
    parallel: str = "unsafe"
    leakproof: bool = False
    cost: float | None = None
    result_rows: float | None = None
    """How many rows the planner expects of it."""


class Routine(Standalone, frozen=True):
    """A function or a procedure. Those of one name are told apart by the types of their arguments."""

    privileges: ClassVar[Mapping[str, int]] = {"execute": 1}
    arguments: tuple[SqlType[Any], ...]

    @property
    def definition(self) -> RoutineDefinition | None:
        """Its body; None where it is somebody else's."""
        return None

    @property
    def signature(self) -> str:
        """Its name, with the types that tell it from others of that name."""
        return f"{self.name}({', '.join(in_signature(each) for each in self.arguments)})"

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return Identity(self.kind, self.schema or "", "", self.signature)

    @property
    def types(self) -> tuple[SqlType[Any], ...]:
        """The types that it takes."""
        return self.arguments

    @property
    def needs(self) -> tuple[Identity, ...]:
        """What has to be there first: its schema, the types that it takes and gives, and what its body names."""
        types = (need for each in self.types for need in named_type(each).needs)
        found = dict.fromkeys((*super().needs, *types, *self.loose))
        return tuple(each for each in found if each != self.identity)

    @property
    def outs(self) -> tuple[tuple[str, NamedType], ...]:
        """Its OUT arguments: what it gives back and does not take."""
        return ()

    @property
    def loose(self) -> tuple[Identity, ...]:
        """What its body names: PostgreSQL keeps a body as text, so all of that may also come later."""
        made = self.definition
        return () if made is None or made.body is None else made.body.needs

    def check_alter(self, after: Routine) -> None:
        """CREATE OR REPLACE keeps the names of arguments, and every default that is there."""
        old, new = self.definition, after.definition
        if old is None or new is None or old.body is None or new.body is None:
            raise DefinitionError(f"the {self.identity} is somebody else's, and has no body to alter")
        for before, each in zip(old.parameters, new.parameters, strict=False):
            if before.name != each.name:
                raise DefinitionError(
                    f"the {self.identity} cannot call its argument {before.name} otherwise ({each.name}): drop it and "
                    "create it anew"
                )
            if before.default is not None and each.default is None:
                raise DefinitionError(
                    f"the {self.identity} cannot lose the default of {before.name}: drop it and create it anew"
                )
