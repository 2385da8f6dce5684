"""Where two answers differ: found wherever it is, and never told with what is there."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns import result

from qb import Failure, NotFound, Success, UniqueViolation
from qb.moving import AnswerDifference, answer_differences

SECRET = "a value that no report may show"


class Row(msgspec.Struct, frozen=True):
    id: int
    name: str
    tags: list[str] = []


@dataclass
class Old:
    id: int
    name: str


class Pair(NamedTuple):
    id: int
    name: str


def told(*pair: Any) -> list[str]:
    return [str(each) for each in answer_differences(*pair)]


SAME: list[tuple[Any, Any]] = [
    (None, None),
    (1, 1),
    (1, 1.0),
    (Decimal("1.0"), Decimal("1.00")),
    (float("nan"), float("nan")),
    ([], ()),
    (Success(1), 1),
    (Success([1]), result.Success([1])),  # noqa: TID251
    (Failure(NotFound("a")), Failure(NotFound("a"))),
    (Failure(NotFound("a")), NotFound("a")),
    (ValueError("one"), ValueError("other")),
    (Row(1, "a"), {"id": 1, "name": "a", "tags": []}),
    (Old(1, "a"), Pair(1, "a")),
    ([Old(1, "a")], [{"id": 1, "name": "a"}]),
    ({"a": {"b": [1, {2: 3}]}}, {"a": {"b": [1, {2: 3}]}}),
    ({1, 2}, {2, 1}),
]


@pytest.mark.parametrize(("one", "other"), SAME, ids=repr)
def test_the_same(one: Any, other: Any) -> None:
    assert told(one, other) == told(other, one) == []


DIFFERENT: list[tuple[Any, Any, list[str]]] = [
    (1, 2, ["$: not the same"]),
    (1, True, ["$: int, and bool of the candidate"]),
    (1, "1", ["$: int, and str of the candidate"]),
    (None, 0, ["$: NoneType, and int of the candidate"]),
    (-0.5, Decimal("0.5"), ["$: float, and Decimal of the candidate"]),
    ([1, 2], [1], ["$: 2 items, and 1 of the candidate"]),
    ([1, 2], [3, 2, 4], ["$: 2 items, and 3 of the candidate", "$[0]: not the same"]),
    ([1], {"a": 1}, ["$: list, and dict of the candidate"]),
    (Row(1, "a"), Row(1, "b"), ["$.name: not the same"]),
    (Row(1, "a", ["x"]), Row(2, "a", ["y"]), ["$.id: not the same", "$.tags[0]: not the same"]),
    (Row(1, "a"), Old(1, "a"), ["$.tags: only in the primary"]),
    (Old(1, "a"), Row(1, "a"), ["$.tags: only in the candidate"]),
    (Row(1, "a"), {"id": 1, "tags": []}, ["$.name: only in the primary"]),
    ({SECRET: 1}, {SECRET: 2}, ["$[...]: not the same"]),
    ({"id": 1, "name": "a", "tags": [], SECRET: 1}, Row(1, "a"), ["$[...]: only in the primary"]),
    (Success(1), Failure(NotFound("a")), ["$: an answer, and NotFound of the candidate"]),
    (Failure(NotFound("a")), Failure(NotFound("b")), ["$: not the same error"]),
    (NotFound("a"), UniqueViolation("a", "b", "c"), ["$: NotFound, and UniqueViolation of the candidate"]),
    (ValueError(), KeyError(), ["$: ValueError, and KeyError of the candidate"]),
]


@pytest.mark.parametrize(("one", "other", "said"), DIFFERENT, ids=repr)
def test_different(one: Any, other: Any, said: list[str]) -> None:
    assert told(one, other) == said


def test_no_value_is_told_unless_it_is_asked_for() -> None:
    found = answer_differences([Row(1, SECRET)], [Row(1, SECRET + "!")])
    assert SECRET not in repr(found)
    assert answer_differences([Row(1, "a")], [Row(1, "b")], values=True) == (
        AnswerDifference("$[0].name", "not the same", ("a", "b")),
    )


def test_no_more_are_told_than_say_something() -> None:
    assert len(answer_differences(list(range(1000)), list(range(1, 1001)))) == 20
    assert len(answer_differences(list(range(1000)), list(range(1, 1001)), most=3)) == 3


def test_what_holds_itself_or_is_deep() -> None:
    one: list[Any] = [1]
    other: list[Any] = [1]
    one.append(one)
    other.append(other)
    assert told(one, other) == []
    deep: list[Any] = []
    deeper: list[Any] = [1]
    for _ in range(10_000):
        deep, deeper = [deep], [deeper]
    (found,) = told(deep, deeper)
    assert found.endswith("]: 0 items, and 1 of the candidate")
    while deep:  # which to free in one go would be too deep for CPython
        deep, deeper = deep[0], deeper[0]


documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text() | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(document=documents)
def test_any_document_is_the_same_as_itself_read_again(document: Any) -> None:
    copied = msgspec.msgpack.decode(msgspec.msgpack.encode(document))
    assert told(document, copied) == []


@given(document=documents, other=documents)
def test_two_documents_differ_where_python_says_so(document: Any, other: Any) -> None:
    same = not told(document, other)
    assert same == (not told(other, document))
    if msgspec.msgpack.encode(document) == msgspec.msgpack.encode(other):
        assert same
