"""A guard looks into whatever a document can be written of, and never raises for what no document is but two errors."""

import collections
import dataclasses
from typing import Any, NamedTuple

import msgspec
import pytest

from qb import guard
from qb.types.guard import Guard

MONEY = guard("money", "price", "*amount*")


@dataclasses.dataclass(frozen=True)
class Dear:
    price: int = 1


class Pair(NamedTuple):
    one: object
    price: int = 1


class Tagged(msgspec.Struct, frozen=True):
    held: tuple[object, ...]
    renamed: int = msgspec.field(name="netAmount", default=1)


HOLDING: list[tuple[object, str]] = [
    (({"price": 1},), "$[0].price"),
    ({"a": [({"price": 1},)]}, "$.a[0][0].price"),
    (Tagged(({"price": 1},)), "$.netAmount"),
    ([frozenset({Dear()})], "$[0][0].price"),
    ({"a": {Dear()}}, "$.a[0].price"),
    (Dear(), "$.price"),
    (Pair({"price": 1}), "$[0].price"),
    (collections.OrderedDict(a=collections.Counter(price=1)), "$.a.price"),
    ({1: {"price": 1}}, "$.1.price"),
    (msgspec.Raw(b'{"price": 1}'), "$.price"),
    ({"a": msgspec.Raw(b'[{"x": 1, "price": 1}]')}, "$.a[0].price"),
    (memoryview(b'{"price": 1}'), "$.price"),
    (bytearray(b'{"a": {"price": 1}, "a": 1}'), "$.a.price"),
    ('{"pr\\u0069ce": 1}', "$.price"),
    (b'[{"price": 1}, ' + b"9" * 300 + b"]", "$[0].price"),
]


@pytest.mark.parametrize(("document", "path"), HOLDING, ids=[path for _, path in HOLDING])
def test_it_is_found_in_every_container(document: object, path: str) -> None:
    assert MONEY.find(document) == path


def test_what_holds_none_of_it() -> None:
    for document in (None, 1, "1", (), {"a": ({"b": 1},)}, {"a": float("nan")}, Pair(1)[:1], [b"price"]):
        assert MONEY.find(document) is None


NO_JSON: list[object] = [
    b"",
    b"{",
    b'{"pr\xffice": 1}',
    '{"\ud800": 1}',
    {"\ud800": 1},
    {"a": 10**5000},
    {"a": msgspec.Raw(b'{"price":')},
    b"[" * 5_000 + b"]" * 5_000,
    b'{"a":' * 990 + b"{}" + b"}" * 990,
    b"9" * 5_000,
]


@pytest.mark.parametrize("document", NO_JSON, ids=range(len(NO_JSON)))
def test_what_is_no_json(document: object) -> None:
    with pytest.raises(msgspec.DecodeError):
        MONEY.find(document)


@pytest.mark.parametrize("document", [{("price",): 1}, {"a": 1j}, (each for each in "ab"), object()])
def test_what_no_document_can_be_written_of(document: object) -> None:
    with pytest.raises(TypeError):
        MONEY.find(document)


def test_what_holds_itself() -> None:
    endless: dict[str, Any] = {}
    endless["a"] = endless
    with pytest.raises(msgspec.DecodeError, match="nested too deeply"):
        MONEY.find(endless)


def test_a_deep_document_is_a_reason_and_no_exception() -> None:
    deep = b'{"price":' * 3_000 + b"1" + b"}" * 3_000
    assert MONEY.why(deep, frozenset()) == "the guard money cannot look at it: it is nested too deeply to be looked at"
    assert Guard("money", ("total",)).why(deep, frozenset()) is None
