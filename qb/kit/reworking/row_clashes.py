"""Why two branches may come to other rows in one order than in the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from qb.kit.catalog import Catalog
from qb.kit.facts.index import IndexFact
from qb.kit.history.row_access import RowAccess
from qb.kit.history.statement_parts import name_parts
from qb.model.object import Identity

_RELATIONS: Final = ("table", "foreign table", "view", "materialized view")
_FIRES: Final = ("trigger", "rule")
_HARMLESS: Final = ("statistics", "grant", "security label")


class RowClash(NamedTuple):
    """What both touch, and how."""

    object: str
    why: str


def row_clash(one: RowAccess, other: RowAccess) -> RowClash | None:
    """What keeps the rows of two branches apart. Schemas are left out: which one is meant a search_path says."""
    if (one.anything and other.some) or (other.anything and one.some):
        by = one.by if one.anything else other.by
        why = "both may write some, and what steps.py, a block or a function writes nobody can tell"
        return RowClash("rows", f"{why}: {by}")
    both = [{name_parts(name)[-1]: name for name in each.writes} for each in (one, other)]
    if same := sorted(both[0].keys() & both[1].keys()):
        return RowClash(f"table {both[0][same[0]]}", "both write rows of it")
    for written, reader in ((both[0], other), (both[1], one)):
        if same := sorted(written.keys() & reader.names):
            return RowClash(f"table {written[same[0]]}", "one writes rows of it, and the other may read them")
    return None


def change_clash(start: Catalog, end: Catalog, touched: Iterable[Identity], rows: RowAccess) -> RowClash | None:
    """What a branch changes of a table that is there before, while the other one writes or reads rows of it."""
    names = rows.names | {name_parts(each)[-1] for each in rows.writes}
    there = {each.name for each in start if each.kind in _RELATIONS}
    for each in sorted(touched, key=str):
        name = each.name if each.kind in _RELATIONS else each.table
        if each.kind in _HARMLESS or _only_faster(each, start) or _only_faster(each, end):
            continue
        if name in there and (rows.anything or name in names):
            which = "" if name in names else f": what {rows.by} does nobody can tell"
            return RowClash(str(each), f"one changes it, and the other may write or read rows of its table{which}")
    return None


def with_what_follows(rows: RowAccess, catalog: Catalog) -> RowAccess:
    """With the tables that are behind views, that keys and heirs bind together, and what triggers and rules may do."""
    said = {name_parts(each)[-1]: each for each in rows.writes}
    writes, names, known = set(said), set(rows.names), -1
    while known != len(writes) + len(names):
        known = len(writes) + len(names)
        for name, needs, kind in _links(catalog):
            if name in writes and kind == "view":
                writes |= needs
            if name in names | writes:
                names |= needs
            if kind == "heir" and needs & names:
                names.add(name)
            if kind != "view" and needs & writes:
                writes.add(name)
    fires = next((each for each in catalog if each.kind in _FIRES and each.table in writes), None)
    whole = frozenset(said.get(each, each) for each in writes)
    by = rows.by or ("" if fires is None else str(fires))
    return RowAccess(whole, frozenset(names), rows.anything or fires is not None, by)


def _only_faster(each: Identity, catalog: Catalog) -> bool:
    fact = catalog.get(each)
    return isinstance(fact, IndexFact) and not fact.unique


def _links(catalog: Catalog) -> Iterator[tuple[str, frozenset[str], str]]:
    """What a view, an heir and a foreign key need of other tables, by their names."""
    for each in catalog:
        tables = frozenset(one.name if one.kind in _RELATIONS else one.table for one in catalog.needs(each)) - {""}
        if each.kind in _RELATIONS:
            yield each.name, tables - {each.name}, "heir" if each.kind.endswith("table") else "view"
        elif each.kind == "foreign key":
            yield each.table, tables - {each.table}, "key"
