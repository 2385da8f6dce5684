"""Random recursive CTEs give the rows that a loop over Python lists gives: trees, depths, paths, graphs with cycles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from qb import Col, Database, Select, Shape, case, fn, pg, recursive, select, sql, value
from tests.query.model import Ape, Row, fill, numbers, texts
from tests.samples import samples


class Met(Shape):
    id: Col[int]
    depth: Col[int]
    path: Col[str | None]
    total: Col[int | None]


class Id(Shape):
    id: Col[int]


Fields = tuple[int, int, str | None, int | None]


@dataclass(frozen=True)
class First:
    """A column of the first rows, and what it is of a row."""

    expr: Any
    of: Callable[[Row], Any]


@dataclass(frozen=True)
class Later:
    """A column of the later rows, made of a row that is there and one of the table; and what it is in Python."""

    expr: Callable[[Any], Any]
    of: Callable[[Fields, Row], Any]


@dataclass(frozen=True)
class Way:
    """Which rows follow on which."""

    expr: Callable[[Any], Any]
    meets: Callable[[int, Row], bool]


@dataclass(frozen=True)
class Program:
    """A recursive query, as what it is made of."""

    start: int
    path: First
    total: First
    later_path: Later
    later_total: Later
    way: Way
    depth: int
    distinct: bool


def either(x: Any, y: Any, operator: Callable[[Any, Any], Any]) -> Any:
    return None if x is None or y is None else operator(x, y)


PATHS = [
    First(Ape.s, lambda row: row.s),
    First(fn.coalesce(Ape.s, "?"), lambda row: "?" if row.s is None else row.s),
    First(Ape.s + "/", lambda row: None if row.s is None else f"{row.s}/"),
]
TOTALS = [
    First(Ape.b, lambda row: row.b),
    First(Ape.id, lambda row: row.id),
    First(value(1), lambda _: 1),
    First(Ape.b * 2, lambda row: None if row.b is None else row.b * 2),
]
LATER_PATHS = [
    Later(lambda above: above.path, lambda before, _: before[2]),
    Later(lambda _: Ape.s, lambda _, row: row.s),
    Later(
        lambda above: above.path + "/" + Ape.s, lambda before, row: either(before[2], row.s, lambda x, y: f"{x}/{y}")
    ),
    Later(lambda above: fn.concat(Ape.s, above.path), lambda before, row: (row.s or "") + (before[2] or "")),
    Later(lambda above: fn.coalesce(above.path, Ape.s), lambda before, row: row.s if before[2] is None else before[2]),
]
LATER_TOTALS = [
    Later(lambda above: above.total, lambda before, _: before[3]),
    Later(lambda _: Ape.b, lambda _, row: row.b),
    Later(lambda above: above.total + Ape.id, lambda before, row: either(before[3], row.id, lambda x, y: x + y)),
    Later(lambda above: above.total * 2 - Ape.b, lambda before, row: either(before[3], row.b, lambda x, y: x * 2 - y)),
    Later(lambda above: case((Ape.ok, above.total), else_=Ape.a), lambda before, row: before[3] if row.ok else row.a),
]
WAYS = [
    Way(lambda above: Ape.a == above.id, lambda id, row: row.a == id),
    Way(lambda above: (Ape.a == above.id) | (Ape.b == above.id), lambda id, row: id in (row.a, row.b)),
    Way(lambda above: (Ape.a == above.id) & (Ape.id != above.id), lambda id, row: row.a == id != row.id),
    Way(lambda above: Ape.id < above.id, lambda id, row: row.id < id),
]


def graphs(size: int) -> SearchStrategy[list[Row]]:
    """Rows that refer to each other by `a` and `b`, in trees and in cycles; some refer to nobody."""
    ids = st.none() | st.integers(0, size - 1)
    one = st.builds(Row, id=st.just(0), a=ids, b=ids | numbers, s=st.none() | texts, ok=st.none() | st.booleans())
    several = st.lists(one, min_size=1, max_size=size)
    return several.map(lambda some: [msgspec.structs.replace(row, id=n) for n, row in enumerate(some)])


def trees(size: int) -> SearchStrategy[list[Row]]:
    """The same without cycles: `a` is of a row before, and so nobody's for the first one."""
    return graphs(size).map(
        lambda some: [
            msgspec.structs.replace(row, a=None if row.a is None or not row.id else row.a % row.id) for row in some
        ]
    )


programs = st.builds(
    Program,
    start=st.integers(0, 2),
    path=st.sampled_from(PATHS),
    total=st.sampled_from(TOTALS),
    later_path=st.sampled_from(LATER_PATHS),
    later_total=st.sampled_from(LATER_TOTALS),
    way=st.sampled_from(WAYS),
    depth=st.integers(0, 3),
    distinct=st.booleans(),
)


def query(program: Program) -> Select[Any]:
    first = select(Ape.id, value(0), program.path.expr, program.total.expr).where(Ape.id <= program.start).map(Met)

    def step(above: Any) -> Any:
        path, total = program.later_path.expr(above), program.later_total.expr(above)
        rows = select(Ape.id, above.depth + 1, path, total).join(above, on=program.way.expr(above))
        return rows.where(above.depth < program.depth).map(Met)

    return select(recursive(first, step, distinct=program.distinct))


def in_python(program: Program, table: Sequence[Row]) -> list[Fields]:
    """The same by PostgreSQL's own description of it: a working table that makes the next one until it is empty."""
    working: list[Fields] = [
        (row.id, 0, program.path.of(row), program.total.of(row)) for row in table if row.id <= program.start
    ]
    found: list[Fields] = []
    while working:
        if program.distinct:
            working = [each for each in dict.fromkeys(working) if each not in found]
        found += working
        working = [
            (row.id, before[1] + 1, program.later_path.of(before, row), program.later_total.of(before, row))
            for before in working
            for row in table
            if program.way.meets(before[0], row) and before[1] < program.depth
        ]
    return found


def ordered(rows: list[Fields]) -> list[Fields]:
    return sorted(rows, key=repr)


@pytest.mark.sampled
def test_what_a_loop_gives(apes: Database) -> None:
    @samples(60)
    @given(graphs(5), programs)
    def check(table: list[Row], program: Program) -> None:
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, table)
            rows = tx.all(query(program)).unwrap()
        assert ordered([(row.id, row.depth, row.path, row.total) for row in rows]) == ordered(in_python(program, table))

    check()


@pytest.mark.sampled
def test_a_tree_is_walked_to_its_leaves(apes: Database) -> None:
    down = recursive(
        select(Ape.id, value(0), fn.coalesce(Ape.s, ""), Ape.id).where(Ape.a.is_null()).map(Met),
        lambda above: (
            select(Ape.id, above.depth + 1, above.path + "/" + fn.coalesce(Ape.s, ""), above.total)
            .join(above, on=Ape.a == above.id)
            .map(Met)
        ),
    )

    @samples(40)
    @given(trees(7))
    def check(table: list[Row]) -> None:
        expected: dict[int, Fields] = {}
        for row in table:  # what a row refers to stands before it
            name = row.s or ""
            if row.a is None:
                expected[row.id] = (row.id, 0, name, row.id)
            else:
                _, depth, path, root = expected[row.a]
                expected[row.id] = (row.id, depth + 1, f"{path}/{name}", root)
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, table)
            rows = tx.all(select(down).order_by(down.id)).unwrap()
        assert [(row.id, row.depth, row.path, row.total) for row in rows] == list(expected.values())

    check()


@pytest.mark.sampled
def test_a_graph_with_cycles_comes_to_an_end(apes: Database) -> None:
    reached = recursive(
        select(Ape.id).where(Ape.id == 0).map(Id),
        lambda above: select(Ape.id).join(above, on=(Ape.a == above.id) | (Ape.b == above.id)).map(Id),
        distinct=True,
    )
    # Without UNION, a path says where one has been.
    walk = recursive(
        select(Ape.id, value(0), value("/0/"), Ape.a).where(Ape.id == 0).map(Met),
        lambda above: (
            select(Ape.id, above.depth + 1, above.path + Ape.id.cast(pg.text) + "/", Ape.a)
            .join(above, on=Ape.a == above.id)
            .where(sql("strpos({p}, '/' || {i} || '/') = 0", p=above.path, i=Ape.id).as_(bool, not_null=True))
            .map(Met)
        ),
    )

    @samples(40)
    @given(graphs(6))
    def check(table: list[Row]) -> None:
        ids = [0]
        for id in ids:
            ids += [row.id for row in table if id in (row.a, row.b) and row.id not in ids]
        paths: list[list[int]] = [[0]]
        for path in paths:
            paths += [[*path, row.id] for row in table if row.a == path[-1] and row.id not in path]
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, table)
            assert sorted(tx.all(select(reached.id)).unwrap()) == sorted(ids)
            rows = tx.all(select(walk.id, walk.depth, walk.path)).unwrap()
        assert sorted(rows, key=repr) == sorted(
            ((path[-1], len(path) - 1, f"/{'/'.join(map(str, path))}/") for path in paths), key=repr
        )

    check()
