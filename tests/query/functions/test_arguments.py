"""What is no expression where a function or a method of an expression takes one: QueryError, and no other exception."""

import datetime as dt
import inspect
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import product
from types import FunctionType
from typing import Any

import pytest

from qb import Col, QueryError, Table, column, compile, fn, pg, prepare, select, value


class Thing(Table, name="things"):
    id: Col[int] = column(primary_key=True)
    title: Col[str] = column()
    weight: Col[Decimal | None] = column()
    done: Col[bool] = column()
    at: Col[dt.datetime] = column()
    tags: Col[list[str]] = column()
    facts: Col[dict[str, int]] = column(pg.jsonb)


COLUMNS: list[Any] = [Thing.id, Thing.title, Thing.weight, Thing.done, Thing.at, Thing.tags, Thing.facts]
CLASSES: list[Any] = [1, "day", None, object(), Thing, [1]]
"""A value of each class that somebody may give by mistake."""
MORE: list[Any] = [
    *(True, 1.5, b"x", Decimal(1), dt.date(2020, 1, 1), (), {}, [None], int, pg.text, Thing.id.desc(), fn.row_number()),
    *(select(Thing.id), select(Thing)),
]
FUNCTIONS = [name for name in dir(fn) if not name.startswith("_")]
OPERANDS: list[Any] = [*COLUMNS, Thing.id + 1, fn.sum(Thing.id), fn.row_number(), fn.now(), value("x")]
NO_OPERATION = {"__init__", "__init_subclass__", "__setattr__", "__delattr__"}
METHODS = sorted(
    {
        name
        for operand in OPERANDS
        for name in dir(operand)
        if isinstance(inspect.getattr_static(operand, name), FunctionType)
        and name not in NO_OPERATION
        and (name[:1] != "_" or name[:2] == "__")
    }
)


def arguments(function: Callable[..., Any]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Everything in every place, for one and two places; a value of each class in each of more."""
    parameters = inspect.signature(function).parameters.values()
    places = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    required = sum(each.default is each.empty for each in places)
    more = sum(each.kind is each.VAR_POSITIONAL for each in parameters)
    for width in range(required, len(places) + more + 1):
        given = [*COLUMNS, *CLASSES, *MORE] if width < 3 else [*COLUMNS[:3], *CLASSES]
        yield from ((each, {}) for each in product(given, repeat=width))
    for each in parameters:
        if each.kind is each.KEYWORD_ONLY:
            yield from ((tuple(COLUMNS[:required]), {each.name: item}) for item in (*COLUMNS, *CLASSES, *MORE))


def built(function: Callable[..., Any]) -> int:
    """How many of the calls with these arguments are refused; every other one is built."""
    refused = 0
    for given, named in arguments(function):
        try:
            function(*given, **named)
        except QueryError:
            refused += 1
    return refused


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_builds_or_says_what_it_takes(name: str) -> None:
    function = getattr(fn, name)
    assert (built(function) > 0) is bool(inspect.signature(function).parameters)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_of_an_expression_builds_or_says_what_it_takes(name: str) -> None:
    found = [method for operand in OPERANDS if (method := getattr(operand, name, None)) is not None]
    assert found
    for method in found:
        built(method)


def test_all_of_them_are_tried() -> None:
    assert {"sum", "greatest", "date_trunc", "lag", "div", "jsonb_array_length"} <= set(FUNCTIONS)
    assert {"in_", "between", "cast", "over", "path", "to", "__eq__", "__radd__", "__and__"} <= set(METHODS)


ANY: Any = fn
FIRST: list[tuple[str, Callable[[Any], Any]]] = [
    ("abs", fn.abs),
    ("array_agg", fn.array_agg),
    ("count", fn.count),
    ("date_trunc", lambda item: ANY.date_trunc("day", item)),
    ("extract", lambda item: ANY.extract("day", item)),
    ("floor", fn.floor),
    ("greatest", lambda item: ANY.greatest(item, 2)),
    ("lag", fn.lag),
    ("least", lambda item: ANY.least(item, "b")),
    ("nullif", lambda item: ANY.nullif(item, Thing.id)),
    ("round", fn.round),
    ("sum", fn.sum),
]


@pytest.mark.parametrize(("name", "call"), FIRST)
def test_what_to_write_is_said(name: str, call: Callable[[Any], Any]) -> None:
    takes = rf"^fn\.{name} takes a column or another expression, not "
    with pytest.raises(QueryError, match=rf"{takes}float: write value\(\.\.\.\) around a plain value$"):
        call(47.11)
    with pytest.raises(QueryError, match=rf"{takes}<table things>: name one of its columns$"):
        call(Thing)
    with pytest.raises(QueryError, match=rf"{takes}a query: write query\.as_scalar\(\) for its one value$"):
        call(select(Thing.id))
    with pytest.raises(QueryError, match=rf"^asc\(\) and desc\(\) belong in order_by, not in fn\.{name}$"):
        call(Thing.id.desc())
    if name != "count":
        with pytest.raises(QueryError, match=rf"{takes}None: where SQL's NULL is meant, write sql\('NULL'\)\.as_"):
            call(None)


def test_what_is_no_list_is_said() -> None:
    one: Any = 1
    with pytest.raises(QueryError, match=r"^in_ takes a list of values or a query, not int: beside one value .* ==$"):
        Thing.id.in_(one)
    with pytest.raises(QueryError, match=r"^not_in takes .*, not int: beside one value write !=$"):
        Thing.id.not_in(one)
    with pytest.raises(QueryError, match=r"^a column or an expression is wanted here, not int$"):
        fn.count().over(partition_by=one)
    with pytest.raises(QueryError, match=r"^path takes a function that returns the place it goes to, "):
        Thing.facts.path(one)
    nothing: Any = None
    with pytest.raises(QueryError, match=r"^coalesce of nothing but None has no type: give it a column or a value$"):
        fn.coalesce(nothing, nothing)


def test_values_and_parameters_are_expressions() -> None:
    @prepare
    def most(number: int, word: str) -> Any:
        one: Any = number  # a parameter is an int to the checkers
        found: Any = ANY.abs(one)
        return select(found, fn.lower(word))

    assert compile(most(1, "a")).sql == b"SELECT abs($1::bigint), lower($2::text)"
    assert compile(select(fn.greatest(value(1), 2), fn.count(value("x")))).parameters == (1, 2, "x")
