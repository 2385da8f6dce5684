"""Equality by content for descriptions, values inside expressions included.

A query's `Bind` is equal only to itself, as two equal values may be two parameters. A description has no parameters:
there the value counts, in PostgreSQL's text form.
"""

from __future__ import annotations

from typing import cast

import msgspec
from msgspec.structs import astuple

from qb.tree.nodes import Bind, Node


class Described(msgspec.Struct, frozen=True, eq=False):
    """A frozen description: equal to every other one that says the same."""

    def parts(self) -> tuple[object, ...]:
        """What equality and hashing see."""
        return astuple(self)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and content(self) == content(other)

    def __hash__(self) -> int:
        return hash(content(self))


def content(item: object) -> object:
    """The item as nested tuples without `Bind`s."""
    if isinstance(item, Bind):
        return (Bind, item.type, None if item.value is None else item.type.literal(item.value))
    if isinstance(item, Node):
        return (type(item), *map(content, astuple(item)))
    if isinstance(item, Described):
        return (type(item), *map(content, item.parts()))
    if isinstance(item, tuple):
        return tuple(map(content, cast("tuple[object, ...]", item)))
    return item
