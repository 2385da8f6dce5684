"""Which types PostgreSQL converts into which.

https://www.postgresql.org/docs/current/sql-createcast.html, and the catalog pg_cast
"""

from __future__ import annotations

from typing import Any

from qb.types.array import Array
from qb.types.base import SqlType
from qb.types.custom import is_custom


def castable(source: SqlType[Any], due: SqlType[Any]) -> bool:
    """Whether there is such a cast; True where only the server knows.

    >>> castable(pg.integer, pg.boolean), castable(pg.date, pg.integer)
    (True, False)
    """
    if is_custom(source) or is_custom(due):
        return True
    one, other = source.wire, due.wire
    if isinstance(source, Array) and isinstance(due, Array):
        return castable(source.of, due.of)
    if any(type_.wire.is_text and not isinstance(type_, Array) for type_ in (source, due)):
        return True
    if isinstance(source, Array) or isinstance(due, Array):
        return False
    if any(wire.is_opaque or wire.is_unstated for wire in (one, other)):
        return True
    if one.is_enum or other.is_enum:
        return one is other and source.name == due.name
    return one is other or other.name in one.casts.split()
