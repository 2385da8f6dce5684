"""What no function with a body can be, and how none is called."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, cast

import pytest

from qb import (
    Arg,
    Col,
    DefinitionError,
    Expr,
    QueryError,
    Shape,
    Table,
    column,
    create_all,
    fn,
    function,
    pg,
    procedure,
    schema,
    select,
    sql,
    value,
)
from qb.typing import Query, Sql


class Mood(Enum):
    GLAD = "glad"


class Moody(Shape):
    mood: Col[Mood] = column(pg.text)
    moods: Col[list[Mood]]


class Part(Table, name="parts"):
    id: Col[int] = column(primary_key=True)
    title: Col[str] = column()


@function()
def slugify(title: Arg[str], separator: Arg[str] = "-") -> Expr[str]:
    return fn.lower(title) + separator


@function(returns=int)
def dearest(*ids: Arg[int]) -> Sql:
    return sql("BEGIN RETURN 1; END")


ARG: Any = Arg  # as a value


def text_of(given: Any) -> Callable[[Arg[str]], Any]:
    def made(x: Arg[str]) -> Any:
        return given

    return made


def taking(annotation: Any, default: Any = ...) -> Callable[..., Expr[int]]:
    def made(x: Any = default) -> Expr[int]:
        return value(1)

    made.__annotations__ = {} if annotation is None else {"x": annotation}
    if default is ...:
        made.__defaults__ = None
    return made


def keyword_only(*, x: Arg[str]) -> Expr[int]:
    return value(1)


def twice(id: Arg[int]) -> Query[Part]:
    return select(Part)


WRONG: list[tuple[Any, str]] = [
    (lambda: function(name="")(taking(ARG[str])), "a function has an empty name"),
    (lambda: function(schema="")(taking(ARG[str])), "the schema of the function 'made' has an empty name"),
    (
        lambda: function()(taking(str)),
        "the function 'made': its argument x is annotated with str: write x: Arg[str], which takes expressions, too",
    ),
    (
        lambda: function()(taking(None)),
        "the function 'made': its argument x has no type: annotate it, as in x: Arg[str]",
    ),
    (
        lambda: function()(taking("Arg[Nothing]")),
        "the function 'made': its argument x: its annotation uses 'Nothing', which is not there at run time",
    ),
    (lambda: function()(taking(ARG[complex])), "the function 'made': its argument x: "),
    (
        lambda: function()(taking(Annotated[ARG[str], pg.integer])),
        "the function 'made': its argument x: integer holds int, the annotation says str",
    ),
    (
        lambda: function()(taking(ARG[str], None)),
        "the function 'made': its argument x is None where it is not given, and its annotation does not admit it",
    ),
    (lambda: function()(taking(ARG[str], 5)), "the function 'made': its argument x (text) takes str, not int"),
    (lambda: function()(taking(ARG[str], Part.title)), "the function 'made': its argument x has a default that uses a"),
    (lambda: function()(keyword_only), "the function 'keyword_only': its argument x has no place"),
    (lambda: function()(text_of(5)), "the function 'made' returns 5: return an expression or a query"),
    (lambda: function(returns=str)(text_of("x")), "the function 'made' returns 'x': return its text, sql("),
    (lambda: function()(text_of(select(Part.id))), "the columns of a function need names"),
    (
        lambda: function()(twice),
        "the function 'twice' has an argument and a column id, and both are names in it: rename one",
    ),
    (
        lambda: function(rows=Moody)(text_of(sql("BEGIN END"))),
        "the function 'made': its column moods is of the Enum Mood and says no type, and its rows must have that very",
    ),
    (lambda: function(rows=cast("Any", int))(text_of(sql("x"))), "the function 'made': rows takes a table or a Shape"),
    (lambda: function(returns=complex)(text_of(sql("x"))), "the function 'made': "),
    (lambda: function(returns=str, language="")(text_of(sql("x"))), "the language of the function 'made' has an empty"),
    (
        lambda: function(volatility=cast("Any", "pure"))(text_of(5)),
        "the function 'made': volatility is immutable, stable or volatile, not 'pure'",
    ),
    (
        lambda: function(security=cast("Any", "owner"))(taking(ARG[str])),
        "the function 'made': security is invoker or definer, not 'owner'",
    ),
    (
        lambda: function(security="definer", set={"work_mem": "4MB"})(taking(ARG[str])),
        "the function 'made' has security=\"definer\" and no search_path: whoever calls it could put a table of their",
    ),
    (lambda: procedure(security="definer")(text_of(sql("x"))), "the procedure 'made' has security="),
    (
        lambda: function(set={"work_mem": None})(taking(ARG[str])),
        "the function 'made': work_mem is set to None: give a text, a number, or a list of texts",
    ),
    (
        lambda: function(parallel=cast("Any", "yes"))(taking(ARG[str])),
        "the function 'made': parallel is unsafe or restricted or safe, not 'yes'",
    ),
    (lambda: function(cost=0)(taking(ARG[str])), "the function 'made': cost is a number above 0, not 0"),
    (
        lambda: function(set={"search_path": "a, b"})(taking(ARG[str])),
        "the function 'made': search_path takes a list",
    ),
    (lambda: function(set={"": "x"})(taking(ARG[str])), "a setting of the function 'made' has an empty name"),
    (lambda: function(set={"x": ["a\0"]})(taking(ARG[str])), "the function 'made': x is set to ['a\\x00']"),
    (lambda: cast("Any", function)(wrong=1)(taking(ARG[str])), "the function 'made' has no wrong=: it takes name,"),
    (lambda: cast("Any", procedure)(strict=True)(text_of(sql("x"))), "the procedure 'made' has no strict=: it takes"),
    (lambda: procedure()(text_of(select(Part))), "the procedure 'made' returns <Select"),
    (lambda: cast("Any", function)()(5), "function(...) stands above a function of Python, not above 5"),
    (
        lambda: cast("Any", function)(taking(ARG[str])),
        "function stands above a function of Python with its parentheses",
    ),
]


@pytest.mark.parametrize(("define", "message"), WRONG)
def test_wrong_definitions(define: Any, message: str) -> None:
    with pytest.raises((DefinitionError, QueryError)) as caught:
        define()
    assert str(caught.value).startswith(message)


class Shelf(Table, name="shelves"):
    id: Col[int] = column(primary_key=True)
    title: Col[str] = column(check=lambda title: slugify(title) != "x")
    note: Col[str] = column(default=slugify("A B"))


def test_a_table_needs_the_functions_of_ours_that_it_calls() -> None:
    with pytest.raises(DefinitionError) as caught:
        schema(Shelf)
    assert str(caught.value) == (
        "shelves needs the function slugify(text, text), which is not in the schema: add the function, or its module"
    )
    assert len(create_all(schema(Shelf, slugify)).operations) == 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cast("Any", slugify)(), "slugify(text, text) is given no title"),
        (lambda: cast("Any", slugify)("a", "b", "c"), "slugify(text, text) takes 2 arguments, and is given 3"),
        (lambda: cast("Any", slugify)("a", title="b"), "slugify(text, text): title is given twice: it takes title,"),
        (lambda: cast("Any", slugify)("a", x="b"), "slugify(text, text): x is none of its arguments: it takes title"),
        (lambda: cast("Any", slugify)(5), "title of slugify(text, text) (text) takes str, not int"),
        (lambda: cast("Any", slugify)(None), "title of slugify(text, text) is never None: annotate it with"),
        (lambda: cast("Any", dearest)("x"), "ids of dearest(bigint[]) (bigint) takes int, not str"),
    ],
)
def test_wrong_calls(call: Any, message: str) -> None:
    with pytest.raises((QueryError, TypeError)) as caught:
        call()
    assert str(caught.value).startswith(message)
