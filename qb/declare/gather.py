"""Finding the parts of a schema: tables, constraints and indexes, in modules or given one by one."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any, NamedTuple, TypeAlias, cast

from qb.declare.constraints import ForeignKey
from qb.declare.keys import PrimaryKey, Unique
from qb.declare.table import Table, TableMeta, is_table
from qb.declare.table_state import state_of
from qb.errors import DefinitionError
from qb.model.constraint import Check
from qb.model.index import Index
from qb.model.named_query import object_in
from qb.model.namespace import Namespace
from qb.model.object import Attached, Identity, Standalone
from qb.model.trigger import Trigger
from qb.query.entity import NamedRow
from qb.tree.relations import TableSource
from qb.types import SqlType
from qb.types.enum import Enum

BesideTable: TypeAlias = PrimaryKey | Unique | ForeignKey | Check | Index | Attached
"""What stands next to a table."""
SchemaItem: TypeAlias = ModuleType | type[Table] | type[NamedRow] | BesideTable | Standalone | Namespace | SqlType[Any]
"""What `schema` takes; of rows that are no table's, those of a view."""


class Parts(NamedTuple):
    """Everything found, each once, in order."""

    tables: tuple[TableMeta, ...]
    beside: tuple[BesideTable, ...]
    others: tuple[Standalone, ...]
    namespaces: tuple[Namespace, ...]
    enums: tuple[Enum[Any], ...]


def gather(items: Iterable[object]) -> Parts:
    """The tables and what stands beside them. DefinitionError for an item that is no part of a schema."""
    tables: dict[TableMeta, None] = {}
    beside: dict[int, BesideTable] = {}
    others: dict[Identity, Standalone | Namespace] = {}
    enums: dict[Enum[Any], None] = {}
    visited: set[str] = set()
    borrowed: dict[TableMeta, None] = {}
    for item in items:
        if isinstance(item, ModuleType):
            visited.add(item.__name__)
            for value in vars(item).values():
                if is_table(value):
                    tables[value] = None
                    borrowed[value] = None
                elif isinstance(value, BesideTable):
                    beside[id(value)] = value
                elif (standing := _standing(value)) is not None:
                    _add(others, standing)
                elif isinstance(value, Enum):
                    enums[value] = None
        elif is_table(item):
            tables[item] = None
        elif isinstance(item, BesideTable):
            beside[id(item)] = item
        elif (standing := _standing(item)) is not None:
            _add(others, standing)
        elif isinstance(item, Enum):
            enums[item] = None
        else:
            raise DefinitionError(
                f"schema takes modules, tables (classes with a name=), constraints and indexes, not {item!r}"
            )
    # A module that imports a table takes with it what stands beside the table where it was written.
    for table in borrowed:
        if table.__module__ not in visited and (home := sys.modules.get(table.__module__)) is not None:
            source = relation_of_table(table)
            for value in vars(home).values():
                if isinstance(value, BesideTable) and value.table == source:
                    beside[id(value)] = value
    for value in beside.values():
        if isinstance(value, Trigger) and value.own is not None:
            _add(others, value.own)
    return Parts(
        tuple(tables),
        tuple(beside.values()),
        tuple(each for each in others.values() if isinstance(each, Standalone)),
        tuple(sorted(each for each in others.values() if isinstance(each, Namespace))),
        tuple(sorted(enums, key=lambda each: each.name)),  # the order of the items decides nothing
    )


def _standing(value: object) -> Standalone | Namespace | None:
    """What stands by itself; of a view, what it is to the database."""
    return value if isinstance(value, Namespace) else object_in(value)


def _add(others: dict[Identity, Standalone | Namespace], found: Standalone | Namespace) -> None:
    before = others.setdefault(found.identity, found)
    if before != found:
        raise DefinitionError(f"the {found.identity} is declared twice, in two ways: drop or rename one of them")


def relation_of_table(table: TableMeta) -> TableSource:
    """The table as SQL knows it."""
    return cast("TableSource", state_of(table).relation)
