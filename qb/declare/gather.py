"""Finding the parts of a schema: tables, constraints and indexes, in modules or given one by one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any, Final, NamedTuple, TypeAlias, cast

from qb.declare.constraints import ForeignKey
from qb.declare.keys import PrimaryKey, Unique
from qb.declare.mistakes import Mistakes
from qb.declare.partition import Partition, PartitionedBy, PartitionRelation
from qb.declare.table import Table, TableMeta, is_table
from qb.declare.table_state import state_of
from qb.errors import DefinitionError
from qb.model.constraint import Check
from qb.model.extension import Extension
from qb.model.index import Index
from qb.model.named_query import object_in
from qb.model.namespace import Namespace
from qb.model.object import Attached, Identity, Standalone
from qb.model.partition import Partitioning
from qb.model.schema import Schema
from qb.model.silence import Silence
from qb.model.trigger import Trigger
from qb.query.entity import NamedRow
from qb.tree.relations import TableSource
from qb.types import SqlType
from qb.types.enum import Enum

BesideTable: TypeAlias = PrimaryKey | Unique | ForeignKey | Check | Index | Attached
"""What stands next to a table."""
SchemaItem: TypeAlias = (
    ModuleType
    | type[Table]
    | type[NamedRow]
    | BesideTable
    | PartitionedBy[Any]
    | Standalone
    | Namespace
    | Extension
    | SqlType[Any]
    | Silence
    | Schema
)
"""What `schema` takes, also in lists, tuples, sets and dicts; of rows that are no table's, those of a view."""


class Parts(NamedTuple):
    """Everything found, each once, in order."""

    tables: tuple[TableMeta, ...]
    beside: tuple[BesideTable, ...]
    others: tuple[Standalone, ...]
    namespaces: tuple[Namespace, ...]
    extensions: tuple[Extension, ...]
    enums: tuple[Enum[Any], ...]
    partitionings: tuple[Partitioning, ...]
    partitions: tuple[Partition, ...]
    silences: tuple[Silence, ...]


def opened(items: Iterable[object]) -> Iterator[object]:
    """The items, and in the place of a schema those that it was made of. DefinitionError for one that keeps none."""
    for item in items:
        if not isinstance(item, Schema):
            yield item
        elif item.gathered.items or not item.roots:
            yield from item.gathered.items
        else:
            ways = "give the modules, or the tables, that it was made of"
            raise DefinitionError(f"{item!r} does not know what it was made of, as none does that was pickled: {ways}")


def gather(items: Iterable[object], mistakes: Mistakes) -> Parts:
    """The tables and what stands beside them. A mistake is an item that is no part of a schema."""
    found = _Found(mistakes)
    visited: set[str] = set()
    borrowed: dict[TableMeta, None] = {}
    for item in items:
        if isinstance(item, ModuleType):
            visited.add(item.__name__)
            for name, value in vars(item).items():
                if name.startswith("__"):
                    continue
                for each in _within(value):
                    found.take(each)
                if is_table(value):
                    borrowed[value] = None
        elif not all(map(found.take, _within(item))):
            mistakes.tell(
                (f"schema takes modules, tables (classes with a name=), constraints and indexes, not {item!r}",)
            )
    # A module that imports a table takes with it what stands beside the table where it was written.
    homes: dict[str, set[TableSource]] = {}
    for table in borrowed:
        if table.__module__ not in visited:
            homes.setdefault(table.__module__, set()).add(relation_of_table(table))
    for name, sources in homes.items():
        home = vars(sys.modules.get(name, ModuleType(name)))
        for value in (each for whole in home.values() for each in _within(whole)):
            if _table_beside(value) in sources or (isinstance(value, Silence) and _is_about(value, sources)):
                found.take(value)
                if isinstance(value, PartitionRelation):
                    sources.add(value.__partition__.source)
    return found.parts()


_MANY: Final = (list, tuple, set, frozenset)
_DEEP: Final = 3


def _within(value: object, deep: int = 0) -> Iterator[object]:
    """A value; of a list, a tuple, a set or a dict what is in it: partitions are made in loops, grants by columns."""
    many: Any = value
    if type(value) is dict:
        many = many.values()
    elif type(value) not in _MANY:
        yield value
        return
    if deep < _DEEP:
        for each in many:
            yield from _within(each, deep + 1)


class _Found:
    """What was found so far, each once, in order."""

    def __init__(self, mistakes: Mistakes) -> None:
        self.mistakes = mistakes
        self.tables: dict[TableMeta, None] = {}
        self.beside: dict[int, BesideTable] = {}
        self.others: dict[Identity, Standalone | Namespace | Extension] = {}
        self.enums: dict[Enum[Any], None] = {}
        self.partitionings: dict[Partitioning, None] = {}
        self.partitions: dict[Partition, None] = {}
        self.silences: dict[Silence, None] = {}

    def take(self, value: object) -> bool:
        """Whether a value is a part of a schema; it is kept then."""
        if is_table(value):
            self.tables[value] = None
        elif isinstance(value, BesideTable):
            self.beside[id(value)] = value
        elif (standing := _standing(value)) is not None:
            with self.mistakes:
                _add(self.others, standing)
        elif isinstance(value, Enum):
            self.enums[value] = None
        elif isinstance(value, PartitionedBy):
            self.partitionings[value.partitioning] = None
        elif isinstance(value, PartitionRelation):
            self.partitions[value.__partition__] = None
        elif isinstance(value, Silence):
            self.silences[value] = None
        else:
            return False
        return True

    def parts(self) -> Parts:
        """All of it."""
        for value in self.beside.values():
            if isinstance(value, Trigger) and value.own is not None:
                with self.mistakes:
                    _add(self.others, value.own)
        others = self.others.values()
        return Parts(
            tuple(self.tables),
            tuple(self.beside.values()),
            tuple(each for each in others if isinstance(each, Standalone)),
            tuple(sorted(each for each in others if isinstance(each, Namespace))),
            tuple(sorted(each for each in others if isinstance(each, Extension))),
            tuple(sorted(self.enums, key=lambda each: each.name)),  # the order of the items decides nothing
            tuple(self.partitionings),
            tuple(self.partitions),
            tuple(sorted(self.silences)),
        )


def _table_beside(value: object) -> TableSource | None:
    """The table that a value stands beside."""
    if isinstance(value, BesideTable):
        return value.table
    if isinstance(value, PartitionedBy):
        return value.partitioning.table
    return value.__partition__.partitioning.table if isinstance(value, PartitionRelation) else None


def _standing(value: object) -> Standalone | Namespace | Extension | None:
    """What stands by itself; of a view, what it is to the database."""
    return value if isinstance(value, Namespace | Extension) else object_in(value)


def _add(others: dict[Identity, Standalone | Namespace | Extension], found: Standalone | Namespace | Extension) -> None:
    before = others.setdefault(found.identity, found)
    if before != found:
        raise DefinitionError(f"the {found.identity} is declared twice, in two ways: drop or rename one of them")


def relation_of_table(table: TableMeta) -> TableSource:
    """The table as SQL knows it."""
    return cast("TableSource", state_of(table).relation)


def _is_about(silence: Silence, tables: Iterable[TableSource]) -> bool:
    """Whether a silence is about one of these tables, or what is in it."""
    named = {(each.schema or "", each.name) for each in tables}
    return any((each.schema, each.table or each.name) in named for each in silence.on)
