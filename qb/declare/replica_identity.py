"""The replica identity of a table, next to it.

https://www.postgresql.org/docs/current/logical-replication-publication.html
"""

from __future__ import annotations

from typing import Literal

from qb.declare.constraint_names import constraint_name
from qb.declare.keys import PrimaryKey, Unique
from qb.errors import DefinitionError
from qb.model.index import Index
from qb.model.object import of_table
from qb.model.replica_identity import ReplicaIdentity
from qb.query.entity import TableRow, entity_of
from qb.tree.expressions import ColumnNode
from qb.tree.relations import TableSource


def replica_identity(
    table: type[TableRow],
    mode: Literal["default", "full", "nothing"] | None = None,
    /,
    *,
    using: Index | Unique | PrimaryKey | None = None,
) -> ReplicaIdentity:
    """What tells subscribers which row was changed, next to the table: `told = replica_identity(Log, "full")`.

    By "default" it is the primary key. "full" sends whole rows, "nothing" no row, so that updates and deletes of what
    is published fail; `using` names a unique index of columns that are never NULL, or a unique constraint.
    Errors: DefinitionError. https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY

    >>> print(create_all(schema(User, Task, replica_identity(Task, "full"))).statements[-1])
    ALTER TABLE "tasks" REPLICA IDENTITY FULL
    """
    entity = entity_of(table)
    source = None if entity is None else entity.relation
    if not isinstance(source, TableSource) or source.kind != "table":
        raise DefinitionError(f"a replica identity is that of a table, not of {table!r}")
    what = f"the replica identity of {of_table(source).title}"
    if (mode is None) == (using is None):
        raise DefinitionError(f'{what} is either one of "default", "full", "nothing", or using= an index: say one')
    if using is None:
        if mode is None or mode not in ("default", "full", "nothing"):
            raise DefinitionError(f'{what} is "default", "full" or "nothing", or using= an index, not {mode!r}')
        return ReplicaIdentity(source, source.name, mode)
    if not isinstance(using, Index | Unique | PrimaryKey):  # pyright: ignore[reportUnnecessaryIsInstance] - not all check
        raise DefinitionError(
            f"{what}: using takes what index(...), unique(...) or primary_key(...) made, not {using!r}"
        )
    if using.table != source:
        raise DefinitionError(f"{what} uses an index of {of_table(using.table).title}: use one of its own")
    if isinstance(using, Index):
        if not using.unique or using.where is not None or not all(isinstance(each, ColumnNode) for each in using.on):
            raise DefinitionError(f"{what} uses {using.name!r}, which has to be unique, of columns, and without where")
        return ReplicaIdentity(source, source.name, "index", using.name)
    if using.deferrable:
        raise DefinitionError(f"{what} uses a key that is deferrable, and so not always unique: use another")
    key = "pkey" if isinstance(using, PrimaryKey) else "key"
    columns = () if isinstance(using, PrimaryKey) else using.columns
    return ReplicaIdentity(source, source.name, "index", using.name or constraint_name(source.name, columns, key))
