"""What a class of nodes knows of its fields: which may hold nodes, and which say something themselves."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import cast

import pytest

import qb.tree
from qb import alias, exists, fn, select, sql
from qb.tree.node import Branch, Node, children, fields_of, nodes_in
from tests.query.model import Ape, Bee

ROOMS = [import_module(f"qb.tree.{each.name}") for each in iter_modules(qb.tree.__path__)]
NODES = {each for room in ROOMS for each in vars(room).values() if isinstance(each, type) and issubclass(each, Node)}
cow = alias(Bee, "cow")
TREE = (
    select(Ape, fn.count(cow.id).filter(cow.id > 1), sql("{a} + 1", a=Ape.id).as_(int))
    .join(cow, on=cow.a == Ape.id)
    .where(exists(select(Bee).where(Bee.a == Ape.id)) | Ape.b.in_([1, 2]), fn.coalesce(Ape.a, 0) > 1)
    .group_by(Ape.id)
    .order_by(Ape.id.desc())
    .limit(1)
)


@pytest.mark.parametrize("kind", sorted(NODES - {Node, Branch}, key=repr))
def test_each_field_is_of_one_kind(kind: type[Node]) -> None:
    plain, holding = kind.counts
    assert plain + holding == len(kind.__struct_fields__)


def found(item: object) -> Iterator[Node]:
    if isinstance(item, Node):
        yield item
    if isinstance(item, tuple):
        for each in cast("tuple[object, ...]", item):
            yield from found(each)


def test_no_plain_field_holds_a_node_and_children_are_all_of_them() -> None:
    stack: list[Node] = [TREE.node]
    met = 0
    while stack:
        node = stack.pop()
        met += 1
        everything = list(found(fields_of(node)))
        assert list(found(type(node).plainly(node))) == []
        assert [id(each) for each in nodes_in(type(node).inside(node))] == [id(each) for each in everything]
        if not node.aside:
            assert [id(each) for each in children(node)] == [id(each) for each in everything]
        stack += children(node)
    assert met > 50
