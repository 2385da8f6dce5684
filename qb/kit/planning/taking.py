"""How objects go: an action for each, with what goes with it, and what is lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from qb.errors import DefinitionError
from qb.kit.diffs.renames import grant_names
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.grant import GrantFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.table import TableFact
from qb.kit.planning.action import PlanAction, Verb, name_slot
from qb.kit.planning.ddl.grants import granted_lines, usual_privileges
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import Lines
from qb.kit.planning.ddl.rules import removal_lines, rule_of
from qb.kit.planning.sides import Sides, all_covered, implied, loss_name
from qb.model.object import Identity

_HOLDS: Final = frozenset(
    (
        *("table", "foreign table", "column", "sequence", "schema", "role", "extension", "membership"),
        *("enum", "domain", "composite type", "range", "attribute", "collation"),
    )
)
"""Kinds that go last: what holds rows, and what that is made of."""


_APART: Final = frozenset(("foreign key", "policy", "trigger", "rule", "check"))
"""Parts of a table that can go before it."""


class Taking:
    """Takes away what the first catalog has. Statements say the names that the second one has."""

    def __init__(self, sides: Sides, apart: Iterable[Identity] = ()) -> None:
        self.sides: Final = sides
        self.first: Final = frozenset(apart)
        """What goes before all else, whatever would take it away."""
        self.before: Final[CatalogParts] = sides.before

    def actions(self, gone: Iterable[Identity]) -> Iterator[PlanAction]:
        """For each object that goes and is no part of another one that does."""
        ends = frozenset(gone)
        apart = self._in_circles(ends) | self._left_to_children(ends) | self.first
        covered: set[Identity] = set()
        wholes: list[tuple[Identity, frozenset[Identity]]] = []
        for identity in sorted(ends, key=_outermost):
            fact = self.before.catalog[identity]
            if identity in covered or implied(identity, fact, self.before):
                continue
            within = all_covered(identity, self.before) - (apart - {identity}) - covered
            covered |= within
            wholes.append((identity, within))
        for identity, within in wholes:
            yield self._one(identity, self.before.catalog[identity], within)

    def _in_circles(self, ends: frozenset[Identity]) -> frozenset[Identity]:
        """The parts by which what goes needs each other, as two tables whose foreign keys refer to each other: they go
        first."""
        edges: dict[Identity, set[Identity]] = defaultdict(set)
        parts: list[tuple[Identity, Identity, Identity]] = []
        for each in sorted(ends):
            whole = self._whole(each)
            for need in self.before.catalog.needs(each):
                other = self._whole(need)
                if other in ends and other != whole:
                    edges[whole].add(other)
                    if each != whole and each.kind in _APART:
                        parts.append((whole, other, each))
        reached = {whole: _reached(whole, edges) for whole in {other for _, other, _ in parts}}
        return frozenset(part for whole, other, part in parts if whole in reached[other])

    def _left_to_children(self, ends: frozenset[Identity]) -> frozenset[Identity]:
        """The checks of columns that children have of their own, too: there those would stay if the column went."""
        found: set[Identity] = set()
        for column in (each for each in ends if each.kind == "column"):
            own = [each for each in self._below(column) if self._is_own(each)]
            for check in self.before.needing(column) if own else ():
                of_children = (Identity("check", each.schema, each.table, check.name) for each in own)
                if check.kind == "check" and check.table == column.table and not all(map(self._stays, of_children)):
                    found.add(check)
        return frozenset(found)

    def _stays(self, part: Identity) -> bool:
        """Whether it is to be there as it is."""
        now = self.sides.now.get(part)
        return now is not None and now not in self.sides.changed

    def _below(self, column: Identity) -> Iterator[Identity]:
        """The same column in what inherits from its table."""
        for child in self.before.children(column.schema, column.table):
            found = self.before.column(child.schema, child.name, column.name)
            if found is not None and found.inherited:
                yield Identity("column", child.schema, child.name, column.name)

    def _is_own(self, column: Identity) -> bool:
        found = self.before.column(column.schema, column.table, column.name)
        return found is not None and found.local

    def _whole(self, identity: Identity) -> Identity:
        if not identity.table or identity.kind == "membership":
            return identity
        return self.before.relation(identity.schema, identity.table) or identity

    def _one(self, identity: Identity, fact: Fact, within: frozenset[Identity]) -> PlanAction:
        if rule_of(identity, fact) is None:
            raise DefinitionError(
                f"{identity} cannot be dropped by a plan: write it by hand, in a migration of its own"
            )
        named = self.sides.new_name(identity)
        frees: set[Identity] = set()
        for each in within:
            frees |= self.before.needs(each)
        if identity.kind == "column":
            frees.update(self._below(identity))  # which cannot go as long as they are inherited
        now = self.sides.new_name
        ends = {now(each) for each in within} | {
            name_slot(now(each)) for each in within if not each.table or each.kind == "index"
        }
        verb: Verb = "lose" if identity.kind in _HOLDS else "end"
        return PlanAction(
            verb,
            named,
            tuple(self._lines(identity, named, fact)),
            ends=frozenset(ends),
            frees=frozenset(map(now, frees - within)),
            loses=tuple(self._losses(identity, fact, within)),
        )

    def _lines(self, identity: Identity, named: Identity, fact: Fact) -> Lines:
        if not isinstance(fact, GrantFact) or not self.sides.renamed:
            return removal_lines(named, fact, self.before)
        whole, column, role = grant_names(identity, fact, self.sides.paired.renames)
        at = Identity(identity.kind, whole.schema, "", role)
        usual = usual_privileges(fact, self.before, identity)
        return granted_lines(at, replace(fact, object=whole.name, column=column, role=role), fact.privileges, usual)

    def _losses(self, identity: Identity, fact: Fact, within: Iterable[Identity]) -> Iterator[str]:
        match fact:
            case TableFact() if identity.kind == "table":
                yield loss_name("drop-table", identity)
            case ColumnFact(of="table", generated=""):
                yield loss_name("drop-column", identity)
            case ColumnFact(of="composite type"):
                yield loss_name("drop-attribute", identity)
            case SequenceFact(column=None):
                yield loss_name("drop-sequence", identity)
            case _:
                pass


def _reached(start: Identity, edges: Mapping[Identity, set[Identity]]) -> set[Identity]:
    found, waiting = {start}, [start]
    while waiting:
        for other in edges.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _outermost(identity: Identity) -> tuple[int, Identity]:
    """Wholes before their parts."""
    if identity.kind in ("grant", "statistics", "sequence"):
        return 3, identity
    if not identity.table:
        return 0, identity
    return (1 if identity.kind in ("column", "attribute") else 2), identity
