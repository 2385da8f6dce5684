"""INSERT of rows of expressions against the same on Python values."""

from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from qb import Col, Database, Table, case, column, create_all, drop_all, fn, identity, insert, schema, sql, value
from tests.samples import samples


@dataclass(frozen=True)
class Same:
    """An expression and the value it has."""

    expr: Any
    value: Any


either: Any = case
LETTERS = "abcXYZ '\\%é"
whole = st.integers(-1000, 1000)
words = st.text(LETTERS, max_size=4)
NONE: SearchStrategy[Same] = st.just(Same(None, None))


def plain(values: SearchStrategy[Any]) -> SearchStrategy[Same]:
    return values.map(lambda each: Same(each, each))


@st.composite
def _number(draw: DrawFn, depth: int) -> Same:
    if depth == 0:
        number = draw(whole)
        return Same(value(number), number)
    one, two, word = draw(_number(depth - 1)), draw(_number(depth - 1)), draw(words)
    match draw(st.sampled_from(["+", "-", "*", "negative", "length", "case", "coalesce"])):
        case "+":
            return Same(one.expr + two.expr, one.value + two.value)
        case "-":
            return Same(one.expr - two.expr, one.value - two.value)
        case "*":
            return Same(one.expr * two.expr, one.value * two.value)
        case "negative":
            return Same(-one.expr, -one.value)
        case "length":
            return Same(fn.length(word), len(word))
        case "case":
            return Same(either((one.expr > two.expr, one.expr), else_=two.expr), max(one.value, two.value))
        case _:
            return Same(fn.coalesce(sql("NULL").as_(int), one.expr), one.value)


@st.composite
def _word(draw: DrawFn) -> Same:
    one, two = draw(words), draw(words)
    match draw(st.sampled_from(["lower", "concat", "add", "replace", "coalesce"])):
        case "lower":
            return Same(fn.lower(one), one.lower())
        case "concat":
            return Same(fn.concat(one, two), one + two)
        case "add":
            return Same(one + value(two), one + two)
        case "replace":
            return Same(fn.replace(one, "a", two), one.replace("a", two))
        case _:
            return Same(fn.coalesce(sql("NULL").as_(str), one), one)


class Cell(Table, name="cells"):
    id: Col[int] = column(primary_key=True, default=identity())
    must: Col[str] = column()
    number: Col[int] = column(default=7)
    maybe: Col[int | None] = column(default=None)
    word: Col[str | None] = column(default="d")


COLUMNS: dict[str, SearchStrategy[Same]] = {
    "must": plain(words) | _word(),
    "number": plain(whole) | _number(2),
    "maybe": plain(whole) | NONE | _number(1),
    "word": plain(words) | NONE | _word(),
}
DEFAULTS = {"number": 7, "maybe": None, "word": "d"}
CELLS = {"must": Cell.must, "number": Cell.number, "maybe": Cell.maybe, "word": Cell.word}


@st.composite
def _row(draw: DrawFn) -> dict[str, Same]:
    given_ = draw(st.permutations(sorted(COLUMNS)))
    return {each: draw(COLUMNS[each]) for each in given_ if each == "must" or draw(st.booleans())}


def assignments(row: dict[str, Same]) -> list[Any]:
    columns: dict[str, Any] = CELLS
    return [columns[each].to(same.expr) for each, same in row.items()]


def test_rows_hold_what_python_makes_of_the_same(qb_db: Database) -> None:
    cells = schema(Cell)
    qb_db.run(create_all(cells)).unwrap()
    try:

        @samples(40)
        @given(st.lists(_row(), min_size=1, max_size=4), st.fixed_dictionaries({}, optional=COLUMNS))
        def check(rows: list[dict[str, Same]], everywhere: dict[str, Same]) -> None:
            statement = insert(Cell).values(*map(assignments, rows)).set(*assignments(everywhere))
            wanted = [
                tuple((row | everywhere)[each].value if each in row | everywhere else DEFAULTS[each] for each in CELLS)
                for row in rows
            ]
            with qb_db.transaction(rollback=True) as tx:
                found = tx.all(statement.returning(Cell.must, Cell.number, Cell.maybe, Cell.word)).unwrap()
            assert found == wanted

        check()
    finally:
        qb_db.run(drop_all(cells)).unwrap()
