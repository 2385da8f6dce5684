"""From what was declared to what the database has: constraints of columns and those beside tables, put together and
named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Any, NamedTuple, TypeVar

from msgspec.structs import replace

from qb.declare.checked import membership
from qb.declare.constraint_names import constraint_name
from qb.declare.constraints import ForeignKey
from qb.declare.description import ColumnInfo, TableInfo
from qb.declare.gather import BesideTable
from qb.declare.guarded import refused_keys
from qb.declare.inherited import inheriting
from qb.declare.keys import PrimaryKey, Unique
from qb.declare.mistakes import Mistakes
from qb.model.constraint import Check, ForeignKeyDefinition, PrimaryKeyDefinition, UniqueDefinition
from qb.model.index import Index
from qb.model.materialized_view import MaterializedView
from qb.model.object import Attached, Identity, Standalone, of_table
from qb.model.order import loosened
from qb.model.policy import RowSecurity
from qb.model.sequence import Sequence
from qb.model.statistics import Statistics
from qb.model.table import ColumnDefinition, TableDefinition
from qb.model.type import named_type
from qb.model.view import View
from qb.model.written import written
from qb.tree.expressions import Bind, ColumnNode
from qb.tree.relations import TableSource

B = TypeVar("B", PrimaryKey, Unique, ForeignKey, Check, Index, Attached)


class Settled(NamedTuple):
    """Tables and what is declared by itself, each in the order in which they can be created, and the order of all."""

    tables: tuple[TableDefinition, ...]
    others: tuple[Standalone, ...]
    order: tuple[Identity, ...]


def settled(
    tables: Iterable[TableInfo],
    beside: Iterable[BesideTable],
    checked: bool,
    others: Iterable[Standalone],
    mistakes: Mistakes,
) -> Settled:
    """The definitions, in the order in which they can be created. What points outside is a mistake, and left out."""
    # In an order of their own, so that the order of the items decides nothing.
    known = {
        info.source: info for info in sorted(tables, key=lambda info: (info.source.schema or "", info.source.name))
    }
    values = tuple(beside)
    by_owner: dict[Identity, list[BesideTable]] = {}
    for value in values:
        by_owner.setdefault(of_table(value.table), []).append(value)
    standalone = {
        each.identity: _with_attached(each, by_owner.get(each.identity, []), mistakes) for each in sorted(others)
    }
    mistakes.tell(each for value in values for each in _misplaced(value, known, standalone))
    for each in known.values():
        _take_serials(each, standalone, mistakes)
    wholes = inheriting(
        {
            source: _definition(each, by_owner.get(of_table(source), []), checked, mistakes)
            for source, each in known.items()
        },
        mistakes,
    )
    parts: dict[TableSource, list[TableSource]] = {}
    for source, whole in wholes.items():
        if whole.partition_of is not None:
            parts.setdefault(whole.partition_of.parent, []).append(source)
    keys = {
        source: _foreign_keys(info, _of(ForeignKey, source, by_owner.get(of_table(source), [])), known, mistakes)
        for source, info in known.items()
    }
    # A sequence becomes its column's once both are there.
    wanted = {identity: _without_owner(each).needs for identity, each in standalone.items()}
    for source, whole in wholes.items():
        needs = whole.needs
        drawn = (standalone[need] for need in needs if need in standalone)
        owners = (item.owner for item in drawn if isinstance(item, Sequence) and item.owner is not None)
        theirs = (Identity("table", owner.schema, "", owner.table) for owner in owners)
        targets = (of_table(each) for key in keys[source] for each in _whole(key.target, parts) if each != source)
        wanted[of_table(source)] = (*needs, *targets, *theirs)
    loose = {identity: each.loose for identity, each in standalone.items() if each.loose}
    order = loosened({each: [need for need in needs if need in wanted] for each, needs in wanted.items()}, loose)
    sources = {of_table(source): source for source in known}
    created: set[TableSource] = set()
    made: list[TableDefinition] = []
    for source in (sources[each] for each in order if each in sources):
        created.add(source)
        whole = wholes[source]
        made.append(replace(whole, foreign_keys=tuple(_placed(key, whole, created) for key in keys[source])))
    return Settled(tuple(made), tuple(standalone[each] for each in order if each in standalone), tuple(order))


def _misplaced(
    value: BesideTable, known: Mapping[TableSource, TableInfo], standalone: Mapping[Identity, Standalone]
) -> Iterator[str]:
    """What is to be said of what stands beside no table, or beside somebody else's."""
    if value.table not in known:
        if of_table(value.table) not in standalone:
            said = f"{_shown(value)} is on {_title(value.table)}, which is not in the schema"
            yield f"{said}: add the table, or its module"
    elif known[value.table].external and not (
        isinstance(value, PrimaryKey | Unique) or (isinstance(value, Attached) and value.on_external)
    ):
        yield (
            f"{_shown(value)} is on {_title(value.table)}, which is external: what its owner has on it is theirs, "
            "and is not created or kept here; drop it, or have the owner create it"
        )


def _whole(table: TableSource, parts: Mapping[TableSource, list[TableSource]]) -> Iterator[TableSource]:
    """A table and its partitions, each of which a foreign key keeps from going."""
    yield table
    for each in parts.get(table, ()):
        yield from _whole(each, parts)


def _take_serials(info: TableInfo, found: dict[Identity, Standalone], mistakes: Mistakes) -> None:
    """Add the sequences that the columns own. A mistake is one whose name is another one's."""
    for column in info.columns:
        if (serial := column.serial) is None:
            continue
        if info.external:  # so is what its columns own
            serial = replace(serial, external=True)
        before = found.setdefault(serial.identity, serial)
        if before in (serial, _without_owner(serial)):
            found[serial.identity] = serial
        else:
            said = (
                f"{info.title}.{column.name}: the {serial.identity} is declared in another way, too: give the column "
            )
            mistakes.tell((f"{said}that one, as in default=serial(numbers)",))


def _without_owner(item: Standalone) -> Standalone:
    return replace(item, owner=None) if isinstance(item, Sequence) else item


def _with_attached(item: Standalone, beside: list[BesideTable], mistakes: Mistakes) -> Standalone:
    """A view with what stands next to it. A mistake is what only a table can have."""
    takes: type[Any] | UnionType = Attached if isinstance(item, View) else Index | Statistics
    mistakes.tell(
        f"{_shown(each)} is on the {item.identity}, which has none: put it on the table"
        for each in beside
        if not isinstance(each, takes)
    )
    if isinstance(item, View):
        return replace(item, attached=tuple(sorted(each for each in beside if isinstance(each, Attached))))
    if isinstance(item, MaterializedView):
        indexes = sorted((each for each in beside if isinstance(each, Index)), key=lambda index: index.name)
        known = sorted(each for each in beside if isinstance(each, Statistics))
        return replace(item, indexes=tuple(indexes), attached=tuple(known))
    return item


def _definition(info: TableInfo, values: list[BesideTable], checked: bool, mistakes: Mistakes) -> TableDefinition:
    source, table = info.source, info.source.name
    uniques = [
        UniqueDefinition(source, constraint_name(table, [column.name], "key"), (column.name,))
        for column in info.columns
        if column.unique
    ]
    named = (
        UniqueDefinition(
            source,
            unique.name or constraint_name(table, unique.columns, "key"),
            unique.columns,
            unique.nulls_not_distinct,
            unique.include,
            unique.deferrable,
            unique.without_overlaps,
            unique.with_,
            unique.tablespace,
            comment=unique.comment,
            renamed_from=unique.renamed_from,
        )
        for unique in _of(Unique, source, values)
    )
    uniques += sorted(named, key=lambda unique: unique.name)
    beside = _of(Check, source, values)
    checks = [
        Check(source, constraint_name(table, [column.name], "check"), written(column.check))
        for column in info.columns
        if column.check is not None
    ]
    taken = {check.name for check in (*checks, *beside)}
    checks += _memberships(info, checked and not info.external, taken)
    checks += [
        Check(
            source,
            constraint_name(table, [column.name], "guard"),
            refused_keys(source, column.name, column.optional, column.guard),
        )
        for column in info.columns
        if column.guard is not None and not info.external
    ]
    indexes = [
        Index(source, constraint_name(table, [column.name], "idx"), (ColumnNode(source, column.name, column.optional),))
        for column in info.columns
        if column.index
    ]
    return TableDefinition(
        source,
        tuple(_column(source, column) for column in info.columns),
        _primary_key(info, _of(PrimaryKey, source, values), mistakes),
        tuple(uniques),
        (*checks, *sorted(beside, key=lambda check: check.name)),
        (),
        (*indexes, *sorted(_of(Index, source, values), key=lambda index: index.name)),
        tuple(sorted((*_of(Attached, source, values), *_row_security(info)))),
        info.partition_by,
        info.partition_of,
        info.options.inherits,
        frozenset(column.name for column in info.columns if info.partition_of is not None),
        info.options.unlogged,
        info.options.with_,
        info.options.tablespace,
        info.options.method,
        external=info.external,
        comment=info.options.comment,
        renamed_from=info.options.renamed_from,
    )


def _row_security(info: TableInfo) -> tuple[Attached, ...]:
    rls = info.options.rls
    return (RowSecurity(info.source, info.source.name, rls == "force"),) if rls else ()


def _primary_key(info: TableInfo, beside: tuple[PrimaryKey, ...], mistakes: Mistakes) -> PrimaryKeyDefinition | None:
    source, name = info.source, constraint_name(info.source.name, [], "pkey")
    own = tuple(column.name for column in info.primary_key)
    if len(beside) + bool(own) > 1:
        said = "has two primary keys, and there is one: say it in the columns, or by one primary_key(...)"
        mistakes.tell((f"{info.title} {said}",))
    if own:
        return PrimaryKeyDefinition(source, name, own)
    for key in beside:
        mistakes.tell(
            f"{info.title}.{column.name}: a primary key is never NULL: take None out of its annotation"
            for column in info.columns
            if column.name in key.columns and column.optional
        )
        more = key.include, key.deferrable, key.without_overlaps, key.with_, key.tablespace
        title, before = key.name or name, key.renamed_from
        return PrimaryKeyDefinition(source, title, key.columns, *more, comment=key.comment, renamed_from=before)
    return None


def _column(source: TableSource, column: ColumnInfo) -> ColumnDefinition:
    # DEFAULT NULL says nothing: PostgreSQL keeps none either.
    default = None if isinstance(column.default, Bind) and column.default.value is None else column.default
    return ColumnDefinition(
        source,
        column.name,
        named_type(column.type),
        column.optional,
        None if default is None else written(default),
        column.identity,
        None if column.generated is None else written(column.generated),
        column.stored,
        column.counting,
        column.storage or "",
        column.compression or "",
        column.statistics,
        comment=column.comment,
        renamed_from=column.renamed_from,
    )


def _memberships(info: TableInfo, checked: bool, taken: set[str]) -> Iterator[Check]:
    """The checks that labels are known, named as PostgreSQL would: with a number where the name is taken."""
    for column in info.columns:
        if checked if column.checked is None else column.checked:
            node = ColumnNode(info.source, column.name, column.optional)
            if (condition := membership(node, column)) is not None:
                number, name = 0, constraint_name(info.source.name, [column.name], "check")
                while name in taken:
                    number += 1
                    name = constraint_name(info.source.name, [column.name], f"check{number}")
                taken.add(name)
                yield Check(info.source, name, written(condition))


def _foreign_keys(
    info: TableInfo, beside: Iterable[ForeignKey], known: Mapping[TableSource, TableInfo], mistakes: Mistakes
) -> tuple[ForeignKeyDefinition, ...]:
    source, table = info.source, info.source.name
    found: list[ForeignKeyDefinition] = []
    for column in info.columns:
        if (reference := column.references) is None:
            continue
        with mistakes:
            target = reference.column(f"{info.title}.{column.name}")
            assert isinstance(target.relation, TableSource)
            name = constraint_name(table, [column.name], "fkey")
            actions = (reference.on_delete, reference.on_update, reference.deferrable)
            found.append(ForeignKeyDefinition(source, name, (column.name,), target.relation, (target.name,), *actions))
    keys: list[ForeignKeyDefinition] = []
    for key in beside:
        name = key.name or constraint_name(table, key.columns, "fkey")
        with mistakes:
            pointed, columns = key.target()
            said = key.on_delete, key.on_update, key.deferrable, key.on_delete_columns, key.match, key.valid
            keys.append(
                ForeignKeyDefinition(
                    source,
                    name,
                    key.columns,
                    pointed,
                    columns,
                    *said,
                    key.period,
                    comment=key.comment,
                    renamed_from=key.renamed_from,
                )
            )
    found += sorted(keys, key=lambda key: key.name)
    mistakes.tell(
        f"{info.title}.{' and '.join(each.columns)} references {_title(each.target)}, which is not in the schema: add "
        "the table, or its module"
        for each in found
        if each.target not in known and not info.external  # what its owner points to is theirs
    )
    return tuple(each for each in found if each.target in known)


def _placed(key: ForeignKeyDefinition, whole: TableDefinition, created: set[TableSource]) -> ForeignKeyDefinition:
    """The key with `late` set. A table that references its own unique *index* has to wait for that, too."""
    if key.target == whole.source:
        constraints = [unique.columns for unique in whole.uniques]
        constraints += [whole.primary_key.columns] if whole.primary_key else []
        late = all(sorted(columns) != sorted(key.target_columns) for columns in constraints)
    else:
        late = key.target not in created
    return replace(key, late=late or not key.valid)


def _of(kind: type[B], source: TableSource, values: Iterable[BesideTable]) -> tuple[B, ...]:
    return tuple(value for value in values if isinstance(value, kind) and value.table == source)


def _title(source: TableSource) -> str:
    return of_table(source).title


def _shown(value: BesideTable) -> str:
    match value:
        case Unique():
            kind = "a unique constraint"
        case PrimaryKey():
            kind = "a primary key"
        case ForeignKey():
            kind = "a foreign key"
        case _:
            kind = f"the {value.kind}"
    return kind if value.name is None else f"{kind} {value.name!r}"
