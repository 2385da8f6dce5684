"""The same expression written twice, where PostgreSQL must see that it is the same one."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    EncodeError,
    Expr,
    Failure,
    Select,
    Success,
    Table,
    Tx,
    case,
    column,
    compile,
    exists,
    fn,
    insert,
    many,
    maybe,
    new,
    prepare,
    select,
    sql,
    subquery,
    value,
)
from qb.run.session.executable import Executables
from tests.query.model import Ape, Bee, Row, fill

HOSTILE = ["x", "it's", "\\", "E'\\'", "$1", "{}", "%s", "--", "ä☃", ""]


class Event(Table, name="events_written_twice"):
    id: Col[int] = column(primary_key=True)
    at: Col[dt.datetime]
    doc: Col[dict[str, int]]


@pytest.fixture
def tx(apes: Database) -> Iterator[Tx]:
    with apes.transaction(rollback=True) as tx:
        fill(tx, Ape, [Row(0, 1, 1, "a", True), Row(1, 1, 2, None, False), Row(2, 2, 2, None, None)])
        fill(tx, Bee, [Row(0, 1, 1, "a", True)])
        yield tx


def plus() -> Expr[int | None]:
    return Ape.a + 1


def text() -> Expr[str]:
    return fn.coalesce(Ape.s, "none")


def one_and_a_twin() -> Select[Any]:
    one = plus()
    return select(one, fn.count()).group_by(one).order_by(plus())


GROUPED: dict[str, tuple[Callable[[], Select[Any]], list[object]]] = {
    "group_by": (lambda: select(plus(), fn.count()).group_by(plus()).order_by(fn.count()), [(3, 1), (2, 2)]),
    "order_by": (lambda: select(plus(), fn.count()).group_by(plus()).order_by(plus()), [(2, 2), (3, 1)]),
    "order_by desc": (lambda: select(plus()).group_by(plus()).order_by(plus().desc()), [3, 2]),
    "inside": (lambda: select(plus() * 10).group_by(plus()).order_by(plus()), [20, 30]),
    "having": (lambda: select(plus()).group_by(plus()).having(plus() > 2), [3]),
    "two groups": (
        lambda: select(plus(), text()).group_by(plus(), text()).order_by(plus(), text()),
        [(2, "a"), (2, "none"), (3, "none")],
    ),
    "window": (lambda: select(fn.row_number().over(order_by=plus())).group_by(plus()), [1, 2]),
    "distinct": (lambda: select(text()).distinct().order_by(text()), ["a", "none"]),
    "distinct desc": (lambda: select(text()).distinct().order_by(text().desc()), ["none", "a"]),
    "distinct_on": (lambda: select(Ape.id).distinct_on(text()).order_by(text(), Ape.id), [0, 1]),
    "concat": (lambda: select(fn.concat(Ape.s, "!")).group_by(fn.concat(Ape.s, "!")).order_by(fn.count()), ["a!", "!"]),
    "round": (
        lambda: select(fn.substring(text(), 1, 2)).group_by(fn.substring(text(), 1, 2)).order_by(fn.count()),
        ["a", "no"],
    ),
    "a condition": (
        lambda: select(maybe(Ape.a > 1), fn.count()).group_by(Ape.a > 1).order_by(fn.count()),
        [(True, 1), (False, 2)],
    ),
    "a list": (
        lambda: select(maybe(Ape.a.in_([2, 3])), fn.count()).group_by(Ape.a.in_([2, 3])).order_by(fn.count()),
        [(True, 1), (False, 2)],
    ),
    "in a nested query": (
        lambda: select(Bee.id, many(select(plus()).where(Ape.a >= Bee.a).group_by(plus()).order_by(plus()))),
        [(0, [2, 3])],
    ),
    "in exists": (
        lambda: select(Bee.id).where(exists(select(plus()).where(Ape.a == Bee.a).group_by(plus()).having(plus() == 2))),
        [0],
    ),
    "one object and a twin": (one_and_a_twin, [(2, 2), (3, 1)]),
    "in a union": (
        lambda: (
            select(text()).group_by(text()).union(select(fn.coalesce(Bee.s, "b")).where(Bee.id > 7).order_by(Bee.id))
        ),
        ["a", "none"],
    ),
}


@pytest.mark.parametrize("case", GROUPED)
def test_it_is_the_same(tx: Tx, case: str) -> None:
    build, wanted = GROUPED[case]
    found: Any = tx.all(build()).unwrap()
    assert (sorted(found) if "union" in case else found) == wanted


@pytest.mark.parametrize("mark", HOSTILE)
def test_what_is_written_twice_may_be_anything(tx: Tx, mark: str) -> None:
    query = select(fn.concat(Ape.s, mark), fn.count()).group_by(fn.concat(Ape.s, mark)).order_by(fn.count())
    assert tx.all(query) == Success([(f"a{mark}", 1), (mark, 2)])


@pytest.mark.parametrize("wrong", ["\0", "\ud800"])
def test_a_value_that_does_not_fit_is_a_failure(apes: Database, wrong: str) -> None:
    query = select(fn.concat(Ape.s, wrong)).group_by(fn.concat(Ape.s, wrong))
    assert isinstance(apes.all(query), Failure)
    one = fn.concat(Ape.s, wrong)
    match apes.all(select(one).group_by(one)):
        case Failure(EncodeError()):
            pass
        case other:
            pytest.fail(repr(other))


def test_units_are_text_and_the_same_everywhere(tx: Tx) -> None:
    tx.execute(sql("CREATE TABLE events_written_twice (id bigint, at timestamptz, doc jsonb)").command()).unwrap()
    at = dt.datetime(2024, 5, 6, 7, 8, tzinfo=dt.UTC)
    for n in range(3):
        tx.execute(insert(new(Event)(id=n, at=at + dt.timedelta(days=n // 2), doc={"k": n // 2}))).unwrap()

    def day(unit: Any) -> Expr[dt.datetime]:
        when: Expr[dt.datetime] = fn.date_trunc(unit, Event.at)
        return when

    for unit in ("day", value("days")):  # the second one is an expression
        query = select(day(unit), fn.count()).group_by(day(unit)).order_by(day(unit))
        assert [count for _, count in tx.all(query).unwrap()] == [2, 1]
    assert b"date_trunc('day'::text" in compile(select(day("day"))).sql
    assert b"date_trunc($1::text" in compile(select(day(value("days")))).sql
    assert compile(select(day("day")).union(select(day("day")).order_by(day("day")))).parameters == ()

    def year() -> Expr[Any]:
        return fn.extract("year", Event.at)

    assert tx.all(select(fn.count()).from_(Event).group_by(year()).order_by(year())) == Success([3])

    def key() -> Expr[int | None]:
        return Event.doc.path(lambda d: d["k"])

    assert tx.all(select(key(), fn.count()).group_by(key()).order_by(key())) == Success([(0, 2), (1, 1)])


def test_the_same_values_are_one_parameter_and_others_their_own() -> None:
    def build(a: int, b: int) -> bytes:
        return compile(select(fn.max(Ape.a + a), fn.count()).from_(Ape).group_by(Ape.a + b)).sql

    assert build(1, 1) == build(2, 2)
    assert build(1, 1).count(b"$1::bigint") == 2
    assert build(1, 2).count(b"$1::bigint") == build(1, 2).count(b"$2::bigint") == 1
    one = Ape.a + 1
    assert compile(select(one, fn.count()).group_by(one)).sql.count(b"$1::bigint") == 2
    other_type = select(fn.coalesce(Ape.b, 1), Ape.id).group_by(fn.coalesce(Ape.id, 1), Ape.id, Ape.b)
    assert compile(other_type).parameters == (1, 1)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Decimal("1.10"), Decimal("1.1"), False),
        (0.0, -0.0, False),
        (float("nan"), float("nan"), True),
        (dt.timedelta(days=1), dt.timedelta(hours=24), True),
        ([1, 2], [1, 2], True),
        ([1, 2], [2, 1], False),
    ],
)
def test_values_are_the_same_as_postgresql_sees_them(one: Any, other: Any, same: bool) -> None:
    def key(item: Any) -> Expr[Any]:
        return fn.nullif(value(item), value(item))

    found = compile(select(key(one)).from_(Ape).group_by(key(other)))
    assert len(found.parameters) == (2 if same else 4)


WORDS = random.Random(5)


def _word() -> str:
    return "".join(WORDS.choice("qzxjkv'\\\"$%{}é☃") for _ in range(WORDS.randrange(6, 12)))


FORMS: dict[str, Callable[[Callable[[], Expr[Any]]], Select[Any]]] = {
    "group by": lambda key: select(maybe(key()), fn.count()).group_by(key()).order_by(key()),
    "having": lambda key: select(fn.count()).from_(Ape).group_by(key()).having(key().is_not_null()),
    "distinct": lambda key: select(maybe(key())).distinct().order_by(key().desc()),
    "distinct on": lambda key: select(maybe(key()), Ape.id).distinct_on(key()).order_by(key(), Ape.id),
    "a window": lambda key: (
        select(maybe(key()), fn.row_number().over(partition_by=key(), order_by=key())).group_by(key()).order_by(key())
    ),
    "inside": lambda key: select(maybe(fn.concat(key(), "+"))).group_by(key()),
}


@pytest.mark.parametrize("form", FORMS)
def test_no_value_stands_in_the_text(tx: Tx, form: str) -> None:
    def keys(a: str, b: str) -> list[Callable[[], Expr[Any]]]:
        return [
            lambda: fn.coalesce(fn.nullif(Ape.s, a), b),
            lambda: fn.concat(Ape.s, a, b),
            lambda: case((Ape.s == a, b), else_=a),
            lambda: fn.replace(Ape.s, a, b),
            lambda: sql("coalesce({s}, {a}, {b})", s=Ape.s, a=a, b=b).as_(str),
        ]

    texts: list[set[bytes]] = [set() for _ in keys("", "")]
    for _ in range(12):
        a, b = _word(), _word()
        for found, key in zip(texts, keys(a, b), strict=True):
            compiled = compile(FORMS[form](key))
            text = compiled.sql.decode()
            assert a not in text
            assert b not in text
            assert {a, b} <= set(compiled.parameters)
            found.add(compiled.sql)
            assert isinstance(tx.all(FORMS[form](key)), Success)
    assert [len(found) for found in texts] == [1] * len(texts)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_a_prepared_query_writes_its_parameters_twice(tx: Tx, form: str) -> None:
    @prepare
    def query(a: str, b: str) -> Select[Any]:
        return FORMS[form](lambda: fn.coalesce(fn.nullif(Ape.s, a), b))

    a, b = _word(), _word()
    assert tx.all(query(a, b)) == tx.all(FORMS[form](lambda: fn.coalesce(fn.nullif(Ape.s, a), b)))
    assert isinstance(tx.all(query(a, b)), Success)


def test_what_is_elsewhere_stays_a_parameter() -> None:
    query = select(plus(), fn.count()).where(Ape.a + 1 > 5).group_by(plus()).having(fn.count() > 6).limit(7)
    assert compile(query).parameters == (1, 1, 5, 6, 7)


def test_other_values_are_the_same_statement(tx: Tx) -> None:
    statements = Executables()

    def build(n: int, least: int = 0) -> Select[tuple[int | None, int]]:
        return select(Ape.a + n, fn.count()).where(Ape.id >= least).group_by(Ape.a + n).order_by(Ape.a + n)

    one, _ = statements.resolve(build(1))
    two, values = statements.resolve(build(2, 7))
    assert (one is two, list(values)) == (True, [2, 7])
    assert tx.all(build(1)) == Success([(2, 2), (3, 1)])
    assert tx.all(build(2)) == Success([(3, 2), (4, 1)])


def test_one_value_that_stands_elsewhere_too_is_another_statement(tx: Tx) -> None:
    """The query around it shares the value's object, or has another value in its place."""

    def build(outer: Expr[int | None], inner: Expr[int | None]) -> Select[Any]:
        grouped = select(inner, fn.count()).where(Ape.a == Bee.a).group_by(Ape.a + 1).order_by(Ape.a + 1)
        return select(outer, many(grouped)).from_(Bee)

    shared = Ape.a + 1
    found = tx.all(build(Bee.a + 5, shared)).unwrap()
    assert found == [(6, [(2, 2)])]
    from qb.query.expr.expr import Expr as Made
    from qb.tree.expressions import Infix

    assert isinstance(shared.node, Infix)
    both: Expr[int | None] = Made(Infix("+", Bee.a.node, shared.node.right), shared.type, shared.python, True)
    statements = Executables()
    one, one_values = statements.resolve(build(both, shared))
    two, two_values = statements.resolve(build(Bee.a + 5, shared))
    assert one is not two
    assert (list(one_values), list(two_values)) == ([1], [5, 1])
    assert tx.all(build(both, shared)) == Success([(2, [(2, 2)])])


def test_prepared_queries_write_it_twice(tx: Tx) -> None:
    @prepare
    def by(n: int, mark: str | None = None) -> Select[tuple[int | None, int]]:
        query = select(Ape.a + n, fn.count()).group_by(Ape.a + n).order_by(Ape.a + n)
        return query if mark is None else query.having(fn.max(fn.coalesce(Ape.s, "x")) != mark)

    @prepare
    def constant(least: int) -> Select[tuple[int | None, int]]:
        return select(plus(), fn.count()).where(Ape.a >= least).group_by(plus()).order_by(plus())

    assert tx.all(by(1)) == Success([(2, 2), (3, 1)])
    assert tx.all(by(5)) == Success([(6, 2), (7, 1)])
    assert tx.all(by(5, "a")) == Success([(6, 2), (7, 1)])
    assert tx.all(constant(2)) == Success([(3, 1)])


def test_null_is_written_twice(tx: Tx) -> None:
    def known() -> Expr[bool]:
        return Ape.a.is_distinct_from(None)

    query = select(known(), fn.count()).group_by(known())
    assert tx.all(query) == Success([(True, 3)])


def test_a_subquery_is_grouped_by(tx: Tx) -> None:
    inner = subquery(select(Ape).where(Ape.id >= 0))

    def key() -> Expr[int]:
        return fn.coalesce(inner.a, 9)

    assert tx.all(select(key(), fn.count()).group_by(key()).order_by(key())) == Success([(1, 2), (2, 1)])
