"""What PostgreSQL would refuse about a schema as a whole, said before it is asked, with names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from qb.declare.doubt import doubt
from qb.declare.known import missing, uncalled, unguarded
from qb.declare.mistakes import Mistakes
from qb.declare.partitioned import ancestors, wrongly_divided
from qb.declare.replicated import wrongly_sent
from qb.errors import DefinitionError
from qb.model.constraint import ForeignKeyDefinition, PrimaryKeyDefinition, UniqueDefinition
from qb.model.enum import EnumDefinition
from qb.model.exclusion import Exclusion
from qb.model.index import Index
from qb.model.object import Identity, Standalone
from qb.model.sequence import Sequence
from qb.model.statistics import Statistics
from qb.model.table import ColumnDefinition, TableDefinition
from qb.tree.expressions import ColumnNode
from qb.tree.relations import TableSource
from qb.types import SqlType
from qb.types.identifier import PUBLIC


def validate(
    tables: tuple[TableDefinition, ...],
    enums: tuple[EnumDefinition, ...],
    others: tuple[Standalone, ...],
    mistakes: Mistakes,
    extensions: Collection[str] = (),
) -> None:
    """Mistakes are names that are given twice, foreign keys that cannot be, and what needs something that is not
    there."""
    known = {table.source: table for table in tables}
    homes = {column.identity: table for table in tables for column in table.columns}
    mistakes.tell(_relation_names(tables, enums, others))
    for each in others:
        if isinstance(each, Sequence) and each.owner is not None:
            with mistakes:
                _check_owner(each, each.owner, homes)
    for table in tables:
        mistakes.tell((*_constraint_names(table), *_merged(table), *_computed(table)))
        for key in table.foreign_keys:
            with mistakes:
                _check_foreign_key(key, table, known[key.target], known)
    mistakes.tell(
        (
            *wrongly_divided(tables),
            *wrongly_sent(tables, others),
            *missing(tables, others, extensions),
            *uncalled(tables, others),
            *unguarded(tables),
        )
    )


def _check_owner(sequence: Sequence, owner: Identity, homes: Mapping[Identity, TableDefinition]) -> None:
    if owner not in homes:
        raise DefinitionError(
            f"the {sequence.identity} is owned by {owner.title}, which is not in the schema: add its table, or drop "
            "owned_by"
        )
    if (sequence.schema or "") != owner.schema:
        raise DefinitionError(
            f"the {sequence.identity} is owned by {owner.title}, which is in another schema, and PostgreSQL wants both "
            "in one: create it where the table is"
        )
    if homes[owner].external and not sequence.external:
        raise DefinitionError(
            f"the {sequence.identity} is owned by {owner.title}, whose table is external, and so is what goes "
            "away with it: add external=True, or drop owned_by"
        )


def _relation_names(
    tables: tuple[TableDefinition, ...], enums: tuple[EnumDefinition, ...], others: tuple[Standalone, ...]
) -> Iterator[str]:
    """Tables and indexes (a key has one, under its own name) share the names of a PostgreSQL schema, tables and types
    do as well."""
    seen: dict[tuple[str, str], str] = {}
    for table in tables:
        yield from _once(seen, table.source.schema, table.source.name, f"the table {table.title}", "rename one of them")
    for other in others:
        if other.names_relation:
            yield from _once(seen, other.schema, other.name, f"the {other.identity}", "rename one of them")
    types = dict(seen)
    hint = "a table is a type as well: rename one of them"
    for enum in enums:
        yield from _once(types, enum.schema, enum.type_name, f"the enum {enum.type_name}", hint)
    for other in others:
        if other.names_type and not other.names_relation:
            yield from _once(types, other.schema, other.name, f"the {other.identity}", hint)
    named: dict[tuple[str, str], str] = {}
    for table in tables:
        for each in table.attached:
            if isinstance(each, Statistics):
                yield from _once(named, table.source.schema, each.name, f"the {each.identity}", "give one another name")
    for view in others:
        for index in view.children:
            if isinstance(index, Index):
                what = f"the index of the {view.identity} ({', '.join(_keys(index.on))})"
                yield from _once(seen, view.schema, index.name, what, "give it another name")
    for table in tables:
        for name, what in _indexes(table):
            hint = (
                f'give it a name of its own, as in unique(..., name="...") or index("...", ...) next to {table.title}'
            )
            yield from _once(seen, table.source.schema, name, what, hint)


def _indexes(table: TableDefinition) -> Iterator[tuple[str, str]]:
    if table.primary_key is not None:
        yield table.primary_key.name, f"the primary key of {table.title}"
    for unique in table.uniques:
        yield unique.name, f"the unique constraint of {table.title} ({', '.join(unique.columns)})"
    for each in table.attached:
        if isinstance(each, Exclusion):
            yield each.name, f"the {each.identity}"
    for index in table.indexes:
        yield index.name, f"the index of {table.title} ({', '.join(_keys(index.on))})"


def _keys(nodes: Iterable[object]) -> list[str]:
    return [node.name if isinstance(node, ColumnNode) else "..." for node in nodes]


def _once(seen: dict[tuple[str, str], str], schema: str | None, name: str, what: str, hint: str) -> Iterator[str]:
    before = seen.setdefault((schema or PUBLIC, name), what)  # where what names no schema is created
    if before is not what:
        yield f"{before} and {what} are both called {name!r}: {hint}"


def _constraint_names(table: TableDefinition) -> Iterator[str]:
    seen: dict[tuple[str, str], str] = {}
    named = [(unique.name, f"the unique constraint ({', '.join(unique.columns)})") for unique in table.uniques]
    named += [(key.name, f"the foreign key ({', '.join(key.columns)})") for key in table.foreign_keys]
    named += [(check.name, f"the check {check.name!r}") for check in table.checks]
    if table.primary_key is not None:
        named.append((table.primary_key.name, "the primary key"))
    for name, what in named:
        yield from _once(seen, None, name, f"{what} of {table.title}", "give one of them another name")
    for number, each in enumerate(table.attached, 1):
        if isinstance(each, Exclusion):
            yield from _once(seen, None, each.name, f"the {each.identity}", "give one of them another name")
            continue
        what = f"the {each.kind} number {number} of {table.title}"
        yield from _once(seen, each.kind, each.name, what, "give one of them another name")


def _merged(table: TableDefinition) -> Iterator[str]:
    """PostgreSQL makes one constraint of two that are alike: what was declared would not be there."""
    seen: dict[tuple[object, ...], str] = {}
    if (key := table.primary_key) is not None:
        seen[key.columns, False, key.include, key.deferrable, key.without_overlaps] = "the primary key"
    for unique in table.uniques:
        what = unique.columns, unique.nulls_not_distinct, unique.include, unique.deferrable, unique.without_overlaps
        before = seen.setdefault(what, f"the unique constraint {unique.name!r}")
        if not before.endswith(f"constraint {unique.name!r}"):
            yield (
                f"{table.title} ({', '.join(unique.columns)}) is {before} and the unique constraint {unique.name!r}, "
                "which PostgreSQL merges into one: drop one of them"
            )


def _computed(table: TableDefinition) -> Iterator[str]:
    """Columns that are computed when read are stored nowhere, so nothing can be built on them."""
    computed = {each.name for each in table.columns if each.generated is not None and not each.stored}
    keys = [(index.name, _keys(index.on)) for index in table.indexes]
    keys += [(unique.name, list(unique.columns)) for unique in table.uniques]
    keys += [(key.name, list(key.columns)) for key in table.foreign_keys]
    for name, columns in keys:
        for column in columns:
            if column in computed:
                yield f"{name!r} is on {table.title}.{column}, which is computed when read: drop its stored=False"


def _by_name(table: TableDefinition) -> dict[str, ColumnDefinition]:
    return {column.name: column for column in table.columns}


def _check_foreign_key(
    key: ForeignKeyDefinition,
    table: TableDefinition,
    target: TableDefinition,
    known: Mapping[TableSource, TableDefinition],
) -> None:
    own, other = _by_name(table), _by_name(target)
    where = f"{table.title}.{' and '.join(key.columns)}"
    pointed = f"{target.title}.{' and '.join(key.target_columns)}"
    if key.period:
        _check_period(key, target, where, pointed)
    unique = (columns for each in (target, *ancestors(target, known)) for columns in _unique_columns(each))
    if not key.period and sorted(key.target_columns) not in map(sorted, unique):
        if sorted(key.target_columns) in [sorted(each.columns) for each in _deferrable_keys(target)]:
            raise DefinitionError(
                f"{where} references {pointed}, whose key is deferrable, which no foreign key may point to: take "
                "deferrable away there, or add another key"
            )
        raise DefinitionError(
            f"{where} references {pointed}, which is not unique: make it the primary key, "
            f"or write unique({', '.join(key.target_columns)}) next to {target.title}"
        )
    for name, pointed_name in zip(key.columns, key.target_columns, strict=True):
        column, referenced = own[name], other[pointed_name]
        if not _comparable(column.type, referenced.type):
            raise DefinitionError(
                f"{table.title}.{name} is {column.type.name} and references {target.title}.{pointed_name}, "
                f"which is {referenced.type.name}: give both the same type"
            )
    _check_actions(key, own, where)


def _check_period(key: ForeignKeyDefinition, target: TableDefinition, where: str, pointed: str) -> None:
    keys = (*target.uniques, *(() if target.primary_key is None else (target.primary_key,)))
    for each in keys:
        if each.without_overlaps and not each.deferrable and each.columns[-1] == key.target_columns[-1]:
            if sorted(each.columns) == sorted(key.target_columns):
                return
    raise DefinitionError(
        f"{where} references {pointed} with period, and that is no key without overlaps: write unique(..., "
        f"without_overlaps=True) next to {target.title}, its range last"
    )


def _check_actions(key: ForeignKeyDefinition, own: Mapping[str, ColumnDefinition], where: str) -> None:
    for event, action in (("on_delete", key.on_delete), ("on_update", key.on_update)):
        for name in (key.on_delete_columns if event == "on_delete" else ()) or key.columns:
            column = own[name]
            if action == "set null" and not column.optional:
                doubt(f'{where}: {event}="set null" and {name} is never NULL: write Col[... | None], or another action')
            if action == "set default" and not column.optional and column.default is None:
                doubt(f'{where}: {event}="set default" and {name} has no default: give it one, or another action')
            if action in ("set null", "set default") and column.generated is not None:
                raise DefinitionError(f'{where}: {event}="{action}" cannot change {name}, which is generated')


def _unique_columns(table: TableDefinition) -> Iterator[tuple[str, ...]]:
    """The sets of columns that a foreign key may point to."""
    for key in (*table.uniques, *(() if table.primary_key is None else (table.primary_key,))):
        if not key.deferrable and not key.without_overlaps:
            yield key.columns
    for index in table.indexes:
        columns = tuple(node.name for node in index.on if isinstance(node, ColumnNode))
        if index.unique and index.where is None and len(columns) == len(index.on):
            yield columns


def _deferrable_keys(table: TableDefinition) -> Iterator[PrimaryKeyDefinition | UniqueDefinition]:
    if table.primary_key is not None and table.primary_key.deferrable:
        yield table.primary_key
    yield from (each for each in table.uniques if each.deferrable)


def _comparable(one: SqlType[object], other: SqlType[object]) -> bool:
    if one.wire.is_integer:
        return other.wire.is_integer
    if one.wire.is_text:
        return other.wire.is_text
    return one.base == other.base
