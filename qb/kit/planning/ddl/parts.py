"""A catalog with what is in each table, type and the like at hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from qb.kit.catalog import Catalog
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.schema import DatabaseFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.table import TableFact
from qb.kit.planning.ddl.sql_names import RELATIONS_OF_SQL
from qb.kit.qualified import parts as name_parts
from qb.kit.qualified import pieces
from qb.model.object import Identity

NO_OWNER: Final = ""


class CatalogParts:
    """Looks a catalog through once."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog: Final = catalog
        self._columns: dict[tuple[str, str], list[tuple[Identity, ColumnFact]]] = defaultdict(list)
        self._within: dict[tuple[str, str], list[Identity]] = defaultdict(list)
        self._sequences: dict[tuple[str, ...], tuple[Identity, SequenceFact]] = {}
        self._of_constraint: dict[tuple[str, str, str], Identity] = {}
        self._indexes: dict[tuple[str, str], Identity] = {}
        self._children: dict[tuple[str, str], list[Identity]] = defaultdict(list)
        self._needed: dict[Identity, list[Identity]] = defaultdict(list)
        owner = NO_OWNER
        for identity, fact in catalog.items():
            if identity.table:
                self._within[identity.schema, identity.table].append(identity)
            if identity.kind == "index":
                self._indexes.setdefault((identity.schema, identity.name), identity)
            match fact:
                case ColumnFact():
                    self._columns[identity.schema, identity.table].append((identity, fact))
                case SequenceFact(column=str() as column):
                    known = self._sequences.get(at := pieces(column))
                    if known is None or not known[1].identity:
                        self._sequences[at] = identity, fact
                case IndexFact(constraint=str() as constraint):
                    self._of_constraint[identity.schema, identity.table, constraint] = identity
                case TableFact(inherits=parents):
                    for each in parents:
                        self._children[name_parts(each)].append(identity)
                case DatabaseFact():
                    owner = fact.owner
                case _:
                    pass
            for need in catalog.needs(identity):
                self._needed[need].append(identity)
        for columns in self._columns.values():
            columns.sort(key=lambda pair: pair[1].position)
        self.owner: Final = owner
        """Whose the database is: who owns what nobody says an owner of."""

    def columns(self, schema: str, table: str) -> Sequence[tuple[Identity, ColumnFact]]:
        """The columns of a table or view, or the attributes of a type, in their order."""
        return self._columns.get((schema, table), ())

    def column(self, schema: str, table: str, name: str) -> ColumnFact | None:
        """One of them."""
        return next((fact for each, fact in self.columns(schema, table) if each.name == name), None)

    def within(self, schema: str, table: str) -> Sequence[Identity]:
        """What lives in a table or a type."""
        return self._within.get((schema, table), ())

    def sequence_of(self, schema: str, table: str, column: str) -> tuple[Identity, SequenceFact] | None:
        """The sequence that a column owns: where it owns several, that of its identity."""
        return self._sequences.get((schema, table, column))

    def index_of(self, constraint: Identity) -> Identity | None:
        """The index that holds a constraint."""
        return self._of_constraint.get((constraint.schema, constraint.table, constraint.name))

    def index(self, schema: str, name: str) -> Identity | None:
        """The index of that name."""
        return self._indexes.get((schema, name))

    def children(self, schema: str, table: str) -> Sequence[Identity]:
        """The partitions of a table, and what inherits from it."""
        return self._children.get((schema, table), ())

    def needing(self, identity: Identity) -> Sequence[Identity]:
        """What needs an object."""
        return self._needed.get(identity, ())

    def relation(self, schema: str, name: str) -> Identity | None:
        """The table, view or the like of that name."""
        each = (Identity(kind, schema, "", name) for kind in RELATIONS_OF_SQL)
        return next((found for found in each if found in self.catalog), None)

    def needs(self, identity: Identity) -> frozenset[Identity]:
        """What an object needs; the column that owns a sequence is none of it."""
        found = self.catalog.needs(identity)
        fact = self.catalog.get(identity)
        if isinstance(fact, SequenceFact) and fact.column is not None:
            schema, table, column = pieces(fact.column)
            own = {Identity("column", schema, table, column)}
            return found - own - {Identity(kind, schema, "", table) for kind in RELATIONS_OF_SQL}
        return found

    def get(self, identity: Identity) -> Fact | None:
        """What is known of an object."""
        return self.catalog.get(identity)

    @property
    def facts(self) -> Mapping[Identity, Fact]:
        """All of them."""
        return self.catalog
