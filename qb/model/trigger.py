"""Triggers, and the functions that they call.

https://www.postgresql.org/docs/current/triggers.html
"""

from __future__ import annotations

from typing import ClassVar

from qb.model.body import SettledBody
from qb.model.object import Attached, Identity, Standalone
from qb.model.routine import Routine, RoutineDefinition
from qb.tree.expressions import Expression


class TriggerFunction(Routine, frozen=True):
    """A function that triggers call: it takes no arguments, and returns what only they know."""

    kind: ClassVar[str] = "function"
    alters: ClassVar[frozenset[str]] = frozenset(("made",))
    returns: str = "trigger"
    """Or "event_trigger"."""
    made: RoutineDefinition | None = None

    @property
    def definition(self) -> RoutineDefinition | None:
        """Its body; None where it is somebody else's."""
        return self.made


class Trigger(Attached, frozen=True):
    """What is called where rows of a table, or of a view, change."""

    kind: ClassVar[str] = "trigger"
    alters: ClassVar[frozenset[str]] = frozenset(("enabled",))
    unwritten: ClassVar[frozenset[str]] = frozenset(("own",))
    on_external: ClassVar[bool] = True
    timing: str
    """ "before", "after" or "instead of"."""
    events: tuple[str, ...]
    function: Identity
    called: str
    """The function's name, without its signature."""
    columns: tuple[str, ...] = ()
    """Those whose update it is about; none for all of them."""
    for_each: str = "row"
    when: SettledBody[Expression] | None = None
    reads: tuple[str, ...] = ()
    """What the condition reads, "old" and "new", in the order in which it does."""
    arguments: tuple[str, ...] = ()
    old_table: str | None = None
    new_table: str | None = None
    constraint: bool = False
    deferrable: str = ""
    enabled: str = "origin"
    own: TriggerFunction | None = None
    """The function, where it belongs to this trigger and to nothing else."""

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its table, its function, and what its condition names."""
        read = () if self.when is None else self.when.needs
        return tuple(dict.fromkeys((*super().needs, self.function, *read)))


class EventTrigger(Standalone, frozen=True):
    """What is called where the definition of the database changes."""

    kind: ClassVar[str] = "event trigger"
    alters: ClassVar[frozenset[str]] = frozenset(("enabled",))
    event: str
    function: Identity
    called: tuple[str | None, str]
    """The function's schema and name, without its signature."""
    tags: tuple[str, ...] = ()
    enabled: str = "origin"

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its function."""
        return (self.function,)
