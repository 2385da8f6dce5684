"""Rows that a change itself does not take: they are left out before it is tried, as one would mend them first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final, NamedTuple

from qb.errors.outcome import Failure, Outcome, ignore
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.type import DomainFact, EnumFact
from qb.kit.planning.attached_partitions import AttachedPartitions
from qb.kit.planning.casts import conversion
from qb.kit.planning.closure import Closure
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.sql_names import dotted
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.sides import Sides
from qb.kit.proving.filled_rows import filled_columns, leave_fillable
from qb.kit.proving.filling import fill_tables
from qb.kit.proving.values import typed_value
from qb.kit.qualified import parts as name_parts
from qb.model.object import Identity
from qb.query.raw import sql
from qb.query.script import Script
from qb.render.literals import string_literal
from qb.run.database.db import Db, Tx
from qb.tree.lexemes import lexemes
from qb.types.identifier import quoted
from qb.types.trusted import trusted

_TEXTS: Final = ("text", "character")


class FittedRows(NamedTuple):
    """The rows of each table that is there before."""

    made: Mapping[Identity, int]
    """How many could be made."""
    left: Mapping[Identity, int]
    """And how many of them the change takes."""

    @property
    def empty(self) -> tuple[str, ...]:
        """Tables that no row could be made for."""
        return tuple(each.title for each, count in sorted(self.made.items()) if not count)

    @property
    def unfit(self) -> tuple[str, ...]:
        """Tables of whose rows the change takes none."""
        return tuple(each.title for each, count in sorted(self.left.items()) if not count and self.made[each])


def fill_and_fit(db: Db, sides: Sides, closure: Closure, made: MigrationPlan) -> FittedRows:
    """Rows for the tables that are there before, which the change takes; and how many of each.

    There are none in a table that gets a column, up or down, of which nobody has said what rows hold in it.
    """
    held: set[Identity] = set()
    becomes: dict[Identity, str] = {}
    values = filled_columns(made, sides)
    for was, now in sides.now.items():
        one, other = sides.before.get(was), sides.after.get(now)
        if isinstance(one, ColumnFact) and isinstance(other, ColumnFact) and one.of == "table":
            needed = other.not_null and was not in values
            if needed or any(_holds_no_null(sides, need) for need in sides.after.catalog.needs(now)):
                held.add(was)
            if was in closure.converted and not conversion("x", one.type, other.type).keeps:
                value = _before_conversion(one.type, other.type, sides.after)
                if value is not None:
                    becomes[was] = value
    filled = fill_tables(db, sides.before, held, becomes, frozenset(_asking(sides, made)))
    for column, value in sorted(values.items()):
        leave_fillable(db, column, value)
    _fit_rows(db, sides, closure, held)
    return FittedRows(filled, {each: _count(db, sides, each) for each, count in filled.items() if count})


def _count(db: Db, sides: Sides, table: Identity) -> int:
    fact = sides.before.get(table)
    whole = isinstance(fact, TableFact) and fact.partition_key is not None
    text = f"SELECT pg_catalog.count(*) FROM {'' if whole else 'ONLY '}{dotted(table.schema, table.name)}"
    return db.raising.one(sql(trusted(text.replace("{", "{{").replace("}", "}}"))).rows(int))


def _asking(sides: Sides, made: MigrationPlan) -> Iterator[Identity]:
    up = (Identity("table", each.identity.schema, "", each.identity.table) for each in made.up if each.asks)
    down = (Identity("table", each.identity.schema, "", each.identity.table) for each in made.down if each.asks)
    waiting = [*(sides.was[each] for each in up if each in sides.was), *down]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += sides.before.children(each.schema, each.name)


def _before_conversion(one: str, other: str, parts: CatalogParts) -> str | None:
    """What becomes a value of another type."""
    if one == "bytea":
        return "NULL"
    if other.endswith("[]") and not one.endswith("[]") and not one.startswith(_TEXTS):
        return typed_value(other[:-2], parts)
    value = typed_value(other, parts)
    many = one.endswith("[]") and not other.endswith("[]") and not other.startswith(_TEXTS)
    return f"ARRAY[{value}]" if many and value is not None else value


def _holds_no_null(sides: Sides, type_: Identity) -> bool:
    fact = sides.after.get(type_)
    return isinstance(fact, DomainFact) and fact.not_null


def _fit_rows(db: Db, sides: Sides, closure: Closure, held: Iterable[Identity]) -> None:
    """Delete what does not fulfil what is said of rows from now on, as far as that can be said before."""
    nulls = [
        f"DELETE FROM {dotted(each.schema, each.table)} WHERE {quoted(each.name)} IS NULL" for each in sorted(held)
    ]
    for each in (
        *nulls,
        *_not_converted(sides, closure),
        *_deletions(sides, closure),
        *_orphans(sides),
        *_orphans(sides),
    ):
        unseen = Script(trusted("SET LOCAL session_replication_role = replica"), trusted(each))
        outcome = db.transact(partial(_run, unseen))
        if isinstance(outcome, Failure):
            ignore(outcome)  # it names what is not there yet


def _not_converted(sides: Sides, closure: Closure) -> Iterator[str]:
    """What is read as another type from now on, and is none; or would be no value of its own type on the way back."""
    for each in sorted(closure.converted):
        now = sides.now.get(each)
        one, other = sides.before.get(each), sides.after.get(now) if now is not None else None
        if isinstance(one, ColumnFact) and isinstance(other, ColumnFact) and one.of == "table":
            how, name = conversion("", one.type, other.type), quoted(each.name)
            if how.keeps or "::integer::" in (how.using or "") or " <> 0" in (how.using or ""):
                continue
            was, to, text = one.type, other.type, f"{name}::text"
            if was.endswith("[]") and not to.endswith("[]") and not to.startswith(_TEXTS):
                was, text = was[:-2], f"({name})[1]::text"
            elif to.endswith("[]") and not was.endswith("[]") and not was.startswith(_TEXTS):
                to = to[:-2]
            there = f"pg_catalog.pg_input_is_valid({text}, {string_literal(to)})"
            back = f"pg_catalog.pg_input_is_valid({text}::{to}::text, {string_literal(was)})"
            yield (
                f"DELETE FROM {dotted(each.schema, each.table)}"
                f" WHERE {name} IS NOT NULL AND NOT CASE WHEN {there} THEN {back} ELSE false END"
            )


def _run(script: Script, tx: Tx) -> Outcome[int]:
    return tx.run(script)


def _deletions(sides: Sides, closure: Closure) -> Iterator[str]:
    new = [*sides.created, *sides.changed]
    for each in sorted(new):
        fact = sides.after.get(each)
        if isinstance(fact, ConstraintFact) and fact.of == "domain":
            yield from _of_domain(sides, each, fact)
        before = _before(sides, each)
        if before is None:
            continue
        if isinstance(fact, ConstraintFact):
            yield from _of_constraint(sides, each, fact, before)
        elif isinstance(fact, IndexFact) and fact.unique:
            columns = [need for need in sides.after.catalog.needs(each) if need.kind == "column"]
            yield from _doubles(sides, before, sorted(columns))
    for now, change in sides.changed.items():
        moves = sides.was[now] in closure.anew
        if isinstance(change.other, TableFact) and "bound" in change.fields and change.other.bound and not moves:
            yield f"DELETE FROM {dotted(sides.was[now].schema, sides.was[now].name)}"  # whose rows may be anybody's
            yield from _of_default(sides, change.other)
        if isinstance(change.one, EnumFact) and isinstance(change.other, EnumFact):
            yield from _of_labels(sides, sides.was[now], set(change.one.labels) - set(change.other.labels))


def _of_default(sides: Sides, attached: TableFact) -> Iterator[str]:
    """What the default partition holds, and another one is to hold from now on."""
    parted = AttachedPartitions(sides)
    default = parted.default(attached)
    if default is not None:
        was, bound = sides.was[default], parted.bound(attached)
        yield f"DELETE FROM {dotted(was.schema, was.name)}{'' if bound is None else f' WHERE {bound}'}"


def _orphans(sides: Sides) -> Iterator[str]:
    """What refers to a row that is gone."""
    for each, fact in sides.before.catalog.of(ConstraintFact).items():
        if each.kind == "foreign key" and fact.target is not None and fact.local:
            schema, target = name_parts(fact.target)
            mine = [quoted(name) for name in fact.columns]
            filled = " AND ".join(f"x.{name} IS NOT NULL" for name in mine)
            own = (Identity("column", each.schema, each.table, name) for name in fact.columns)
            if " MATCH FULL" in fact.definition and any(one in sides.dropped for one in own):  # comes back as NULL
                some = " OR ".join(f"x.{name} IS NOT NULL" for name in mine)
                yield f"DELETE FROM {dotted(each.schema, each.table)} AS x WHERE {some}"
                continue
            columns = zip(mine, fact.target_columns, strict=False)
            pairs = " AND ".join(f"x.{one} = y.{quoted(other)}" for one, other in columns)
            whole = Identity("table", schema, "", target)
            there = (whole, *(Identity("column", schema, target, name) for name in fact.target_columns))
            if any(_was(sides, sides.new_name(one)) is None for one in there):  # which the way back does not fill
                yield f"DELETE FROM {dotted(each.schema, each.table)} AS x WHERE {filled}"
                continue
            there_is = f"EXISTS (SELECT FROM {dotted(schema, target)} AS y WHERE {pairs})"
            yield f"DELETE FROM {dotted(each.schema, each.table)} AS x WHERE {_refused(fact, mine, there_is)}"


def _refused(fact: ConstraintFact, columns: Iterable[str], there_is: str) -> str:
    """Which rows a foreign key does not take: with MATCH FULL those, too, of which only some columns are NULL."""
    said = [f"x.{each} IS NOT NULL" for each in columns]
    if " MATCH FULL" in fact.definition:
        return f"({' OR '.join(said)}) AND NOT ({' AND '.join(said)} AND {there_is})"
    return f"{' AND '.join(said)} AND NOT {there_is}"


def _before(sides: Sides, part: Identity) -> Identity | None:
    """The table as it is called before; None of a new one."""
    table = sides.after.relation(part.schema, part.table)
    return sides.was.get(table) if table is not None and table.kind == "table" else None


def _column(sides: Sides, column: Identity) -> str | None:
    """A column as it is called before."""
    was = _was(sides, column)
    return None if was is None else quoted(was.name)


def _was(sides: Sides, now: Identity) -> Identity | None:
    """What is called so afterwards, as it is called before; what is somebody else's stays as it is."""
    stays = now in sides.before.catalog and now in sides.after.catalog and now not in sides.created
    return sides.was.get(now) or (now if stays else None)


def _of_constraint(sides: Sides, identity: Identity, fact: ConstraintFact, table: Identity) -> Iterator[str]:
    name = dotted(table.schema, table.name)
    columns = [Identity("column", identity.schema, identity.table, each) for each in fact.columns]
    if identity.kind == "check":
        said = fact.definition.removesuffix(" NOT VALID").removesuffix(" NO INHERIT").removeprefix("CHECK ")
        yield f"DELETE FROM {name} WHERE NOT {said}"
    elif identity.kind in ("primary key", "unique", "exclusion"):
        yield from _doubles(sides, table, columns)
    elif identity.kind == "foreign key" and fact.target is not None:
        mine = [_column(sides, each) for each in columns]
        if None in mine:
            return
        schema, target = name_parts(fact.target)
        there = _was(sides, Identity("table", schema, "", target))
        filled = " AND ".join(f"x.{each} IS NOT NULL" for each in mine)
        if there is None:
            yield f"DELETE FROM {name} AS x WHERE {filled}"
            return
        theirs = [_column(sides, Identity("column", schema, target, each)) for each in fact.target_columns]
        pairs = " AND ".join(f"x.{one} = y.{other}" for one, other in zip(mine, theirs, strict=False))
        there_is = f"EXISTS (SELECT FROM {dotted(there.schema, there.name)} AS y WHERE {pairs})"
        yield f"DELETE FROM {name} AS x WHERE {_refused(fact, filter(None, mine), there_is)}"


def _of_domain(sides: Sides, identity: Identity, fact: ConstraintFact) -> Iterator[str]:
    """What is in columns of a domain and not as it asks."""
    domain = sides.was.get(Identity("domain", identity.schema, "", identity.table))
    if identity.kind != "check" or domain is None:
        return
    said = lexemes(fact.definition.removesuffix(" NOT VALID").removeprefix("CHECK "))
    for each in sides.before.needing(domain):
        if each.kind == "column" and sides.before.get(Identity("table", each.schema, "", each.table)) is not None:
            name = quoted(each.name)
            rule = "".join(name if one.kind == "word" and one.text == "VALUE" else one.text for one in said)
            yield f"DELETE FROM {dotted(each.schema, each.table)} WHERE NOT {rule}"


def _doubles(sides: Sides, table: Identity, columns: list[Identity]) -> Iterator[str]:
    mine = [_column(sides, each) for each in columns]
    if not mine or None in mine:
        return
    name = dotted(table.schema, table.name)
    same = " AND ".join(f"x.{each} IS NOT DISTINCT FROM y.{each}" for each in mine)
    yield f"DELETE FROM {name} AS x USING {name} AS y WHERE x.ctid > y.ctid AND {same}"


def _of_labels(sides: Sides, type_: Identity, gone: set[str]) -> Iterator[str]:
    """What holds a label that is none any more: as it is, in an array, in a domain or in a composite type."""
    if not gone:
        return
    listed = ", ".join("'" + label.replace("'", "''") + "'" for label in sorted(gone))
    for each in _needing_type(sides, type_):
        fact = sides.before.get(each)
        if isinstance(fact, ColumnFact) and sides.before.relation(each.schema, each.table) is not None:
            table, name = dotted(each.schema, each.table), quoted(each.name)
            if any(need.kind == "composite type" for need in sides.before.catalog.needs(each)):
                yield f"DELETE FROM {table} WHERE {name} IS NOT NULL"
            elif fact.type.endswith("[]"):
                yield f"DELETE FROM {table} WHERE {name}::text[] && ARRAY[{listed}]"
            else:
                yield f"DELETE FROM {table} WHERE {name}::text IN ({listed})"


def _needing_type(sides: Sides, type_: Identity) -> Iterator[Identity]:
    """The columns of a type, and of what is made of it."""
    seen, waiting = {type_}, [type_]
    while waiting:
        for each in sorted(sides.before.needing(waiting.pop())):
            inside = Identity("composite type", each.schema, "", each.table)
            made = inside if each.kind == "attribute" else each
            if each.kind == "column":
                yield each
            elif made.kind in ("domain", "composite type") and made not in seen:
                seen.add(made)
                waiting.append(made)
