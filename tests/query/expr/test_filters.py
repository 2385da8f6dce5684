"""Random conditions and expressions mean in PostgreSQL what they mean on a Python list of rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import Database, Select, exists, maybe, select
from tests.query.model import Ape, Bee, Pair, Row, condition, fill, is_in, negated, numeric, rows
from tests.samples import samples

SAMPLES = samples(150)


@pytest.mark.sampled
def test_where_keeps_the_rows_whose_condition_is_true(apes: Database) -> None:
    @SAMPLES
    @given(rows(), condition(Ape), condition(Ape))
    def check(contents: list[Row], first: Pair, second: Pair) -> None:
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, contents)
            one: Select[int] = select(Ape.id).where(first.expr).order_by(Ape.id)
            assert tx.all(one).unwrap() == [row.id for row in contents if first.value(row) is True]
            two = [row.id for row in contents if first.value(row) is True and second.value(row) is True]
            assert tx.all(one.where(second.expr)).unwrap() == two
            assert tx.all(select(Ape.id).where(first.expr, second.expr).order_by(Ape.id)).unwrap() == two

    check()


@pytest.mark.sampled
def test_every_expression_has_the_value_and_the_type_it_says(apes: Database) -> None:
    @SAMPLES
    @given(rows(), condition(Ape), numeric(Ape, 3))
    def check(contents: list[Row], truth: Pair, number: Pair) -> None:
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, contents)
            found = tx.all(select(maybe(truth.expr), maybe(number.expr)).from_(Ape).order_by(Ape.id)).unwrap()
            wanted = [(truth.value(row), number.value(row)) for row in contents]
            assert found == wanted
            assert [list(map(type, row)) for row in found] == [list(map(type, row)) for row in wanted]

    check()


@pytest.mark.sampled
def test_subqueries_see_the_row_around_them(apes: Database) -> None:
    @samples(60)
    @given(rows(4), rows(4), condition(Bee, 1), st.sampled_from(["exists", "not exists", "in", "not in"]))
    def check(outer: list[Row], inner: list[Row], test: Pair, how: str) -> None:
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, outer)
            fill(tx, Bee, inner)
            kept = [row for row in inner if test.value(row) is True]
            same = select(Bee.id).where(Bee.a == Ape.a, test.expr)
            among = select(Bee.a).where(test.expr)
            wanted: list[int]
            match how:
                case "exists":
                    query = select(Ape.id).where(exists(same))
                    wanted = [ape.id for ape in outer if any(ape.a is not None and ape.a == bee.a for bee in kept)]
                case "not exists":
                    query = select(Ape.id).where(~exists(same))
                    wanted = [ape.id for ape in outer if not any(ape.a is not None and ape.a == bee.a for bee in kept)]
                case "in":
                    query = select(Ape.id).where(Ape.b.in_(among))
                    wanted = [ape.id for ape in outer if is_in(ape.b, [bee.a for bee in kept]) is True]
                case _:
                    known = [bee.a for bee in kept if bee.a is not None]
                    query = select(Ape.id).where(Ape.b.not_in(among.where(Bee.a.is_not_null())))
                    wanted = [ape.id for ape in outer if negated(is_in(ape.b, known)) is True]
            assert tx.all(query.order_by(Ape.id)).unwrap() == wanted

    check()
