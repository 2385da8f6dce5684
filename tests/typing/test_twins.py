"""Overloads that are written twice by hand, as two methods differ in their names alone, say the same."""

from __future__ import annotations

from inspect import signature
from typing import get_overloads

import pytest

from qb import Expr, fn
from qb.typing import Insert, InsertInto

TWINS: list[tuple[object, str, object, str]] = [
    (Expr, "__eq__", Expr, "__ne__"),
    (Expr, "__gt__", Expr, "__ge__"),
    (Expr, "__gt__", Expr, "__lt__"),
    (Expr, "__gt__", Expr, "__le__"),
    (Expr, "is_distinct_from", Expr, "is_not_distinct_from"),
    (type(fn), "greatest", type(fn), "least"),
    (Insert, "on_conflict", InsertInto, "on_conflict"),
]


def signatures(of: object, name: str) -> list[str]:
    """Each overload as it is written, where a method that gives its own class says `Self`."""
    return [str(signature(each)).replace("InsertInto[T]", "Self") for each in get_overloads(getattr(of, name))]


@pytest.mark.parametrize(("one", "name", "other", "its_name"), TWINS)
def test_twins_say_the_same(one: object, name: str, other: object, its_name: str) -> None:
    assert len(signatures(one, name)) > 2
    assert signatures(one, name) == signatures(other, its_name)
