"""The places of a database: a table, view or type with all that is in it, the functions of one name. Each has the
statements of a schema that make it, and so a digest of them: two schemas differ in the places whose digests differ."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from qb.ddl.operation import Comment, Create, Operation
from qb.ddl.plan import Plan
from qb.kit.facts.base import Fact
from qb.kit.facts.grant import GrantFact
from qb.kit.facts.kinds import OF_ROUTINES, OF_TYPES, READ_AS_TABLES
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.statistics import StatisticsFact
from qb.kit.facts.table import TableFact
from qb.kit.qualified import parts, pieces, routine_parts
from qb.model.grant import GrantDefinition
from qb.model.object import Identity, Object
from qb.types.identifier import PUBLIC

MadePlace: TypeAlias = tuple[str, str, str]
"""What its name is one of, its schema, its name."""

WHOLE: Final = "whole"
"""What the name of a table, a view, a type, a sequence is one of."""
_ROUTINE: Final = "routine"
_WHOLES: Final = frozenset((*READ_AS_TABLES, *OF_TYPES, "sequence", "base type"))


def made_place(identity: Identity) -> MadePlace:
    """Where an object is, of a schema or of a catalog.

    >>> from qb.kit import Identity
    >>> made_place(Identity("column", "", "tasks", "title")), made_place(Identity("function", "app", "", "late(date)"))
    (('whole', 'public', 'tasks'), ('routine', 'app', 'late'))
    """
    if identity.table:
        return WHOLE, identity.schema or PUBLIC, identity.table
    if identity.kind in _WHOLES:
        return WHOLE, identity.schema or PUBLIC, identity.name
    if identity.kind in OF_ROUTINES:
        return _ROUTINE, identity.schema or PUBLIC, routine_parts(identity.name)[0]
    return identity.kind, identity.schema, identity.name


def declared_place(item: Object) -> MadePlace:
    """Where an object of a schema is: a grant is where its object is."""
    return made_place(item.on if isinstance(item, GrantDefinition) else item.identity)


def catalog_places(identity: Identity, fact: Fact) -> tuple[MadePlace, ...]:
    """Where an object of a catalog is, and where it may have been declared."""
    match fact:
        case GrantFact():
            return tuple(made_place(each) for each in fact.needs(identity) if each.kind != "role")
        case SequenceFact(column=str() as column):
            schema, table, _ = pieces(column)
            return made_place(identity), (WHOLE, schema, table)
        case StatisticsFact():
            return (WHOLE, *parts(fact.on)), made_place(identity)
        case _:
            return (made_place(identity),)


def parents_of(fact: Fact | None) -> Iterator[MadePlace]:
    """The tables that one inherits from, or is a partition of."""
    if isinstance(fact, TableFact):
        yield from ((WHOLE, *parts(each)) for each in fact.inherits)


def place_digests(plan: Plan) -> Mapping[MadePlace, str]:
    """Of each place what its statements come to."""
    found: dict[MadePlace, list[str]] = defaultdict(list)
    for operation, written in zip(plan.operations, plan.written, strict=True):
        found[_about(operation)] += written
    return {place: _digest(written) for place, written in found.items()}


def _about(operation: Operation) -> MadePlace:
    if isinstance(operation, Create | Comment):
        return declared_place(operation.object)
    return made_place(operation.identity)


def _digest(written: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(written).encode(errors="surrogatepass")).hexdigest()[:32]
