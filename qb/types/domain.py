"""A type under another name: what the values of a domain are.

https://www.postgresql.org/docs/current/domains.html
"""

from __future__ import annotations

from typing import Any

from qb.frozen import with_parts
from qb.types.base import SqlType


def under_another_name(of: SqlType[Any], name: str, declared: object) -> SqlType[Any]:
    """The same type, whose columns are called otherwise: its values are judged, written and read as they were.

    `declared` is what `schema` makes for it. A collation is that of the name, and no more said by each column.
    """
    said = {"collation": ""} if hasattr(of, "collation") else {}
    return with_parts(of, name=name, declared=declared, **said)
