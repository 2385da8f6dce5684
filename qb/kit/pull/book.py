"""What is known while modules are written: what each object is called in Python, what was written, what was not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from qb.frozen import FrozenStruct
from qb.kit.carried_kinds import is_told
from qb.kit.catalog import Catalog
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.other import OtherFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.table import TableFact
from qb.kit.pull.source import Code
from qb.kit.pull.words import RESERVED, FreeNames, class_name, value_name
from qb.kit.qualified import parts, routine_parts
from qb.model.object import Identity
from qb.types.identifier import PUBLIC, unquoted

if TYPE_CHECKING:
    from qb.kit.pull.kinds import Callee, ValueKind


class Unsaid(FrozenStruct):
    """Something that the modules do not say, or only as SQL."""

    identity: Identity
    what: str
    carried: bool = False
    """Whether the modules hold it as SQL of its own."""

    def __str__(self) -> str:
        return f"{self.identity}: {self.what}{' (as SQL)' if self.carried else ''}"


class Defined(NamedTuple):
    """A definition in a module."""

    name: str
    home: str
    """The module that it belongs to, where what it uses does not put it into a later one."""
    source: Code
    rank: int
    """Where it stands among those of its module that may come in any order."""


class TableNames(NamedTuple):
    """A table, a view, or another relation as Python calls it."""

    name: str
    home: str
    attributes: Mapping[str, str]
    """Of its columns."""


class CheckedLabels(NamedTuple):
    """The labels that a check lets a column of text hold."""

    name: str
    """The Literal of them."""
    labels: tuple[str, ...]


class TypeNames(NamedTuple):
    """A type of the database as Python calls it."""

    value: str
    """The variable that holds it."""
    annotation: str
    """What its values are, as an annotation."""
    uses: frozenset[str]
    imports: frozenset[str]


class Book:
    """What is written, piece by piece."""

    def __init__(
        self,
        catalog: Catalog,
        taken: Iterable[str],
        attributes: Iterable[str],
        theirs: frozenset[Identity] = frozenset(),
    ) -> None:
        self.catalog: Final[Catalog] = catalog
        self.theirs: Final[frozenset[Identity]] = theirs
        """What is somebody else's."""
        self.names: Final[FreeNames] = FreeNames((*taken, *RESERVED))
        self.attributes: Final[frozenset[str]] = frozenset(attributes)
        """Those of all columns: what a class body uses is called otherwise."""
        self.homes: Final[FreeNames] = FreeNames(("ids", "types", "documents", "roles", "others", "qb", *RESERVED))
        self.pieces: Final[dict[str, Defined]] = {}
        self.tables: Final[dict[tuple[str, str], TableNames]] = {}
        self.types: Final[dict[tuple[str, str], TypeNames]] = {}
        self.values: Final[dict[Identity, str]] = {}
        """The variables that hold other objects: functions, sequences, roles."""
        self.brands: Final[dict[Identity, str]] = {}
        """The branded ids of columns."""
        self.labels: Final[dict[Identity, CheckedLabels]] = {}
        self.kinds: Final[dict[tuple[str, str], Mapping[str, ValueKind]]] = {}
        """What the columns of tables hold, where expressions can be said with them."""
        self.callables: Final[dict[tuple[str, str], list[Callee]]] = {}
        """Functions that expressions can call, by schema and name."""
        self.wrote: Final[Counter[bool]] = Counter()
        """How many expressions are typed, and how many are SQL."""
        self.documents: Final[dict[Identity, Code]] = {}
        """What the documents of columns are, where somebody looked."""
        self.called_by_domains: Final[frozenset[Identity]] = frozenset(_called_by_domains(catalog))
        """Functions that checks and defaults of domains call."""
        self.absent: Final[frozenset[Identity]] = frozenset(_absent(catalog))
        """What is not held, with the views and functions that need it: nothing else may stand on it."""
        self._places = {(each.schema, each.name): each for each in self.absent if each.kind in _RELATIONS}
        self.unsaid: Final[list[Unsaid]] = []
        self.said: Final[set[Identity]] = set()
        self._modules: dict[str, str] = {}
        self.grouped: Final[dict[tuple[str, str], str]] = {}
        """The modules of tables that are not in that of their schema."""
        self.titles: Final[dict[str, str]] = {}
        """What modules say of themselves, where that does not follow from their names."""
        self.carried: Final[dict[tuple[Identity, str], Carried]] = {}
        self.keyed: Final[dict[tuple[str, str], tuple[str, ...]]] = {}
        """The primary keys that the lines of columns say, by their tables."""
        self.alone: Final[set[tuple[str, str, str]]] = set()
        """The columns whose lines say that they are unique."""
        self.order: Final[dict[tuple[str, str], tuple[int, int]]] = {}
        """Where tables stand: their module, and their place in it."""
        self.columns: Final[dict[tuple[str, str], list[tuple[Identity, ColumnFact]]]] = {}
        self.indexes: Final[dict[tuple[str, str], list[tuple[Identity, IndexFact]]]] = {}
        self.sequences: Final[dict[tuple[str, str, str], tuple[Identity, SequenceFact]]] = {}
        """Those of identity columns."""
        self.counters: Final[dict[Identity, SequenceFact]] = {}
        """All others."""
        self.owners: Final[dict[Identity, tuple[str, str, str]]] = {}
        self.fields: Final[dict[tuple[str, str], list[tuple[Identity, ColumnFact]]]] = {}
        """The attributes of composite types."""
        self.rules: Final[dict[tuple[str, str], list[tuple[Identity, ConstraintFact]]]] = {}
        """The constraints of domains."""
        self.partitions: Final[dict[tuple[str, str], list[tuple[Identity, TableFact]]]] = {}
        """Of each table that is divided."""
        self._constraints: dict[tuple[str, str], list[tuple[Identity, ConstraintFact]]] = {}
        self._gather()
        self.checked: Final = frozenset(routine_parts(each.name)[0] for each in catalog if each.kind in _CHECKED)
        """The names that a function's body in SQL may have only where they are there already."""

    def _gather(self) -> None:
        """What is asked for by its table."""
        for identity, fact in self.catalog.items():
            place = identity.schema, identity.table
            match fact:
                case ColumnFact():
                    found = self.columns if identity.kind == "column" else self.fields
                    found.setdefault(place, []).append((identity, fact))
                case IndexFact():
                    self.indexes.setdefault(place, []).append((identity, fact))
                case ConstraintFact():
                    rules = self.rules if fact.of == "domain" else self._constraints
                    rules.setdefault(place, []).append((identity, fact))
                case TableFact(bound=str(), inherits=(parent, *_)):
                    schema, name = parts(parent)
                    self.partitions.setdefault((schema or PUBLIC, name), []).append((identity, fact))
                case SequenceFact() if fact.extension is None:
                    self._sequence(identity, fact)
                case _:
                    pass
        for each in (*self.columns.values(), *self.fields.values()):
            each.sort(key=lambda item: item[1].position)

    def _sequence(self, identity: Identity, fact: SequenceFact) -> None:
        owner = None if fact.column is None else several(fact.column)
        if fact.identity and owner is not None:
            self.sequences[owner] = identity, fact
            return
        self.counters[identity] = fact
        if owner is not None:
            self.owners[identity] = owner

    def parts(self, table: Identity) -> list[Identity]:
        """What is in a table, as far as CREATE TABLE says it."""
        place = table.schema, table.name
        found = [each for each, _ in (*self.columns.get(place, []), *self._constraints.get(place, []))]
        return [*found, *(each for each, _ in self.indexes.get(place, []))]

    def constraints_of(self, table: Identity, kind: str | None = None) -> list[tuple[Identity, ConstraintFact]]:
        """The constraints of a table, or those of one kind."""
        found = self._constraints.get((table.schema, table.name), [])
        return [each for each in found if kind is None or each[0].kind == kind]

    def home(self, schema: str) -> str:
        """The module of a PostgreSQL schema."""
        if schema not in self._modules:
            wanted = value_name(schema or PUBLIC)
            self._modules[schema] = self.homes.give(wanted, f"{wanted}_schema")
        return self._modules[schema]

    def home_of(self, schema: str, table: str) -> str:
        """The module of a table."""
        return self.grouped.get((schema, table)) or self.home(schema)

    def class_called(self, schema: str, name: str, *, one: bool = True, ending: str = "") -> str:
        """A new class for an object of a schema."""
        plain = class_name(name, one=one)
        within = f"{class_name(schema, one=False)}{plain}"
        return self.names.give(plain, *((f"{plain}{ending}",) if ending else ()), within)

    def value_called(self, *wanted: str, ending: str = "value") -> str:
        """A new variable: the first of some names that is free and that no column is called."""
        found = [value_name(each) for each in wanted]
        free = [each for each in found if each not in self.attributes]
        return self.names.give(*free, *(f"{each}_{ending}" for each in found))

    def write(self, name: str, home: str, source: Code, rank: int) -> None:
        """A piece, under a name that it was given."""
        uses = source.uses - {name}
        self.pieces[name] = Defined(name, home, Code(source.text, uses, source.imports), rank)

    def tell(self, identity: Identity, what: str, *, carried: bool = False) -> None:
        """That something is not said, or only as SQL."""
        self.unsaid.append(Unsaid(identity, what, carried))

    def lacks(self, identity: Identity) -> bool:
        """Whether an object needs what is not held; then it is told."""
        absent = self.lacking(self.catalog.needs(identity))
        if absent is not None:
            self.tell(identity, f"it needs the {absent}, which is not held")
            self.said.add(identity)
        return absent is not None

    def lacking(self, needs: Iterable[Identity]) -> Identity | None:
        """What of some needs is not held."""
        found = (
            each if each in self.absent else self._places.get((each.schema, each.table or each.name))
            for each in needs
            if each in self.absent or stands_on(each, self._places)
        )
        return min((each for each in found if each is not None), default=None)

    def relation(self, schema: str, name: str) -> str | None:
        """What a relation is called."""
        found = self.tables.get((schema, name))
        return None if found is None else found.name


def _called_by_domains(catalog: Catalog) -> Iterator[Identity]:
    domains = {(each.schema, each.name) for each in catalog if each.kind == "domain"}
    for each in catalog:
        if each.kind == "domain" or (each.kind == "check" and (each.schema, each.table) in domains):
            yield from (need for need in catalog.needs(each) if need.kind == "function")


def _absent(catalog: Catalog) -> set[Identity]:
    found = {each for each, fact in catalog.items() if fact.extension is None and _is_absent(each, fact)}
    for each, column in catalog.of(ColumnFact).items():
        if column.of == "foreign table" and not plain_options(column.options):
            found.add(Identity("foreign table", each.schema, "", each.table))
    others = [each for each, fact in catalog.items() if isinstance(fact, OtherFact) or each.kind in _GO_WITH]
    before = -1
    while found and before < len(found):
        before = len(found)
        places = {(each.schema, each.name) for each in found if each.kind in _RELATIONS}
        for each in others:
            if any(stands_on(need, places) or need in found for need in catalog.needs(each)):
                found.add(each)
    return found


def _is_absent(identity: Identity, fact: Fact) -> bool:
    if is_told(identity.kind, fact):
        return True
    return identity.kind == "foreign table" and isinstance(fact, TableFact) and not plain_options(fact.server_options)


def plain_options(options: Iterable[str]) -> bool:
    """Whether the values of all options of what is foreign are known: those that may be a secret nobody reads."""
    return all("=" in each for each in options)


def stands_on(need: Identity, places: Collection[tuple[str, str]]) -> bool:
    """Whether a need is one of some relations, or a column of one."""
    return (need.schema, need.table or need.name) in places and need.kind in (*_RELATIONS, "column")


_CHECKED: Final = ("table", "view", "materialized view", "foreign table", "function", "aggregate", "sequence", "range")
_RELATIONS: Final = ("table", "foreign table", "view", "materialized view")
_GO_WITH: Final = ("foreign table", "view", "materialized view", "function", "procedure", "aggregate")
"""Kinds that are not held either where they need what is not."""


def several(qualified: str) -> tuple[str, str, str]:
    """Schema, table and column, as the server writes them together."""
    *rest, column = re.findall(r'"(?:[^"]|"")+"|[^".]+', qualified)
    schema, table = rest if len(rest) == 2 else (PUBLIC, rest[0])
    return unquoted(schema), unquoted(table), unquoted(column)


class Carried(NamedTuple):
    """An object, or a property of one, in SQL."""

    what: str
    identity: Identity
    name: str
    statements: tuple[str, ...]
    needs: tuple[Identity, ...]


def named_schema(schema: str) -> str | None:
    """What is said of a schema: that of nobody, the public one, needs no name."""
    return None if schema == PUBLIC else schema
