"""Partitions as tables: each has the columns of what it is a part of, and what stands beside it for its own."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from qb.declare.description import ColumnInfo, TableInfo
from qb.declare.mistakes import Mistakes
from qb.declare.partition import Partition
from qb.model.object import of_table
from qb.model.partition import Partitioning
from qb.tree.relations import TableSource


def divided(
    infos: Iterable[TableInfo],
    partitionings: Iterable[Partitioning],
    partitions: Iterable[Partition],
    mistakes: Mistakes,
) -> list[TableInfo]:
    """The tables with how they are divided, and their partitions. A mistake is one whose table is not there, or that is
    divided in two ways."""
    found = {info.source: info for info in infos}
    by_name: dict[TableSource, Partition] = {}
    for partition in partitions:
        title = of_table(partition.source).title
        if partition.source in found:
            mistakes.tell((f"the partition {title} has the name of a table: rename one of them",))
        elif by_name.setdefault(partition.source, partition) != partition:
            mistakes.tell((f"the partition {title} is declared twice, in two ways: drop or rename one of them",))
    waiting = dict(by_name)
    while ready := [each for each in waiting.values() if each.partitioning.table in found]:
        for each in ready:
            parent = found[each.partitioning.table]
            if parent.external and each.external is None:
                mistakes.tell((_of_nobody(each),))
            found[each.source] = _as_table(each, parent)
            del waiting[each.source]
    for lost in waiting.values():
        of = of_table(lost.partitioning.table).title
        said = f"the partition {of_table(lost.source).title} is of {of}, which is not in the schema"
        mistakes.tell((f"{said}: add the table, or its module",))
    # A partition brings how its table is divided.
    for how in (*partitionings, *(partition.partitioning for partition in by_name.values())):
        title = of_table(how.table).title
        if (info := found.get(how.table)) is None:
            if how.table not in waiting and all(how != partition.partitioning for partition in waiting.values()):
                mistakes.tell((f"the partitioning of {title} is of what is not in the schema: add the table",))
        elif info.partition_by not in (None, how):
            mistakes.tell((f"{title} is divided in two ways: drop one of them",))
        else:
            found[how.table] = replace(info, partition_by=how)
    return list(found.values())


def _as_table(partition: Partition, parent: TableInfo) -> TableInfo:
    options = partition.options
    if options.rls is None:  # PostgreSQL gives it none, and whoever may read it by its name would meet every row
        options = options._replace(rls=parent.options.rls)
    return TableInfo(
        partition.source,
        tuple(map(_bare, parent.columns)),
        parent.external if partition.external is None else partition.external,
        options,
        partition_of=partition.of,
    )


def _of_nobody(partition: Partition) -> str:
    title, of = of_table(partition.source).title, of_table(partition.partitioning.table).title
    return (
        f"the partition {title} is of {of}, which is external: say external=True where somebody else makes it, too, or "
        "external=False where it is ours"
    )


def _bare(column: ColumnInfo) -> ColumnInfo:
    """A column without what its table has on it, which PostgreSQL gives each partition by itself."""
    return replace(
        column,
        primary_key=False,
        unique=False,
        index=False,
        check=None,
        references=None,
        comment=None,
        checked=False,
        guard=None,
        serial=None,
        statistics=None,
    )
