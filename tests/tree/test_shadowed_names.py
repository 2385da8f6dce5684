"""Random queries inside queries, whose relations are often called the same, mean what they mean on Python lists.

Relations are of every kind, tables, aliases, CTEs and subqueries, with few names or none; conditions compare columns of
any two levels. What a query means is computed without names: a relation is an object, and has a row.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from qb import Database, Select, Success, alias, cte, exists, fn, many, select, subquery
from qb.query.from_clause import relation_of
from qb.tree.relations import name_of
from tests.query.model import Ape, Bee, Row, fill, is_in, strict
from tests.samples import samples

KINDS = ["table", "alias", "subquery", "named subquery", "cte", "alias of a cte"]
NAMES = ["q", "apes", "bees"]
parents = st.integers(0, 3) | st.none()
COMPARISONS: list[Callable[[Any, Any], Any]] = [operator.eq, operator.le, operator.gt, operator.ne]
Env = dict[int, Row]
Meaning = Callable[[Env], Any]


@dataclass(frozen=True)
class Level:
    """A relation of a query: what qb reads from, which rows it has, and where its row is found."""

    number: int
    table: Any
    contents: Sequence[Row]


class Drawn:
    """A query being drawn, and what it means."""

    def __init__(self, draw: DrawFn, apes: list[Row], bees: list[Row]) -> None:
        self.draw = draw
        self.contents: dict[Any, list[Row]] = {Ape: apes, Bee: bees}
        self.count = 0

    def relation(self, around: Sequence[Level]) -> Level:
        """A table is only read where nothing around it reads it: it is one relation, wherever it stands."""
        self.count += 1
        table: Any = self.draw(st.sampled_from([Ape, Bee]))
        kind, name = self.draw(st.sampled_from(KINDS)), self.draw(st.sampled_from(NAMES))
        least = self.draw(st.integers(0, 1))
        rows = self.contents[table]
        some: Any = select(table).where(table.id >= least)
        match kind:
            case "table" if all(level.table is not table for level in around):
                return Level(self.count, table, rows)
            case "subquery":
                return Level(self.count, subquery(some), rows[least:])
            case "named subquery":
                return Level(self.count, subquery(some, name=name), rows[least:])
            case "cte":
                return Level(self.count, cte(some), rows[least:])
            case "alias of a cte":
                return Level(self.count, alias(cte(some), name), rows[least:])
            case _:
                return Level(self.count, alias(table, name), rows)

    def value(self, levels: Sequence[Level]) -> tuple[Any, Meaning]:
        """A column of any level."""
        level, name = self.draw(st.sampled_from(levels)), self.draw(st.sampled_from(["id", "a"]))
        return getattr(level.table, name), lambda env: getattr(env[level.number], name)

    def comparison(self, left: tuple[Any, Meaning], right: tuple[Any, Meaning]) -> tuple[Any, Meaning]:
        compare = self.draw(st.sampled_from(COMPARISONS))
        return compare(left[0], right[0]), lambda env: strict(compare)(left[1](env), right[1](env))

    def condition(self, levels: Sequence[Level], depth: int) -> tuple[Any, Meaning]:
        """Columns of any levels compared, or with what a query inside finds."""
        kind = self.draw(st.sampled_from(["compare", "exists", "in", "count"])) if depth else "compare"
        left = self.value(levels)
        if kind == "compare":
            return self.comparison(left, self.value(levels))
        inner, where, found = self.inside(levels, depth - 1)
        ids = select(inner.table.id).from_(inner.table).where(*where)
        if kind == "exists":
            return exists(ids), lambda env: bool(found(env))
        if kind == "in":
            return left[0].in_(ids), lambda env: is_in(left[1](env), [row.id for row in found(env)])
        counted = select(fn.count()).from_(inner.table).where(*where).as_scalar()
        return self.comparison(left, (counted, lambda env: len(found(env))))

    def inside(self, around: Sequence[Level], depth: int) -> tuple[Level, list[Any], Callable[[Env], list[Row]]]:
        """A relation that is tied to one around it, its conditions, and its rows beside those around it."""
        inner = self.relation(around)
        tests = [self.comparison((inner.table.id, lambda env: env[inner.number].id), self.value(around))]
        tests += [self.condition([*around, inner], depth) for _ in range(self.draw(st.integers(0, 1)))]

        def found(env: Env) -> list[Row]:
            both = [(row, {**env, inner.number: row}) for row in inner.contents]
            return [row for row, here in both if all(meaning(here) is True for _, meaning in tests)]

        return inner, [test for test, _ in tests], found

    def query(self) -> tuple[Select[Any], list[Any]]:
        """Rows of one or two relations, each with a list of lists, and what they are."""
        levels = [self.relation([])]
        envs: list[Env] = [{levels[0].number: row} for row in levels[0].contents]
        other = self.relation(levels)
        # Side by side one name for two different things is refused.
        pair = len({name_of(relation_of(each.table, "join")) for each in (*levels, other)}) == 2
        if pair and self.draw(st.booleans()):
            levels.append(other)
            envs = [{**env, other.number: row} for env in envs for row in other.contents]
        test, meaning = self.condition(levels, 2)
        inner, where, found = self.inside(levels, 1)
        inmost, deeper, found_deeper = self.inside([*levels, inner], 0)
        lists = many(select(inmost.table.id).from_(inmost.table).where(*deeper).order_by(inmost.table.id))
        rows = many(select(inner.table.id, lists).from_(inner.table).where(*where).order_by(inner.table.id))
        keys = [level.table.id for level in levels]
        query: Any = select(rows, *keys).from_(levels[0].table)
        for level in levels[1:]:
            query = query.cross_join(level.table)
        wanted = [
            (
                [(row.id, [deep.id for deep in found_deeper({**env, inner.number: row})]) for row in found(env)],
                *(env[level.number].id for level in levels),
            )
            for env in envs
            if meaning(env) is True
        ]
        return query.where(test).order_by(*keys), wanted


@st.composite
def queries(draw: DrawFn) -> tuple[list[Row], list[Row], Select[Any], list[Any]]:
    apes, bees = (
        [Row(number, a, None, None, None) for number, a in enumerate(draw(st.lists(parents, min_size=3, max_size=4)))]
        for _ in range(2)
    )
    return apes, bees, *Drawn(draw, apes, bees).query()


@pytest.mark.sampled
@pytest.mark.parametrize("examples", [40, pytest.param(600, marks=pytest.mark.slow)])
def test_every_column_is_of_the_relation_it_was_taken_from(apes: Database, examples: int) -> None:
    @samples(examples)
    @given(queries())
    def check(drawn: tuple[list[Row], list[Row], Select[Any], list[Any]]) -> None:
        here, there, query, wanted = drawn
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, here)
            fill(tx, Bee, there)
            assert tx.all(query) == Success(wanted)

    check()
