"""The same plan for tables that are written to meanwhile: what would keep others waiting is done in steps.

https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from qb.frozen import with_parts
from qb.kit.facts.base import Fact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.table import TableFact
from qb.kit.planning.action import PlanAction, name_slot
from qb.kit.planning.closure import Closure
from qb.kit.planning.ddl.constraints import add_constraint, concurrently
from qb.kit.planning.ddl.sql_names import name_of_table
from qb.kit.planning.ddl.tables import is_alone, not_null_of
from qb.kit.planning.fills import sets_not_null
from qb.kit.planning.parted_indexes import PartedIndexes
from qb.kit.planning.parted_keys import PartedKeys, key_words
from qb.kit.planning.renaming import hash_of
from qb.kit.planning.sides import Sides
from qb.model.object import Identity
from qb.types.identifier import quoted

_PARTED_KEYS: Final = 18
"""Since when a foreign key of a table with partitions can be checked afterwards."""
_NAMED_NOT_NULL: Final = 18
"""Since when NOT NULL is a constraint, which can be checked afterwards."""


class Gentle:
    """Which actions are done in steps, and how."""

    def __init__(self, sides: Sides, closure: Closure) -> None:
        self.sides: Final = sides
        self.closure: Final = closure
        self.major: Final = sides.after.catalog.version // 10_000
        self.fills: Final[dict[Identity, PlanAction]] = {}
        """What writes values into columns."""
        self.converted: Final = {
            (sides.new_name(each).schema, sides.new_name(each).table) for each in closure.converted
        }
        """Tables that are written anew anyway."""

    def actions(self, actions: Iterable[PlanAction]) -> Iterator[PlanAction]:
        """The actions, those that are done in steps as several."""
        known = list(actions)
        self.fills.update((each.identity, each) for each in known if each.identity.kind == "filled")
        parted = PartedIndexes(self.sides, self.closure, known)
        keys = PartedKeys(self.sides, self.closure, known)
        for each in known:
            if each.identity in parted.parts and each.verb == "create":
                yield from parted.steps(each)
            elif each.identity in keys.parts and each.verb == "create":
                yield from keys.steps(each)
            elif each.identity not in parted.below or each.verb != "alter":
                yield from self._steps(each)
            elif (rest := parted.follows(each)) is not None:
                yield rest

    def _steps(self, each: PlanAction) -> Iterator[PlanAction]:
        identity, fact = each.identity, self.sides.after.get(each.identity)
        if identity.kind == "filled":
            yield with_parts(each, alone=True)
        elif each.verb == "alter" and sets_not_null(each):
            yield from self._not_null(each)
        elif each.verb == "end" and identity.kind == "index" and self._is_plain(identity):
            yield self._with(each, each.statements[0].replace("DROP INDEX ", "DROP INDEX CONCURRENTLY ", 1))
        elif each.verb == "create" and isinstance(fact, ConstraintFact) and self._is_checked_later(identity):
            yield self._unchecked(each, identity, fact)
            yield self._validated(identity)
        elif each.verb != "create" or fact is None or not self._is_plain(identity):
            yield each
        elif isinstance(fact, ConstraintFact):
            yield from self._key(each, fact)
        elif isinstance(fact, IndexFact) and fact.valid:
            yield self._with(each, concurrently(each.statements[0]))
        else:
            yield each

    def _is_plain(self, identity: Identity) -> bool:
        """Whether it is on a table that is there before, has no partitions and stays what it is."""
        if (identity.schema, identity.table) in self.converted:
            return False
        table = self.sides.after.relation(identity.schema, identity.table)
        if table is None or table not in self.sides.was:
            return False
        fact: Fact | None = self.sides.after.get(table)
        if isinstance(fact, TableFact):
            return table.kind == "table" and fact.partition_key is None
        return table.kind == "materialized view" and self.sides.was[table] in self.sides.before.catalog

    def _with(self, each: PlanAction, first: str) -> PlanAction:
        """The same with another first statement, which is run by itself once all else is there."""
        return PlanAction(
            "build",
            each.identity,
            (first, *each.statements[1:]),
            each.makes,
            each.ends,
            each.needs,
            each.frees,
            each.likes,
            each.loses,
        )

    def _is_there(self, identity: Identity) -> bool:
        """Whether it is on a table that is there before and stays."""
        table = self.sides.after.relation(identity.schema, identity.table)
        return (
            table is not None
            and table.kind == "table"
            and self.sides.was.get(table, table) not in self.closure.anew
            and (table in self.sides.was)
        )

    def _is_checked_later(self, identity: Identity) -> bool:
        """Whether it says something of rows that can be looked at once it holds for new ones."""
        fact, table = self.sides.after.get(identity), self.sides.after.relation(identity.schema, identity.table)
        if not isinstance(fact, ConstraintFact) or not fact.valid or table is None or not self._is_there(identity):
            return False
        whole = self.sides.after.get(table)
        parted = isinstance(whole, TableFact) and whole.partition_key is not None
        return identity.kind == "check" or (
            identity.kind == "foreign key" and (self.major >= _PARTED_KEYS or not parted)
        )

    def _unchecked(self, each: PlanAction, identity: Identity, fact: ConstraintFact) -> PlanAction:
        added = add_constraint(identity, fact, self.sides.after, checked=False)
        return with_parts(each, statements=(*added, *each.statements[1:]))

    def _key(self, each: PlanAction, fact: ConstraintFact) -> Iterator[PlanAction]:
        identity = each.identity
        if identity.kind == "primary key" and any(map(self._has_parents_not_null, _columns(identity, fact))):
            yield each
        elif identity.kind in ("primary key", "unique") and (found := key_words(fact)) is not None:
            name, table = quoted(identity.name), name_of_table(identity)
            build = Identity("key index", identity.schema, identity.table, identity.name)
            tail = f"{found['columns']}{found['include'] or ''}{found['nulls'] or ''}"
            create = f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} {tail}"
            yield PlanAction("build", build, (create,), frozenset((build, name_slot(build))), each.ends, each.needs)
            word = "PRIMARY KEY" if identity.kind == "primary key" else "UNIQUE"
            added_key = f"ALTER TABLE {table} ADD CONSTRAINT {name} {word} USING INDEX {name}{found['rest']}"
            yield PlanAction(
                "finish",
                identity,
                (added_key, *each.statements[1:]),
                each.makes,
                needs=each.needs | {build},
                likes=each.likes,
            )
        else:
            yield each

    def _has_parents_not_null(self, column: Identity) -> bool:
        """Whether a column may be NULL no more because of its parent's alone: a key that takes an index makes that its
        own, and the same key that is made at once does not."""
        found = not_null_of(column, self.sides.after)
        return found is not None and found[1].inherited and not found[1].local

    def _validated(self, identity: Identity) -> PlanAction:
        line = f"ALTER TABLE {name_of_table(identity)} VALIDATE CONSTRAINT {quoted(identity.name)}"
        at = Identity("validated", identity.schema, identity.table, identity.name)
        return PlanAction("check", at, (line,), frozenset((at,)), needs=frozenset((identity,)), commits=True)

    def _not_null(self, each: PlanAction) -> Iterator[PlanAction]:
        at = each.identity
        column = Identity("column", at.schema, at.table, at.name)
        if not self._is_there(at):
            yield each
            return
        table, name = name_of_table(at), quoted(at.name)
        filled = [self._filled_again(self.fills[need], at) for need in each.needs if need in self.fills]
        yield from filled
        behind = frozenset((at,)).union(*(again.makes for again in filled))
        if self.major >= _NAMED_NOT_NULL:
            found = not_null_of(column, self.sides.after)
            key = quoted(found[0].name if found is not None else f"qb_{hash_of(at):08x}")
            alone = " NO INHERIT" if found is not None and is_alone(found[1]) else ""
            yield PlanAction(
                "create",
                at,
                (f"ALTER TABLE {table} ADD CONSTRAINT {key} NOT NULL {name}{alone} NOT VALID",),
                frozenset((at,) if found is None else (at, found[0])),
                needs=each.needs,
            )
            line = f"ALTER TABLE {table} VALIDATE CONSTRAINT {key}"
            yield PlanAction("check", column, (line,), frozenset((column,)), needs=behind, commits=True)
            return
        key = quoted(f"qb_{hash_of(at):08x}")
        said = f"ALTER TABLE {table} ADD CONSTRAINT {key} CHECK ({name} IS NOT NULL) NOT VALID"
        yield PlanAction("create", at, (said,), frozenset((at,)), needs=each.needs)
        line = f"ALTER TABLE {table} VALIDATE CONSTRAINT {key}"
        checked = Identity("validated", at.schema, at.table, at.name)
        yield PlanAction("check", checked, (line,), frozenset((checked,)), needs=behind, commits=True)
        rest = (f"ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL", f"ALTER TABLE {table} DROP CONSTRAINT {key}")
        yield PlanAction("check", column, rest, frozenset((column,)), needs=frozenset((checked,)), commits=True)

    def _filled_again(self, fill: PlanAction, at: Identity) -> PlanAction:
        """Once no NULL can come any more: for those who were not seen while the others were filled."""
        again = Identity("filled again", at.schema, at.table, at.name)
        says = "again, for rows that came meanwhile"
        return PlanAction(
            "alter", again, fill.statements, frozenset((again,)), needs=frozenset((at,)), says=says, alone=True
        )


def _columns(constraint: Identity, fact: ConstraintFact) -> Iterator[Identity]:
    return (Identity("column", constraint.schema, constraint.table, each) for each in fact.columns)
