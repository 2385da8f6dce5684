"""VALUES of many rows, as a node."""

from __future__ import annotations

from typing import Any

from qb.tree.node import Branch
from qb.types import SqlType


class ValuesBlock(Branch, frozen=True, eq=False):
    """`count` rows of parameters, written in one go: bulk inserts never render a cell through PyPika."""

    types: tuple[SqlType[Any], ...]
    columns: tuple[str, ...]
    count: int
