"""What PostgreSQL would refuse about what is sent to subscribers, when it is created or when a row changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qb.declare.doubt import doubt
from qb.model.object import Standalone
from qb.model.publication import Publication
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


def _identified(table: TableDefinition, identity: ReplicaIdentity) -> Iterator[str]:
    keys = {each.name: each.columns for each in table.uniques}
    for index in table.indexes:
        keys[index.name] = tuple(node.name for node in index.on if isinstance(node, ColumnNode))
    if table.primary_key is not None:
        keys[table.primary_key.name] = table.primary_key.columns
    if identity.index not in keys:
        yield f"the {identity.identity} uses {identity.index!r}, which is not in the schema: add it, or its module"
    for column in table.columns:
        if column.name in keys.get(identity.index, ()) and column.optional:
            yield (
                f"the {identity.identity} uses {identity.index!r}, and {column.name} in it may be NULL: take None out "
                "of its annotation, or use another index"
            )
