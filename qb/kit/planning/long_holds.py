"""What takes as long as a table is large and keeps others from it all the while, as no steps do the same: it is marked,
and nothing else is locked meanwhile that could be free.

https://www.postgresql.org/docs/current/explicit-locking.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from qb.frozen import with_parts
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.type import DomainFact
from qb.kit.facts.view import ViewFact
from qb.kit.planning.action import PlanAction
from qb.kit.planning.closure import Closure
from qb.kit.planning.fills import is_one_value, sets_not_null
from qb.kit.planning.sides import Sides
from qb.model.object import Identity

_WRITES_ALL: Final = (" SET LOGGED", " SET UNLOGGED", " SET TABLESPACE ", " SET ACCESS METHOD ", " ATTACH PARTITION ")
_COUNTED: Final = "SELECT pg_catalog.setval("
"""What looks for the highest value in all rows, where no index has it."""
_STEPS: Final = ("build", "finish", "check")
"""Verbs of what is done so that nobody waits."""


class LongHolds:
    """Which actions these are."""

    def __init__(self, sides: Sides, closure: Closure) -> None:
        self.sides: Final = sides
        self.closure: Final = closure

    def marked(self, actions: Iterable[PlanAction]) -> Iterator[PlanAction]:
        """All of them, those that last as such."""
        return (with_parts(each, holds=True) if self._holds(each) else each for each in actions)

    def _holds(self, each: PlanAction) -> bool:
        at, fact = each.identity, self.sides.after.get(each.identity)
        if each.verb in _STEPS or at.kind == "filled":
            return False
        if at.kind == "copy":
            return True
        if at.kind in ("domain", "check", "not null") and self._of_domain(at) and each.verb in ("create", "alter"):
            return True
        if at.kind == "materialized view":
            return each.verb == "create" and isinstance(fact, ViewFact)
        if not self._is_there(at):
            return False
        if any(_COUNTED in line for line in each.statements):
            return True
        if at.kind == "table":
            return any(word in line for line in each.statements for word in _WRITES_ALL)
        if isinstance(fact, ColumnFact):
            return self._of_column(each, fact)
        if at.kind == "not null":
            return sets_not_null(each)
        if isinstance(fact, ConstraintFact):
            return each.verb == "create" and not each.statements[0].endswith(" NOT VALID")
        return each.verb == "create" and isinstance(fact, IndexFact) and " ON ONLY " not in each.statements[0]

    def _of_column(self, each: PlanAction, fact: ColumnFact) -> bool:
        if each.verb == "create":
            made = fact.default is not None and not is_one_value(fact.default)
            return made or bool(fact.generated) or bool(fact.identity)
        was = self.sides.was.get(each.identity)
        return was in self.closure.converted

    def _of_domain(self, at: Identity) -> bool:
        name = at.name if at.kind == "domain" else at.table
        return isinstance(self.sides.before.get(Identity("domain", at.schema, "", name)), DomainFact)

    def _is_there(self, at: Identity) -> bool:
        return self._table(at) in self.sides.was

    def _table(self, at: Identity) -> Identity | None:
        return at if at.kind == "table" else self.sides.after.relation(at.schema, at.table) if at.table else None

    def committed(self, ordered: Sequence[PlanAction]) -> list[PlanAction]:
        """The same in their order: what is done already with other tables is committed before one that lasts, unless
        something is gone that is made again behind it."""
        last = {made: place for place, each in enumerate(ordered) for made in each.makes}
        gone: set[Identity] = set()
        locked: set[Identity] = set()
        found: list[PlanAction] = []
        for place, each in enumerate(ordered):
            own = self._locked(each)
            before = found[-1] if found else None
            if each.commits or each.alone or (before is not None and before.alone):
                locked.clear()
            elif each.holds and locked - own and all(last.get(one, -1) < place for one in gone):
                each = with_parts(each, commits=True)
                locked.clear()
            locked |= own
            gone -= each.makes
            gone |= each.ends - each.makes
            found.append(each)
        return found

    def _locked(self, each: PlanAction) -> set[Identity]:
        """The tables that are there before and that it has to do with, as far as its name says."""
        found = self._table(each.identity)
        if found is None and each.identity.kind in ("view", "materialized view"):
            found = each.identity
        return {found} if found is not None and found in self.sides.was else set()
