"""Foreign keys to a key whose index has a column besides: that index is built anew when the column gets another type,
which the server refuses as long as they are there.

https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-INCLUDE
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from qb.kit.facts.constraint import ConstraintFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.model.object import Identity

_KEYS: Final = ("primary key", "unique", "index")


def referring_beside(column: Identity, parts: CatalogParts) -> Iterator[Identity]:
    """Those of one catalog."""
    for key in parts.needing(column):
        if key.kind in _KEYS:
            index = parts.index_of(key)
            for each in (*parts.needing(key), *(parts.needing(index) if index is not None else ())):
                fact = parts.get(each)
                if each.kind == "foreign key" and isinstance(fact, ConstraintFact):
                    if column.name not in fact.target_columns:
                        yield each
