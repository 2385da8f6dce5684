"""What has to be made anew: what no ALTER changes, and all that stands in the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.function import FunctionFact
from qb.kit.facts.grant import GrantFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.type import CompositeFact, EnumFact
from qb.kit.planning.beside import referring_beside
from qb.kit.planning.casts import conversion
from qb.kit.planning.ddl.rule import Altered
from qb.kit.planning.ddl.rules import alteration_lines
from qb.kit.planning.sides import OWN_TYPES, Sides, all_covered, implied
from qb.model.object import Identity

CONVERTS: Final = frozenset(("type", "collation"))
"""Fields of a column that ALTER COLUMN TYPE changes."""
_NEVER_AGAIN: Final = frozenset(("table", "foreign table", "schema", "role", "extension", "sequence", "publication"))
"""Kinds that hold others or rows, and are not made anew because of what they need."""
_IN_THE_WAY: Final = frozenset(("view", "materialized view", "rule", "policy", "trigger"))


class Closure:
    """Of the first catalog's objects: which are made anew, which types are replaced, which columns are converted."""

    def __init__(self, sides: Sides) -> None:
        self.sides: Final = sides
        self.anew: Final[set[Identity]] = set()
        """Those that go, and come again."""
        self.replaced: Final[set[Identity]] = set()
        """Types that a new one takes the place of."""
        self.converted: Final[set[Identity]] = set()
        self.defaults: Final[set[Identity]] = set()
        """Columns whose defaults call what is made anew."""
        self.apart: Final[set[Identity]] = set()
        """Foreign keys that cannot be there meanwhile, whatever takes them away."""
        self.gone: Final[set[Identity]] = set(sides.dropped)
        for identity in sides.dropped:
            self.gone.update(all_covered(identity, sides.before))
        self._waiting: list[Identity] = []
        self._first()
        self._spread()

    def _first(self) -> None:
        for now, change in self.sides.changed.items():
            was = self.sides.was[now]
            if implied(was, change.one, self.sides.before) and implied(now, change.other, self.sides.after):
                continue
            if now.kind in OWN_TYPES and not self._alters_type(now):
                self._replace(was)
            elif now.kind == "attribute":
                if change.fields - {"comment", "position"} or self._stands_elsewhere(was, now):
                    self._replace(Identity("composite type", was.schema, "", was.table))
            elif now.kind == "column" and isinstance(change.other, ColumnFact) and change.other.of == "table":
                left = change.fields - {"not_null", "base", "local", "inherited", "position"}
                if change.fields & CONVERTS and self._made_again(change):
                    self._again(was)
                    continue
                if change.fields & CONVERTS:
                    self._convert(was)
                    left -= CONVERTS
                if left and alteration_lines(_narrowed(change, left)) is None:
                    self._again(was)
            elif now.kind in ("primary key", "unique", "exclusion", "check", "foreign key", "index"):
                left = change.fields - {"inherited", "local", "columns", "target_columns", "parent"}
                if left and alteration_lines(_narrowed(change, left)) is None:
                    self._again(was)
            elif alteration_lines(change) is None:
                self._again(was)
        self._waiting += sorted(self.gone)
        for identity in sorted(self.gone):
            self._taken_with(identity)

    def _made_again(self, change: Altered[Fact]) -> bool:
        """Whether a generated column gets a type that its old one is not cast to by itself."""
        one, other = change.one, change.other
        if not isinstance(one, ColumnFact) or not isinstance(other, ColumnFact) or not one.generated:
            return False
        return conversion("", one.type, other.type).using is not None

    def _stands_elsewhere(self, was: Identity, now: Identity) -> bool:
        """Whether the attributes of a composite type stand in another order, or new ones before others."""
        one = [self.sides.now.get(each) for each, _ in self.sides.before.columns(was.schema, was.table)]
        kept = [each for each in one if each is not None]
        return [each for each, _ in self.sides.after.columns(now.schema, now.table)][: len(kept)] != kept

    def _taken_with(self, identity: Identity) -> None:
        """What goes with something else, and is to be there after all."""
        if identity in self.sides.now and not self._implied_now(identity):
            self._again(identity)

    def _implied_now(self, identity: Identity) -> bool:
        now = self.sides.now[identity]
        return implied(now, self.sides.after.get(now), self.sides.after)

    def _alters_type(self, now: Identity) -> bool:
        change = self.sides.changed[now]
        return isinstance(change.other, CompositeFact) or alteration_lines(change) is not None

    def _again(self, identity: Identity) -> None:
        for each in all_covered(identity, self.sides.before):
            self.gone.add(each)
            if each in self.sides.now and each not in self.anew:
                self.anew.add(each)
                self._waiting.append(each)
        if identity.kind == "table" and identity in self.anew:
            for each in self.sides.before.children(identity.schema, identity.name):
                fact = self.sides.before.get(each)
                if isinstance(fact, TableFact) and fact.bound is not None:
                    self._again(each)

    def _replace(self, identity: Identity) -> None:
        if identity not in self.replaced:
            self.replaced.add(identity)
            self._waiting.append(identity)
            for each in self.sides.before.within(identity.schema, identity.name):
                if each.kind in ("check", "not null"):
                    self.gone.add(each)
                    if each in self.sides.now:
                        self.anew.add(each)
            for each in self.sides.before.needing(identity):
                if isinstance(self.sides.before.get(each), GrantFact):
                    self.gone.add(each)
                    if each in self.sides.now:
                        self.anew.add(each)

    def _convert(self, identity: Identity) -> None:
        if identity not in self.converted:
            self.converted.add(identity)
            self._waiting.append(identity)

    def _spread(self) -> None:
        """Until nothing more follows."""
        while self._waiting:
            identity = self._waiting.pop()
            needing = sorted(self.sides.before.needing(identity))
            if identity in self.replaced:
                for each in needing:
                    self._of_type(identity, each)
            elif identity in self.converted and identity not in self.anew:
                for each in needing:
                    self._of_column(identity, each)
                for each in referring_beside(identity, self.sides.before):
                    self.apart.add(each)
                    self._of_gone(each, identity)
            else:
                for each in needing:
                    if identity in self.anew or self.sides.now.get(each) not in self.sides.changed:
                        self._of_gone(each, identity)

    def _of_type(self, type_: Identity, each: Identity) -> None:
        fact = self.sides.before.get(each)
        if each in self.gone and each not in self.sides.now:
            return
        match fact:
            case ColumnFact(of="table"):
                if implied(each, fact, self.sides.before):
                    return
                (self._again if fact.generated else self._convert)(each)
            case ColumnFact(of="composite type"):
                if each.table != type_.name or each.schema != type_.schema:
                    self._replace(Identity("composite type", each.schema, "", each.table))
            case GrantFact():
                pass
            case ColumnFact():
                pass
            case _ if each.kind in OWN_TYPES:
                self._replace(each)
            case TableFact():
                pass
            case _ if (each.schema, each.table) == (type_.schema, type_.name):
                pass
            case _:
                self._of_gone(each, type_)

    def _of_column(self, column: Identity, each: Identity) -> None:
        """What forbids that the type of a column changes, or would be another one afterwards."""
        fact = self.sides.before.get(each)
        if (
            each.kind in _IN_THE_WAY
            or (isinstance(fact, FunctionFact) and fact.sql_body is not None)
            or (isinstance(fact, ColumnFact) and fact.generated)
        ):
            self._of_gone(each, column)
        elif isinstance(fact, ColumnFact) and fact.of in ("view", "materialized view"):
            self._of_gone(Identity(fact.of, each.schema, "", each.table), column)
        elif isinstance(fact, ConstraintFact) and each.kind == "foreign key":
            self._of_gone(each, column)

    def _of_gone(self, each: Identity, source: Identity) -> None:
        """What needs something that goes, and comes again."""
        fact = self.sides.before.get(each)
        if each in self.anew or each not in self.sides.now or each.kind in _NEVER_AGAIN:
            return
        if fact is None or (implied(each, fact, self.sides.before) and not isinstance(fact, ColumnFact)):
            return
        if isinstance(fact, ColumnFact):
            if fact.of in ("view", "materialized view"):
                self._again(Identity(fact.of, each.schema, "", each.table))
            elif fact.generated and each not in self.anew:
                self._again(each)
            elif source in self.anew and source.kind == "function" and fact.default is not None:
                self.defaults.add(each)
            return
        if isinstance(fact, EnumFact) or each.kind in OWN_TYPES:
            return
        self._again(each)

    @property
    def made(self) -> Iterable[Identity]:
        """What is made, by the names of the second catalog."""
        return {*self.sides.created, *(self.sides.now[each] for each in self.anew)}


def _narrowed(change: Altered[Fact], fields: frozenset[str]) -> Altered[Fact]:
    return Altered(change.identity, change.one, change.other, fields, change.before, change.after)
