"""Two small tables, and SQL's meaning on Python lists: NULL is None, and a condition is True, False or None.

Strategies make pairs: an expression of qb, and the function of a row that says what PostgreSQL must give for it.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from qb import Col, Expr, Table, Tx, case, column, fn, pg, sql


class Ape(Table, name="apes", schema="model"):
    id: Col[int] = column(primary_key=True)
    a: Col[int | None] = column()
    b: Col[int | None] = column()
    s: Col[str | None] = column()
    ok: Col[bool | None] = column()


class Bee(Table, name="bees", schema="model"):
    id: Col[int] = column(primary_key=True)
    a: Col[int | None] = column()
    b: Col[int | None] = column()
    s: Col[str | None] = column()
    ok: Col[bool | None] = column()


DDL = (
    "DROP SCHEMA IF EXISTS model CASCADE",
    "CREATE SCHEMA model",
    *(
        f'CREATE TABLE model.{name} (id bigint PRIMARY KEY, a bigint, b bigint, s text COLLATE "C", ok boolean)'
        for name in ("apes", "bees")
    ),
)


class Row(msgspec.Struct, frozen=True):
    """A row of either table."""

    id: int
    a: int | None
    b: int | None
    s: str | None
    ok: bool | None


Value = Callable[[Row], Any]
One = Callable[[Any], Any]
Two = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Pair:
    """An expression and what it means."""

    expr: Expr[Any]
    value: Value


numbers: SearchStrategy[int] = st.integers(-3, 3)
texts: SearchStrategy[str] = st.text("aB%_\\é", max_size=3)


def rows(size: int = 6) -> SearchStrategy[list[Row]]:
    """The contents of a table."""
    one = st.builds(
        Row,
        id=st.just(0),
        a=st.none() | numbers,
        b=st.none() | numbers,
        s=st.none() | texts,
        ok=st.none() | st.booleans(),
    )
    return st.lists(one, max_size=size).map(
        lambda some: [msgspec.structs.replace(row, id=n) for n, row in enumerate(some)]
    )


def fill(tx: Tx, table: type[Ape] | type[Bee], contents: Sequence[Row]) -> None:
    """Put rows into a table: one statement for any number of them."""
    template = "INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, {rows}::jsonb)"
    text = msgspec.json.encode(contents).decode()
    tx.execute(sql(template, table=table, rows=text).command()).unwrap()


# -------------------------------------------------------------------------------------------- three-valued logic


def both(x: bool | None, y: bool | None) -> bool | None:
    """AND: false wins, then NULL."""
    if x is False or y is False:
        return False
    return None if x is None or y is None else True


def either(x: bool | None, y: bool | None) -> bool | None:
    """OR: true wins, then NULL."""
    return negated(both(negated(x), negated(y)))


def negated(x: bool | None) -> bool | None:
    """NOT."""
    return None if x is None else not x


def strict(function: Two) -> Two:
    """A function that gives NULL for NULL."""
    return lambda x, y: None if x is None or y is None else function(x, y)


def strict1(function: One) -> One:
    """The same with one argument."""
    return lambda x: None if x is None else function(x)


of: Any = fn  # of what is any expression
of_cases: Any = case


def is_in(x: Any, values: Sequence[Any]) -> bool | None:
    """IN: `x = v1 OR x = v2 ...`, with nothing in the list false."""
    found: bool | None = False
    for value in values:
        found = either(found, None if x is None or value is None else x == value)
    return found


def like(x: str | None, pattern: str | None, *, ignore_case: bool = False) -> bool | None:
    """LIKE: % is any text, _ any character, and a backslash takes that away from what follows."""
    if x is None or pattern is None:
        return None
    parts: list[str] = []
    characters = iter(pattern)
    for character in characters:
        if character == "\\":
            parts.append(re.escape(next(characters, "")))
        else:
            parts.append({"%": ".*", "_": "."}.get(character, re.escape(character)))
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return re.fullmatch("".join(parts), x, flags) is not None


# -------------------------------------------------------------------------------------------- expressions


def constant(value: object) -> Value:
    """The same for every row."""
    return lambda _: value


def columns(table: Any, kind: str) -> list[Pair]:
    """The table's columns of a kind, as pairs."""
    names = {"number": ("a", "b", "id"), "text": ("s",), "truth": ("ok",)}[kind]
    return [Pair(getattr(table, name), attrgetter(name)) for name in names]


def numeric(table: Any, depth: int = 2) -> SearchStrategy[Pair]:
    """Expressions whose value is a number or NULL."""
    leaf = st.sampled_from(columns(table, "number"))
    return leaf if depth == 0 else leaf | _arithmetic(table, depth - 1)


@st.composite
def _arithmetic(draw: DrawFn, table: Any, depth: int) -> Pair:
    left = draw(numeric(table, depth))
    other = draw(numeric(table, depth) | numbers)
    right: Any = other.expr if isinstance(other, Pair) else other
    second: Value = other.value if isinstance(other, Pair) else constant(other)
    first = left.value

    def two(function: Two) -> Value:
        return lambda row: function(first(row), second(row))

    def among(pick: Callable[[list[int]], int]) -> Two:
        def picked(x: int | None, y: int | None) -> int | None:
            known = [value for value in (x, y) if value is not None]
            return pick(known) if known else None

        return picked

    expr: Any = left.expr
    match draw(
        st.sampled_from(
            [
                "+",
                "-",
                "*",
                "neg",
                "radd",
                "rsub",
                "minus",
                "abs",
                "coalesce",
                "nullif",
                "greatest",
                "least",
                "case",
                "mod",
                "div",
                "divided",
                "floored",
                "floored by",
            ]
        )
    ):
        case "+":
            return Pair(expr + right, two(strict(lambda x, y: x + y)))
        case "-":
            return Pair(expr - right, two(strict(lambda x, y: x - y)))
        case "*":
            return Pair(expr * right, two(strict(lambda x, y: x * y)))
        case "neg":
            return Pair(-expr, lambda row: strict1(lambda x: -x)(first(row)))
        case "radd":
            return Pair(7 + expr, lambda row: strict1(lambda x: 7 + x)(first(row)))
        case "rsub":
            return Pair(7 - expr, lambda row: strict1(lambda x: 7 - x)(first(row)))
        case "minus":
            negative = -expr
            twice = -negative
            return Pair(expr - twice - (-1), lambda row: strict1(lambda x: x - x + 1)(first(row)))
        case "abs":
            return Pair(of.abs(expr), lambda row: strict1(abs)(first(row)))
        case "coalesce":
            return Pair(of.coalesce(expr, right), two(lambda x, y: y if x is None else x))
        case "nullif":
            return Pair(of.nullif(expr, right), two(lambda x, y: None if x is not None and x == y else x))
        case "greatest":
            return Pair(of.greatest(expr, right), two(among(max)))
        case "least":
            return Pair(of.least(expr, right), two(among(min)))
        case "mod":
            return Pair(expr % 3, lambda row: strict1(lambda x: int(math.fmod(x, 3)))(first(row)))
        case "div":
            quotient: Any = fn.div
            return Pair(quotient(expr, 2), lambda row: strict1(lambda x: int(x / 2))(first(row)))
        case "divided":
            half: Any = of.floor(expr / 2)
            return Pair(half.cast(pg.bigint), lambda row: strict1(lambda x: x // 2)(first(row)))
        case "floored":
            return Pair(expr // -3, lambda row: strict1(lambda x: x // -3)(first(row)))
        case "floored by":
            return Pair(7 // fn.nullif(expr, 0), lambda row: strict1(lambda x: 7 // x if x else None)(first(row)))
        case _:
            test = draw(condition(table, depth))
            return Pair(
                of_cases((test.expr, expr), else_=right),
                lambda row: first(row) if test.value(row) is True else second(row),
            )


def condition(table: Any, depth: int = 3) -> SearchStrategy[Pair]:
    """Expressions whose value is true, false or NULL."""
    leaf = _comparison(table) | _of_text(table) | st.sampled_from(columns(table, "truth"))
    return leaf if depth == 0 else leaf | _logic(table, depth - 1)


@st.composite
def _logic(draw: DrawFn, table: Any, depth: int) -> Pair:
    left, right = draw(condition(table, depth)), draw(condition(table, depth))
    match draw(st.sampled_from(["and", "or", "not"])):
        case "and":
            return Pair(left.expr & right.expr, lambda row: both(left.value(row), right.value(row)))
        case "or":
            return Pair(left.expr | right.expr, lambda row: either(left.value(row), right.value(row)))
        case _:
            return Pair(~left.expr, lambda row: negated(left.value(row)))


@st.composite
def _comparison(draw: DrawFn, table: Any) -> Pair:
    left = draw(numeric(table, 1))
    expr: Any = left.expr
    first = left.value
    other = draw(numeric(table, 1) | numbers)
    right: Any = other.expr if isinstance(other, Pair) else other
    second: Value = other.value if isinstance(other, Pair) else constant(other)
    several = draw(st.lists(numbers, max_size=3))
    low, high = draw(numbers), draw(numbers)

    def two(function: Two) -> Value:
        return lambda row: function(first(row), second(row))

    operators = [
        "=",
        "<>",
        "<",
        "<=",
        ">",
        ">=",
        "null",
        "not_null",
        "distinct",
        "same",
        "distinct_none",
        "between",
        "in",
        "not_in",
        "in_exprs",
        "equal_equal",
    ]
    match draw(st.sampled_from(operators)):
        case "=":
            return Pair(expr == right, two(strict(lambda x, y: x == y)))
        case "<>":
            return Pair(expr != right, two(strict(lambda x, y: x != y)))
        case "<":
            return Pair(expr < right, two(strict(lambda x, y: x < y)))
        case "<=":
            return Pair(expr <= right, two(strict(lambda x, y: x <= y)))
        case ">":
            return Pair(expr > right, two(strict(lambda x, y: x > y)))
        case ">=":
            return Pair(expr >= right, two(strict(lambda x, y: x >= y)))
        case "null":
            return Pair(expr.is_null(), lambda row: first(row) is None)
        case "not_null":
            return Pair(expr.is_not_null(), lambda row: first(row) is not None)
        case "distinct":
            return Pair(expr.is_distinct_from(right), two(lambda x, y: x != y))
        case "same":
            return Pair(expr.is_not_distinct_from(right), two(lambda x, y: x == y))
        case "distinct_none":
            return Pair(expr.is_distinct_from(None), lambda row: first(row) is not None)
        case "between":
            return Pair(expr.between(low, high), lambda row: strict1(lambda x: low <= x <= high)(first(row)))
        case "in":
            return Pair(expr.in_(several), lambda row: is_in(first(row), several))
        case "not_in":
            return Pair(expr.not_in(several), lambda row: negated(is_in(first(row), several)))
        case "in_exprs":
            both_values: list[Any] = [right, expr]
            return Pair(
                expr.in_([table.a, *both_values]), lambda row: is_in(first(row), [row.a, second(row), first(row)])
            )
        case _:
            equal = strict(lambda x, y: x == y)
            return Pair((expr == right) == (expr == right), two(lambda x, y: strict1(lambda e: e == e)(equal(x, y))))


@st.composite
def _of_text(draw: DrawFn, table: Any) -> Pair:
    pattern = draw(
        texts.filter(lambda text: len(re.findall(r"\\", text)) == 0) | st.sampled_from([r"\%", r"a\_", r"\\%"])
    )
    other = draw(texts)
    expr: Any = table.s
    match draw(
        st.sampled_from(["like", "not_like", "ilike", "not_ilike", "=", "<", "in", "concat", "lower", "length"])
    ):
        case "like":
            return Pair(expr.like(pattern), lambda row: like(row.s, pattern))
        case "not_like":
            return Pair(expr.not_like(pattern), lambda row: negated(like(row.s, pattern)))
        case "ilike":
            return Pair(expr.ilike(pattern), lambda row: like(row.s, pattern, ignore_case=True))
        case "not_ilike":
            return Pair(expr.not_ilike(pattern), lambda row: negated(like(row.s, pattern, ignore_case=True)))
        case "=":
            return Pair(expr == other, lambda row: strict1(lambda x: x == other)(row.s))
        case "<":
            return Pair(expr < other, lambda row: strict1(lambda x: x < other)(row.s))
        case "in":
            return Pair(expr.in_([other, "", "B"]), lambda row: is_in(row.s, [other, "", "B"]))
        case "concat":
            return Pair(
                "x" + expr + other == "x" + expr + "a", lambda row: strict1(lambda x: x + other == x + "a")(row.s)
            )
        case "lower":
            return Pair(fn.upper(expr) == "AB", lambda row: strict1(lambda x: _upper(x) == "AB")(row.s))
        case _:
            return Pair(fn.length(expr) >= len(other), lambda row: strict1(lambda x: len(x) >= len(other))(row.s))


def _upper(text: str) -> str:
    return "".join(chr(ord(character) - 32) if "a" <= character <= "z" else character for character in text)
