"""Names that a person would give, of whatever a database calls its objects."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb.kit.pull.tables import python_names
from qb.kit.pull.words import FreeNames, class_name, singular, value_name


@pytest.mark.parametrize(
    ("several", "one"),
    [
        ("users", "User"),
        ("order_items", "OrderItem"),
        ("OrderItems", "OrderItem"),
        ("categories", "Category"),
        ("addresses", "Address"),
        ("people", "Person"),
        ("user_status", "UserStatus"),
        ("news", "News"),
        ("series", "Series"),
        ("boxes", "Box"),
        ("matches", "Match"),
        ("HTTPLogs", "HttpLog"),
        ("analyses", "Analysis"),
        ("gas", "Gas"),
        ("class", "Class"),
        ("none", "None_"),
        ("2fa", "TwoFa"),
        ("1st_places", "FirstPlace"),
        ("2024_sales", "N2024Sale"),
        ("media", "Media"),
        ("---", "Unnamed"),
        ("größen", "Größen"),
        ("用户", "用户"),
    ],
)
def test_classes(several: str, one: str) -> None:
    assert class_name(several) == one


@pytest.mark.parametrize("word", ["bus", "is", "as", "data", "sheep", "status", "access"])
def test_one_is_one(word: str) -> None:
    assert singular(word) == word


@given(st.text(max_size=80))
def test_every_name_becomes_one_of_pythons(name: str) -> None:
    for made in (class_name(name), value_name(name)):
        assert made.isidentifier()
        assert not keyword.iskeyword(made)
        assert len(made) < 63


@given(st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=12))
def test_columns_are_each_called_otherwise(columns: list[str]) -> None:
    found = python_names(columns)
    assert [*found] == columns
    assert len({*found.values()}) == len(columns)
    assert all(each.isidentifier() and not each.startswith("__") for each in found.values())


def test_a_plain_name_is_kept_before_one_that_becomes_it() -> None:
    assert python_names(["A b", "a_b", "class", "pg"]) == {"A b": "a_b_", "a_b": "a_b", "class": "class_", "pg": "pg_"}


def test_names_that_are_taken_get_a_number() -> None:
    names = FreeNames(["a"])
    assert [names.give("a", "b"), names.give("a", "b"), names.give("a", "b")] == ["b", "b_2", "b_3"]
