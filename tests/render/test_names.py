"""A column is that of the relation it was taken from, whatever the relations around it are called."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    Expr,
    QueryError,
    Select,
    Shape,
    Success,
    Tx,
    alias,
    column,
    compile,
    cte,
    delete,
    excluded,
    exists,
    fn,
    insert,
    insert_from,
    many,
    new,
    prepare,
    select,
    sql,
    subquery,
    update,
)
from qb import Table as QbTable
from qb.run.session.executable import Executables
from tests.query.model import Ape, Bee, Row, fill

APES = [Row(n, n % 3, n - 1, "x", n % 2 == 0) for n in range(6)]
BEES = [Row(n, n % 4, n, "y", None) for n in range(5)]


class Pair(Shape):
    id: Col[int]
    a: Col[int | None]


@pytest.fixture
def tx(apes: Database) -> Iterator[Tx]:
    with apes.transaction(rollback=True) as tx:
        fill(tx, Ape, APES)
        fill(tx, Bee, BEES)
        yield tx


def big(n: int) -> type[Bee]:
    return subquery(select(Bee).where(Bee.id > n))


def big_cte(n: int) -> type[Bee]:
    return cte(select(Bee).where(Bee.id > n))


def named(n: int) -> type[Bee]:
    return subquery(select(Bee).where(Bee.id > n), name="big")


def named_cte(n: int) -> type[Bee]:
    return cte(select(Bee).where(Bee.id > n), name="big")


def other(_: int) -> type[Bee]:
    return alias(Bee, "big")


HELPERS = [big, big_cte, named, named_cte, other]


def least(helper: Callable[[int], type[Bee]], n: int) -> int:
    """The least id that a helper's relation has."""
    return 0 if helper is other else n + 1


@pytest.mark.parametrize("n", [0, 1])
@pytest.mark.parametrize("helper", HELPERS)
def test_a_helper_is_called_twice_in_one_query(tx: Tx, helper: Callable[[int], type[Bee]], n: int) -> None:
    outer, inner = range(least(helper, 0), 5), range(least(helper, n), 5)
    s, u = helper(0), helper(n)
    two_levels = select(s.id).where(exists(select(u.id).where(u.id == s.id + 1))).order_by(s.id)
    assert tx.all(two_levels) == Success([x for x in outer if x + 1 in inner])
    one_level = select(s.id, u.id).join(u, on=u.id == s.id + 1).order_by(s.id)
    assert tx.all(one_level) == Success([(x, x + 1) for x in outer if x + 1 in inner])
    lists = select(s.id, many(select(u.id).where(u.id <= s.id).order_by(u.id))).order_by(s.id)
    assert tx.all(lists) == Success([(x, [y for y in inner if y <= x]) for x in outer])
    scalar = select(s.id, select(fn.count()).from_(u).where(u.id < s.id).as_scalar()).order_by(s.id)
    assert tx.all(scalar) == Success([(x, sum(y < x for y in inner)) for x in outer])
    either = select(s.id).union_all(select(u.id).where(u.id > 2)).order_by(s.id)
    assert tx.all(either) == Success(sorted([*outer, *(y for y in inner if y > 2)]))


@pytest.mark.parametrize("helper", HELPERS)
def test_a_helper_is_called_at_three_levels(tx: Tx, helper: Callable[[int], type[Bee]]) -> None:
    a, b, c = helper(0), helper(1), helper(2)
    inmost = select(c.id).where(c.id > b.id, c.id > a.id).order_by(c.id)
    middle = select(b.id, many(inmost)).where(b.id >= a.id).order_by(b.id)
    deep = select(a.id, many(middle))
    first, second, third = (range(least(helper, n), 5) for n in range(3))
    wanted = [(x, [(y, [z for z in third if z > y and z > x]) for y in second if y >= x]) for x in first]
    assert tx.all(deep.order_by(a.id)) == Success(wanted)


def test_one_alias_at_two_levels(tx: Tx) -> None:
    x, y = alias(Ape, "q"), alias(Bee, "q")
    same = select(x.id).where(exists(select(y.id).where(y.a == x.id, y.id > 2))).order_by(x.id)
    assert tx.all(same) == Success([0, 3])
    assert '"model"."bees" AS "q_2"' in compile(same).sql.decode()


def test_an_inner_alias_called_like_an_outer_table(tx: Tx) -> None:
    inner = alias(Bee, "apes")
    query = select(Ape.id).where(exists(select(inner.id).where(inner.a == Ape.id, inner.id > 2))).order_by(Ape.id)
    assert tx.all(query) == Success([0, 3])


def test_an_inner_table_called_like_an_outer_alias(tx: Tx) -> None:
    outer = alias(Bee, "apes")
    query = select(outer.id).where(exists(select(Ape.id).where(Ape.a == outer.id, Ape.id > 3))).order_by(outer.id)
    assert tx.all(query) == Success([1, 2])
    assert '"model"."apes" AS "apes_2"' in compile(query).sql.decode()


def test_a_cte_called_like_an_inner_alias(tx: Tx) -> None:
    rows = cte(select(Ape).where(Ape.id > 2), name="zz")
    inner = alias(Bee, "zz")
    query = select(rows.id).where(exists(select(inner.id).where(inner.id == rows.id - 1))).order_by(rows.id)
    assert tx.all(query) == Success([3, 4, 5])
    turned = select(inner.id).where(exists(select(rows.id).where(rows.id == inner.id + 1))).order_by(inner.id)
    assert tx.all(turned) == Success([2, 3, 4])


def test_an_alias_of_a_cte_is_the_same_cte(tx: Tx) -> None:
    rows = cte(select(Ape).where(Ape.id > 2))
    again = alias(rows, "again")
    query = select(rows.id, again.id).join(again, on=again.id == rows.id + 1).order_by(rows.id)
    assert tx.all(query) == Success([(3, 4), (4, 5)])
    assert compile(query).sql.count(b" AS (SELECT") == 1


def test_writes_with_helpers_called_twice(tx: Tx) -> None:
    s, u = big(0), big(2)
    changed = update(Ape).set(Ape.a.to(s.id)).from_(s).where(s.id == Ape.id, exists(select(u.id).where(u.id == s.id)))
    assert tx.all(changed.returning(Ape.id, s.id)).unwrap() == [(3, 3), (4, 4)]
    x, y = alias(Bee, "q"), alias(Ape, "q")
    gone = delete(Ape).using(x).where(x.id == Ape.id, exists(select(y.id).where(y.b == x.id + 2)))
    assert sorted(tx.all(gone.returning(Ape.id, x.id)).unwrap()) == [(0, 0), (1, 1), (2, 2)]
    one, two = big(3), big(3)
    copied = insert_from(Ape, select(one.id + 100, two.a).join(two, on=two.id == one.id), Ape.id, Ape.a)
    assert tx.all(copied.returning(Ape.id)) == Success([104])


def test_a_relation_called_excluded(tx: Tx) -> None:
    inner = alias(Bee, "excluded")
    highest = select(fn.max(inner.id)).where(inner.id <= excluded(Ape.b)).as_scalar()
    row = new(Ape)(id=1, a=0, b=3, s="", ok=None)
    upsert = insert(row).on_conflict(Ape.id, update=[Ape.a.to(highest)])
    assert tx.all(upsert.returning(Ape.a)) == Success([3])


def test_helpers_in_prepared_queries_and_their_variants(tx: Tx) -> None:
    @prepare
    def after(first: int, least: int | None = None) -> Select[int]:
        s, u = big_after(first), big_after(first)
        found = select(s.id).where(exists(select(u.id).where(u.id == s.id + 1))).order_by(s.id)
        return found if least is None else found.where(s.id >= least)

    def big_after(n: int) -> type[Bee]:
        return subquery(select(Bee).where(Bee.id > n))

    assert tx.all(after(0)) == Success([1, 2, 3])
    assert tx.all(after(1)) == Success([2, 3])
    assert tx.all(after(0, 2)) == Success([2, 3])


def test_two_builds_of_a_query_are_one_statement() -> None:
    statements = Executables()

    def build(n: int) -> Select[tuple[int, int]]:
        s, u, x, y = big(n), big_cte(n + 1), alias(Ape, "q"), alias(Ape, "q")
        seen = exists(select(y.id).where(y.id == x.id + 1))
        return select(s.id, u.id).join(u, on=u.id == s.id).join(x, on=x.id == s.id).where(seen)

    one, values = statements.resolve(build(1))
    other, others = statements.resolve(build(5))
    assert one is other
    assert (list(values), list(others)) == ([2, 1, 1], [6, 5, 1])


def test_which_relation_a_column_is_of_is_part_of_the_statement() -> None:
    statements = Executables()

    def build(turned: bool) -> Select[int]:
        s, u = big(0), big(0)
        chosen = u if turned else s
        return select(chosen.id).from_(s).join(u, on=u.id == s.id + 1)

    one, _ = statements.resolve(build(False))
    other, _ = statements.resolve(build(True))
    assert one is not other
    assert one.sql != other.sql


def test_builds_of_a_query_without_values_are_equal() -> None:
    def build() -> Select[int]:
        s = subquery(select(Ape).where(Ape.a == Ape.b))
        x = alias(Bee, "x")
        return select(s.id).join(x, on=x.id == s.id)

    assert build() == build()
    assert hash(build()) == hash(build())
    assert build() != build().where(Ape.ok)
    assert select(Ape.id).where(Ape.id == 1) != select(Ape.id).where(Ape.id == 1)  # values are never compared


def test_numbers_pass_over_names_that_are_taken(tx: Tx) -> None:
    one, two = subquery(select(Ape), name="subquery_1"), subquery(select(Bee))
    assert tx.all(select(one.id, two.id).join(two, on=two.id == one.id + 4)) == Success([(0, 4)])
    first, second = cte(select(Ape), name="cte_1"), cte(select(Bee))
    assert tx.all(select(first.id, second.id).join(second, on=second.id == first.id + 4)) == Success([(0, 4)])
    assert 'WITH "cte_1"' in compile(select(first.id)).sql.decode()


def test_numbers_pass_over_tables(qb_tx: Tx) -> None:
    class Plain(QbTable, name="cte_1"):
        id: Col[int] = column(primary_key=True)

    qb_tx.execute(sql("CREATE TABLE cte_1 (id bigint PRIMARY KEY)").command()).unwrap()
    qb_tx.execute(insert(new(Plain)(id=7))).unwrap()
    rows = cte(select(Plain))
    assert qb_tx.all(select(rows.id, Plain.id).join(Plain, on=Plain.id == rows.id)) == Success([(7, 7)])
    raw: Expr[int] = sql("(SELECT max(id) FROM cte_1)").as_(int, not_null=True)
    assert qb_tx.all(select(cte(select(Plain.id + 1, Plain.id).map(Pair)), raw)) == Success([(Pair(8, 7), 7)])


def test_a_name_that_is_as_long_as_can_be_is_cut_before_its_number(tx: Tx) -> None:
    x, y, z = alias(Ape, "ä" * 31 + "x"), alias(Bee, "ä" * 31 + "x"), alias(Ape, "ä" * 31 + "x")
    seen = exists(select(y.id).where(y.id == x.id, exists(select(z.id).where(z.b == y.id, z.b == x.id))))
    assert tx.all(select(x.id).where(seen).order_by(x.id)) == Success([0, 1, 2, 3, 4])


def test_locks_flags_and_raw_sql_use_the_name_that_was_given(tx: Tx) -> None:
    x, y = alias(Ape, "q"), alias(Ape, "q")
    locked = select(x.id, y.id).join(y, on=y.id == x.id + 1).for_("update", of=y).order_by(x.id)
    assert tx.all(locked).unwrap()[0] == (0, 1)
    assert b'FOR UPDATE OF "q_2"' in compile(locked).sql
    total: Expr[int] = sql("{b} + {y}.id", b=x.id, y=y).as_(int, not_null=True)
    assert tx.all(select(total).from_(x).join(y, on=y.id == x.id + 1).order_by(x.id)).unwrap()[:2] == [1, 3]


def test_raw_sql_with_a_table_that_had_to_be_renamed_is_refused() -> None:
    outer = alias(Bee, "apes")
    inner = select(Ape.id).where(sql("{t}.id = 1", t=Ape).as_(bool, not_null=True))
    with pytest.raises(QueryError, match='another relation around it is called "apes" too: give that one another name'):
        compile(select(outer.id).where(exists(inner.where(Ape.id == outer.id))))


@pytest.mark.parametrize(
    "build",
    [
        lambda: select(alias(Ape, "x").id).from_(alias(Ape, "x")),
        lambda: select(big(0).id).from_(big(0)),
        lambda: select(big_cte(0).id).from_(big_cte(0)),
        lambda: select(named_cte(0).id).from_(named_cte(0)),
    ],
)
def test_another_call_makes_another_relation(build: Callable[[], Select[Any]]) -> None:
    with pytest.raises(QueryError, match=r"is another one: each call of alias\(\.\.\.\), cte\(\.\.\.\) or subquery"):
        compile(build())


def test_chained_ctes_that_are_used_twice_are_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    scope = import_module("qb.tree.scope")
    of_a_select = vars(scope)["_reads"]

    def counted(*args: Any) -> None:
        calls.append(args)
        of_a_select(*args)

    monkeypatch.setattr(scope, "_reads", counted)
    for make in (cte, subquery):
        calls.clear()
        level = make(select(Ape.id, Ape.a).map(Pair))
        for _ in range(8):
            again = alias(level, "again")
            level = make(select(level.id, again.a).join(again, on=again.id == level.id).map(Pair))
        compile(select(level))
        assert len(calls) == 10


class Numbered(QbTable, name="cte_1"):
    id: Col[int] = column(primary_key=True)


class Kept(Shape):
    id: Col[int]


def test_a_cte_is_never_taken_for_the_table_of_an_alias(tx: Tx) -> None:
    tx.execute(sql("CREATE TABLE cte_1 (id bigint PRIMARY KEY)").command()).unwrap()
    tx.execute(insert(*(new(Numbered)(id=n) for n in (1, 2, 3)))).unwrap()
    one, other = cte(select(Ape.id).where(Ape.id == 1).map(Kept)), alias(Numbered, "other")
    joined = select(other.id).join(one, on=one.id <= other.id).order_by(other.id)
    assert tx.all(joined) == Success([1, 2, 3])
    assert tx.all(select(one.id, many(select(other.id).order_by(other.id)))) == Success([(1, [1, 2, 3])])
    assert tx.all(select(one.id).where(exists(select(other.id).where(other.id == 3)))) == Success([1])
    least = select(fn.min(one.id)).as_scalar()
    gone = delete(Numbered).where(Numbered.id >= least, ~exists(select(other.id).where(other.id == Numbered.id)))
    assert tx.execute(gone) == Success(0)


def test_a_cte_called_as_the_table_of_an_alias_is_refused() -> None:
    named, other = cte(select(Bee.id).map(Kept), name="cte_1"), alias(Numbered, "other")
    with pytest.raises(QueryError, match=r'a CTE and a table are both called "cte_1": give the CTE another name'):
        compile(select(other.id).join(named, on=named.id <= other.id))
