"""Each rule is asked of a query once: of its own rows and conditions where they are said, of the whole when it is
compiled."""

import ast
import sys
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from qb import QueryError, Select, alias, compile, cte, delete, exists, fn, insert, many, maybe, new, select, update
from qb.tree.nullability import check_shape, nullable
from qb.tree.single_rows import of_single_rows
from tests.query.model import Ape, Bee
from tests.sources import nodes

ROOT = Path(__file__).parents[2]
cow = alias(Ape, "cow")


@contextmanager
def asked(*rules: Callable[..., object]) -> Generator[Counter[str]]:
    """How often each of the functions is called within."""
    codes: dict[CodeType, str] = {rule.__code__: rule.__name__ for rule in rules}
    found: Counter[str] = Counter()

    def seen(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code in codes:
            found[codes[frame.f_code]] += 1

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        yield found
    finally:
        sys.setprofile(before)


QUERIES: dict[str, Callable[[], Any]] = {
    "columns": lambda: select(Ape.id, Ape.b, fn.coalesce(Ape.a, 0)),
    "an expression": lambda: select(Ape.id + 1, (Ape.id + 1) * 2),
    "an inner join": lambda: select(Ape.id, Bee.id).join(Bee, on=Ape.id == Bee.a),
    "a left join": lambda: select(Ape.id, maybe(Bee.id)).left_join(Bee, on=Ape.id == Bee.a),
    "a whole row": lambda: select(Ape, maybe(Bee)).left_join(Bee, on=Ape.id == Bee.a),
    "a CTE": lambda: select(cte(select(Ape))),
    "exists": lambda: select(Ape.id).where(exists(select(Bee.id).where(Bee.a == Ape.id))),
    "many": lambda: select(Ape.id, many(Bee, on=Bee.a == Ape.id)),
    "a union": lambda: select(Ape.id).union(select(Bee.id)),
    "returning": lambda: update(Ape).set(Ape.b.to(1)).where(Ape.id == 1).returning(Ape.id, Ape.b),
}


@pytest.mark.parametrize("case", QUERIES)
def test_rows_are_judged_where_they_are_said_and_not_again(case: str) -> None:
    with asked(check_shape, nullable) as built:
        query = QUERIES[case]()
    with asked(check_shape, nullable) as compiled:
        compile(query)
    assert built["check_shape"]
    assert compiled == {}


def test_a_join_asks_only_about_what_it_may_leave_absent() -> None:
    def query(step: Callable[[Select[Any]], Select[Any]]) -> Counter[str]:
        items = select(Ape.id + 1, Ape.id + 2, fn.abs(maybe(Bee.id)), fn.abs(maybe(cow.id)))
        with asked(nullable) as found:
            step(items)
        return found

    with asked(nullable) as found:
        select(Ape.id + 1, Ape.id + 2)
    assert found == {"nullable": 2}
    assert query(lambda items: items.join(Bee, on=Ape.id == Bee.a)) == {}
    assert query(lambda items: items.left_join(Bee, on=Ape.id == Bee.a)) == {}
    with asked(nullable) as found, pytest.raises(QueryError, match="select list may be NULL"):
        select(cow.id + 1, Ape.id + 1).left_join(Ape, on=Ape.id == cow.id)
    assert found == {"nullable": 3}  # both without the join, one again with it


def test_what_the_query_around_leaves_absent_is_asked_when_that_is_known() -> None:
    inner = select(fn.abs(Bee.id), cow.id + 1).from_(cow)
    query = select(Ape.id, many(inner)).left_join(Bee, on=Ape.id == Bee.a)
    with asked(nullable) as found, pytest.raises(QueryError, match="select list may be NULL"):
        compile(query)
    assert found == {"nullable": 1}


CONDITIONS: dict[str, tuple[int, Callable[[], Any]]] = {
    "where": (2, lambda: select(Ape.id).where(Ape.id == 1, Ape.b == 2)),
    "where, twice": (2, lambda: select(Ape.id).where(Ape.id == 1).where(Ape.b == 2)),
    "on": (2, lambda: select(Ape.id).join(Bee, on=Ape.id == Bee.a).left_join(cow, on=Ape.id == cow.id)),
}


@pytest.mark.parametrize("case", CONDITIONS)
def test_a_condition_is_asked_where_it_is_said_and_not_again(case: str) -> None:
    count, build = CONDITIONS[case]
    with asked(of_single_rows) as built:
        query = build()
    assert built == {"of_single_rows": count}
    clauses: list[str] = []

    def seen(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code is of_single_rows.__code__:
            clauses.append(frame.f_locals["clause"])

    sys.setprofile(seen)
    try:
        compile(query)
    finally:
        sys.setprofile(None)
    assert not {"where", "on"} & set(clauses)


AGGREGATES: dict[str, tuple[Callable[[], Any], str]] = {
    "where": (lambda: select(Ape.id).where(fn.count() > 1), "where is met before rows are grouped"),
    "where, of a window": (lambda: select(Ape.id).where(fn.row_number().over() > 1), "where is met row by row"),
    "on": (lambda: select(Ape.id).join(Bee, on=fn.count() > 1), "on is met before rows are grouped"),
    "on, of a window": (lambda: select(Ape.id).join(Bee, on=fn.row_number().over() > 1), "on is met row by row"),
}


@pytest.mark.parametrize("case", AGGREGATES)
def test_the_line_that_says_it_raises(case: str) -> None:
    build, message = AGGREGATES[case]
    with pytest.raises(QueryError, match=message):
        build()


no_number: Any = fn.count()
WHOLE: dict[str, tuple[Callable[[], Any], str]] = {
    "on of an update": (
        lambda: update(Ape).set(Ape.b.to(1)).from_(Bee).join(cow, on=fn.count() > 1).all_rows(),
        "on is met row by row",
    ),
    "group_by": (lambda: select(Ape.id).group_by(fn.count()), "group_by is met row by row"),
    "set": (lambda: update(Ape).set(Ape.b.to(fn.count())).all_rows(), "set is met row by row"),
    "where of a delete": (lambda: delete(Ape).where(Ape.id == 1, fn.count() > 1), "where or returning is met"),
    "values": (lambda: insert(new(Ape)(id=1, a=no_number, b=1, s="", ok=None)), "values is met row by row"),
}


@pytest.mark.parametrize("case", WHOLE)
def test_what_is_asked_when_it_is_compiled_is_not_asked_before(case: str) -> None:
    build, message = WHOLE[case]
    query = build()
    with pytest.raises(QueryError, match=message):
        compile(query)


def raised(path: Path) -> list[str]:
    """The messages of QueryError in a module, without what is put into them."""
    found: list[str] = []
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "QueryError":
            message = node.args[0]
            parts = message.values if isinstance(message, ast.JoinedStr) else [message]
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
            if text != "{}":  # another error's words
                found.append(text)
    return found


def test_each_message_is_raised_in_one_place() -> None:
    rooms = [ROOT / "qb" / room for room in ("tree", "query", "render", "model", "declare", "ddl")]
    messages = Counter(message for room in rooms for path in room.rglob("*.py") for message in raised(path))
    twice = {message for message, count in messages.items() if count > 1}
    assert twice == set()
    assert len(messages) > 150


def test_a_late_from_says_what_is_absent() -> None:
    joined = select(maybe(Ape.id), cow.id).right_join(Bee, on=Bee.a == Ape.id)
    with pytest.raises(QueryError, match=r"may leave cow\.id NULL"):
        joined.from_(Ape, cow)
    made = joined.join(cow, on=cow.id == Bee.id)
    assert compile(made).sql.count(b"JOIN") == 2
