"""The key of a query: whatever a node says is in it, or two queries would share one statement."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

from qb import Database, Success, select, value
from qb.tree.expressions import Bind, ColumnNode
from qb.tree.node import Branch, Node
from qb.tree.relations import QuerySource
from qb.tree.select import SelectNode
from qb.tree.shapes import EntityShape, NestedShape
from qb.tree.union import SetNode
from qb.tree.walk import same, shape_key
from tests.query.model import Ape
from tests.tree.test_closed import NODES

SAID_BY_OTHERS: dict[type[Node], set[str]] = {
    Bind: {"value"},  # which is not the shape
    NestedShape: {"row"},  # the query's
    EntityShape: {"fields", "outputs"},  # the relation's, where there is one
    ColumnNode: {"key"},  # its table's
    QuerySource: {
        "name",
        "columns",
        "query",
        "materialized",
        "cte",
        "itself",
        "lateral",
    },  # of an alias of one: its origin's
}
"""What a node holds that is no part of the key, and who says it."""
PLAIN: dict[type[Node], dict[str, object]] = {
    SetNode: {"shape": select(Ape.a).node.shape},
    SelectNode: {
        "shape": select(Ape.a).node.shape,
        "group_by": (),
        "having": (),
        "order_by": (),
        "distinct": False,
        "distinct_on": (),
    },
    EntityShape: {"present": None},
}
"""Fields that the walk looks into."""
OTHERS: dict[tuple[type[Node], str], object] = {
    (SelectNode, "group_by"): (Ape.b.node,),
    (SelectNode, "distinct_on"): (Ape.b.node,),
    (SelectNode, "having"): (Ape.b.node,),
    (SelectNode, "order_by"): (Ape.b.node,),
    (SelectNode, "distinct"): True,
    (SelectNode, "shape"): select(Ape.b).node.shape,
    (SetNode, "shape"): select(Ape.a).map(str).node.shape,
}


def silent(kind: type[Node], **fields: object) -> set[str]:
    """The fields of a node that are not in its key. Most are plain texts here: the walk takes those as they are."""
    made: Any = kind
    node = made(**({name: f"its {name}" for name in kind.__struct_fields__} | PLAIN.get(kind, {}) | fields))
    changed = {name: replace(node, **{name: OTHERS.get((kind, name), "another")}) for name in kind.__struct_fields__}
    return {name for name, other in changed.items() if shape_key(other) == shape_key(node)}


KINDS = sorted(NODES - {Node, Branch}, key=lambda kind: kind.__qualname__)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_node_says_is_in_its_key(kind: type[Node]) -> None:
    assert silent(kind) == SAID_BY_OTHERS.get(kind, set())


def test_what_says_all_by_itself_is_in_its_key() -> None:
    assert silent(QuerySource, origin=None) == set()
    assert silent(EntityShape, relation=None) == set()


@dataclass(frozen=True)
class Priced:
    rate: float
    unit: str = field(default="", compare=False)

    def __call__(self, amount: int) -> str:
        return f"{amount * self.rate} {self.unit}"


def test_callables_that_are_equal_are_told_apart(qb_db: Database) -> None:
    made = {"6 EUR": Priced(2, "EUR"), "6 USD": Priced(2, "USD"), "6.0 EUR": Priced(2.0, "EUR")}
    for wanted, priced in made.items():
        assert qb_db.all(select(value(3)).map(priced)) == Success([wanted])
    one = Priced(2, "EUR")
    assert shape_key(select(Ape.id).map(one).node) == shape_key(select(Ape.id).map(one).node)
    assert same(select(Ape.id).map(one).node, select(Ape.id).map(Priced(2, "EUR")).node)
