"""Queries that can never work are refused where they are built, in a sentence that says what to write instead."""
# What a type checker refuses as well is the subject of tests/typing; here it is built all the same.
# mypy: ignore-errors
# pyright: basic, reportArgumentType=false, reportCallIssue=false

from collections.abc import Callable
from typing import Any

import pytest

from qb import (
    Col,
    QueryError,
    Shape,
    alias,
    case,
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
    maybe,
    new,
    prepare,
    select,
    sql,
    subquery,
    update,
    value,
)
from qb.run.session.executable import Executables
from tests.query.model import Ape, Bee

ape: Any = Ape
bee: Any = Bee
other: Any = alias(Ape, "other")
third: Any = alias(Bee, "third")
NewApe: Any = new(Ape)
row = NewApe(id=1, a=1, b=2, s="s", ok=True)
anything: Any = select


class Pair(Shape):
    b: Col[int | None]
    a: Col[int | None]


class Single(Shape):
    a: Col[int | None]


class Strict(Shape):
    a: Col[int] = column()


def permuted(b: int, a: int) -> tuple[int, int]:
    return a, b


def swapped(a: int, b: int) -> tuple[int, int]:
    return a, b


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    # ------------------------------------------------------------------ relations that are not in the query
    "another table in where": (
        lambda: select(Ape).where(Bee.a == 1),
        "where uses bees.a, and bees is not in the query, which reads from apes: add .join(bees, on=...) or .from_(bees)",  # noqa: E501
    ),
    "another table in the select list": (
        lambda: select(Ape.id, Bee.a),
        "the select list uses bees.a, and bees is not in the query",
    ),
    "another table's row": (lambda: select(Ape, Bee), "the select list uses bees."),
    "another table in on": (
        lambda: select(Ape).join(Bee, on=Bee.id == other.id),
        "a join's on (a join sees only what stands before it) uses other.id",
    ),
    "a later join in on": (
        lambda: select(Ape).join(Bee, on=Bee.id == other.id).join(other, on=other.id == Ape.id),
        "a join's on (a join sees only what stands before it) uses other.id",
    ),
    "a later join in a query in on": (
        lambda: (
            select(Ape).join(Bee, on=exists(select(third.id).where(third.id == other.id))).join(other, on=other.id == 1)
        ),
        "where uses other.id, and other is not in the query, which reads from apes, bees, third",
    ),
    "another table in order_by": (lambda: select(Ape).order_by(Bee.a), "order_by uses bees.a"),
    "another table in group_by": (
        lambda: select(fn.count()).from_(Ape).group_by(Bee.a),
        "group_by or having uses bees.a",
    ),
    "another table in having": (
        lambda: select(fn.count()).from_(Ape).having(fn.max(Bee.a) > 1),
        "group_by or having uses bees.a",
    ),
    "another table in a subquery": (
        lambda: select(Ape).where(exists(select(Bee.id).where(other.id == Bee.id))),
        "where uses other.id, and other is not in the query, which reads from apes, bees",
    ),
    "another table in a scalar query": (
        lambda: select(select(Bee.a).where(Ape.id == 1).as_scalar()),
        "where uses apes.id",
    ),
    "another table in a window": (lambda: select(Ape.id, fn.row_number().over(order_by=Bee.a)), "uses bees.a"),
    "another table in many": (lambda: select(Ape, many(select(Bee).where(Bee.a == other.a))), "where uses other.a"),
    "another table in a function": (lambda: select(fn.coalesce(Ape.a, Bee.id)), "the select list uses bees.id"),
    "another table in a CTE": (
        lambda: select(cte(select(Ape.id).where(Bee.id == 1).map(Single))),
        "where uses bees.id",
    ),
    "the table behind an alias": (
        lambda: select(other).where(Ape.id == 1),
        "where uses apes.id, and apes is not in the query, which reads from other",
    ),
    "a subquery that looks around": (
        lambda: select(Ape).join(sub := subquery(select(Bee.id).where(Bee.a == Ape.a).map(Single)), on=sub.a == 1),
        "where uses apes.a, and apes is not in the query, which reads from bees",
    ),
    "another table in set": (lambda: update(Ape).set(Ape.a.to(Bee.a)).where(Ape.id == 1), "set uses bees.a"),
    "another table in update's where": (lambda: update(Ape).set(Ape.a.to(1)).where(Bee.a == 1), "where uses bees.a"),
    "another table in update's join": (
        lambda: update(Ape).set(Ape.a.to(1)).from_(Bee).join(other, on=other.id == Ape.id).where(Ape.id == Bee.id),
        "a join's on (it sees what from_ and the joins before it name) uses apes.id",
    ),
    "another table in delete": (lambda: delete(Ape).where(Bee.a == 1), "where uses bees.a"),
    "another table in returning": (lambda: delete(Ape).where(Ape.id == 1).returning(Bee.a), "returning uses bees.a"),
    "another table in on_conflict": (
        lambda: insert(row).on_conflict(Ape.id, update=[Ape.a.to(Bee.a)]),
        "on_conflict(update=...) uses bees.a",
    ),
    "another table in values": (lambda: insert(NewApe(id=1, a=Bee.a, b=1, s="", ok=True)), "values uses bees.a"),
    "another table's lock": (lambda: select(Ape).for_("update", of=Bee), "for_(of=...): bees is not in the query"),
    "excluded outside of on_conflict": (
        lambda: select(Ape).where(excluded(Ape.a) == 1),
        "where uses excluded(excluded.a): only on_conflict(update=...) sees the row that was not inserted",
    ),
    "two relations of one name": (
        lambda: select(Ape).join(alias(Bee, "apes"), on=Ape.id == 1),
        'two relations of the query are called "apes": give one another name with alias(table, "name")',
    ),
    "a table joined with itself": (
        lambda: select(Ape).from_(Ape).join(Ape, on=Ape.id == 1),
        'two relations of the query are called "apes"',
    ),
    "two different CTEs of one name": (
        lambda: select(x := cte(select(Ape), name="c")).join(
            y := alias(cte(select(Bee), name="c"), "d"), on=x.id == y.id
        ),
        'two different CTEs are called "c": name them with cte(query, name=...)',
    ),
    "a query in from_": (lambda: select(Ape).from_(anything(Bee)), "a query needs a name first, write subquery(query)"),
    "a shape in from_": (lambda: select(Ape).from_(Pair), "only a shape of rows without one"),
    "a shape in the select list": (lambda: anything(Pair), "Pair is a shape, not a relation"),
    "a subquery without names": (
        lambda: subquery(select(Ape.id, Ape.a)),
        "the columns of a subquery need names: end the query with .map(AShape)",
    ),
    # ------------------------------------------------------------------ NULL where the type says never
    "an outer join's row": (
        lambda: select(Ape, Bee).left_join(Bee, on=Bee.id == Ape.id),
        "an outer join may leave bees empty, and its row is selected as never None: select maybe(bees) instead",
    ),
    "an outer join's column": (
        lambda: select(Ape.id, Bee.id).left_join(Bee, on=Bee.id == Ape.id),
        "an outer join may leave bees.id NULL, and it is selected as never None: select maybe(bees.id) or fn.coalesce(bees.id, ...) instead",  # noqa: E501
    ),
    "a right join's other side": (
        lambda: select(Ape.id, Bee.id).right_join(Bee, on=Bee.id == Ape.id),
        "an outer join may leave apes.id NULL",
    ),
    "a full join": (
        lambda: select(Ape.id, maybe(Bee.id)).full_join(Bee, on=Bee.id == Ape.id),
        "an outer join may leave apes.id NULL",
    ),
    "what was joined before a right join": (
        lambda: (
            select(Bee.id, maybe(Ape.id), other.id)
            .from_(Ape)
            .join(Bee, on=Bee.id == Ape.id)
            .right_join(other, on=other.id == Bee.id)
        ),
        "an outer join may leave bees.id NULL",
    ),
    "arithmetic with an outer join's column": (
        lambda: select(Ape.id, Bee.id + 1).left_join(Bee, on=Bee.id == Ape.id),
        "an expression in the select list may be NULL, as something it is made of may be",
    ),
    "a comparison of nullable columns": (
        lambda: select(Ape.a == Ape.b),
        "an expression in the select list may be NULL",
    ),
    "a list of nullable columns": (lambda: select(Ape.id.in_([Ape.a])), "an expression in the select list may be NULL"),
    "a query with NULL in it": (
        lambda: select(Ape.id.in_(select(Bee.a))),
        "an expression in the select list may be NULL",
    ),
    "between nullable bounds": (
        lambda: select(Ape.id.between(Ape.a, 3)),
        "an expression in the select list may be NULL",
    ),
    "LIKE of a nullable column": (lambda: select(ape.s.like("x")), "an expression in the select list may be NULL"),
    "into a field that is never None": (
        lambda: select(Ape.id).into(Strict, Strict.a.to(fn.abs(bee.id))).from_(Ape).left_join(Bee, on=Bee.id == Ape.id),
        "may be NULL",
    ),
    "a nullable comparison in returning": (lambda: delete(Ape).all_rows().returning(Ape.a == 1), "may be NULL"),
    # ------------------------------------------------------------------ what each clause can hold
    "update without where": (
        lambda: update(Ape).set(Ape.a.to(1)),
        "update(apes) has no where and would touch every row: add .where(...), or .all_rows() to mean it",
    ),
    "delete without where": (lambda: delete(Ape), "delete(apes) has no where and would touch every row"),
    "delete of an empty when": (
        lambda: delete(Ape).when(None, lambda q: q.where(Ape.id == 1)),
        "delete(apes) has no where",
    ),
    "where and all_rows": (
        lambda: delete(Ape).where(Ape.id == 1).all_rows(),
        "has both where and all_rows(): drop one of them",
    ),
    "update of nothing": (lambda: update(Ape).where(Ape.id == 1), "update(apes) changes nothing: add .set(...)"),
    "a column set twice": (lambda: update(Ape).set(Ape.a.to(1), Ape.a.to(2)), "set: apes.a is given twice"),
    "another table's column set": (lambda: update(Ape).set(Bee.a.to(1)), "set: bees.a is not a column of apes"),
    "an alias updated": (
        lambda: update(other).set(other.a.to(1)).all_rows(),
        "take the table itself, not an alias or a query",
    ),
    "an aggregate in where": (
        lambda: select(Ape).where(fn.count() > 1),
        "where is met before rows are grouped and cannot hold count(...): use having",
    ),
    "an aggregate in on": (lambda: select(Ape).join(Bee, on=fn.max(Bee.a) == 1), "cannot hold max(...)"),
    "an aggregate in group_by": (
        lambda: select(fn.count()).from_(Ape).group_by(fn.max(Ape.a)),
        "group_by is met row by row and cannot hold max(...)",
    ),
    "an aggregate in set": (
        lambda: update(Ape).set(Ape.a.to(fn.max(Ape.b))).all_rows(),
        "set is met row by row and cannot hold max(...)",
    ),
    "an aggregate in delete": (lambda: delete(Ape).where(fn.count(Ape.a) > 1), "cannot hold count(...)"),
    "an aggregate in returning": (lambda: delete(Ape).all_rows().returning(fn.count()), "cannot hold count(...)"),
    "a window in where": (
        lambda: select(Ape).where(fn.row_number().over(order_by=Ape.id) < 3),
        "filter a subquery(...) by it",
    ),
    "a window in having": (
        lambda: select(fn.count()).from_(Ape).having(fn.count().over() > 1),
        "having is met before windows are: select the window function in a subquery(...)",
    ),
    "a window function without a window": (
        lambda: select(Ape.id, fn.row_number()),
        "row_number(...) is a window function: add .over(order_by=...)",
    ),
    "over after a column": (lambda: ape.a.over(), "over(...) follows a window function or an aggregate"),
    "filter after a column": (lambda: ape.a.filter(Ape.ok), "filter(...) follows an aggregate"),
    "asc in where": (lambda: select(Ape).where(ape.a.asc()), "asc() and desc() belong in order_by, not in a condition"),
    "desc in group_by": (
        lambda: select(fn.count()).from_(Ape).group_by(ape.a.desc()),
        "asc() and desc() belong in order_by, not in group_by",
    ),
    "desc in partition_by": (
        lambda: fn.row_number().over(partition_by=ape.a.desc()),
        "asc() and desc() belong in order_by, not in partition_by",
    ),
    "desc in the select list": (lambda: anything(ape.a.desc()), "asc() and desc() belong in order_by"),
    "desc in a comparison": (
        lambda: ape.a == ape.b.desc(),
        "asc() and desc() belong in order_by, not in an expression",
    ),
    "nulls in the middle": (lambda: ape.a.asc(nulls="middle"), 'nulls is "first" or "last", not \'middle\''),
    "a list in order_by": (
        lambda: select(Ape).order_by(anything_list),
        "a column or an expression is wanted here, not list",
    ),
    "a name in order_by": (
        lambda: select(Ape).order_by(anything_text),
        "a column or an expression is wanted here, not str",
    ),
    "a negative limit": (lambda: select(Ape).limit(-1), "limit(-1): a number of rows is not negative"),
    "a negative offset": (lambda: select(Ape).offset(-2), "offset(-2): a number of rows is not negative"),
    "a bool as limit": (lambda: select(Ape).limit(True), "limit takes an int, not bool"),
    "nothing to select": (lambda: anything(), "select needs at least one table, column or expression"),
    "a value to select": (lambda: anything(7), "write value(x) for a Python value"),
    "a query to select": (
        lambda: anything(select(Ape.id)),
        "write query.as_scalar(), or many(query) for a list of its rows",
    ),
    "two columns as a scalar": (lambda: select(Ape.id, Ape.a).as_scalar(), "as_scalar takes a query of one column"),
    "where after union": (
        lambda: select(Ape.id).union(select(Bee.id)).where(Ape.id == 1),
        "where follows a set operation",
    ),
    "a union of other rows": (
        lambda: anything(Ape.id).union(select(Bee.id, Bee.a)),
        "union takes two queries with the same columns in the same order",
    ),
    "a union of other types": (
        lambda: anything(Ape.id).union(select(Bee.s)),
        "id is bigint on one side and text on the other",
    ),
    "order_by what a union has not": (
        lambda: select(Ape.id).union(select(Bee.id)).order_by(Ape.a),
        "order_by after union takes a column that the first query selects",
    ),
    "a lock nobody knows": (
        lambda: select(Ape).for_(anything_text),
        "for_ takes update, no key update, share or key share, not 'x'",
    ),
    "two ways to wait": (
        lambda: select(Ape).for_("update", nowait=True, skip_locked=True),
        "nowait and skip_locked exclude each other",
    ),
    "when with a condition": (lambda: select(Ape).when(Ape.ok, lambda q: q), "when takes a Python value"),
    "on_conflict without an answer": (
        lambda: insert(row).on_conflict(Ape.id),
        "on_conflict needs either nothing=True or update=[...]",
    ),
    "on_conflict without a target": (
        lambda: insert(row).on_conflict(update=[Ape.a.to(1)]),
        "needs the columns, or the constraint, that conflict",
    ),
    "map with a function of the row": (
        lambda: select(Ape.id, Ape.a).map(lambda row: row),
        "it takes others (too many positional arguments): write lambda a, b: ..., or a function or Shape of 2 fields",
    ),
    "map with a builtin of one argument": (
        lambda: select(Ape.id, Ape.a).map(len),
        "map(len) gives the 2 items of a row",
    ),
    "map with a function of too much": (
        lambda: select(Ape.id).map(lambda id, a: id),
        "map(<lambda>) gives the one item of a row, and it takes others (missing a required argument: 'a')",
    ),
    "map of what returns": (
        lambda: delete(Ape).all_rows().returning(Ape.id, Ape.a).map(lambda row: row),
        "map(<lambda>) gives the 2 items of a row one by one",
    ),
    "map of an insert without rows": (
        lambda: insert(Ape).returning(Ape.id, Ape.a).map(lambda row: row),
        "map(<lambda>) gives the 2 items of a row one by one",
    ),
    "on_conflict that does both": (
        lambda: insert(row).on_conflict(Ape.id, nothing=True, update=[Ape.a.to(1)]),
        "on_conflict needs either nothing=True or update=[...], and not both",
    ),
    "on_conflict with update_where and no update": (
        lambda: insert(row).on_conflict(Ape.id, nothing=True, update_where=Ape.a == 1),
        "on_conflict: update_where says which rows are updated, and so needs update=[...]",
    ),
    "on_conflict with where and no columns": (
        lambda: insert(row).on_conflict(nothing=True, where=Ape.a == 1),
        "on_conflict: where names a partial unique index, and so needs the columns that it is on",
    ),
    "on_conflict with where and a constraint": (
        lambda: insert(row).on_conflict(constraint="x", nothing=True, where=Ape.a == 1),
        "on_conflict: where names a partial unique index",
    ),
    "delete from a CTE": (
        lambda: delete(cte(select(Ape), name="old")).all_rows(),
        "delete takes a table or its alias, not old, which is the rows of a query: write to the table, and read them",
    ),
    "update of a subquery": (
        lambda: update(subquery(select(Ape))).all_rows(),
        "update takes a table or its alias, not subquery",
    ),
    "on_conflict of another table": (
        lambda: insert(row).on_conflict(Bee.id, nothing=True),
        "on_conflict: bees.id is not a column of apes",
    ),
    "an insert without rows": (
        lambda: insert(Ape),
        "insert(apes) has no rows yet: give it one with .values(new(...)(...)), or any number of them",
    ),
    "an insert without rows that returns": (lambda: insert(Ape).returning(), "insert(apes) has no rows yet"),
    "rows of another table": (lambda: insert(Ape).values(anything_new), "a row of bees is none of"),
    "an insert into an alias": (lambda: insert(other), "and no alias, CTE or subquery"),
    "insert of nothing": (lambda: insert(), "insert needs at least one row"),
    "insert into two tables": (
        lambda: insert(row, anything_new),
        "a row of Bee among rows of Ape: use one insert for each",
    ),
    "insert_from too few columns": (
        lambda: insert_from(ape, select(Bee.id), ape.id, ape.a),
        "the query has 1 columns and 2 are to be filled",
    ),
    "insert_from into another's column": (
        lambda: insert_from(ape, select(Bee.id), bee.id),
        "insert_from: bees.id is not a column of the table",
    ),
    "delete inside a select": (
        lambda: select(Ape).where(exists(delete(Bee).all_rows().returning())),
        "is read through cte(...)",
    ),
    "insert in a subquery": (lambda: select(subquery(insert(row).returning())), "is read through cte(...)"),
    "update in many": (
        lambda: select(Ape.id, many(update(Bee).set(Bee.a.to(1)).all_rows().returning())),
        "is read through cte(...)",
    ),
    "many without on": (lambda: many(bee), "many(table) needs on="),
    "many(query) with on": (
        lambda: many(select(Bee), on=Bee.id == 1),
        "say where, order_by and limit on the query itself",
    ),
    # ------------------------------------------------------------------ rows in Python
    "map with permuted names": (
        lambda: select(Ape.a, Ape.b).map(permuted),
        "map(permuted) would mix up its fields: the columns are a, b, in this order, it takes b, a",
    ),
    "a shape with permuted names": (lambda: select(Ape.a, Ape.b).map(Pair), "map(Pair) would mix up its fields"),
    "a shape of another size": (
        lambda: select(Ape.a, Ape.b).map(Single),
        "map(Single): 2 columns are selected and it has 1: a",
    ),
    "map of a map": (lambda: select(Ape.id).map(str).map(str), "the rows are mapped already"),
    "into with a field missing": (
        lambda: select(Ape.a).into(Pair, Pair.a.to(Ape.a)),
        "into(Pair): b is missing: add Pair.b.to(...)",
    ),
    "into with a field twice": (
        lambda: select(Ape.a).into(Single, Single.a.to(Ape.a), Single.a.to(Ape.b)),
        "into(Single): a is given twice",
    ),
    "into with another's field": (
        lambda: select(Ape.a).into(Single, Pair.b.to(Ape.a)),
        "is not a field of it: it has a",
    ),
    # ------------------------------------------------------------------ Python where SQL was meant
    "== None": (lambda: ape.a == None, "apes.a is compared with None, which is never true in SQL: write .is_null()"),
    "None ==": (lambda: None == ape.a, "apes.a is compared with None"),
    "!= None": (lambda: ape.a != None, "apes.a is compared with None"),
    "< None": (lambda: ape.a < None, "apes.a is compared with None"),
    "None in in_": (lambda: ape.a.in_([1, None]), "None is in the values of in_ for apes.a: add | x.is_null() instead"),
    "a str in in_": (lambda: ape.s.in_("abc"), "a string would be a list of its characters"),
    "a column in in_": (lambda: ape.a.in_(ape.b), "in_ takes Python values or a query"),
    "a chained comparison": (
        lambda: 1 < ape.a < 3,
        "an SQL expression has no truth value in Python: write & for and, | for or, ~ for not",
    ),
    "and": (lambda: (ape.a == 1) and (ape.b == 2), "an SQL expression has no truth value in Python"),
    "or": (lambda: (ape.a == 1) or (ape.b == 2), "an SQL expression has no truth value in Python"),
    "not": (lambda: not ape.ok, "an SQL expression has no truth value in Python"),
    "if": (lambda: 1 if ape.ok else 2, "an SQL expression has no truth value in Python"),
    "in a list": (lambda: ape.a in [1, 2], ".in_(...) for in"),
    "a Python bool as condition": (
        lambda: select(Ape).where(anything_true),
        "a condition is an SQL expression such as User.id == x, not bool",
    ),
    "a Python bool beside a condition": (
        lambda: (ape.a == 1) & True,
        "a condition is an SQL expression such as User.id == x, not bool",
    ),
    "a Python bool in case": (
        lambda: case((anything_true, 1), else_=0),
        "a condition is an SQL expression such as User.id == x, not bool",
    ),
    "a query as a value": (
        lambda: ape.a == select(Bee.a),
        "a query is no value: write query.as_scalar() for its one value, or .in_(query)",
    ),
    "case of nothing": (lambda: case(else_=1), "case needs at least one (condition, value) pair"),
    "case of None": (lambda: case((ape.ok, None), else_=None), "case has no value but None"),
    "a count of nothing": (lambda: select(fn.count()), "count() has no rows to count: say which with .from_(...)"),
    "an odd extract": (lambda: fn.extract("year; drop table apes", anything_now), "extract knows no field"),
    "an odd value": (lambda: value(object()), "a value of type object has no obvious PostgreSQL type"),
    "sql without its value": (lambda: sql("SELECT {x}"), "sql: {x} has no value: pass x=..."),
    "sql with too much": (lambda: sql("SELECT 1", x=1), "sql: x is given and never used in the template"),
    "sql with a format": (lambda: sql("SELECT {x!r}", x=1), "is no plain name"),
    "sql by position": (lambda: sql("SELECT {}", x=1), "is no plain name"),
    "a call of a prepared query inside one": (lambda: outer(1), "returned a call of another prepared query"),
    "a prepared method": (lambda: prepare(Methods.found), "a prepared query belongs to no object"),
    "a prepared coroutine": (lambda: prepare(anything_coroutine), "building a query waits for nothing: write def"),
    "a prepared query with *args": (
        lambda: prepare(anything_star),
        "a prepared query cannot take *ids: pass a list parameter",
    ),
    "a prepared query of no query": (
        lambda: prepare(anything_none)(),
        "returned int: return the query itself, such as select(...)",
    ),
}

anything_list: Any = [Ape.a]
anything_text: Any = "x"
anything_true: Any = True
anything_new: Any = new(bee)(id=1, a=1, b=1, s="", ok=True)
anything_now: Any = fn.now()


class Methods:
    def found(self) -> Any:
        """A method."""


async def anything_coroutine() -> Any:
    """Builds nothing."""


def anything_star(*ids: int) -> Any:
    """Takes any number."""


def anything_none() -> Any:
    return 7


@prepare
def inner(ident: int) -> Any:
    return select(Ape).where(Ape.id == ident)


@prepare
def outer(ident: int) -> Any:
    return inner(ident)


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_in_a_sentence(name: str) -> None:
    build, sentence = REFUSED[name]
    with pytest.raises(QueryError) as caught:
        query = build()
        compile(query)
    assert sentence in str(caught.value)


def test_a_query_that_is_refused_is_not_kept() -> None:
    statements = Executables()
    for _ in range(2):
        with pytest.raises(QueryError, match="has no where"):
            statements.resolve(delete(Ape))
    assert len(statements) == 0


ACCEPTED: dict[str, Callable[[], Any]] = {
    "an aggregate of a query in where": lambda: select(Ape).where(Ape.a == select(fn.max(Bee.a)).as_scalar()),
    "an aggregate of a query in delete": lambda: delete(Ape).where(Ape.a == select(fn.max(Bee.a)).as_scalar()),
    "many before its row": lambda: select(many(Bee, on=Bee.a == Ape.a), Ape),
    "many alone": lambda: select(value(1), many(Bee, on=Bee.id > 0)),
    "a left join whose columns are not selected": lambda: (
        select(Ape.id).left_join(Bee, on=Bee.id == Ape.id).where(Bee.id.is_null())
    ),
    "coalesce of an outer join's column": lambda: select(Ape.id, fn.coalesce(Bee.id, 0)).left_join(
        Bee, on=Bee.id == Ape.id
    ),
    "IS DISTINCT FROM nullable columns": lambda: select(Ape.a.is_distinct_from(Ape.b)),
    "raw SQL that is known": lambda: select(sql("1").as_(int, not_null=True)),
    "an ordered aggregate in having": lambda: (
        select(fn.count()).from_(Ape).having(fn.string_agg(Ape.s, ",", order_by=Ape.id.desc()) == "x")
    ),
    "an aggregate of an aggregate in a window": lambda: select(fn.sum(fn.count()).over()).from_(Ape),
    "an array of arrays": lambda: select(fn.array_agg(anything_array)).from_(Ape),
    "a union of a sum": lambda: select(fn.sum(Ape.a)).union(select(Bee.a)),
    "a list of nullable columns in where": lambda: select(Ape).where(Ape.id.in_([Ape.a, 3])),
}
anything_array: Any = sql("ARRAY[1, 2]").as_(list[int], not_null=True)


@pytest.mark.parametrize("name", ACCEPTED)
def test_is_accepted_by_the_server(apes: Any, name: str) -> None:
    query = ACCEPTED[name]()
    with apes.transaction(rollback=True) as tx:
        (tx.all(query) if hasattr(query, "shape") else tx.execute(query)).unwrap()
