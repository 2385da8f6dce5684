"""Tables that are made anew, and whose rows are kept: what is divided into partitions, or no longer is.

No ALTER TABLE does that, so the old one is set aside in a schema of its own, the new one is made, and the rows go over.
https://www.postgresql.org/docs/current/ddl-partitioning.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Final

from qb.frozen import with_parts
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.table import TableFact
from qb.kit.history.losses import SET_ASIDE
from qb.kit.planning.action import PlanAction
from qb.kit.planning.casts import conversion
from qb.kit.planning.closure import Closure
from qb.kit.planning.ddl.sequences import behind_rows
from qb.kit.planning.ddl.sql_names import dotted
from qb.kit.planning.ddl.tables import is_partition
from qb.kit.planning.fills import ColumnFills
from qb.kit.planning.sides import Sides, loss_name
from qb.model.object import Identity
from qb.render.literals import string_literal
from qb.types.identifier import quoted

_SAYS: Final = "copies every row, while nobody reads or writes the table"


class Moving:
    """Tables that are on both sides, and of which no statement makes the second of the first."""

    def __init__(self, sides: Sides, closure: Closure, fills: ColumnFills) -> None:
        self.sides: Final = sides
        self.fills: Final = fills
        self.tables: Final[Mapping[Identity, Identity]] = {
            was: sides.now[was] for was in sorted(closure.anew) if self._moves(was, closure)
        }
        """As they are called before, and after."""

    def _moves(self, was: Identity, closure: Closure) -> bool:
        one, other = self.sides.before.get(was), self.sides.after.get(self.sides.now[was])
        if was.kind != "table" or not isinstance(one, TableFact) or not isinstance(other, TableFact):
            return False
        whole = {Identity("table", each.schema, "", each.name) for each in self._tree_above(was)}
        return not whole & closure.anew

    def _tree_above(self, was: Identity) -> Iterator[Identity]:
        """The tables that it is a partition of."""
        for each in self.sides.before.catalog.of(TableFact):
            if was in self.sides.before.children(each.schema, each.name) and self._is_partition(was):
                yield each
                yield from self._tree_above(each)

    def _is_partition(self, was: Identity) -> bool:
        fact = self.sides.before.get(was)
        return isinstance(fact, TableFact) and is_partition(fact)

    def actions(self, actions: Iterable[PlanAction]) -> Iterator[PlanAction]:
        """The same, but that the rows of these tables are kept: nothing else is done to the new ones before they are
        there."""
        if not self.tables:
            yield from actions
            return
        trees = {was: list(_tree(was, self.sides, before=True)) for was in self.tables}
        rows = {
            (each.schema, each.name): _rows(now)
            for now in self.tables.values()
            for each in (now, *_tree(now, self.sides, before=False))
        }
        ends: dict[Identity, PlanAction] = {}
        counted = {("counted", now.schema, now.name) for now in self.tables.values()}  # as its rows go over
        for each in actions:
            if (each.identity.kind, each.identity.schema, each.identity.table) in counted:
                continue
            if each.verb in ("lose", "end") and each.identity.kind == "table":
                ends[each.identity] = each
            elif each.identity.table and (found := rows.get((each.identity.schema, each.identity.table))) is not None:
                later = each.verb not in ("lose", "end")
                yield with_parts(each, needs=each.needs | {found}) if later else each
            else:
                yield each
        for was, now in self.tables.items():
            yield self._aside(was, [ends.pop(self.sides.new_name(each)) for each in (was, *trees[was])])
            yield from self._over(was, now)
        yield from ends.values()

    def _aside(self, was: Identity, ends: list[PlanAction]) -> PlanAction:
        named, aside = self.sides.new_name(was), _aside(was)
        fact = self.sides.before.get(was)
        lines = [f"CREATE SCHEMA {quoted(aside)}"]
        if isinstance(fact, TableFact) and is_partition(fact):
            lines.append(f"ALTER TABLE {fact.inherits[0]} DETACH PARTITION {dotted(named.schema, named.name)}")
        if isinstance(fact, TableFact) and fact.forced:  # or its owner would move what the policies show, and no more
            lines.append(f"ALTER TABLE {dotted(named.schema, named.name)} NO FORCE ROW LEVEL SECURITY")
        for each in ends:
            table = dotted(each.identity.schema, each.identity.name)
            lines.append(f"ALTER TABLE {table} SET SCHEMA {quoted(aside)}")
        ended = frozenset[Identity]().union(*(each.ends for each in ends))
        freed = frozenset[Identity]().union(*(each.frees for each in ends)) - ended
        ended |= {_rows(self.tables[was])}  # until they are in the new one
        return PlanAction("lose", named, tuple(lines), ends=ended, frees=freed, loses=tuple(self._losses(was)))

    def _losses(self, was: Identity) -> Iterator[str]:
        for column, fact in self.sides.before.columns(was.schema, was.name):
            now = self.sides.now.get(column)
            other = None if now is None else self.sides.after.get(now)
            if fact.generated:
                continue
            if fact.identity and now is not None and self._counter(now) is None:
                yield loss_name("drop-identity", column)
            if not isinstance(other, ColumnFact):
                yield loss_name("drop-column", column)
            elif not other.generated and not conversion("x", fact.type, other.type).keeps:
                yield loss_name("narrow", column)

    def _counter(self, now: Identity) -> tuple[Identity, SequenceFact] | None:
        return self.sides.after.sequence_of(now.schema, now.table, now.name)

    def _over(self, was: Identity, now: Identity) -> Iterator[PlanAction]:
        aside = _aside(was)
        named = self.sides.new_name(was)
        there, here = dotted(aside, named.name), dotted(now.schema, now.name)
        columns: list[tuple[str, str]] = []
        counts: list[str] = []
        needs = {now, *_tree(now, self.sides, before=False)}
        for column, fact in self.sides.before.columns(was.schema, was.name):
            new = self.sides.now.get(column)
            other = None if new is None else self.sides.after.get(new)
            if new is None or not isinstance(other, ColumnFact) or fact.generated or other.generated:
                continue
            name = quoted(new.name)
            same = fact.type == other.type
            using = None if same else conversion(name, fact.type, other.type).using or f"{name}::{other.type}"
            value = self.fills.said.get(new) if other.not_null and not fact.not_null else None
            columns.append((name, (using or name) if value is None else f"coalesce({using or name}, {value})"))
            one = self.sides.before.sequence_of(was.schema, was.name, column.name)
            counter = self._counter(new)
            if one is None and counter is not None:
                needs.add(counter[0])
                counts.append(behind_rows(*counter, new))
            if one is not None and counter is not None:
                needs.add(counter[0])
                old = dotted(aside, self.sides.new_name(one[0]).name)
                sequence = string_literal(dotted(counter[0].schema, counter[0].name))
                counts.append(f"SELECT pg_catalog.setval({sequence}, last_value, is_called) FROM {old}")
        columns += self._new_values(now, frozenset(name for name, _ in columns))
        into, taken = ", ".join(each for each, _ in columns), ", ".join(each for _, each in columns)
        copied, rows = Identity("copy", now.schema, "", now.name), _rows(now)
        insert = f"INSERT INTO {here} ({into}) OVERRIDING SYSTEM VALUE SELECT {taken} FROM {there}"
        yield PlanAction("create", copied, (insert,), frozenset((copied,)), needs=frozenset(needs), says=_SAYS)
        ends = *counts, f"DROP TABLE {there}", f"DROP SCHEMA {quoted(aside)}"
        yield PlanAction("create", rows, ends, frozenset((rows,)), needs=frozenset((copied,)))

    def _new_values(self, now: Identity, there: frozenset[str]) -> Iterator[tuple[str, str]]:
        """The columns that only the new one has and that rows have a value for, with that."""
        for column, fact in self.sides.after.columns(now.schema, now.name):
            if quoted(column.name) in there or fact.generated or fact.identity:
                continue
            if (value := self.fills.value(column, fact)) is not None:
                yield quoted(column.name), value


def _tree(table: Identity, sides: Sides, *, before: bool) -> Iterator[Identity]:
    """The partitions of a table, and theirs."""
    parts = sides.before if before else sides.after
    for each in parts.children(table.schema, table.name):
        fact = parts.get(each)
        if isinstance(fact, TableFact) and is_partition(fact):
            yield each
            yield from _tree(each, sides, before=before)


def _rows(now: Identity) -> Identity:
    return Identity("rows", now.schema, "", now.name)


def _aside(was: Identity) -> str:
    """A schema that nobody else has, and that is the same on any day."""
    return f"{SET_ASIDE}{sha256(str(was).encode()).hexdigest()[:12]}"
