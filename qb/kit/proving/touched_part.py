"""What of a large database a plan can touch: what it changes, all that stands on that, and what these need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import Final

from qb.kit.catalog import Catalog
from qb.kit.facts.kinds import READ_AS_TABLES
from qb.kit.facts.table import TableFact
from qb.kit.planning.closure import Closure
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.sides import Sides
from qb.kit.qualified import parts as name_parts
from qb.model.object import Identity

LARGE_CATALOG: Final = 1_000
"""Of how many objects a database is large: a smaller one is made as a whole before its part is found."""
_STANDING: Final = frozenset(
    ("database", "schema", "extension", "default privileges", "event trigger", "role", "membership")
)
"""Kinds that have their say in whatever is made."""
_ASIDE: Final = frozenset(("foreign key", "trigger", "policy", "rule", "grant", "publication", "statistics"))
"""Kinds in a table that join it with others: of one that nothing happens to, they are there where those are."""


def touched_part(sides: Sides, made: MigrationPlan) -> tuple[Catalog, Catalog] | None:
    """The part of both catalogs in which a plan can be proved; None where that is not much less than the whole."""
    before, after = sides.before, sides.after
    if max(len(before.catalog), len(after.catalog)) < LARGE_CATALOG:
        return None
    steps = [each.identity for each in (*made.up, *made.down)]
    changed = [sides.was.get(each, each) for each in sides.changed]
    first = {*changed, *sides.dropped, *sides.renamed, *Closure(sides).gone, *steps}
    second = {*sides.changed, *sides.created, *sides.renamed.values(), *steps}
    one, other = _part(before, first), _part(after, second)
    while True:  # what is in the one is in the other, too
        more = _part(before, first, one.union(sides.was[each] for each in other if each in sides.was))
        again = _part(after, second, other.union(sides.now[each] for each in more if each in sides.now))
        if (more, again) == (one, other):
            break
        one, other = more, again
    if 2 * len(one) > len(before.catalog):
        return None
    return before.catalog.where(lambda each, _: each in one), after.catalog.where(lambda each, _: each in other)


def _part(parts: CatalogParts, seeds: Iterable[Identity], also: Set[Identity] = frozenset()) -> frozenset[Identity]:
    """Objects, all that stands on them, and what these need, as far as it is there; and what others need, `also`."""
    known = [each for each in seeds if each in parts.catalog]
    stands = _standing_on(parts, known)
    for each in known:  # with what is in a table to which something happens, its triggers and keys among it
        if each.kind not in _STANDING:
            stands.update(parts.within(each.schema, each.table or each.name))
    found = {each for each in parts.catalog if each.kind in _STANDING or each in also}
    waiting = [*found, *stands]
    found |= stands
    while waiting:
        each = waiting.pop()
        for need in (*parts.catalog.needs(each), *_whole(parts, each)):
            if need not in found and need in parts.catalog:
                found.add(need)
                waiting.append(need)
    tables = {(each.schema, each.name) for each in found if each.kind in READ_AS_TABLES}
    for table in tables:
        for each in parts.within(*table):
            if each not in found and parts.catalog.needs(each) & parts.catalog.keys() <= found:
                found.add(each)
    found.update(
        each for each in parts.catalog if each.kind == "grant" and each not in found and _there(parts, each, found)
    )
    return frozenset(found)


def _there(parts: CatalogParts, each: Identity, found: Set[Identity]) -> bool:
    needs = parts.catalog.needs(each)
    return bool(needs) and all(need in found for need in needs if need in parts.catalog)


def _standing_on(parts: CatalogParts, seeds: Iterable[Identity]) -> set[Identity]:
    found = {*seeds}
    waiting = [*found]
    while waiting:
        each = waiting.pop()
        if each.kind in _STANDING:
            continue  # on which all stands
        for other in parts.needing(each):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _whole(parts: CatalogParts, each: Identity) -> Iterator[Identity]:
    """What is there with an object: its table, that one's columns, keys and indexes, and its relatives."""
    fact = parts.get(each)
    if each.table:
        whole = parts.relation(each.schema, each.table) or Identity("composite type", each.schema, "", each.table)
        yield whole
        yield Identity("domain", each.schema, "", each.table)
    else:
        for part in parts.within(each.schema, each.name):
            if part.kind not in _ASIDE:
                yield part
        for column, _ in parts.columns(each.schema, each.name):
            if (sequence := parts.sequence_of(column.schema, column.table, column.name)) is not None:
                yield sequence[0]
    if isinstance(fact, TableFact):
        yield from parts.children(each.schema, each.name)
        for parent in fact.inherits:
            schema, name = name_parts(parent)
            yield Identity("table", schema, "", name)
