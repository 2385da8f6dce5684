"""Two catalogs beside each other for a plan: what comes, goes and changes, and what follows from something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from qb.kit.catalog import Catalog
from qb.kit.diffs.compare import Paired
from qb.kit.diffs.fields import field_changes
from qb.kit.diffs.renames import Renames
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.function import FunctionFact
from qb.kit.facts.grant import GrantFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.kinds import HOLDING_PARTS, OF_TYPES
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.statistics import StatisticsFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.trigger import TriggerFact
from qb.kit.history.statement_parts import said_name
from qb.kit.ours.value import Ours
from qb.kit.ours.whose import NOT_DECLARED, theirs
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import Altered
from qb.kit.planning.ddl.sequences import owner_column
from qb.kit.planning.ddl.sql_names import RELATIONS_OF_SQL
from qb.kit.qualified import parts as name_parts
from qb.model.object import Identity
from qb.model.role import PUBLIC_ROLE

OWN_TYPES: Final = frozenset(OF_TYPES)
_UNCHANGED: Final = frozenset(("inherited", "local", "target_columns", "columns", "parent"))
"""Fields that follow from others."""


class Sides:
    """Both catalogs, object by object. Of what is in both, `now` is how the second one calls it."""

    def __init__(self, before: Catalog, after: Catalog, ours: Ours, renames: Renames, *, back: bool = False) -> None:
        self.paired: Final = Paired(before, after, ours, renames)
        self.before: Final = before.once(CatalogParts)
        self.after: Final = after.once(CatalogParts)
        self.ours: Final = ours
        self.now: Final[dict[Identity, Identity]] = {}
        self.was: Final[dict[Identity, Identity]] = {}
        self.created: Final[list[Identity]] = []
        self.dropped: Final[list[Identity]] = []
        self.changed: Final[dict[Identity, Altered[Fact]]] = {}
        not_ours = theirs(before, ours).keys() | theirs(after, ours).keys()
        for key in sorted(self.paired.first.keys() | self.paired.second.keys()):
            one, other = self.paired.first.get(key), self.paired.second.get(key)
            if (one is not None and one[0] in not_ours) or (other is not None and other[0] in not_ours):
                continue
            if one is None and other is not None:
                self.created.append(other[0])
            elif other is None and one is not None:
                self.dropped.append(one[0])
            elif one is not None and other is not None:
                self.now[one[0]], self.was[other[0]] = other[0], one[0]
                if one[1] != other[1] or renames.known:  # what is called alike may be another one
                    self._compare(*one, *other)
        self._stand_alone()
        self.created.extend(self._granted_with_them(back=back))
        self._follow()

    def _stand_alone(self) -> None:
        """Constraints of partitions, and of what inherits, that are a part of their parent's, which goes and takes them
        with it, and that are their table's own in the second catalog: they are made anew."""
        gone = frozenset(self.dropped)
        for was, now in list(self.now.items()):
            one, other = self.before.get(was), self.after.get(now)
            if not isinstance(one, ConstraintFact) or was.kind == "not null" or not one.inherited or one.local:
                continue
            if isinstance(other, ConstraintFact) and not other.inherited and self._parents(was) & gone:
                for each, new in ((was, now), (self.before.index_of(was), self.after.index_of(now))):
                    if each is not None and new is not None:
                        del self.now[each], self.was[new]
                        self.changed.pop(new, None)
                        self.dropped.append(each)
                        self.created.append(new)

    def _parents(self, constraint: Identity) -> frozenset[Identity]:
        """What a constraint of the first catalog is a part of: a check by its name, others by what they need."""
        if constraint.kind != "check":
            return self.before.catalog.needs(constraint)
        table = self.before.get(Identity("table", constraint.schema, "", constraint.table))
        above = map(name_parts, table.inherits) if isinstance(table, TableFact) else ()
        return frozenset(Identity("check", schema, name, constraint.name) for schema, name in above)

    def _granted_with_them(self, *, back: bool) -> list[Identity]:
        """Grants on what comes back, which went with it: by then nobody declares them any more, where they were the
        last ones of their role. Who makes all of a catalog anew may have no such role."""
        made = frozenset(self.created)
        found: list[Identity] = []
        for identity, fact in self.after.catalog.items():
            if not isinstance(fact, GrantFact) or self.paired.theirs.get(identity) != NOT_DECLARED:
                continue
            role = Identity("role", "", "", fact.role)
            on = [each for each in self.after.catalog.needs(identity) if each.kind != "role"]
            if fact.column is not None:
                on.append(Identity("column", identity.schema, fact.object, fact.column))
            known = back or fact.role == PUBLIC_ROLE or role in self.was or role in self.before.catalog
            if known and not made.isdisjoint(on):
                found.append(identity)
        return found

    def _follow(self) -> None:
        """Sequences that go with their columns into another schema."""
        for one in [each for each in self.dropped if each.kind == "sequence"]:
            fact = self.before.get(one)
            whose = owner_column(fact) if isinstance(fact, SequenceFact) else None
            if whose is None:
                continue
            column = self.new_name(Identity("column", *whose))
            found = self.after.sequence_of(column.schema, column.table, column.name)
            if found is not None and found[0] in self.created:
                self.dropped.remove(one)
                self.created.remove(found[0])
                self.now[one], self.was[found[0]] = found[0], one

    def _compare(self, was: Identity, one: Fact, identity: Identity, other: Fact) -> None:
        same = partial(self.paired.same, self.paired.names_for(was))
        fields = {each.name for each in field_changes(identity, one, other, self.ours, same)}
        if fields - _UNCHANGED:
            self.changed[identity] = Altered(identity, one, other, frozenset(fields), self.before, self.after)

    @property
    def renamed(self) -> Mapping[Identity, Identity]:
        """What has another name, and its new one."""
        return {one: other for one, other in self.now.items() if one != other}

    def new_columns(self, table: Identity) -> frozenset[Identity]:
        """The columns of a table that come."""
        return frozenset(each for each, _ in self.after.columns(table.schema, table.name) if each not in self.was)

    def new_name(self, identity: Identity) -> Identity:
        """What an object of the first catalog is called in the second, whether it is there or not."""
        return self.now.get(identity) or self.paired.renames.of(identity)


def implied(identity: Identity, fact: Fact | None, parts: CatalogParts) -> bool:
    """Whether an object is there because of another one, and has no statement of its own."""
    match fact:
        case ConstraintFact():
            return identity.kind == "not null" or (fact.inherited and not fact.local)
        case ColumnFact():
            return fact.of in ("view", "materialized view") or (
                identity.kind == "column" and fact.inherited and not fact.local
            )
        case IndexFact():
            return fact.constraint is not None or fact.parent is not None
        case TriggerFact():
            return fact.inherited
        case SequenceFact():
            return fact.identity
        case FunctionFact():
            return fact.language == "internal" and _of_range(identity, parts)
        case _:
            return identity.kind == "cast" and _of_range(identity, parts)


def _of_range(identity: Identity, parts: CatalogParts) -> bool:
    return any(each.kind == "range" for each in parts.catalog.needs(identity))


def covers(identity: Identity, parts: CatalogParts) -> Iterator[Identity]:
    """What goes away with an object by itself, and has no part in what else goes."""
    fact = parts.get(identity)
    if identity.kind in HOLDING_PARTS:
        yield from parts.within(identity.schema, identity.name)
    for each in parts.needing(identity):
        other = parts.get(each)
        match other:
            case GrantFact():
                if identity.kind != "role":  # which cannot go before what it may do
                    yield each
            case StatisticsFact():
                if identity.kind in ("table", "foreign table", "materialized view", "column"):
                    yield each
            case SequenceFact():
                if _owned(other, identity):
                    yield each
            case ConstraintFact() | IndexFact() | ColumnFact():
                if identity.kind == "column" and (each.schema, each.table) == (identity.schema, identity.table):
                    if not isinstance(other, ColumnFact):
                        yield each
                elif isinstance(other, IndexFact) and (other.parent is not None or other.constraint == identity.name):
                    if _index_of(identity, each, other):
                        yield each
            case FunctionFact():
                if identity.kind == "range" and other.language == "internal":
                    yield each
            case _:
                if identity.kind == "range" and each.kind == "cast":
                    yield each
    if isinstance(fact, ConstraintFact) and (index := parts.index_of(identity)) is not None:
        yield index
    if isinstance(fact, TableFact):
        for _, column in _identities(identity, parts):
            yield column


def _index_of(identity: Identity, index: Identity, fact: IndexFact) -> bool:
    same = (index.schema, index.table) == (identity.schema, identity.table)
    return (same and fact.constraint == identity.name) or (
        fact.parent is not None
        and identity.kind == "index"
        and name_parts(fact.parent) == (identity.schema, identity.name)
    )


def _owned(fact: SequenceFact, identity: Identity) -> bool:
    whose = owner_column(fact)
    if whose is None:
        return False
    return whose[: 2 if identity.kind == "table" else 3] == (
        (identity.schema, identity.name)
        if identity.kind == "table"
        else (identity.schema, identity.table, identity.name)
    )


def _identities(table: Identity, parts: CatalogParts) -> Iterator[tuple[Identity, Identity]]:
    """The columns of a table that own a sequence, and that."""
    for each, _ in parts.columns(table.schema, table.name):
        if (found := parts.sequence_of(each.schema, each.table, each.name)) is not None:
            yield each, found[0]


def all_covered(identity: Identity, parts: CatalogParts) -> frozenset[Identity]:
    """An object and all that goes with it."""
    found: set[Identity] = set()
    waiting: list[Identity] = [identity]
    while waiting:
        each = waiting.pop()
        if each not in found and not _of_another_table(identity, each):
            found.add(each)
            waiting.extend(covers(each, parts))
            if identity.kind == "column" == each.kind:
                waiting.extend(_same_of_children(each, parts))
    return frozenset(found)


def _of_another_table(whole: Identity, each: Identity) -> bool:
    """Whether it is in a partition, say, of the table that goes: that has an action of its own."""
    inside = each.table and each.kind not in ("grant", "membership")
    return whole.kind in RELATIONS_OF_SQL and bool(inside) and (each.schema, each.table) != (whole.schema, whole.name)


def _same_of_children(column: Identity, parts: CatalogParts) -> Iterator[Identity]:
    """The column in the partitions of its table, and in what inherits from that."""
    for child in parts.children(column.schema, column.table):
        found = parts.column(child.schema, child.name, column.name)
        if found is not None and found.inherited and not found.local:
            yield Identity("column", child.schema, child.name, column.name)


def loss_name(kind: str, identity: Identity, label: str = "") -> str:
    """What --allow calls a loss: `drop-column:quotes.total`.

    >>> loss_name("drop-column", Identity("column", "public", "quotes", "total"))
    'drop-column:quotes.total'
    """
    names: Iterable[str] = (identity.schema, identity.table, identity.name)
    said = [each for place, each in enumerate(names) if each and not (place == 0 and each == "public")]
    if label or kind == "fill":  # which are hints, too
        return f"{kind}:{'.'.join((*said, label) if label else said)}"
    return f"{kind}:{said_name(said)}"
