"""A query is compiled once for all values, and whatever makes another statement is compiled apart."""

from typing import Any

import pytest

from qb import (
    Col,
    Database,
    EncodeError,
    Failure,
    Select,
    compile,
    cte,
    fn,
    insert,
    many,
    new,
    select,
)
from qb import Table as QbTable
from qb import column as qb_column
from qb.run.session.executable import Executables
from tests.query.model import Ape, Bee, Row, fill


def test_the_same_query_with_other_values_is_not_compiled_again() -> None:
    statements = Executables()

    def query(a: int, s: str, some: list[int], limit: int) -> Select[Any]:
        kept = cte(select(Bee).where(Bee.a > a))
        return (
            select(Ape.id, many(select(kept.s).where(kept.id == Ape.id)))
            .where(Ape.s == s, Ape.a.in_(some))
            .order_by(Ape.id)
            .limit(limit)
            .map(lambda ident, bees: (ident, bees))
        )

    first, values = statements.resolve(query(1, "x", [1, 2], 3))
    second, others = statements.resolve(query(4, "y", [], 5))
    assert first is second
    assert len(statements) == 1
    assert list(values) != list(others)
    assert sorted(map(repr, others)) == sorted(map(repr, [4, "y", [], 5]))


def test_one_value_in_two_places_is_another_statement_than_two_values() -> None:
    statements = Executables()
    one = Ape.b + 7
    shared, values = statements.resolve(select(fn.max(one), fn.count()).from_(Ape).group_by(one))
    apart, both = statements.resolve(select(fn.max(Ape.b + 7), fn.count()).from_(Ape).group_by(Ape.b + 7))
    assert (list(values), list(both)) == ([7], [7])
    other, eights = statements.resolve(select(fn.max(Ape.b + 8), fn.count()).from_(Ape).group_by(Ape.b + 8))
    assert (other is apart, list(eights)) == (True, [8])
    different, two = statements.resolve(select(fn.max(Ape.b + 8), fn.count()).from_(Ape).group_by(Ape.b + 9))
    assert (different not in (apart, shared), list(two)) == (True, [8, 9])
    eighth = Ape.b + 8
    again, eight = statements.resolve(select(fn.max(eighth), fn.count()).from_(Ape).group_by(eighth))
    assert again is shared
    assert list(eight) == [8]


def test_functions_that_differ_are_statements_that_differ() -> None:
    statements = Executables()

    def times(factor: int) -> Select[int]:
        return select(Ape.id).map(lambda ident: ident * factor)

    double, _ = statements.resolve(times(2))
    triple, _ = statements.resolve(times(3))
    assert (double.decode([(7,)], 0), triple.decode([(7,)], 0)) == ([14], [21])


def test_the_cache_is_bounded() -> None:
    statements = Executables(size=3)
    queries = [select(Ape.id).where(*[Ape.a == n for n in range(width)]) for width in range(1, 6)]
    for query in queries:
        statements.resolve(query)
    assert len(statements) == 3
    kept, _ = statements.resolve(queries[-1])
    assert statements.resolve(queries[-1])[0] is kept


def test_threads_share_one_statement() -> None:
    import threading

    statements = Executables()
    barrier = threading.Barrier(8)
    found: list[Any] = []

    def run(number: int) -> None:
        barrier.wait()
        found.extend(statements.resolve(select(Ape).where(Ape.a == number))[0] for _ in range(20))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 160
    assert len({id(statement) for statement in found}) == 1


def test_a_query_of_thousands_of_conditions_is_one_query(apes: Database) -> None:
    either = Ape.id == 0
    for number in range(1, 3000):
        either = either | (Ape.id == number)
    with apes.transaction(rollback=True) as tx:
        fill(tx, Ape, [Row(n, n, n, "", True) for n in range(5)])
        assert len(tx.all(select(Ape.id).where(either)).unwrap()) == 5
        assert len(tx.all(select(Ape.id).where(*[Ape.a != n for n in range(10, 3000)])).unwrap()) == 5


@pytest.mark.slow
def test_more_parameters_than_postgresql_takes_are_refused_by_name() -> None:
    from qb import QueryError

    with pytest.raises(QueryError, match="has 70,000 parameters and PostgreSQL takes 65,535: use insert_many"):
        compile(insert(*[new(Ape)(id=n, a=n, b=n, s="", ok=True) for n in range(14_000)]))


def test_a_value_that_cannot_be_sent_is_no_compiling_matter(apes: Database) -> None:
    match apes.all(select(Ape.id).where(Ape.s == "\0")):
        case Failure(EncodeError(table="apes", column="s")):
            pass
        case other:
            pytest.fail(repr(other))


def test_a_cte_does_not_hide_a_table() -> None:
    from qb import QueryError

    class Plain(QbTable, name="plain"):
        id: Col[int] = qb_column(primary_key=True)

    hides = cte(select(Ape), name="plain")
    with pytest.raises(QueryError, match='a CTE and a table are both called "plain"'):
        compile(select(hides, many(select(Plain).where(Plain.id == 1))))
