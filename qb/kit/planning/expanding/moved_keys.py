"""Keys of columns that another takes the place of, and counters: what is moved over in the moment of the swap.

A table has one primary key, so the new column has a unique index until then, which becomes the key in the same
transaction as the names change; and the old one gets such an index before, for the way back. Foreign keys that refer to
the columns are made again, and checked in transactions of their own.
https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qb.errors import DefinitionError
from qb.frozen import FrozenStruct
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.table import TableFact
from qb.kit.planning.ddl.constraints import add_constraint
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.sequences import counts_otherwise, how_it_counts
from qb.kit.planning.ddl.sql_names import dotted, name_of_table
from qb.kit.planning.expanding.column_moves import ColumnMove, NewColumn, OldColumn
from qb.kit.planning.parted_keys import key_words
from qb.kit.planning.renaming import hash_of
from qb.kit.planning.sides import Sides
from qb.kit.qualified import parts as name_parts
from qb.model.object import Identity
from qb.render.literals import string_literal
from qb.types.identifier import quoted


class MovedKey(FrozenStruct):
    """A primary key of columns that are swapped."""

    identity: Identity
    columns: tuple[str, ...]
    old: tuple[str, ...]
    """Its columns, as those of the old one are called once others have their names."""

    def index(self, what: str) -> str:
        """The unique index that is there beside it."""
        return f"qb_{what}_{hash_of(self.identity):08x}"

    def build(self, what: str, columns: Sequence[str], *, beside: bool = True) -> str:
        """CREATE UNIQUE INDEX."""
        listed = ", ".join(map(quoted, columns))
        word = "CONCURRENTLY " if beside else ""
        return f"CREATE UNIQUE INDEX {word}{quoted(self.index(what))} ON {name_of_table(self.identity)} ({listed})"

    def drop(self) -> str:
        """DROP CONSTRAINT."""
        return f"ALTER TABLE {name_of_table(self.identity)} DROP CONSTRAINT {quoted(self.identity.name)}"

    def take(self, what: str) -> str:
        """The index becomes the key."""
        name, index = quoted(self.identity.name), quoted(self.index(what))
        return f"ALTER TABLE {name_of_table(self.identity)} ADD CONSTRAINT {name} PRIMARY KEY USING INDEX {index}"


class ReferringKey(FrozenStruct):
    """A foreign key that refers to columns that are swapped."""

    identity: Identity
    before: ConstraintFact | None
    after: ConstraintFact | None
    moves: bool
    """Whether columns of its own are swapped, too: then there are two meanwhile."""

    @property
    def apart(self) -> Identity:
        """As the one of the new columns is called meanwhile."""
        at = self.identity
        return at if self.before is None else Identity(at.kind, at.schema, at.table, f"qb_new_{hash_of(at):08x}")

    def drop(self) -> str:
        """DROP CONSTRAINT."""
        return f"ALTER TABLE {name_of_table(self.identity)} DROP CONSTRAINT {quoted(self.identity.name)}"


class MovedCounter(FrozenStruct):
    """What gives a column its numbers: the sequence of an identity, or one that its default asks."""

    new: NewColumn
    old: OldColumn
    first: tuple[Identity, SequenceFact]
    last: tuple[Identity, SequenceFact]

    def lines(self, *, back: bool) -> Iterator[str]:
        """The other column counts from now on, behind the same number."""
        here, there = self.new.after.name, self.old.apart.name
        one, other, fact = self.first, self.last, self.new.fact
        if back:
            here, there, one, other, fact = self.old.before.name, self.new.meanwhile.name, other, one, self.old.fact
        table = name_of_table(self.new.after)
        to, gone = (f"ALTER TABLE {table} ALTER COLUMN {quoted(each)}" for each in (here, there))
        if not one[1].identity:
            yield f"ALTER SEQUENCE {dotted(one[0].schema, one[0].name)} OWNED BY {table}.{quoted(here)}"
            if said := counts_otherwise(one[1], other[1]):
                yield f"ALTER SEQUENCE {dotted(one[0].schema, one[0].name)} {' '.join(said)}"
            yield f"{to} SET DEFAULT {fact.default}"
            yield f"{gone} DROP DEFAULT"
            return
        meanwhile = dotted(other[0].schema, f"qb_new_{hash_of(other[0]):08x}")
        counts = "".join(f" {each}" for each in how_it_counts(other[1]))
        yield f"{to} ADD GENERATED {fact.identity.upper()} AS IDENTITY (SEQUENCE NAME {meanwhile}{counts})"
        was = dotted(one[0].schema, one[0].name)
        yield f"SELECT pg_catalog.setval({string_literal(meanwhile)}, last_value, is_called) FROM {was}"
        yield f"{gone} DROP IDENTITY"
        yield f"ALTER SEQUENCE {meanwhile} RENAME TO {quoted(other[0].name)}"


class MovedKeys(FrozenStruct):
    """All that is moved over in the swap, beside names."""

    keys: tuple[MovedKey, ...] = ()
    referring: tuple[ReferringKey, ...] = ()
    counters: tuple[MovedCounter, ...] = ()

    def making(self, after: CatalogParts) -> Iterator[str]:
        """What makes of the last database one that has not moved them over, with the new columns under their names."""
        for each in self.referring:
            if each.after is not None:
                yield each.drop()
        for key in self.keys:
            yield key.drop()
            yield key.build("new", key.columns, beside=False)
        for each in self.referring:
            if each.after is not None and each.moves:
                yield from add_constraint(each.identity, each.after, after)
        for counter in self.counters:
            if counter.last[1].identity:
                at = counter.new.after
                yield f"ALTER TABLE {name_of_table(at)} ALTER COLUMN {quoted(at.name)} DROP IDENTITY"

    def built(self, *, back: bool) -> Iterator[str]:
        """What is built before, while others write."""
        for key in self.keys:
            yield key.build("new" if back else "old", key.columns)

    def dropped(self, after: CatalogParts, *, back: bool) -> Iterator[str]:
        """What goes before the names change."""
        for each in self.referring:
            if (each.after if back else each.before) is not None:
                yield each.drop()
        for key in self.keys:
            yield key.drop()
        for each in self.referring if back else ():
            if each.after is not None and each.moves:  # as long as the columns have the names that it says
                yield from add_constraint(each.apart, each.after, after, checked=False)

    def taken(self, sides: Sides, *, back: bool) -> Iterator[str]:
        """What comes once the names have changed."""
        for key in self.keys:
            yield key.take("old" if back else "new")
        for counter in self.counters:
            yield from counter.lines(back=back)
        parts = sides.before if back else sides.after
        for each in self.referring:
            fact = each.before if back else each.after
            if fact is not None and (back or not each.moves):
                yield from add_constraint(each.identity, fact, parts, checked=False)

    def checked(self, *, back: bool) -> Iterator[str]:
        """What is then looked at, each in a transaction of its own."""
        for each in self.referring:
            found: list[tuple[Identity, ConstraintFact | None]] = []
            if back:
                found.append((each.identity, each.before))
            if back is each.moves:
                found.append((each.apart if back else each.identity, each.after))
            for identity, fact in found:
                if fact is not None and fact.valid:
                    yield f"ALTER TABLE {name_of_table(identity)} VALIDATE CONSTRAINT {quoted(identity.name)}"


def moved_keys(sides: Sides, moves: Iterable[ColumnMove]) -> MovedKeys:
    """What is moved over. Raises DefinitionError for what cannot be."""
    swapped = [
        (new, old) for move in moves if move.same for new, old in zip(move.new, move.old, strict=True) if _swaps(new)
    ]
    apart = {each.after: old.apart.name for each, old in swapped}
    keys: dict[Identity, MovedKey] = {}
    referring: dict[Identity, ReferringKey] = {}
    counters: list[MovedCounter] = []
    for new, old in swapped:
        for each in _on(new.after, sides):
            if each.kind == "primary key" and each not in keys:
                keys[each] = _key(each, old, sides, apart)
        for each in _referring_to(new.after, sides):
            referring.setdefault(each, _referring(each, old, sides, apart))
        if (counter := _counter(new, old, sides)) is not None:
            counters.append(counter)
    return MovedKeys(tuple(keys.values()), tuple(referring[each] for each in sorted(referring)), tuple(counters))


def _swaps(new: NewColumn) -> bool:
    return new.meanwhile != new.after


def _on(column: Identity, sides: Sides) -> Iterator[Identity]:
    """What is said of a column in its own table, before or after."""
    for parts in (sides.before, sides.after):
        for each in parts.within(column.schema, column.table):
            fact = parts.get(each)
            if isinstance(fact, ConstraintFact) and column.name in fact.columns:
                yield each


def _key(identity: Identity, old: OldColumn, sides: Sides, apart: dict[Identity, str]) -> MovedKey:
    one, other = sides.before.get(identity), sides.after.get(identity)
    if not isinstance(one, ConstraintFact) or not isinstance(other, ConstraintFact) or one.columns != other.columns:
        raise DefinitionError(
            f"{old.before}: --expand puts another column in its place, and its table has another primary key "
            "afterwards. Change the key in a change of its own"
        )
    found = key_words(other)
    if found is None or found["include"] or found["rest"]:
        raise DefinitionError(
            f"{old.before}: --expand cannot put another column beside it, as the primary key {identity.name} says more "
            "than its columns. Leave --expand out: its table is written anew, and everybody waits as long"
        )
    at = [Identity("column", identity.schema, identity.table, each) for each in one.columns]
    return MovedKey(identity, one.columns, tuple(apart.get(each, each.name) for each in at))


def _referring_to(column: Identity, sides: Sides) -> Iterator[Identity]:
    """Foreign keys that refer to a column, before or after."""
    for parts in (sides.before, sides.after):
        for each, fact in parts.catalog.items():
            if each.kind != "foreign key" or not isinstance(fact, ConstraintFact) or fact.target is None:
                continue
            if name_parts(fact.target) == (column.schema, column.table) and column.name in fact.target_columns:
                yield each


def _referring(identity: Identity, old: OldColumn, sides: Sides, apart: dict[Identity, str]) -> ReferringKey:
    one, other = sides.before.get(identity), sides.after.get(identity)
    at = Identity("table", identity.schema, "", identity.table)
    if sides.renamed.get(at, at) != at:
        raise DefinitionError(
            f"{old.before}: --expand puts another column in its place, and the foreign key {identity} refers to it, "
            "whose table gets another name. Rename that in a change of its own"
        )
    table = sides.before.get(at)
    if isinstance(table, TableFact) and (table.partition_key is not None or table.inherits):
        raise DefinitionError(
            f"{old.before}: --expand cannot put another column beside it, as the foreign key {identity} refers to it, "
            "whose table has partitions, or inherits. Drop that key in a change of its own, and declare it again "
            "afterwards"
        )
    columns = [Identity("column", identity.schema, identity.table, each) for each in getattr(other, "columns", ())]
    return ReferringKey(
        identity,
        one if isinstance(one, ConstraintFact) else None,
        other if isinstance(other, ConstraintFact) else None,
        any(each in apart for each in columns),
    )


def _counter(new: NewColumn, old: OldColumn, sides: Sides) -> MovedCounter | None:
    at = new.after
    first = sides.before.sequence_of(at.schema, at.table, at.name)
    last = sides.after.sequence_of(at.schema, at.table, at.name)
    if first is None and last is None:
        return None
    if first is None or last is None or first[1].identity != last[1].identity or first[0].schema != last[0].schema:
        raise DefinitionError(
            f"{old.before}: --expand puts another column in its place, and that counts in another way. Change how it "
            "counts in a change of its own"
        )
    if not first[1].identity and first[0] != last[0]:
        raise DefinitionError(
            f"{old.before}: --expand puts another column in its place, and that has another sequence. Change that in a "
            "change of its own"
        )
    return MovedCounter(new, old, first, last)
