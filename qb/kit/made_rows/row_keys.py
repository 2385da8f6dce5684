"""The keys of a table: what no two rows have the same, and which rows of others they point to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from qb.declare.constraints import ForeignKey
from qb.declare.description import ColumnInfo
from qb.declare.keys import PrimaryKey, Unique
from qb.model.index import Index
from qb.model.table import TableDefinition
from qb.tree.expressions import ColumnNode
from qb.tree.relations import TableSource


class KeyReference(NamedTuple):
    """A foreign key: its columns by attribute, and those that it points to as SQL calls them."""

    attributes: tuple[str, ...]
    target: TableSource
    names: tuple[str, ...]


class ParentKeys:
    """The values that a foreign key may have, and those of them that have some of their columns given."""

    def __init__(self, keys: Sequence[tuple[Any, ...]]) -> None:
        self.keys: Sequence[tuple[Any, ...]] = keys
        self._having: dict[tuple[int, ...], dict[tuple[Any, ...], list[tuple[Any, ...]]]] = {}

    def __bool__(self) -> bool:
        return bool(self.keys)

    def having(self, places: tuple[int, ...], values: tuple[Any, ...]) -> Sequence[tuple[Any, ...]]:
        """The keys that have these values in these places."""
        if not places:
            return self.keys
        if (known := self._having.get(places)) is None:
            known = self._having[places] = {}
            for key in self.keys:
                known.setdefault(tuple(key[place] for place in places), []).append(key)
        return known.get(values, ())


def declared_keys(columns: Sequence[ColumnInfo], beside: Sequence[Any]) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The columns of each key, as SQL calls them, and whether NULL is a value like others in it.

    A unique index on expressions is the server's to judge.
    """
    if primary := tuple(column.name for column in columns if column.primary_key):
        yield primary, False
    for column in columns:
        if column.unique:
            yield (column.name,), False
    for each in beside:
        if isinstance(each, PrimaryKey | Unique):
            yield each.columns, isinstance(each, Unique) and each.nulls_not_distinct
        elif isinstance(each, Index) and each.unique:
            keys = tuple(on.name for on in each.on if isinstance(on, ColumnNode))
            if len(keys) == len(each.on):
                yield keys, each.nulls_not_distinct


def settled_keys(table: TableDefinition) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The same of a table as its schema has settled it; those of ranges are the server's to judge."""
    if table.primary_key is not None and not table.primary_key.without_overlaps:
        yield table.primary_key.columns, False
    for each in table.uniques:
        if not each.without_overlaps:
            yield each.columns, each.nulls_not_distinct
    for index in table.indexes:
        if index.unique and index.where is None:
            names = tuple(on.name for on in index.on if isinstance(on, ColumnNode))
            if len(names) == len(index.on):
                yield names, index.nulls_not_distinct


def declared_references(
    what: str,
    columns: Sequence[ColumnInfo],
    beside: Sequence[Any],
    attributes: Mapping[str, str],
    written: Collection[str],
) -> Iterator[KeyReference]:
    """The foreign keys of columns that one writes; `attributes` are those of columns by their names."""
    for column in columns:
        if column.references is not None and column.attribute in written:
            target = column.references.column(f"{what}: {column.attribute}")
            assert isinstance(target.relation, TableSource)
            yield KeyReference((column.attribute,), target.relation, (target.name,))
    for each in beside:
        if isinstance(each, ForeignKey):
            relation, names = each.target()
            yield KeyReference(tuple(attributes[name] for name in each.columns), relation, names)


def settled_references(
    table: TableDefinition, attributes: Mapping[str, str], written: Collection[str]
) -> Iterator[KeyReference]:
    """The same of a table as its schema has settled it."""
    for each in table.foreign_keys:
        mine = tuple(attributes[name] for name in each.columns)
        if all(name in written for name in mine) and not each.period:
            yield KeyReference(mine, each.target, each.target_columns)
