"""What a schema was gathered from: no part of what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from qb.tree.relations import TableSource

_NOTHING: Mapping[TableSource, Any] = {}


class Gathered(msgspec.Struct, frozen=True, eq=False):
    """The items that `schema` was given, what was said with them, and the classes of its tables.

    Any two are equal, as schemas are by content, and a pickled one is empty: classes stay where they are."""

    items: tuple[object, ...] = ()
    extensions: tuple[str, ...] = ()
    checked: bool = False
    classes: Mapping[TableSource, type[Any]] = _NOTHING

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Gathered)

    def __hash__(self) -> int:
        return hash(Gathered)

    def __reduce__(self) -> tuple[type[Gathered], tuple[()]]:
        return Gathered, ()

    def __repr__(self) -> str:
        return f"<gathered from {len(self.items)}>"
