"""From what was declared to definitions: constraints of columns and those beside tables put together, all named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from msgspec.structs import replace

from qb.declare.checked import membership
from qb.declare.constraint_names import generated
from qb.declare.constraints import Check, ForeignKey, Unique
from qb.declare.definition import ForeignKeyInfo, PrimaryKeyInfo, TableDefinition
from qb.declare.description import ColumnInfo, TableInfo
from qb.declare.gather import Beside
from qb.declare.index import Index
from qb.declare.order import in_order
from qb.errors import DefinitionError
from qb.tree.nodes import ColumnNode, TableSource

B = TypeVar("B", Unique, ForeignKey, Check, Index)


def settled(
    tables: Iterable[TableInfo], beside: Iterable[Beside], checked: bool = False
) -> tuple[TableDefinition, ...]:
    """The definitions, in the order in which they can be created. DefinitionError where something points outside."""
    # In an order of their own, so that the order of the items decides nothing.
    known = {
        info.source: info for info in sorted(tables, key=lambda info: (info.source.schema or "", info.source.name))
    }
    values = tuple(beside)
    for value in values:
        if value.table not in known:
            raise DefinitionError(
                f"{_shown(value)} is on {_title(value.table)}, which is not in the schema: add the table, or its module"
            )
    keys = {source: _foreign_keys(info, _of(ForeignKey, source, values), known) for source, info in known.items()}
    order = in_order({source: [key.target for key in keys[source]] for source in known})
    created: set[TableSource] = set()
    made: list[TableDefinition] = []
    for source in order:
        created.add(source)
        info = known[source]
        whole = _definition(info, values, checked)
        made.append(replace(whole, foreign_keys=tuple(_placed(key, whole, created) for key in keys[source])))
    return tuple(made)


def _definition(info: TableInfo, values: tuple[Beside, ...], checked: bool) -> TableDefinition:
    source, table = info.source, info.source.name
    primary = tuple(column.name for column in info.primary_key)
    uniques = [
        Unique(source, (column.name,), generated(table, [column.name], "key"))
        for column in info.columns
        if column.unique
    ]
    named = (
        replace(unique, name=unique.name or generated(table, unique.columns, "key"))
        for unique in _of(Unique, source, values)
    )
    uniques += sorted(named, key=lambda unique: unique.name or "")
    beside = _of(Check, source, values)
    checks = [
        Check(source, generated(table, [column.name], "check"), column.check)
        for column in info.columns
        if column.check is not None
    ]
    taken = {check.name for check in (*checks, *beside)}
    checks += _memberships(info, checked, taken)
    indexes = [
        Index(source, generated(table, [column.name], "idx"), (ColumnNode(source, column.name, column.optional),))
        for column in info.columns
        if column.index
    ]
    return TableDefinition(
        info,
        PrimaryKeyInfo(generated(table, [], "pkey"), primary) if primary else None,
        tuple(uniques),
        (*checks, *sorted(beside, key=lambda check: check.name)),
        (),
        (*indexes, *sorted(_of(Index, source, values), key=lambda index: index.name)),
    )


def _memberships(info: TableInfo, checked: bool, taken: set[str]) -> Iterator[Check]:
    """The checks that labels are known, named as PostgreSQL would: with a number where the name is taken."""
    for column in info.columns:
        if checked if column.checked is None else column.checked:
            node = ColumnNode(info.source, column.name, column.optional)
            if (condition := membership(node, column)) is not None:
                number, name = 0, generated(info.source.name, [column.name], "check")
                while name in taken:
                    number += 1
                    name = generated(info.source.name, [column.name], f"check{number}")
                taken.add(name)
                yield Check(info.source, name, condition)


def _foreign_keys(
    info: TableInfo, beside: Iterable[ForeignKey], known: Mapping[TableSource, TableInfo]
) -> tuple[ForeignKeyInfo, ...]:
    source, table = info.source, info.source.name
    found: list[ForeignKeyInfo] = []
    for column in info.columns:
        if (reference := column.references) is not None:
            target = reference.column(f"{info.title}.{column.name}")
            assert isinstance(target.relation, TableSource)
            name = generated(table, [column.name], "fkey")
            actions = (reference.on_delete, reference.on_update, reference.deferrable)
            found.append(ForeignKeyInfo(source, name, (column.name,), target.relation, (target.name,), *actions))
    keys: list[ForeignKeyInfo] = []
    for key in beside:
        name = key.name or generated(table, key.columns, "fkey")
        keys.append(
            ForeignKeyInfo(source, name, key.columns, *key.target(), key.on_delete, key.on_update, key.deferrable)
        )
    found += sorted(keys, key=lambda key: key.name)
    for each in found:
        if each.target not in known:
            raise DefinitionError(
                f"{info.title}.{' and '.join(each.columns)} references {_title(each.target)}, which is not in "
                "the schema: add the table, or its module"
            )
    return tuple(found)


def _placed(key: ForeignKeyInfo, whole: TableDefinition, created: set[TableSource]) -> ForeignKeyInfo:
    """The key with `late` set. A table that references its own unique *index* has to wait for that, too."""
    if key.target == whole.source:
        constraints = [unique.columns for unique in whole.uniques]
        constraints += [whole.primary_key.columns] if whole.primary_key else []
        late = all(sorted(columns) != sorted(key.target_columns) for columns in constraints)
    else:
        late = key.target not in created
    return replace(key, late=late)


def columns_by_name(info: TableInfo) -> dict[str, ColumnInfo]:
    """The columns by their name in SQL."""
    return {column.name: column for column in info.columns}


def _of(kind: type[B], source: TableSource, values: Iterable[Beside]) -> tuple[B, ...]:
    return tuple(value for value in values if isinstance(value, kind) and value.table == source)


def _title(source: TableSource) -> str:
    return source.name if source.schema is None else f"{source.schema}.{source.name}"


def _shown(value: Beside) -> str:
    kind = {Unique: "a unique constraint", ForeignKey: "a foreign key", Check: "the check", Index: "the index"}[
        type(value)
    ]
    return kind if value.name is None else f"{kind} {value.name!r}"
