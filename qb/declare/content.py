"""Equality by content for descriptions, values inside expressions included.

A query's `Bind` is equal only to itself, as two equal values may be two parameters. A description has no parameters:
there the value counts, in PostgreSQL's text form.
"""

from __future__ import annotations

from typing import cast

import msgspec
from msgspec.structs import astuple

from qb.tree.expressions import Bind
from qb.tree.node import Node, fields_of


class Described(msgspec.Struct, frozen=True, eq=False):
    """A frozen description: equal to every other one that says the same."""

    def parts(self) -> tuple[object, ...]:
        """What equality and hashing see."""
        return astuple(self)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and content(self) == content(other)

    def __hash__(self) -> int:
        return hash(content(self))


def content(whole: object) -> tuple[object, ...]:
    """What it says, in one row and without `Bind`s: each node's kind before what it is made of."""
    found: list[object] = []
    stack = [whole]
    while stack:
        item = stack.pop()
        if isinstance(item, Bind):
            found += (Bind, item.type, None if item.value is None else item.type.literal(item.value))
        elif isinstance(item, Node | Described):
            found.append(type(item))
            stack += (fields_of(item) if isinstance(item, Node) else item.parts())[::-1]
        elif isinstance(item, tuple):
            items = cast("tuple[object, ...]", item)
            found.append(len(items))
            stack += items[::-1]
        else:
            found.append(item)
    return tuple(found)
