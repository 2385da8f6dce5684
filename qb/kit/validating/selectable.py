"""`unselectable`: which tables of a schema cannot be read as it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qb.errors import Cancelled, ConnectionLost, ConnectionRefused, DbError, PoolExhausted
from qb.kit.validating.classes import classes_of
from qb.model.object import Identity
from qb.model.schema import Schema
from qb.query.select import select
from qb.run.database.db import Db
from qb.types.identifier import PUBLIC

_OF_THE_WORLD = (ConnectionLost, ConnectionRefused, PoolExhausted, Cancelled)


def unselectable(schema: Schema, db: Db) -> Mapping[Identity, str | None]:
    """Of each table of a schema why it cannot be selected from as its class says, or None: what its columns give is
    compared, the right to read it is asked for, and no row is read. A partition is read as its table is.

    Raises DbError for what is no answer, as a connection that is lost.
    """
    found: dict[Identity, str | None] = {}
    made: Any = select
    for table, cls in classes_of(schema).items():
        try:
            with db.transaction(rollback=True) as inner:
                inner.raising.all(made(cls).limit(0))
            reason = None
        except DbError as error:
            if isinstance(error, _OF_THE_WORLD):
                raise
            reason = str(error)
        found[Identity("table", table.source.schema or PUBLIC, "", table.source.name)] = reason
    return found
