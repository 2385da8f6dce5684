"""What every node of the tree is: a frozen value that is compared, hashed and printed without recursion.

A condition may be a chain of ten thousand others: whatever goes through a tree keeps a stack of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

import msgspec
from msgspec.structs import astuple

_PLAIN: Final = frozenset(each.__name__ for each in (str, bool, int, object, tuple)).union(
    ("None", "Any", "Callable", "Function", "SqlType")
)
"""The words in annotations of fields that hold no nodes."""
_META: Final = type(msgspec.Struct)
_HASHED = 32
"""How many nodes a hash looks at; those that are alike so far are told apart by `==`."""


def _getter(fields: list[str]) -> Callable[[Any], Any]:
    return attrgetter(*fields) if fields else _nothing


def _nothing(_: object) -> tuple[()]:
    return ()


class Node(msgspec.Struct, frozen=True, cache_hash=True):
    """A piece of SQL."""

    made: ClassVar[bool] = False
    """Whether it is a relation that a query makes, equal only to itself."""
    aside: ClassVar[tuple[str, ...]] = ()
    """Fields that are no part of the tree: values, which are never printed, and what another field holds already."""
    plainly: ClassVar[Callable[[Any], Any]]
    """What the fields say that hold no nodes: the one, or a tuple of them. Made for each class of its annotations."""
    inside: ClassVar[Callable[[Any], Any]]
    """The same of those that may hold nodes."""
    below: ClassVar[Callable[[Any], Any]]
    """The same without what is aside."""
    counts: ClassVar[tuple[int, int]]
    """How many fields are plain, and how many may hold nodes."""

    if not TYPE_CHECKING:

        def __init_subclass__(cls, **options):
            super().__init_subclass__(**options)
            said = {}
            for kind in reversed(cls.__mro__):
                said.update(kind.__dict__.get("__annotations__", {}))  # noqa: RUF063 - as they are written
            fields = {name: note for name, note in said.items() if not note.startswith("ClassVar")}
            holding = [name for name, note in fields.items() if not _PLAIN.issuperset(re.findall(r"\w+", note))]
            plain = [name for name in fields if name not in holding]
            cls.counts = len(plain), len(holding)
            cls.plainly = _getter(plain)
            cls.inside = _getter(holding)
            cls.below = _getter([name for name in holding if name not in cls.aside])

    def __repr__(self) -> str:
        return "".join(_printed(self))


class Branch(Node, frozen=True, eq=False):
    """A node with others inside, compared by content."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Branch) and same_content(self, other)

    def __hash__(self) -> int:
        return hash(tuple(_first(self)))


def fields_of(node: Node) -> tuple[object, ...]:
    """What a node is made of: nodes, tuples of them, and plain values."""
    return astuple(node)


def children(node: Node) -> list[Node]:
    """The nodes that a node is made of, in the order of its fields."""
    return nodes_in(type(node).below(node))


def nodes_in(item: Any) -> list[Node]:
    """A node, or those in a tuple of tuples, which are never deep, of what may hold nodes."""
    if item.__class__ is not tuple:
        return [item] if isinstance(item, Node) else []
    found: list[Node] = []
    for each in item:
        kind = each.__class__
        if kind is tuple:
            if each:
                found += nodes_in(each)
        elif kind.__class__ is _META:  # no other Struct stands beside nodes: a quick isinstance
            found.append(each)
    return found


def same_content(one: object, other: object) -> bool:
    """Whether two trees say the same. What is shared within both is compared once."""
    met: set[tuple[int, int]] = set()
    stack: list[tuple[object, object]] = [(one, other)]
    while stack:
        a, b = stack.pop()
        if a is b:
            continue
        if type(a) is not type(b):
            if isinstance(a, Node | tuple) or a != b:
                return False
        elif isinstance(a, Branch):
            pair = (id(a), id(b))
            if pair not in met:
                met.add(pair)
                stack += zip(astuple(a), astuple(cast("Branch", b)), strict=True)
        elif type(a) is tuple:
            mine, others = cast("tuple[object, ...]", a), cast("tuple[object, ...]", b)
            if len(mine) != len(others):
                return False
            stack += zip(mine, others, strict=True)
        elif a != b:
            return False
    return True


def _first(root: Branch) -> Iterator[object]:
    """The first nodes of a tree, those to the right first: chains lean to the left, and their ends differ soonest."""
    stack: list[object] = [root]
    for _ in range(_HASHED):
        if not stack:
            return
        item = stack.pop()
        if isinstance(item, Branch):
            yield type(item)
            stack += astuple(item)
        elif type(item) is tuple:
            items = cast("tuple[object, ...]", item)
            yield len(items)
            stack += items[-_HASHED:]
        else:
            yield item


class _Text(str):
    """What is printed as it stands."""

    __slots__ = ()


def _printed(root: Node) -> Iterator[str]:
    """The parts of a node's text. A relation that a query makes is written out where it first stands, and has a number:
    each of its columns would bring the whole query along."""
    numbers: dict[int, int] = {}
    stack: list[object] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, _Text):
            yield item
        elif isinstance(item, Node):
            name = type(item).__name__
            if item.made:
                known = id(item) in numbers
                number = numbers.setdefault(id(item), len(numbers) + 1)
                name = f"{name}#{number}"
                if known:
                    yield name
                    continue
            shown = [field for field in item.__struct_fields__ if field not in item.aside]
            yield f"{name}("
            stack += _listed(((_Text(f"{field}="), getattr(item, field)) for field in shown), ")")
        elif type(item) is tuple:
            items = cast("tuple[object, ...]", item)
            yield "("
            stack += _listed(((each,) for each in items), ",)" if len(items) == 1 else ")")
        else:
            yield repr(item)


def _listed(entries: Iterable[tuple[Any, ...]], end: str) -> list[object]:
    """The entries with commas between, and the end, as they are put on a stack."""
    found: list[object] = []
    for entry in entries:
        if found:
            found.append(_Text(", "))
        found += entry
    found.append(_Text(end))
    found.reverse()
    return found
