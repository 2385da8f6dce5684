"""A catalog is a frozen value."""

from __future__ import annotations

from qb.kit import Catalog, Identity
from qb.kit.facts.base import Fact


def test_a_catalog_is_not_changed_by_who_made_it() -> None:
    table, column = Identity("table", "", "", "t"), Identity("column", "", "t", "a")
    facts, depends = {table: Fact(None, None)}, {table: frozenset((column,))}
    found = Catalog(facts, depends)
    facts.clear()
    depends.clear()
    assert dict(found) == {table: Fact(None, None)}
    assert found.needs(table) == {column}
