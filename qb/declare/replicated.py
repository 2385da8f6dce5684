"""What PostgreSQL would refuse about what is sent to subscribers, when it is created or when a row changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qb.declare.doubt import doubt
from qb.model.constraint import columns_in
from qb.model.object import Standalone
from qb.model.publication import Publication, PublishedTable
from qb.model.replica_identity import ReplicaIdentity
from qb.model.table import TableDefinition
from qb.tree.expressions import ColumnNode


def wrongly_sent(tables: Iterable[TableDefinition], others: Iterable[Standalone]) -> Iterator[str]:
    """What is to be said of replica identities and publications."""
    known = {table.source: table for table in tables}
    for table in known.values():
        for each in table.attached:
            if isinstance(each, ReplicaIdentity) and each.mode == "index":
                yield from _identified(table, each)
    for item in others:
        if isinstance(item, Publication):
            for one in item.tables:
                if one.table not in known:
                    continue
                if known[one.table].partition_by is not None and not item.via_partition_root:
                    if one.columns or one.where is not None:
                        title = known[one.table].title
                        yield (
                            f"the {item.identity} has some columns or rows of {title}, which is divided: add "
                            "via_partition_root=True, or name its partitions"
                        )
                _doubt_unidentified(item, known[one.table])
                yield from _beside_identity(item, one, known[one.table])
                if known[one.table].unlogged:
                    title = known[one.table].title
                    yield f"the {item.identity} has {title}, which is unlogged and so never sent: drop one of the two"


def _doubt_unidentified(publication: Publication, table: TableDefinition) -> None:
    """Warn of a table whose updates and deletes PostgreSQL refuses, as nothing says which row was changed."""
    changes = [each for each in publication.publish if each in ("update", "delete")]
    modes = [each.mode for each in table.attached if isinstance(each, ReplicaIdentity)]
    mode = modes[0] if modes else "default"
    # What is sent of a divided table is what its partitions tell.
    if not changes or table.external or table.unlogged or table.partition_by is not None or mode in ("full", "index"):
        return
    if mode == "nothing":
        why = "says by its replica identity that nothing tells its rows apart"
    elif table.primary_key is None:
        why = "has no primary key"
    elif table.primary_key.deferrable:
        why = "has a deferrable primary key, which tells no rows apart"
    else:
        return
    doubt(
        f"the {publication.identity} sends each {' and '.join(changes)} of {table.title}, which {why}: PostgreSQL will "
        f'refuse them; give it a key, write replica_identity({table.title}, "full"), or publish=["insert"]'
    )


def _beside_identity(publication: Publication, one: PublishedTable, table: TableDefinition) -> Iterator[str]:
    """What has PostgreSQL refuse each update and delete of a table: a subscriber could not tell which row is meant."""
    changes = [each for each in publication.publish if each in ("update", "delete")]
    if not changes or table.external or table.unlogged or table.partition_by is not None:
        return
    told = f"PostgreSQL would refuse each {' and '.join(changes)} of it"
    instead = 'publish=["insert"]'
    what = f"the {publication.identity} has of {table.title}"
    whole = f'replica_identity({table.title}, "full")'
    keys = _identity(table)
    if keys is None:  # all columns together
        if one.columns:
            yield (
                f"{what} some columns, and its replica identity is all of them: {told}; publish all of its columns, or "
                f"write {instead}"
            )
        return
    if not keys:
        return
    if one.columns and (missing := [each for each in keys if each not in one.columns]):
        names = ", ".join(missing)
        yield (
            f"{what} the columns {', '.join(one.columns)}, without {names} of its replica identity: {told}; name "
            f"{names}, too, or write {instead}"
        )
    if beside := [each for each in dict.fromkeys(columns_in(one.where)) if each not in keys]:
        yield (
            f"{what} the rows of a condition on {', '.join(beside)}, which is no part of its replica identity "
            f"({', '.join(keys)}): {told}; write {whole if not one.columns else instead}"
            f"{'' if one.columns else f', or {instead}'}"
        )


def _identity(table: TableDefinition) -> tuple[str, ...] | None:
    """The columns that tell its rows apart; none where nothing does, None where it is all of them."""
    for each in table.attached:
        if isinstance(each, ReplicaIdentity):
            if each.mode == "index":
                return _keys(table).get(each.index or "", ())
            if each.mode != "default":
                return None if each.mode == "full" else ()
    key = table.primary_key
    return () if key is None or key.deferrable else key.columns


def _keys(table: TableDefinition) -> dict[str, tuple[str, ...]]:
    keys = {each.name: each.columns for each in table.uniques}
    for index in table.indexes:
        keys[index.name] = tuple(node.name for node in index.on if isinstance(node, ColumnNode))
    if table.primary_key is not None:
        keys[table.primary_key.name] = table.primary_key.columns
    return keys


def _identified(table: TableDefinition, identity: ReplicaIdentity) -> Iterator[str]:
    keys = _keys(table)
    if identity.index not in keys:
        yield f"the {identity.identity} uses {identity.index!r}, which is not in the schema: add it, or its module"
    for column in table.columns:
        if column.name in keys.get(identity.index, ()) and column.optional:
            yield (
                f"the {identity.identity} uses {identity.index!r}, and {column.name} in it may be NULL: take None out "
                "of its annotation, or use another index"
            )
