"""Statements of thousands of terms on the server, beside the same in Python."""
# The operators of `operator` are untyped.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import operator
from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any

import pytest

from qb import (
    Col,
    ConnectionLost,
    Database,
    Expr,
    Failure,
    Success,
    Table,
    Tx,
    case,
    column,
    create_all,
    delete,
    fn,
    insert,
    new,
    schema,
    select,
    sql,
    update,
)


class Wide(Table, name="wide"):
    id: Col[int] = column(primary_key=True)
    n: Col[int]
    s: Col[str]


ROWS = [(number, number * 37 % 1_000, f"s{number}") for number in range(20)]
COUNT = 2_000


@pytest.fixture
def tx(qb_db: Database) -> Iterator[Tx]:
    with qb_db.transaction(rollback=True) as tx:
        tx.run(create_all(schema(Wide))).unwrap()
        tx.insert_many([new(Wide)(id=id, n=n, s=s) for id, n, s in ROWS]).unwrap()
        yield tx


def unlike(count: int) -> list[Expr[bool]]:
    return [Wide.n != number for number in range(0, 2 * count, 2)]


def alike(count: int) -> list[Expr[bool]]:
    return [Wide.n == number for number in range(0, 2 * count, 2)]


def nested(count: int) -> Expr[int]:
    return reduce(lambda inner, number: case((Wide.n == number, number), else_=inner), range(count), Wide.n + 0)


ids = select(Wide.id).order_by(Wide.id)
ODD = [id for id, n, _ in ROWS if n % 2]
EVEN = [id for id, n, _ in ROWS if not n % 2]
ASKED: dict[str, tuple[Callable[[], Any], list[Any]]] = {
    "arguments of where": (lambda: ids.where(*unlike(COUNT)), ODD),
    "a chain of where": (lambda: reduce(lambda query, term: query.where(term), unlike(COUNT), ids), ODD),
    "a chain of &": (lambda: ids.where(reduce(operator.and_, unlike(COUNT))), ODD),
    "a chain of |": (lambda: ids.where(reduce(operator.or_, alike(COUNT))), EVEN),
    "in_": (lambda: ids.where(Wide.n.in_(list(range(0, 20_000, 2)))), EVEN),
    "order_by": (
        lambda: select(Wide.id).order_by(*(Wide.n * 0 + number for number in range(1_000)), Wide.n.desc()),
        [id for id, _, _ in sorted(ROWS, key=lambda row: -row[1])],
    ),
    "a chain of +": (
        lambda: select(reduce(operator.add, range(COUNT), Wide.n + 0)).order_by(Wide.id),
        [n + sum(range(COUNT)) for _, n, _ in ROWS],
    ),
    "texts": (
        lambda: select(reduce(lambda found, _: found + "x", range(COUNT), Wide.s + "x")).order_by(Wide.id),
        [s + "x" * (COUNT + 1) for _, _, s in ROWS],
    ),
    "branches of case": (
        lambda: select(case(*((Wide.n == each, each * 2) for each in range(COUNT)), else_=0)).order_by(Wide.id),
        [n * 2 for _, n, _ in ROWS],
    ),
    "case inside case": (lambda: select(nested(500)).order_by(Wide.id), [n for _, n, _ in ROWS]),
    "functions inside functions": (
        lambda: select(reduce(fn.coalesce, range(COUNT), Wide.n + 0)).order_by(Wide.id),
        [n for _, n, _ in ROWS],
    ),
    "a union of a thousand": (
        lambda: reduce(lambda query, _: query.union_all(select(Wide.n)), range(999), select(Wide.n)).order_by(Wide.n),
        sorted(n for _, n, _ in ROWS for _ in range(1_000)),
    ),
    "an update": (
        lambda: update(Wide).set(Wide.n.to(Wide.n + 1)).where(*unlike(COUNT)).returning(Wide.id),
        ODD,
    ),
    "a delete": (lambda: delete(Wide).where(reduce(operator.or_, alike(COUNT))).returning(Wide.id), EVEN),
    "on_conflict": (
        lambda: (
            insert(*(new(Wide)(id=id, n=n, s=s) for id, n, s in ROWS))
            .on_conflict(Wide.id, update=[Wide.n.to(0)], update_where=reduce(operator.and_, unlike(COUNT)))
            .returning(Wide.id)
        ),
        ODD,
    ),
}


QUICK = {"arguments of where", "a chain of |", "in_", "an update", "on_conflict"}


@pytest.mark.parametrize("kind", [pytest.param(each, marks=[pytest.mark.slow] * (each not in QUICK)) for each in ASKED])
def test_the_answer_is_that_of_python(tx: Tx, kind: str) -> None:
    build, expected = ASKED[kind]
    assert tx.all(build()) == Success(expected)


@pytest.mark.slow
def test_a_check_of_thousands_of_terms(qb_db: Database) -> None:
    class Checked(Table, name="checked_by_thousands"):
        id: Col[int] = column(primary_key=True)
        n: Col[int] = column(check=lambda n: reduce(operator.and_, (n != each for each in range(COUNT))))

    with qb_db.transaction(rollback=True) as tx:
        tx.run(create_all(schema(Checked))).unwrap()
        assert tx.execute(insert(new(Checked)(id=1, n=COUNT))) == Success(1)
        refused = tx.execute(insert(new(Checked)(id=2, n=7)))
        assert "checked_by_thousands_n_check" in str(refused)


DEEP: dict[str, tuple[Callable[[], Any], str]] = {
    "a chain of +": (lambda: select(reduce(operator.add, range(20_000), Wide.n + 0)), "memory exhausted"),
    "case inside case": (lambda: select(nested(8_000)), "memory exhausted"),
    "a deep plan": (lambda: select(reduce(operator.add, range(COUNT), Wide.n + 0)), "stack depth limit exceeded"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", DEEP)
def test_what_is_too_deep_for_the_server_is_a_failure_that_says_so(tx: Tx, kind: str) -> None:
    build, message = DEEP[kind]
    tx.execute(sql("SET LOCAL max_stack_depth = '100kB'").command()).unwrap()
    with tx.transaction(rollback=True) as inner:
        found = inner.all(build())
    assert isinstance(found, Failure)
    assert message in str(found)
    assert not isinstance(found.failure(), ConnectionLost)
    assert tx.one(select(fn.count()).from_(Wide)) == Success(len(ROWS))  # the session is as it was
