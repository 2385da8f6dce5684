"""The databases that lie between the first one and the last, as catalogs: made of what both have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import msgspec

from qb.frozen import FrozenStruct
from qb.kit.catalog import Catalog
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.sql_names import CONSTRAINT_KINDS, dotted, name_of_table
from qb.kit.planning.ddl.tables import not_null_of
from qb.kit.planning.expanding.column_moves import ColumnMove, moves_by_table
from qb.kit.planning.expanding.dual_writes import (
    function_statement,
    trigger_statement,
    view_statements,
    writer_trigger,
)
from qb.kit.planning.expanding.moved_keys import MovedKeys
from qb.kit.planning.renaming import hash_of
from qb.kit.planning.sides import Sides
from qb.model.object import Identity
from qb.types.identifier import quoted

_STAYS: Final = frozenset(("grant",))
"""What may be said of a column before it is filled."""


class ColumnSwap(FrozenStruct):
    """What gets another name once the new columns are filled: an old thing that makes room, or a new one that takes
    it."""

    kind: str
    schema: str
    table: str
    was: str
    now: str
    takes: bool = False
    """Whether it is a new thing that gets its name, once an old one has made room."""

    def statement(self, *, back: bool = False) -> str:
        """The rename."""
        one, other = (self.now, self.was) if back else (self.was, self.now)
        if self.kind == "index":
            return f"ALTER INDEX {dotted(self.schema, one)} RENAME TO {quoted(other)}"
        word = "COLUMN" if self.kind == "column" else "CONSTRAINT"
        return f"ALTER TABLE {dotted(self.schema, self.table)} RENAME {word} {quoted(one)} TO {quoted(other)}"


class SwapLine(NamedTuple):
    """A statement of the swap."""

    sql: str
    commits: bool = False
    """Whether what was done before is committed first."""


class ExpandedStates(FrozenStruct):
    """A change in the making: its moves, the tables that keep their old name as a view, and what is swapped."""

    sides: Sides
    moves: tuple[ColumnMove, ...]
    views: tuple[tuple[Identity, Identity], ...]
    """Tables, as they are called before and after."""
    kept: frozenset[Identity] = frozenset()
    """What is dropped in the end."""

    keys: MovedKeys = MovedKeys()
    """What is moved over with the names."""

    @property
    def swaps(self) -> tuple[ColumnSwap, ...]:
        """In the order in which they are done: first the old ones make room."""
        found = [*self._columns(), *self._of_new_columns()]
        return (*(each for each in found if not each.takes), *(each for each in found if each.takes))

    def _columns(self) -> Iterator[ColumnSwap]:
        for move in self.moves:
            for each in move.old:
                if each.apart != each.before:
                    yield ColumnSwap("column", each.before.schema, each.before.table, each.before.name, each.apart.name)
            for column in move.new:
                at = column.after
                if column.meanwhile != at:
                    yield ColumnSwap("column", at.schema, at.table, column.meanwhile.name, at.name, takes=True)

    def _of_new_columns(self) -> Iterator[ColumnSwap]:
        """Constraints and indexes of new columns, where an old one has the name that they are to have."""
        after, before = self.sides.after, self.sides.before
        of_old = _needing((each.before for move in self.moves for each in move.old), before)
        refers = {each.identity for each in self.keys.referring}
        for column in [each.after for move in self.moves for each in move.new if not each.there]:
            for each in sorted(set(after.needing(column))):
                fact = after.get(each)
                if each.kind != "index" and each.kind not in CONSTRAINT_KINDS:
                    continue
                if getattr(fact, "constraint", None) is not None or each not in of_old or each.kind == "primary key":
                    continue
                if each.kind == "foreign key" and column.name not in getattr(fact, "columns", ()):
                    continue
                if column not in after.needs(each) or (each.schema, each.table) != (column.schema, column.table):
                    continue
                first = Identity(each.kind, each.schema, each.table, f"qb_old_{hash_of(each):08x}")
                if each not in refers:  # which goes then
                    yield ColumnSwap(each.kind, each.schema, each.table, each.name, first.name)
                new = f"qb_new_{hash_of(each):08x}"
                yield ColumnSwap(each.kind, each.schema, each.table, new, each.name, takes=True)

    def is_of_view(self, identity: Identity) -> bool:
        """Whether it is the old name of a table, or what is in that."""
        names = [(was.schema, was.name) for was, _ in self.views]
        return (identity.kind == "view" and (identity.schema, identity.name) in names) or (
            bool(identity.table) and (identity.schema, identity.table) in names
        )

    def making(self) -> Iterator[str]:
        """What makes of the last database one that has the new things under the names that they have meanwhile."""
        yield from self._usual_names()
        yield from self.keys.making(self.sides.after)
        for each in reversed(self.swaps):
            if each.takes:
                yield each.statement(back=True)
        for table, moves in moves_by_table(self.moves).items():
            yield function_statement(table, moves)
            yield trigger_statement(table)
        for was, now in self.views:
            yield from view_statements(was, now, self.sides)

    def _usual_names(self) -> Iterator[str]:
        """A NOT NULL keeps its name where its column gets another one: here both are there."""
        for move in self.moves:
            for new in move.new if move.same else ():
                one = not_null_of(move.old[0].before, self.sides.before)
                other = not_null_of(new.after, self.sides.after)
                if one is not None and other is not None and one[0].name != other[0].name:
                    at = other[0]
                    yield ColumnSwap(at.kind, at.schema, at.table, one[0].name, at.name).statement()

    def swapping(self, *, back: bool = False) -> Iterator[SwapLine]:
        """What gives the new columns their names, or takes them away again."""
        yield from map(SwapLine, self.keys.built(back=back))
        for number, line in enumerate(self._at_once(back=back)):
            yield SwapLine(line, not number and bool(self.keys.keys))
        for line in self.keys.checked(back=back):
            yield SwapLine(line, True)

    def _at_once(self, *, back: bool) -> Iterator[str]:
        yield from self.keys.dropped(self.sides.after, back=back)
        ordered = self.swaps
        refers = {each.identity for each in self.keys.referring}
        for each in reversed(ordered) if back else ordered:
            if not back or Identity(each.kind, each.schema, each.table, each.now) not in refers:
                yield each.statement(back=back)
        for table, moves in moves_by_table(self.moves).items() if ordered else ():
            if any(each.table == table.name and each.schema == table.schema for each in ordered):
                yield function_statement(table, moves, swapped=not back)
        yield from self.keys.taken(self.sides, back=back)


def finished(made: Catalog, between: ExpandedStates) -> Catalog:
    """The database with old and new, when all is said of the new columns: of `made`, which `ExpandedStates.making`
    makes, and of what old code needs."""
    before = between.sides.before.catalog
    old = {each.before for move in between.moves for each in move.old}
    of_old = _needing(old, between.sides.before)
    facts: dict[Identity, Fact] = dict(made.items())
    depends: dict[Identity, frozenset[Identity]] = dict(made.depends)
    for each, fact in before.items():
        if each in old or each in between.kept or (each in of_old and not _goes_with(each, before, between)):
            facts[each] = fact
            if each in before.depends:
                depends[each] = before.depends[each]
    for move in between.moves:
        for column in move.old:
            if column.said is None and not move.same and column.fact.default is None:
                _loosen(column.before, facts)
        for new in move.new:
            there = facts.get(new.meanwhile)
            if not new.there and isinstance(there, ColumnFact):
                facts[new.meanwhile] = msgspec.structs.replace(there, default=None)
    return _catalog(facts, depends, made.version)


def expanded(finish: Catalog, between: ExpandedStates) -> Catalog:
    """The same when the new columns are there, and nothing is in them yet."""
    before = between.sides.before.catalog
    new = {each.meanwhile for move in between.moves for each in move.new}
    facts, depends = dict(finish.items()), dict(finish.depends)
    writers = {writer_trigger(each) for each in moves_by_table(between.moves)}
    for each in _needing(new, CatalogParts(finish)):
        if each in new or each in writers or each.kind in _STAYS or each not in facts:
            continue
        if each in before:
            facts[each] = before[each]
            depends[each] = before.needs(each)
        else:
            del facts[each]
    for move in between.moves:
        for column in move.new:
            _loosen(column.meanwhile, facts)
            if column.there:
                facts[column.meanwhile] = before[column.after]
    return _catalog(facts, depends, finish.version)


def _needing(first: Iterable[Identity], parts: CatalogParts) -> Collection[Identity]:
    """All that needs some columns, at any distance; no table, and no column of one."""
    found: set[Identity] = set()
    waiting = list(first)
    while waiting:
        at = waiting.pop()
        needing = list(parts.needing(at))
        if at.kind == "column" and isinstance(fact := parts.get(at), ColumnFact) and fact.of != "table":
            needing.append(Identity(fact.of, at.schema, "", at.table))
        if at.kind in ("view", "materialized view"):
            needing += parts.within(at.schema, at.name)
        for each in needing:
            fact = parts.get(each)
            if each in found or each.kind in ("table", "schema"):
                continue
            if isinstance(fact, ColumnFact) and fact.of == "table" and not fact.generated:
                continue
            found.add(each)
            waiting.append(each)
    for each in [*found]:
        if isinstance(parts.get(each), ConstraintFact) and (index := parts.index_of(each)) is not None:
            found.add(index)
    return found


def _goes_with(each: Identity, before: Catalog, between: ExpandedStates) -> bool:
    """Whether it is a view that has all of its columns afterwards: then who reads it misses nothing."""
    after = between.sides.after
    now = after.get(each)
    if now is None:
        return False
    whole = each if each.kind in ("view", "materialized view") else None
    if whole is None and each.table:
        whole = next(
            (
                found
                for kind in ("view", "materialized view")
                if (found := Identity(kind, each.schema, "", each.table)) in before
            ),
            None,
        )
    if whole is None or whole not in after.catalog:
        return False
    one = {column.name: fact.type for column, fact in between.sides.before.columns(whole.schema, whole.name)}
    other = {column.name: fact.type for column, fact in after.columns(whole.schema, whole.name)}
    return all(other.get(name) == type_ for name, type_ in one.items())


def _loosen(column: Identity, facts: dict[Identity, Fact]) -> None:
    """Let a column hold NULL."""
    fact = facts.get(column)
    if isinstance(fact, ColumnFact):
        facts[column] = msgspec.structs.replace(fact, not_null=False)
    for each, other in [*facts.items()]:
        if each.kind == "not null" and name_of_table(each) == name_of_table(column):
            if isinstance(other, ConstraintFact) and other.columns == (column.name,):
                del facts[each]


def _catalog(facts: Mapping[Identity, Fact], depends: Mapping[Identity, frozenset[Identity]], version: int) -> Catalog:
    kept = {each: depends[each] for each in facts if each in depends}
    return Catalog({each: facts[each] for each in sorted(facts)}, kept, version)
