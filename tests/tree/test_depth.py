"""Trees of any depth and width: nothing recurses, and what a query costs grows as it does, counted in calls."""
# The operators of `operator` are untyped.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import inspect
import operator
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial, reduce
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    Expr,
    QueryError,
    Select,
    Shape,
    Table,
    Tx,
    alias,
    case,
    column,
    compile,
    create_all,
    cte,
    delete,
    exists,
    fn,
    insert,
    many,
    new,
    schema,
    select,
    subquery,
    update,
)
from qb import check as qb_check
from qb.render.compiled import compile_probe
from qb.tree.probe import probes
from qb.typing import Compiled


class Deep(Table, name="deep"):
    id: Col[int] = column(primary_key=True)
    n: Col[int]
    s: Col[str]


class Pair(Shape):
    a: Col[int]
    b: Col[int]


TERMS = 300
"""More than Python calls within calls, where `shallow` says how many it may."""


@contextmanager
def counted() -> Generator[list[int]]:
    """How many functions are called within, those in C included."""
    calls = [0]

    def seen(frame: object, event: str, argument: object) -> None:
        if event in ("call", "c_call"):
            calls[0] += 1

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        yield calls
    finally:
        sys.setprofile(before)


def unlike(count: int) -> list[Expr[bool]]:
    return [Deep.n != number for number in range(count)]


def chained(count: int) -> Select[int]:
    return reduce(lambda query, term: query.where(term), unlike(count), select(Deep.id))


def union(count: int) -> Select[int]:
    return reduce(lambda query, _: query.union_all(select(Deep.n)), range(count // 10), select(Deep.id))


def summed(count: int) -> Expr[int]:
    return reduce(operator.add, range(count), Deep.n + 0)


def nested_cases(count: int) -> Expr[int]:
    return reduce(lambda inner, number: case((Deep.n == number, number), else_=inner), range(count), Deep.n + 0)


def conflict(count: int) -> Any:
    written = insert(new(Deep)(id=1, n=2, s="x"))
    return written.on_conflict(Deep.id, update=[Deep.n.to(1)], where=reduce(operator.and_, unlike(count)))


def texts(count: int) -> Expr[str]:
    return reduce(lambda found, _: found + "x", range(count), Deep.s + "x")


WIDE: dict[str, Callable[[int], Any]] = {
    "arguments of where": lambda count: select(Deep.id).where(*unlike(count)),
    "a chain of &": lambda count: select(Deep.id).where(reduce(operator.and_, unlike(count))),
    "a chain of & that leans to the right": lambda count: select(Deep.id).where(
        reduce(lambda found, term: term & found, unlike(count))
    ),
    "a chain of |": lambda count: select(Deep.id).where(reduce(operator.or_, unlike(count))),
    "a chain of ~": lambda count: select(Deep.id).where(reduce(lambda found, _: ~found, range(count), Deep.n == 1)),
    "a chain of where": chained,
    "order_by": lambda count: select(Deep.id).order_by(*(Deep.n + number for number in range(count))),
    "distinct_on and order_by": lambda count: (
        select(Deep.id)
        .distinct_on(*(Deep.n + number for number in range(count)))
        .order_by(*(Deep.n + number for number in range(count)))
    ),
    "group_by": lambda count: select(fn.count()).from_(Deep).group_by(*(Deep.n + number for number in range(count))),
    "a chain of +": lambda count: select(summed(count)),
    "a chain of + that leans to the right": lambda count: select(
        reduce(lambda found, _: Deep.id + found, range(count), Deep.n + 0)
    ),
    "a chain of /": lambda count: select(reduce(operator.truediv, [Deep.id] * count, Deep.n / 1)),
    "texts": lambda count: select(texts(count)),
    "branches of case": lambda count: select(case(*((Deep.n == each, each) for each in range(count)), else_=0)),
    "case inside case": lambda count: select(nested_cases(count)),
    "functions inside functions": lambda count: select(reduce(fn.coalesce, range(count), Deep.n + 0)),
    "grouped by once more": lambda count: select(texts(count), fn.count()).group_by(texts(count)),
    "a union": union,
    "not in a union": lambda count: select(Deep.id).where(Deep.id.not_in(union(count))),
    "on_conflict(where=)": conflict,
    "an update": lambda count: update(Deep).set(Deep.n.to(summed(count))).where(*unlike(count)),
    "a delete": lambda count: delete(Deep).where(reduce(operator.or_, unlike(count))),
}


@contextmanager
def shallow() -> Generator[None]:
    """Half as many calls within calls as there are terms."""
    usual, depth = sys.getrecursionlimit(), len(inspect.stack(0))
    sys.setrecursionlimit(depth + TERMS // 2)
    try:
        yield
    finally:
        sys.setrecursionlimit(usual)


def all_of_it(build: Callable[[], Any]) -> Compiled:
    """What is done with a query: built, compiled, compared, hashed, printed."""
    query, again = build(), build()
    made = compile(query)
    values = bool(made.parameters)  # each build has its own
    assert (query == again) is not values
    assert query.node != again.node or not values
    assert hash(query) == hash(again)
    assert isinstance(hash(query.node), int)
    assert repr(query.node).startswith(type(query.node).__name__)
    return made


def grows_as_it_does(work: Callable[[int], object], small: int) -> None:
    work(small // 2)  # what is only done once is done
    with counted() as few:
        work(small)
    with counted() as more:
        work(2 * small)
    assert more[0] < 2.2 * few[0], f"{few[0]} calls for {small}, {more[0]} for {2 * small}"


@pytest.mark.slow
@pytest.mark.parametrize("kind", WIDE)
def test_twice_as_many_terms_cost_twice_as_much(kind: str) -> None:
    grows_as_it_does(lambda count: all_of_it(partial(WIDE[kind], count)), 60)


def test_calls_within_calls_would_be_noticed() -> None:
    def deep(count: int) -> int:
        return deep(count - 1) + 1 if count else 0

    assert deep(TERMS) == TERMS
    with shallow(), pytest.raises(RecursionError):
        deep(TERMS)


@pytest.mark.slow
@pytest.mark.parametrize("kind", WIDE)
def test_terms_are_no_calls_within_calls(kind: str) -> None:
    assert all_of_it(partial(WIDE[kind], 2)).sql  # what is only imported or made once is
    with shallow():
        assert all_of_it(partial(WIDE[kind], TERMS)).sql


@pytest.mark.slow
@pytest.mark.parametrize("kind", WIDE)
def test_ten_thousand_terms(kind: str) -> None:
    assert all_of_it(partial(WIDE[kind], 10_000)).sql


@pytest.mark.slow
def test_a_check_of_ten_thousand_terms() -> None:
    assert of_a_table(10_000).count("<>") == 20_000


# ---------------------------------------------------------------- relations


def chain(make: Callable[..., Any], depth: int) -> Select[Any]:
    """Each relation joins the one before it twice."""
    level = make(select(Deep.id, Deep.n).map(Pair))
    for _ in range(depth):
        again = alias(level, "again")
        level = make(select(level.a, again.b).join(again, on=again.a == level.b).map(Pair))
    return select(level)


def test_a_chain_of_ctes_each_of_which_joins_the_one_before_it_twice() -> None:
    grows_as_it_does(lambda depth: all_of_it(partial(chain, cte, depth)), 20)
    grows_as_it_does(lambda depth: compile(chain(cte, depth)), 50)
    made = compile(chain(cte, 200))
    assert made.sql.count(b" AS (SELECT ") == 201


def in_each_other(depth: int) -> Select[Any]:
    query = select(Deep.id, Deep.n).map(Pair)
    for _ in range(depth):
        level = subquery(query)
        query = select(level.a, level.b).map(Pair)
    return query


def looking_out(depth: int) -> Select[Any]:
    query = select(Deep.id)
    for number in range(depth):
        around = alias(Deep, f"around_{number}")
        query = select(around.id).where(exists(query))
    return query


def scalars(depth: int) -> Select[Any]:
    query = select(Deep.id)
    for number in range(depth):
        around = alias(Deep, f"around_{number}")
        query = select(fn.coalesce(query.as_scalar(), around.id))
    return query


def lists(depth: int) -> Select[Any]:
    query: Select[Any] = select(Deep.id)
    for number in range(depth):
        around = alias(Deep, f"around_{number}")
        query = select(around.id, many(query))
    return query


@pytest.mark.parametrize("build", [in_each_other, looking_out, scalars, lists])
def test_queries_within_queries(build: Callable[[int], Select[Any]]) -> None:
    made = all_of_it(partial(build, 300))
    assert made.sql.count(b"FROM ") > 300


def on_each_other(depth: int) -> Select[Any]:
    inner, query = Deep, select(Deep.id)
    for number in range(depth):
        around = alias(Deep, f"around_{number}")
        query = select(around.id).where(exists(query.where(inner.n == around.id)))
        inner = around
    return query


@pytest.mark.parametrize("build", [lists, looking_out, scalars, on_each_other])
def test_what_a_query_reaches_is_asked_of_each_node_once(build: Callable[[int], Select[Any]]) -> None:
    grows_as_it_does(lambda depth: compile(build(depth)), 40)


def test_types_of_nested_rows_are_asked_for_in_little_sql() -> None:
    def written(depth: int) -> int:
        return sum(len(compile_probe(probe.query)) for probe in probes(lists(depth).node))

    assert written(40) < 5 * written(20)  # a path to each list
    assert written(8) < 3_000


@pytest.fixture
def deep(qb_db: Database) -> Iterator[Tx]:
    with qb_db.transaction(rollback=True) as tx:
        tx.run(create_all(schema(Deep))).unwrap()
        tx.execute(insert(new(Deep)(id=1, n=2, s="x"))).unwrap()
        yield tx


@pytest.mark.parametrize("depth", [40, pytest.param(200, marks=pytest.mark.slow)])
def test_lists_in_lists_are_read(deep: Tx, depth: int) -> None:
    row: Any = deep.one(lists(depth)).unwrap()
    for _ in range(depth - 1):
        key, (row,) = row
        assert key == 1
    assert row == (1, [1])


@pytest.mark.slow
def test_a_union_of_a_thousand_is_read(deep: Tx) -> None:
    assert sorted(deep.all(union(10_000)).unwrap()) == [1, *[2] * 1_000]
    right = reduce(lambda query, _: select(Deep.n).union_all(query), range(1_000), select(Deep.id))
    assert sorted(deep.all(right).unwrap()) == [1, *[2] * 1_000]


def test_two_builds_of_one_function_are_one_query() -> None:
    assert chain(cte, 20) == chain(cte, 20)
    assert chain(subquery, 4) == chain(subquery, 4)
    assert hash(chain(cte, 20)) == hash(chain(cte, 20))
    assert chain(cte, 20) != chain(cte, 21)
    assert len({chain(cte, 3), chain(cte, 3), chain(subquery, 3)}) == 2


def test_a_column_of_one_call_is_none_of_another() -> None:
    def made() -> Any:
        return subquery(select(Deep.id, Deep.n).map(Pair))

    one, other = made(), made()
    with pytest.raises(QueryError, match="the subquery that the query reads from is another one"):
        compile(select(one.a).where(other.b == 1))


def test_a_relation_is_printed_once_and_a_value_never() -> None:
    shown = repr(chain(cte, 30).where(Deep.s == "hunter2").node)
    assert "hunter2" not in shown
    assert shown.count("QuerySource#1(") == 1
    assert "relation=QuerySource#1" in shown


# ---------------------------------------------------------------- definitions


def of_a_table(count: int) -> str:
    class Checked(Table, name="checked"):
        id: Col[int] = column(primary_key=True)
        n: Col[int] = column(check=lambda n: reduce(operator.and_, (n != each for each in range(count))))

    class Written(Table, name="written"):
        id: Col[int] = column(primary_key=True)
        n: Col[int] = column()
        m: Col[int] = column(check=reduce(operator.and_, map(partial(operator.ne, n), range(count))))

    beside = qb_check("beside", reduce(operator.or_, (Checked.n == each for each in range(count))))
    one, other = schema(Checked, Written, beside), schema(Checked, Written, beside)
    assert one == other
    assert hash(one) == hash(other)
    return str(create_all(one))


def test_a_check_of_many_terms() -> None:
    grows_as_it_does(of_a_table, 50)
    with shallow():
        assert of_a_table(TERMS).count("<>") == 2 * TERMS
