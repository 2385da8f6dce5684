"""What is in both catalogs and not the same: an action for each, by ALTER; types that a new one takes the place of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from qb.errors import DefinitionError
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.function import FunctionFact
from qb.kit.facts.grant import DefaultPrivilegesFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.statistics import StatisticsFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.type import EnumFact, RangeFact
from qb.kit.planning.action import PlanAction, Verb
from qb.kit.planning.beside import referring_beside
from qb.kit.planning.casts import conversion, refused_values
from qb.kit.planning.closure import CONVERTS, Closure
from qb.kit.planning.ddl.columns import inherited_columns
from qb.kit.planning.ddl.rule import Altered
from qb.kit.planning.ddl.rules import alteration_lines, creation_lines, owner_and_comment
from qb.kit.planning.ddl.sequences import owned_by
from qb.kit.planning.ddl.sql_names import dotted, routine_name
from qb.kit.planning.ddl.tables import alter_table, column_words, not_null_of, security
from qb.kit.planning.fills import drop_not_null, filled_column, set_not_null
from qb.kit.planning.making import Makes
from qb.kit.planning.renaming import hash_of
from qb.kit.planning.sides import OWN_TYPES, Sides, implied, loss_name
from qb.kit.planning.uncounted import uncounted
from qb.kit.qualified import parts as name_parts
from qb.kit.qualified import pieces
from qb.model.object import Identity
from qb.render.literals import string_literal
from qb.types.identifier import quoted

_OF_VIEWS: Final = frozenset(("comment", "default", "statistics", "storage", "compression", "options"))
_ALONE: Final = frozenset(("default", "statistics", "storage", "compression", "options"))
"""What a column of a partition may have of its own."""
_READS_TYPES: Final = 160_000
"""The version since which a server says whether a text is of a type."""
_FOLLOWS: Final = frozenset(("inherited", "local", "columns", "target_columns", "position", "parent"))


class Changing:
    """Changes what is in both."""

    def __init__(
        self, sides: Sides, closure: Closure, making: Makes, labels: Mapping[tuple[Identity, str], str]
    ) -> None:
        self.sides: Final = sides
        self.closure: Final = closure
        self.making: Final = making
        self.labels: Final = labels

    def actions(self) -> Iterator[PlanAction]:
        """For each that no DROP and CREATE make anew."""
        sides = self.sides
        for was in sorted(self.closure.replaced):
            yield from self._replaced(was)
        columns = {
            sides.now[each]
            for each in self.closure.converted
            if each in sides.now and each not in self.closure.anew and not self._follows(each)
        }
        retyped = columns.union(
            *({below for below, _ in inherited_columns(each, self.sides.after)} for each in columns)
        )
        for now in sorted(columns | sides.changed.keys()):
            was = sides.was[now]
            if was in self.closure.anew or was in self.closure.replaced or was in self.closure.gone:
                continue
            change = sides.changed.get(now)
            if now in columns:
                yield self._converted(was, now)
            if change is not None:
                yield from self._changed(was, now, change, converted=now in retyped)
        for was in sorted(self.closure.defaults):
            yield from self._without_default(was)

    def _changed(self, was: Identity, now: Identity, change: Altered[Fact], *, converted: bool) -> Iterator[PlanAction]:
        other = change.other
        fields: frozenset[str] = change.fields - _FOLLOWS
        if isinstance(other, SequenceFact) and isinstance(change.one, SequenceFact):
            if other.identity != change.one.identity:
                return  # which its column says
            yield from self._sequence(now, change, other)
            fields -= frozenset(("column", "identity"))
        if now.kind == "attribute":
            fields &= frozenset(("comment",))
            if Identity("composite type", was.schema, "", was.table) in self.closure.replaced:
                return
        if now.kind == "not null":
            fields &= frozenset(("comment",))
        if isinstance(other, ColumnFact) and now.kind == "column":
            if implied(was, change.one, self.sides.before) and other.of in ("view", "materialized view"):
                fields &= _OF_VIEWS
            else:
                fields -= CONVERTS | {"base"}
                if "not_null" in fields and not self._as_parent(now, "not_null"):
                    yield from self._nullable(now, other)
                fields -= frozenset(("not_null",))
                fields = frozenset(each for each in fields if not self._as_parent(now, each))
                if converted and getattr(change.one, "default", None) is not None:
                    fields -= frozenset(("default",))
                if "identity" in fields and (counted := self._recounted(was, now, change.one, other)):
                    yield PlanAction("alter", now, counted, frozenset((now,)), frozenset((now,)), self._needs(now))
                    fields -= frozenset(("identity", "default"))
                    converted = True
        elif implied(was, change.one, self.sides.before) and implied(now, other, self.sides.after):
            fields -= frozenset(("definition", "valid", "deferrable"))
        if isinstance(other, TableFact) and isinstance(change.one, TableFact):
            if statements := security(now, change.one, other):
                yield self.making.secured(now, statements)
            fields -= frozenset(("row_security", "forced"))
            if "options" in fields and (
                new := self.sides.new_columns(now)
            ):  # the first text brings a place for long ones
                lines = alteration_lines(
                    Altered(now, change.one, other, frozenset(("options",)), change.before, change.after)
                )
                yield PlanAction("finish", now, tuple(lines or ()), needs=new)
                fields -= frozenset(("options",))
        if not fields:
            return
        lines = alteration_lines(Altered(now, change.one, other, fields, change.before, change.after))
        if lines is None:
            raise DefinitionError(
                f"{now}: nothing changes its {', '.join(sorted(fields))} while its rows stay: make another one beside "
                "it, move the rows, and drop this one"
            )
        if lines:
            verb = _verb(other, fields)
            ended = now.kind != "grant" and not converted and verb != "label"  # which is committed before all else
            yield PlanAction(
                verb,
                now,
                tuple(lines),
                frozenset[Identity]() if converted else frozenset((now,)),
                frozenset((now,)) if ended else frozenset(),
                self._needs(now) | (frozenset((now,)) if converted else frozenset[Identity]()),
                self._frees(was, now),
                loses=tuple(uncounted(now, change.one, other)),
            )

    def _follows(self, column: Identity) -> bool:
        """Whether the column of a parent is converted, which no other may be in its place."""
        fact = self.sides.before.get(column)
        table = self.sides.before.get(Identity("table", column.schema, "", column.table))
        if not isinstance(fact, ColumnFact) or not fact.inherited or not isinstance(table, TableFact):
            return False
        above = (Identity("column", *name_parts(each), column.name) for each in table.inherits)
        return any(each in self.closure.converted for each in above)

    def _needs(self, now: Identity) -> frozenset[Identity]:
        return self.making.needs(now) - {now}

    def _frees(self, was: Identity, now: Identity) -> frozenset[Identity]:
        before = frozenset(map(self.sides.new_name, self.sides.before.catalog.needs(was)))
        return before - self.sides.after.catalog.needs(now)

    def _as_parent(self, column: Identity, field: str) -> bool:
        """Whether the table that this one is of says it for both."""
        table = self.sides.after.get(Identity("table", column.schema, "", column.table))
        mine = self.sides.after.column(column.schema, column.table, column.name)
        if not isinstance(table, TableFact) or mine is None or not mine.inherited or field in _ALONE:
            return False
        for each in table.inherits:
            at = Identity("column", *name_parts(each), column.name)
            parent = self.sides.changed.get(at)
            if parent is not None and field in parent.fields and getattr(parent.other, field) == getattr(mine, field):
                return True
        return False

    def _sequence(self, now: Identity, change: Altered[Fact], other: SequenceFact) -> Iterator[PlanAction]:
        if "column" not in change.fields or other.identity or getattr(change.one, "identity", False):
            return
        owns = self.making.ownership(now, other)
        was = getattr(change.one, "column", None)
        frees = frozenset[Identity]()
        if isinstance(was, str):
            schema, table, column = pieces(was)
            frees = frozenset(
                map(
                    self.sides.new_name,
                    (Identity("column", schema, table, column), Identity("table", schema, "", table)),
                )
            )
        yield PlanAction(owns.verb, owns.identity, owns.statements, owns.makes, needs=owns.needs, frees=frees)

    def _recounted(self, was: Identity, now: Identity, one: Fact, other: ColumnFact) -> tuple[str, ...]:
        """From a sequence of its own to identity, or back, going on with the same numbers."""
        if not isinstance(one, ColumnFact) or bool(one.identity) == bool(other.identity):
            return ()
        before = self.sides.before.sequence_of(was.schema, was.table, was.name)
        after = self.sides.after.sequence_of(now.schema, now.table, now.name)
        if before is None or after is None or self.sides.now.get(before[0]) != after[0]:
            return ()
        head = f"{alter_table(Identity(other.of, now.schema, '', now.table))} ALTER COLUMN {quoted(now.name)}"
        name, old = dotted(after[0].schema, after[0].name), f"qb_old_{hash_of(before[0]):08x}"
        moved = dotted(after[0].schema, old)
        goes_on = f"SELECT pg_catalog.setval({string_literal(name)}, last_value, is_called) FROM {moved}"
        away = f"ALTER SEQUENCE {name} RENAME TO {quoted(old)}"
        if other.identity:
            counts = column_words(now, other, self.sides.after).partition(" GENERATED ")[2].removesuffix(" NOT NULL")
            first = (f"{head} DROP DEFAULT", f"ALTER SEQUENCE {name} OWNED BY NONE", away)
            return (*first, f"{head} ADD GENERATED {counts}", goes_on, f"DROP SEQUENCE {moved}")
        lines = (away, *creation_lines(*after, self.sides.after), goes_on, f"{head} DROP IDENTITY")
        return (*lines, f"{head} SET DEFAULT {other.default}", owned_by(*after))

    def _without_default(self, was: Identity) -> Iterator[PlanAction]:
        """A column that has no default while what its default calls is made anew."""
        now = self.sides.now[was]
        other = self.sides.after.catalog[now]
        assert isinstance(other, ColumnFact), now
        head = f"{alter_table(Identity(other.of, now.schema, '', now.table))} ALTER COLUMN {quoted(now.name)}"
        at = Identity("default", now.schema, now.table, now.name)
        frees = frozenset(map(self.sides.new_name, self.sides.before.catalog.needs(was)))
        yield PlanAction("end", at, (f"{head} DROP DEFAULT",), ends=frozenset((at,)), frees=frees)
        if other.default is not None:
            yield PlanAction(
                "alter", at, (f"{head} SET DEFAULT {other.default}",), frozenset((at,)), needs=self._needs(now)
            )

    def _nullable(self, now: Identity, other: ColumnFact) -> Iterator[PlanAction]:
        if not other.not_null:
            gone = not_null_of(self.sides.was[now], self.sides.before)
            yield drop_not_null(now, other, () if gone is None else (self.sides.new_name(gone[0]),))
            return
        if (value := self.making.fills.said.get(now)) is not None:
            was = self.sides.was[now]
            ended = self.closure.gone.intersection(self.sides.before.within(was.schema, was.table))
            behind = {
                self.sides.new_name(each) for each in ended if each.kind != "column"
            }  # which may refuse the value
            yield filled_column(now, value, frozenset(behind))
        yield set_not_null(now, other, self.sides.after)

    def _converted(self, was: Identity, now: Identity) -> PlanAction:
        """ALTER COLUMN TYPE, with the default taken away meanwhile where it is one of the old type."""
        one, other = self.sides.before.catalog[was], self.sides.after.catalog[now]
        assert isinstance(one, ColumnFact), was
        assert isinstance(other, ColumnFact), now
        head = alter_table(Identity(other.of, now.schema, "", now.table))
        column = quoted(now.name)
        collate = f" COLLATE {other.collation}" if other.collation is not None else ""
        how = conversion(column, one.type, other.type)
        using, keeps, says = how.using, how.keeps, how.says
        replaced = self._type_of(was)
        if replaced is not None:
            using, keeps, says = self._through_text(replaced, column, other.type), True, ""
        said = f" USING {using}" if using and not other.generated else ""
        lines = [f"{head} ALTER COLUMN {column} TYPE {other.type}{collate}{said}"]
        if one.default is not None and not one.generated and not one.identity:
            lines.insert(0, f"{head} ALTER COLUMN {column} DROP DEFAULT")
            if other.default is not None:
                lines.append(f"{head} ALTER COLUMN {column} SET DEFAULT {other.default}")
        below = list(inherited_columns(now, self.sides.after))
        went = map(self.sides.new_name, referring_beside(was, self.sides.before))
        made = frozenset((now, *(each for each, _ in below), *went, *referring_beside(now, self.sides.after)))
        lines += (*self._own_defaults(other, below), *self._reset((now, other), *below))
        old = frozenset((_old(replaced),)) if replaced is not None else frozenset[Identity]()
        return PlanAction(
            "alter",
            now,
            tuple(lines),
            made,
            made,
            self._needs(now),
            self._frees(was, now) | old,
            loses=() if keeps else (loss_name("narrow", now),),
            says=says,
            offends="" if keeps else self._refused(was, one.type, other.type),
        )

    def _refused(self, was: Identity, one: str, other: str) -> str:
        """How many rows keep a column from another type."""
        found = refused_values(quoted(was.name), one, other)
        if found is None or self.sides.after.catalog.version < _READS_TYPES:
            return ""
        return f"SELECT pg_catalog.count(*) FROM {dotted(was.schema, was.table)} WHERE {found}"

    def _own_defaults(self, fact: ColumnFact, below: list[tuple[Identity, ColumnFact]]) -> Iterator[str]:
        """Those that children have of their own: they were taken away with their parent's."""
        for each, other in below:
            if other.default != fact.default and not other.generated and not other.identity:
                said = "DROP DEFAULT" if other.default is None else f"SET DEFAULT {other.default}"
                yield f"ALTER TABLE ONLY {dotted(each.schema, each.table)} ALTER COLUMN {quoted(each.name)} {said}"

    def _reset(self, *columns: tuple[Identity, ColumnFact]) -> Iterator[str]:
        """What a new type takes away: how the column is stored, and how much its statistics look at."""
        for each, fact in columns:
            head = f"ALTER TABLE ONLY {dotted(each.schema, each.table)} ALTER COLUMN {quoted(each.name)}"
            if fact.storage is not None:
                yield f"{head} SET STORAGE {fact.storage.upper()}"
            if fact.compression is not None:
                yield f"{head} SET COMPRESSION {fact.compression}"
            for one in self.sides.after.needing(each):
                found = self.sides.after.get(one)
                if isinstance(found, StatisticsFact) and found.target is not None and self.sides.before.get(one):
                    yield f"ALTER STATISTICS {dotted(one.schema, one.name)} SET STATISTICS {found.target}"

    def _type_of(self, column: Identity) -> Identity | None:
        """The type of a column, where a new one takes its place."""
        return next(
            (each for each in sorted(self.sides.before.catalog.needs(column)) if each in self.closure.replaced), None
        )

    def _through_text(self, type_: Identity, column: str, to: str) -> str:
        many = "[]" if to.endswith("[]") else ""
        text = f"{column}::text{many}"
        for (of, label), new in sorted(self.labels.items()):
            if of == type_ and many:
                text = f"pg_catalog.array_replace({text}, {string_literal(label)}, {string_literal(new)})"
            elif of == type_:
                text = f"CASE {text} WHEN {string_literal(label)} THEN {string_literal(new)} ELSE {text} END"
        if type_.kind == "composite type" and not many:
            return self._rebuilt_row(type_, column, to)
        return f"({text})::{to}" if text.startswith("CASE ") else f"{text}::{to}"

    def _rebuilt_row(self, type_: Identity, column: str, to: str) -> str:
        now = self.sides.new_name(type_)
        one = {
            self.sides.new_name(each).name: fact for each, fact in self.sides.before.columns(type_.schema, type_.name)
        }
        fields: list[str] = []
        for each, fact in self.sides.after.columns(now.schema, now.name):
            there = each.name in one
            fields.append(f"(({column}).{quoted(each.name)}::text)::{fact.type}" if there else f"NULL::{fact.type}")
        return f"CASE WHEN {column} IS NULL THEN NULL ELSE ROW({', '.join(fields)})::{to} END"

    def _replaced(self, was: Identity) -> Iterator[PlanAction]:
        """A new type under the old one's name: columns are converted to it, and then the old one goes."""
        now = self.sides.now[was]
        fact = self.sides.after.catalog[now]
        between = _old(was)
        word = "DOMAIN" if now.kind == "domain" else "TYPE"
        rename = f"ALTER {word} {dotted(now.schema, now.name)} RENAME TO {quoted(between.name)}"
        within = [each for each, _ in self.sides.after.columns(now.schema, now.name)]
        lines = [*self._out_of_the_way(was, between), rename, *creation_lines(now, fact, self.sides.after)]
        lines += self.making.given.lines(now)
        for each in within:
            lines += owner_and_comment(each, self.sides.after.catalog[each], self.sides.after)
        needs = self._needs(now).union(*(self.making.needs(each) for each in within)) - {now, *within}
        frees = {_old(each) for each in self.closure.replaced if each in self._deep(was)}
        one = self.sides.before.get(was)
        gone = (
            [label for label in one.labels if label not in fact.labels and (was, label) not in self.labels]
            if isinstance(one, EnumFact) and isinstance(fact, EnumFact)
            else []
        )
        yield PlanAction(
            "alter",
            now,
            tuple(lines),
            frozenset((now, *within)),
            frozenset((now, _converted(between))),
            needs,
            self._frees(was, now),
            loses=tuple(loss_name("drop-value", now, each) for each in gone),
            says="fails where a row has such a value" if gone else "",
        )
        drop = f"DROP {word} {dotted(now.schema, between.name)}"
        made = frozenset((_converted(between),))
        yield PlanAction(
            "lose", between, (drop,), made, frozenset((between,)), needs=frozenset((now,)), frees=frozenset(frees)
        )

    def _out_of_the_way(self, was: Identity, between: Identity) -> Iterator[str]:
        """What a range has beside itself: its multirange, and functions that are called as both are."""
        fact = self.sides.before.get(was)
        if not isinstance(fact, RangeFact):
            return
        for place, each in enumerate(sorted(self.sides.before.needing(was))):
            made = self.sides.before.get(each)
            if isinstance(made, FunctionFact) and implied(each, made, self.sides.before):
                yield f"ALTER FUNCTION {routine_name(each)} RENAME TO {quoted(f'{between.name}_{place}')}"
        yield f"ALTER TYPE {fact.multirange} RENAME TO {quoted(f'{between.name}_many')}"

    def _deep(self, was: Identity) -> frozenset[Identity]:
        """The types that a type is made of."""
        found = set(self.sides.before.catalog.needs(was))
        for each, _ in self.sides.before.columns(was.schema, was.name):
            found |= self.sides.before.catalog.needs(each)
        return frozenset(each for each in found if each.kind in OWN_TYPES)


def _verb(fact: Fact, fields: frozenset[str]) -> Verb:
    relabelled = isinstance(fact, EnumFact) and "labels" in fields
    return "label" if relabelled else "finish" if isinstance(fact, DefaultPrivilegesFact) else "alter"


def _converted(between: Identity) -> Identity:
    return Identity("converted", between.schema, "", between.name)


def _old(type_: Identity) -> Identity:
    """What a type is called until nothing is of it any more."""
    return Identity("old type", type_.schema, "", f"qb_old_{hash_of(type_):08x}")
