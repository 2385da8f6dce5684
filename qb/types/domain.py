"""A type under another name: what the values of a domain are.

https://www.postgresql.org/docs/current/domains.html
"""

from __future__ import annotations

from typing import Any

from qb.frozen import fix
from qb.types.base import SqlType


def under_another_name(of: SqlType[Any], name: str, declared: object) -> SqlType[Any]:
    """The same type, whose columns are called otherwise: its values are judged, written and read as they were.

    `declared` is what `schema` makes for it. A collation is that of the name, and no more said by each column.
    """
    kind = type(of)
    made: SqlType[Any] = object.__new__(kind)
    for slot in (slot for each in kind.__mro__ for slot in each.__dict__.get("__slots__", ())):
        if hasattr(of, slot):
            fix(made, slot, getattr(of, slot))
    fix(made, "name", name)
    fix(made, "declared", declared)
    if hasattr(made, "collation"):
        fix(made, "collation", "")
    return made
