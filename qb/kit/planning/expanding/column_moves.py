"""Columns whose values go over into others, while old code and new code both read and write them.

https://martinfowler.com/bliki/ParallelChange.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from qb.errors import DefinitionError
from qb.frozen import FrozenStruct
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.table import TableFact
from qb.kit.planning.casts import conversion
from qb.kit.planning.closure import Closure
from qb.kit.planning.fills import FillWhere, is_one_value
from qb.kit.planning.renaming import hash_of
from qb.kit.planning.sides import Sides
from qb.model.object import Identity
from qb.tree.lexemes import lexemes
from qb.types.identifier import quoted, unquoted

_STEADY: Final = ("now()", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_USER", "LOCALTIMESTAMP")


class NewColumn(FrozenStruct):
    """A column that gets its values from others."""

    after: Identity
    """As it is called in the end."""
    meanwhile: Identity
    """As it is called until the old one has gone out of its way."""
    fact: ColumnFact
    said: str | None = None
    """Its value, as SQL of the old columns; None where it is the old one's, in another type."""
    there: bool = False
    """Whether it is there before, and only holds no NULL from now on."""


class OldColumn(FrozenStruct):
    """A column that goes in the end."""

    before: Identity
    apart: Identity
    """As it is called once the new one has its name."""
    fact: ColumnFact
    said: str | None = None
    """Its value, as SQL of the new columns."""


class ColumnMove(FrozenStruct):
    """Columns of one table of which some take the place of others."""

    table: Identity
    new: tuple[NewColumn, ...]
    old: tuple[OldColumn, ...]
    same: bool = False
    """Whether it is one for one: the same values, under another name or in another type."""

    def forward(self, *, swapped: bool) -> list[tuple[str, str]]:
        """Of each new column its name, and its value from the old ones."""
        if not self.same:
            return [(_new_name(each, swapped=swapped), each.said or "NULL") for each in self.new]
        (new,), (old,) = self.new, self.old
        name = quoted(_old_name(old, swapped=swapped))
        return [(_new_name(new, swapped=swapped), _converted(name, old.fact.type, new.fact.type))]

    def backward(self, *, swapped: bool) -> list[tuple[str, str]]:
        """Of each old column its name, and its value from the new ones; of those alone that have one."""
        if not self.same:
            return [(_old_name(each, swapped=swapped), each.said) for each in self.old if each.said is not None]
        (new,), (old,) = self.new, self.old
        name = quoted(_new_name(new, swapped=swapped))
        return [(_old_name(old, swapped=swapped), _converted(name, new.fact.type, old.fact.type))]

    def back_again(self) -> list[tuple[str, str]]:
        """Of each old column that comes again its name, and what its UPDATE sets it to: only where it does not say the
        same as the new ones already, as one does that was kept."""
        ahead = " OR ".join(
            f"({value})::text IS DISTINCT FROM {quoted(name)}::text" for name, value in self.forward(swapped=True)
        )
        return [(name, FillWhere(value, ahead)) for name, value in self.backward(swapped=True)]


def column_moves(
    sides: Sides, closure: Closure, fills: Mapping[Identity, str], rewritten: Collection[Identity]
) -> tuple[ColumnMove, ...]:
    """What of a change can be done while old code reads and writes: columns that are renamed, that get another type
    which writes their table anew, that are divided or put together as `fills` say, that may hold no NULL from now on;
    and those that are dropped, which stay as long. `rewritten` are the columns whose change was seen to write a table
    anew. Raises DefinitionError for those that no other can take the place of."""
    found: list[ColumnMove] = []
    for was, now in sorted(sides.now.items()):
        if was.kind == "table" and was == now and was not in closure.anew:
            fact = sides.before.get(was)
            if isinstance(fact, TableFact) and fact.extension is None:
                found += _of_table(was, fact, sides, closure, fills, rewritten)
    return tuple(found)


def _of_table(
    table: Identity,
    fact: TableFact,
    sides: Sides,
    closure: Closure,
    fills: Mapping[Identity, str],
    rewritten: Collection[Identity],
) -> Iterator[ColumnMove]:
    moves: list[ColumnMove] = []
    dropped: list[OldColumn] = []
    for was, one in sides.before.columns(table.schema, table.name):
        now = sides.now.get(was)
        other = sides.after.get(now) if now is not None else None
        if one.inherited:
            continue
        if now is None or not isinstance(other, ColumnFact):
            dropped.append(OldColumn(was, was, one, fills.get(was)))
        elif one.generated or other.generated:
            continue
        elif was.name != now.name:
            moves.append(ColumnMove(table, (NewColumn(now, now, other),), (OldColumn(was, was, one),), same=True))
        elif was in closure.converted and now in rewritten:
            meanwhile, apart = _spare("new", now), _spare("old", now)
            moves.append(
                ColumnMove(table, (NewColumn(now, meanwhile, other),), (OldColumn(was, apart, one),), same=True)
            )
        elif other.not_null and not one.not_null and (value := fills.get(now)) is not None:
            moves.append(ColumnMove(table, (NewColumn(now, now, other, value, there=True),), ()))
    new = [
        NewColumn(each, each, other, value)
        for each, other in sides.after.columns(table.schema, table.name)
        if each in sides.created and not other.inherited and (value := _value(each, other, fills)) is not None
    ]
    moves += _groups(table, new, dropped)
    for move in moves:
        for each in move.old:
            _refuse(each, table, fact, sides, needed=bool(move.new) and each.apart == each.before)
        for column in move.new:
            _refuse_new(column, table, fact, sides)
    yield from sorted(moves, key=lambda move: not move.old)  # what is made of new columns comes behind them


def _value(column: Identity, fact: ColumnFact, fills: Mapping[Identity, str]) -> str | None:
    """What rows that are there get in a new column, where that writes them; None where it does not."""
    if fact.identity or fact.generated:
        return None
    value = fills.get(column)
    if value is None and fact.default is not None and "(" in fact.default and fact.default not in _STEADY:
        value = fact.default  # which may be another one for each row
        if is_one_value(value):
            return None
    return None if value is None or is_one_value(value) else value


def _groups(table: Identity, new: list[NewColumn], dropped: list[OldColumn]) -> Iterator[ColumnMove]:
    """Which new columns are made of which old ones, by the names in their expressions."""
    left: list[NewColumn | OldColumn] = [*new, *dropped]
    while left:
        group, waiting = [first := left.pop(0)], [first]
        while waiting:
            each = waiting.pop()
            near = [other for other in left if _named(each, other) or _named(other, each)]
            left = [other for other in left if other not in near]
            group += near
            waiting += near
        yield ColumnMove(
            table,
            tuple(each for each in group if isinstance(each, NewColumn)),
            tuple(each for each in group if isinstance(each, OldColumn)),
        )


def _named(one: NewColumn | OldColumn, other: NewColumn | OldColumn) -> bool:
    """Whether the expression of the one says the name of the other, which is of the other kind."""
    if isinstance(one, NewColumn) == isinstance(other, NewColumn) or one.said is None:
        return False
    name = other.after.name if isinstance(other, NewColumn) else other.before.name
    return any(_word(each.text) == name for each in lexemes(one.said) if each.kind in ("word", "name"))


def _word(text: str) -> str:
    return unquoted(text) if text.startswith('"') else text.lower()


def _refuse(old: OldColumn, table: Identity, fact: TableFact, sides: Sides, *, needed: bool) -> None:
    """What an old column cannot be, if another is to take its place."""
    why = None
    if fact.partition_key is not None or fact.inherits or sides.before.children(table.schema, table.name):
        why = "its table has partitions, or inherits"
    elif needed and old.fact.identity:
        why = "it counts by itself (identity)"
    else:
        for each in sides.before.needing(old.before):
            constraint = sides.before.get(each)
            if needed and each.kind == "primary key":
                why = f"it is part of the primary key {each.name}"
            elif (
                needed and isinstance(constraint, ConstraintFact) and each.kind == "foreign key" and _refers(each, old)
            ):
                why = f"the foreign key {each} refers to it"
    if why is not None:
        instead = "a rename takes no time, but code that knows the old name has to be stopped first"
        if old.apart != old.before:
            instead = "its table is written anew in one statement, and everybody waits as long as that takes"
        raise DefinitionError(
            f"{old.before}: --expand cannot put another column beside it, as {why}. Leave --expand out: {instead}"
        )


def _refers(key: Identity, old: OldColumn) -> bool:
    return (key.schema, key.table) != (old.before.schema, old.before.table)


def _refuse_new(new: NewColumn, table: Identity, fact: TableFact, sides: Sides) -> None:
    if fact.partition_key is not None or fact.inherits or sides.before.children(table.schema, table.name):
        raise DefinitionError(
            f"{new.after}: --expand cannot fill it in batches, as its table has partitions, or inherits. Leave "
            "--expand out, and its values are written in one transaction"
        )


def _spare(what: str, column: Identity) -> Identity:
    return Identity("column", column.schema, column.table, f"qb_{what}_{hash_of(column):08x}")


def _new_name(each: NewColumn, *, swapped: bool) -> str:
    return (each.after if swapped else each.meanwhile).name


def _old_name(each: OldColumn, *, swapped: bool) -> str:
    return (each.apart if swapped else each.before).name


def _converted(name: str, one: str, other: str) -> str:
    if one == other:
        return name
    return conversion(name, one, other).using or f"{name}::{other}"


def moves_by_table(moves: Iterable[ColumnMove]) -> Mapping[Identity, tuple[ColumnMove, ...]]:
    """The moves of each table that have new columns."""
    found: dict[Identity, tuple[ColumnMove, ...]] = {}
    for each in moves:
        if each.new:
            found[each.table] = (*found.get(each.table, ()), each)
    return found
