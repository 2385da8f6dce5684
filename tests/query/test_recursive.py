"""WITH RECURSIVE: trees, graphs with cycles, and what PostgreSQL refuses."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    QueryError,
    Select,
    Shape,
    Tx,
    alias,
    compile,
    cte,
    exists,
    fn,
    many,
    pg,
    prepare,
    recursive,
    select,
    subquery,
    value,
)
from tests.query.model import Ape, Bee, Row, fill

# `a` is the parent of an ape: 0 is the root, 6 and 7 are each other's.
PARENTS = {0: None, 1: 0, 2: 0, 3: 1, 4: 3, 5: None, 6: 7, 7: 6}


class Step(Shape):
    id: Col[int]
    depth: Col[int]
    path: Col[str]


class Reached(Shape):
    id: Col[int]


@pytest.fixture
def tx(apes: Database) -> Iterator[Tx]:
    with apes.transaction(rollback=True) as tx:
        fill(tx, Ape, [Row(id, parent, id, f"n{id}", True) for id, parent in PARENTS.items()])
        yield tx


def below(root: int) -> type[Step]:
    return recursive(
        select(Ape.id, value(0), fn.coalesce(Ape.s, "")).where(Ape.id == root).map(Step),
        lambda above: (
            select(Ape.id, above.depth + 1, above.path + "/" + fn.coalesce(Ape.s, ""))
            .join(above, on=Ape.a == above.id)
            .map(Step)
        ),
    )


def in_python(root: int) -> list[Step]:
    found = [Step(id=root, depth=0, path=f"n{root}")]
    for each in found:
        found += [
            Step(id=id, depth=each.depth + 1, path=f"{each.path}/n{id}")
            for id, parent in PARENTS.items()
            if parent == each.id
        ]
    return found


@pytest.mark.parametrize("root", [0, 1, 4, 5])
def test_a_tree_with_depth(tx: Tx, root: int) -> None:
    tree = below(root)
    assert sorted(tx.all(select(tree)).unwrap(), key=str) == sorted(in_python(root), key=str)
    assert tx.one(select(fn.max(tree.depth))).unwrap() == max(each.depth for each in in_python(root))


def test_whole_rows_of_a_table(tx: Tx) -> None:
    tree = recursive(select(Ape).where(Ape.id == 1), lambda above: select(Ape).join(above, on=Ape.a == above.id))
    assert [row.id for row in tx.all(select(tree).order_by(tree.id)).unwrap()] == [1, 3, 4]
    assert tx.all(select(Ape.id).where(Ape.id.in_(select(tree.id))).order_by(Ape.id)).unwrap() == [1, 3, 4]


def test_a_graph_with_a_cycle(tx: Tx) -> None:
    met = recursive(
        select(Ape.id).where(Ape.id == 6).map(Reached),
        lambda above: select(Ape.id).join(above, on=Ape.a == above.id).map(Reached),
        distinct=True,
    )
    assert b") UNION (" in compile(select(met)).sql
    assert tx.all(select(met.id).order_by(met.id)).unwrap() == [6, 7]
    bounded = recursive(
        select(Ape.id, value(0), fn.concat("")).where(Ape.id == 6).map(Step),
        lambda above: (
            select(Ape.id, above.depth + 1, above.path)
            .join(above, on=Ape.a == above.id)
            .where(above.depth < 3)
            .map(Step)
        ),
    )
    assert tx.all(select(bounded.id).order_by(bounded.depth)).unwrap() == [6, 7, 6, 7]


def test_two_in_one_query_and_one_that_reads_another(tx: Tx) -> None:
    one, other = below(0), below(1)
    both = select(one.id).join(other, on=one.id == other.id).order_by(one.id)
    assert tx.all(both).unwrap() == [1, 3, 4]
    assert compile(both).sql.count(b"WITH RECURSIVE") == 1
    again = alias(one, "again")
    pairs = select(one.id, again.id).join(again, on=again.depth == one.depth + 2).order_by(one.id, again.id)
    assert tx.all(pairs).unwrap() == [(0, 3), (1, 4), (2, 4)]
    lists = select(Ape.id, many(select(one.depth).where(one.id == Ape.id))).where(Ape.id < 3).order_by(Ape.id)
    assert tx.all(lists).unwrap() == [(0, [0]), (1, [1]), (2, [1])]


@prepare
def found_below(root: int) -> Select[int]:
    tree = recursive(
        select(Ape.id).where(Ape.id == root).map(Reached),
        lambda above: select(Ape.id).join(above, on=Ape.a == above.id).map(Reached),
    )
    return select(tree.id).order_by(tree.id)


def test_in_a_prepared_query(tx: Tx) -> None:
    assert tx.all(found_below(1)).unwrap() == [1, 3, 4]
    assert tx.all(found_below(3)).unwrap() == [3, 4]


def test_it_is_a_value() -> None:
    assert select(below(1).id) != select(below(2).id)  # each has a value of its own
    plain = [
        recursive(select(Ape), lambda above: select(Ape).join(above, on=Ape.a == above.id), name="tree")
        for _ in range(2)
    ]
    one, other = (select(tree.id) for tree in plain)
    assert one == other
    assert hash(one) == hash(other)
    assert one.node != other.node
    assert repr(one.node).count("QuerySource#1(") == 1
    assert repr(one.node).count("RecursiveSource#2") > 1
    assert one != select(cte(select(Ape), name="tree").id)


def stepped(step: Callable[[Any], Any]) -> Select[Any]:
    return select(recursive(select(Ape.id).map(Reached), step, name="tree"))


inner = alias(Ape, "inner")
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "never read": (lambda: stepped(lambda _: select(Bee.id).map(Reached)), "reads from tree never: join it"),
    "read twice": (
        lambda: stepped(lambda tree: select(tree.id).map(Reached).union_all(select(tree.id).map(Reached))),
        "reads from tree 2 times: PostgreSQL allows one",
    ),
    "in exists": (
        lambda: stepped(
            lambda tree: select(Ape.id).where(exists(select(tree.id).where(tree.id == Ape.a))).map(Reached)
        ),
        "tree is read in a query in an expression",
    ),
    "behind an outer join": (
        lambda: stepped(lambda tree: select(Ape.id).left_join(tree, on=tree.id == Ape.a).map(Reached)),
        "the side of an outer join",
    ),
    "in a CTE": (
        lambda: stepped(lambda tree: select(cte(select(tree.id).map(Reached)))),
        "tree is read in another CTE",
    ),
    "in except": (
        lambda: stepped(lambda tree: select(Ape.id).map(Reached).except_(select(tree.id).map(Reached))),
        "tree is read in the second query of except_",
    ),
    "in intersect all": (
        lambda: stepped(lambda tree: select(Ape.id).map(Reached).intersect_all(select(tree.id).map(Reached))),
        "tree is read in INTERSECT ALL",
    ),
    "an aggregate": (
        lambda: stepped(lambda tree: select(fn.count(tree.id)).map(Reached)),
        r"PostgreSQL knows no count\(...\) in a recursive query",
    ),
    "another type": (
        lambda: recursive(
            select(fn.coalesce(value(1).cast(pg.integer), 0)).map(Reached),
            lambda tree: select(fn.coalesce(tree.id.cast(pg.bigint), 0)).map(Reached),
        ),
        "is integer in the first rows and bigint in those after them: cast it in the first query",
    ),
    "other rows": (
        lambda: stepped(lambda tree: select(tree.id)),
        r"^recursive: the first query gives rows of Reached, .* gives other rows: end it with .map\(Reached\) or .into",
    ),
    "an alias of itself": (lambda: stepped(lambda tree: select(alias(tree, "x"))), "needs no alias there"),
    "no query": (lambda: stepped(lambda tree: tree), "gives the query that reads from its rows"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_postgresql_refuses_is_said_where_it_is_built(case: str) -> None:
    build, message = REFUSED[case]
    with pytest.raises(QueryError, match=message):
        build()


def test_it_cannot_be_read_outside_of_its_own_query() -> None:
    kept: list[Any] = []

    def step(above: Any) -> Any:
        kept.append(above)
        return select(Ape.id).join(above, on=Ape.a == above.id).map(Reached)

    tree = recursive(select(Ape.id).map(Reached), step, name="tree")
    with pytest.raises(QueryError, match="tree stands for a recursive CTE inside of its own query"):
        compile(select(kept[0].id))
    with pytest.raises(QueryError, match="tree stands for a recursive CTE inside of its own query"):
        compile(select(tree.id, kept[0].id).cross_join(kept[0]))
    with pytest.raises(QueryError, match=r"is not in the query|is another one"):
        compile(select(tree.id).where(kept[0].id == 1))


def test_a_subquery_in_from_may_read_it(tx: Tx) -> None:
    def step(above: type[Reached]) -> Select[Reached]:
        rows = subquery(select(above.id).map(Reached))
        return select(Ape.id).join(rows, on=Ape.a == rows.id).map(Reached)

    tree = recursive(select(Ape.id).where(Ape.id == 1).map(Reached), step)
    assert tx.all(select(tree.id).order_by(tree.id)).unwrap() == [1, 3, 4]
