"""The order of any graph of needs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qb.model.order import in_order


@given(st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 8)), max_size=9))
def test_order_of_any_graph(graph: dict[int, list[int]]) -> None:
    needs = {node: [need for need in found if need in graph] for node, found in graph.items()}
    order = in_order(needs)
    assert sorted(order) == sorted(needs)
    place = {node: number for number, node in enumerate(order)}
    reach = {node: closure(node, needs) for node in needs}
    for node, found in needs.items():
        for need in found:
            # Out of order only within a circle.
            assert place[need] <= place[node] or node in reach[need]


def test_a_chain_of_any_length_and_a_circle_at_its_end() -> None:
    count = 20_000
    chain = {number: [number + 1] for number in range(count)} | {count: [count - 1]}
    assert in_order(chain) == [count - 1, count, *reversed(range(count - 1))]


def closure(node: int, needs: dict[int, list[int]]) -> set[int]:
    found, stack = set[int](), list(needs[node])
    while stack:
        if (item := stack.pop()) not in found:
            found.add(item)
            stack += needs[item]
    return found
