"""What is dropped, and stays as long as old code runs: tables, views, routines and types, with all that is theirs."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Final

from qb.errors import DefinitionError
from qb.kit.facts.index import IndexFact
from qb.kit.facts.kinds import OF_KEYS, OF_ROUTINES, OF_TYPES, READ_AS_TABLES
from qb.kit.facts.table import TableFact
from qb.kit.planning.closure import Closure
from qb.kit.planning.ddl.tables import is_partition
from qb.kit.planning.sides import Sides, all_covered, implied
from qb.model.object import Identity

_STAYS: Final = frozenset((*READ_AS_TABLES, *OF_ROUTINES, *OF_TYPES, "schema", "sequence"))
"""What old code says the name of."""
_NAMED: Final = frozenset((*READ_AS_TABLES, *OF_TYPES, "sequence", "index", *OF_KEYS))


def later_drops(sides: Sides, closure: Closure, moved: Container[Identity]) -> frozenset[Identity]:
    """What of a change goes in the end, and all that goes with it; `moved` are the columns that stay as long, too.

    What has its name taken by something new goes at once, and so does what needs such a one. DefinitionError for what
    needs something that is renamed: it cannot say both names.
    """
    roots = {each: all_covered(each, sides.before) for each in sides.dropped if _may_stay(each, sides)}
    taken = set(_names(sides.created, sides)) | set(_names(sides.renamed.values(), sides))
    roots = {each: whole for each, whole in roots.items() if taken.isdisjoint(_names(whole, sides, before=True))}
    going = {*sides.dropped, *closure.anew}
    while True:
        kept = frozenset[Identity]().union(*roots.values())
        gone = {
            root
            for root, whole in roots.items()
            for each in whole
            for need in sides.before.needs(each)
            if need in going and need not in kept and need not in moved
        }
        if not gone:
            break
        roots = {each: whole for each, whole in roots.items() if each not in gone}
    for root, whole in roots.items():
        for need in sorted(need for each in whole for need in sides.before.needs(each)):
            if (now := sides.renamed.get(need)) is not None and need not in kept and need not in moved:
                raise DefinitionError(
                    f"{root}: --expand drops it in the end, and until then it needs {need}, which is {now.title} "
                    "by then. Drop the one and rename the other in two changes"
                )
    return kept


def _may_stay(each: Identity, sides: Sides) -> bool:
    """Whether it is of a kind that old code names, is no part of something else, and nothing of it stays."""
    fact = sides.before.get(each)
    if each.kind not in _STAYS or implied(each, fact, sides.before):
        return False
    if isinstance(fact, TableFact):
        if is_partition(fact) or fact.extension is not None:
            return False
        return not any(child in sides.now for child in sides.before.children(each.schema, each.name))
    return True


def _names(found: Iterable[Identity], sides: Sides, *, before: bool = False) -> Iterator[tuple[str, str]]:
    """Names that no two of these can have; of a routine without its arguments, as calls would be ambiguous."""
    parts = sides.before if before else sides.after
    for each in found:
        if each.kind in OF_ROUTINES:
            yield each.schema, f"{each.name.partition('(')[0]}()"
        elif each.kind in _NAMED or isinstance(parts.get(each), IndexFact):
            yield each.schema, each.name
