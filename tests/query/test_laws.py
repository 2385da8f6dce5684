"""What PostgreSQL always refuses raises before it is sent, and what it takes passes: each case is sent to it, too."""
# What a type checker refuses as well is the subject of tests/typing; here it is built all the same.
# mypy: ignore-errors
# pyright: basic, reportArgumentType=false, reportCallIssue=false

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    QueryError,
    Shape,
    Success,
    Table,
    Tx,
    alias,
    column,
    compile,
    cte,
    exists,
    fn,
    insert,
    many,
    maybe,
    new,
    pg,
    select,
    sql,
    subquery,
    update,
    value,
)
from qb.render import compiled
from tests.query.model import Ape, Bee

cow = alias(Ape, "cow")
inner = alias(Bee, "inner")
ape: Any = Ape
any_fn: Any = fn
cte_of: Any = cte
subquery_of: Any = subquery


class Pair(Table, name="pairs", schema="model"):
    m: Col[int] = column(primary_key=True)
    n: Col[int] = column(name="other", primary_key=True)
    v: Col[int | None] = column()
    doc: Col[list[int]] = column(pg.json)


class Keyless(Table, name="keyless", schema="model"):
    m: Col[int] = column()
    v: Col[int | None] = column()


class Two(Shape):
    a: Col[int | None]
    b: Col[int | None]


@pytest.fixture(scope="module")
def tables(apes: Database) -> Iterator[Database]:
    pairs = "CREATE TABLE model.pairs (m bigint, other bigint, v bigint, doc json NOT NULL, PRIMARY KEY (m, other))"
    apes.execute(sql("DROP TABLE IF EXISTS model.pairs, model.keyless").command()).unwrap()
    apes.execute(sql(pairs).command()).unwrap()
    apes.execute(sql("CREATE TABLE model.keyless (m bigint PRIMARY KEY, v bigint)").command()).unwrap()
    yield apes
    apes.execute(sql("DROP TABLE model.pairs, model.keyless").command()).unwrap()


@pytest.fixture
def tx(tables: Database) -> Iterator[Tx]:
    with tables.transaction(rollback=True) as tx:
        yield tx


def grouped_by_query(name: str = "") -> Any:
    return select(Bee.a, fn.max(Bee.b)).group_by(Bee.a).map(Two)


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    # ------------------------------------------------------------------ columns of groups
    "a column beside an aggregate": (
        lambda: select(Ape.a, fn.count()),
        (
            "the select list uses apes.a, and count(...) makes one group of all rows: add .group_by(apes.a), take an "
            "aggregate of it, such as fn.max(apes.a), or write count(...).over() for a value beside each row"
        ),
    ),
    "a row beside an aggregate": (lambda: select(Ape, fn.count()), "the select list uses apes.id, and count(...)"),
    "a column of another group": (
        lambda: select(Ape.a, fn.count()).group_by(Ape.b),
        (
            "the select list uses apes.a, which has several values in a group: add it to group_by, or "
            "take an aggregate of "
            "it, such as fn.max(apes.a)"
        ),
    ),
    "a column within an expression": (lambda: select(Ape.a + Ape.b).group_by(Ape.a), "apes.b, which has several"),
    "an expression of other values": (lambda: select(Ape.a + 1).group_by(Ape.a + 2), "apes.a, which has several"),
    "a part of a grouped expression": (lambda: select(Ape.a).group_by(Ape.a + 1), "apes.a, which has several"),
    "a column in having": (
        lambda: select(fn.count()).from_(Ape).group_by(Ape.b).having(ape.a > 1),
        "having uses apes.a, which has several",
    ),
    "having alone": (
        lambda: select(Ape.a).having(fn.count() > 1),
        "the select list uses apes.a, and count(...) makes one group",
    ),
    "having without a group or an aggregate": (
        lambda: select(Ape.a).having(ape.a > 1),
        (
            "the select list uses apes.a, and having makes one group of all rows where there is no group_by: add "
            ".group_by(apes.a), or say the condition in where"
        ),
    ),
    "a column in order_by": (lambda: select(Ape.a).group_by(Ape.a).order_by(Ape.b.desc()), "order_by uses apes.b"),
    "an aggregate in order_by alone": (lambda: select(Ape.a).order_by(fn.count()), "the select list uses apes.a, and"),
    "a column in distinct_on": (lambda: select(Ape.a).group_by(Ape.a).distinct_on(Ape.b), "distinct_on uses apes.b"),
    "a column of a window after groups": (
        lambda: select(Ape.a, fn.row_number().over(order_by=Ape.b)).group_by(Ape.a),
        "the select list uses apes.b, which has several",
    ),
    "an argument of a window after groups": (
        lambda: select(Ape.a, fn.sum(Ape.b).over()).group_by(Ape.a),
        "the select list uses apes.b, which has several",
    ),
    "a filter of a window after groups": (
        lambda: select(Ape.a, fn.count().filter(ape.b > 1).over()).group_by(Ape.a),
        "the select list uses apes.b, which has several",
    ),
    "another table's key": (
        lambda: select(Ape.id, maybe(Bee.a)).left_join(Bee, on=Bee.a == Ape.id).group_by(Ape.id),
        "the select list uses bees.a, which has several",
    ),
    "a part of a key": (lambda: select(Pair.v).group_by(Pair.m), "the select list uses pairs.v, which has several"),
    "a key outside of a subquery": (
        lambda: select((sub := subquery_of(select(Ape.id, Ape.a).map(Two))).b).group_by(sub.a),
        "the select list uses subquery.b, which has several",
    ),
    "a table's key beside its alias": (
        lambda: select(cow.a).from_(Ape).join(cow, on=cow.id == Ape.id).group_by(Ape.id),
        "the select list uses cow.a, which has several",
    ),
    "a column in a query inside": (
        lambda: select(Ape.b, select(fn.count()).from_(Bee).where(Bee.a == Ape.a).as_scalar()).group_by(Ape.b),
        "the select list uses apes.a, which has several",
    ),
    "a grouped expression in a query inside": (
        lambda: select(Ape.a + 1, exists(select(Bee.id).where(Bee.a == Ape.a + 1))).group_by(Ape.a + 1),
        "the select list uses apes.a, which has several",
    ),
    "a list of rows of a group": (
        lambda: select(Ape.b, many(Bee, on=Bee.a == Ape.a)).group_by(Ape.b),
        "the select list uses apes.a, which has several",
    ),
    "whether a row is there": (
        lambda: select(Ape.id, maybe(Bee)).left_join(Bee, on=Bee.a == Ape.id).group_by(Ape.id, Bee.a),
        "the select list says whether bees is there, and rows of bees are not grouped by: add the primary key of bees",
    ),
    "in a CTE": (lambda: select(cte(select(Ape.a, fn.max(Ape.b)).map(Two))), "the select list uses apes.a, and max"),
    "in a side of a union": (
        lambda: select(Ape.a, fn.count()).union(select(Bee.a, fn.count()).group_by(Bee.a)),
        "the select list uses apes.a, and count",
    ),
    "beside it, in one expression": (
        lambda: select(fn.coalesce(Ape.a, fn.max(Ape.b), 0)),
        "the select list uses apes.a, and max",
    ),
    # ------------------------------------------------------------------ aggregates and windows in each other
    "an aggregate of an aggregate": (
        lambda: select(fn.sum(fn.count())).from_(Ape),
        (
            "sum(...) holds count(...), and rows are grouped once: select count(...) in a subquery(...) "
            "with its group_by, "
            "and aggregate that"
        ),
    ),
    "an aggregate in an aggregate's order": (
        lambda: select(fn.string_agg(Ape.s, ",", order_by=fn.count())).from_(Ape),
        "string_agg(...) holds count(...)",
    ),
    "a window in an aggregate": (
        lambda: select(fn.max(fn.row_number().over(order_by=Ape.id))),
        (
            "max(...) holds row_number(...).over(...), and rows are grouped before they have windows: "
            "select the window "
            "function in a subquery(...), and aggregate that"
        ),
    ),
    "an aggregate in a filter": (
        lambda: select(fn.count().filter(fn.max(Ape.a) > 1)).from_(Ape),
        (
            "the filter of count(...) is met row by row and cannot hold max(...): select it in a "
            "subquery(...), and filter "
            "by its column"
        ),
    ),
    "a window in a filter": (
        lambda: select(fn.count().filter(fn.row_number().over() > 1)).from_(Ape),
        "the filter of count(...) is met row by row and cannot hold row_number(...)",
    ),
    "an aggregate in the filter of a window": (
        lambda: select(fn.count().filter(fn.max(Ape.a) > 1).over()).from_(Ape),
        "the filter of count(...) is met row by row and cannot hold max(...)",
    ),
    "a window of a window": (
        lambda: select(fn.sum(fn.row_number().over()).over()).from_(Ape),
        (
            "sum(...).over(...) holds row_number(...).over(...), and a window is made of rows before they have others: "
            "select the inner one in a subquery(...), and read from that"
        ),
    ),
    "a window in a window's order": (
        lambda: select(fn.rank().over(order_by=fn.count(Ape.a).over())),
        "rank(...).over(...) holds count(...).over(...)",
    ),
    "a window in a window's partition": (
        lambda: select(fn.rank().over(partition_by=fn.count(Ape.a).over())),
        "rank(...).over(...) holds count(...).over(...)",
    ),
    "a window in where": (
        lambda: select(Ape.id).where(fn.sum(Ape.a).over() > 1),
        "where is met row by row and cannot hold sum(...): filter a subquery(...) by it",
    ),
    "a window in group_by": (
        lambda: select(fn.count()).from_(Ape).group_by(fn.rank().over(order_by=Ape.a)),
        "group_by is met row by row and cannot hold rank(...)",
    ),
    "a window in having": (
        lambda: select(Ape.a).group_by(Ape.a).having(fn.count().over() > 1),
        "having is met before windows are",
    ),
    "a window in set": (
        lambda: update(Ape).set(Ape.a.to(fn.lag(Ape.b).over(order_by=Ape.id))).all_rows(),
        "set is met row by row and cannot hold lag(...)",
    ),
    "a window in returning": (
        lambda: update(Ape).set(Ape.a.to(1)).all_rows().returning(fn.row_number().over()),
        "where or returning is met row by row and cannot hold row_number(...)",
    ),
    "an aggregate in many's on": (
        lambda: select(Ape.id, many(Bee, on=fn.max(Bee.a) == Ape.id)),
        "where is met before rows are grouped and cannot hold max(...)",
    ),
    "distinct in a window": (
        lambda: fn.count(Ape.a, distinct=True).over(),
        "count(..., distinct=True) has no window in PostgreSQL: select distinct rows in a subquery(...)",
    ),
    "an order in a window's aggregate": (
        lambda: any_fn.string_agg(Ape.s, ",", order_by=Ape.id).over(),
        "string_agg(..., order_by=...) takes no order in a window: write the order in over(order_by=...)",
    ),
    "filter of no aggregate": (lambda: fn.abs(ape.id).filter(Ape.a == 1), "filter(...) follows an aggregate"),
    "over of no aggregate": (lambda: fn.abs(ape.id).over(), "over(...) follows a window function or an aggregate"),
    # ------------------------------------------------------------------ distinct
    "distinct, ordered by what is not selected": (
        lambda: select(Ape.a).distinct().order_by(Ape.b),
        (
            "distinct() leaves one of the rows that are alike, and order_by asks for apes.b, which is "
            "not selected: select "
            "it, or order by what is selected"
        ),
    ),
    "distinct, ordered by an expression": (
        lambda: select(Ape.a).distinct().order_by((Ape.a + 1).desc()),
        "order_by asks for an expression, which is not selected",
    ),
    "distinct, ordered by another value": (
        lambda: select(Ape.a + 2).distinct().order_by(Ape.a + 1),
        "order_by asks for an expression, which is not selected",
    ),
    "distinct_on, ordered by another": (
        lambda: select(Ape.a).distinct_on(Ape.a).order_by(Ape.b),
        (
            "distinct_on keeps the first row of each set of equal keys, so that order_by begins with the "
            "keys: put them "
            "before apes.b"
        ),
    ),
    "distinct_on, ordered by its key second": (
        lambda: select(Ape.a).distinct_on(Ape.a).order_by(Ape.b, Ape.a),
        "put them before apes.b",
    ),
    "distinct_on, ordered by one of two keys": (
        lambda: select(Ape.a).distinct_on(Ape.a, Ape.s).order_by(Ape.a, Ape.b),
        "put them before apes.b",
    ),
    "distinct of lists": (
        lambda: select(Ape.id, many(Bee, on=Bee.a == Ape.id)).distinct(),
        "distinct() compares whole rows, and many(...) puts lists into them",
    ),
    "distinct of json": (
        lambda: select(Pair.doc).distinct(),
        "distinct() compares whole rows, and PostgreSQL does not compare json: cast doc to pg.jsonb",
    ),
    "distinct_on json": (lambda: select(Pair.v).distinct_on(Pair.doc), "distinct_on compares values, and PostgreSQL"),
    "groups of json": (lambda: select(fn.count()).from_(Pair).group_by(Pair.doc), "group_by compares values, and"),
    "a partition of json": (lambda: select(fn.rank().over(partition_by=Pair.doc)), "partition_by compares values"),
    "a union of json": (lambda: select(Pair.doc).union(select(Pair.doc)), "union compares values, and PostgreSQL"),
    "all that is in both, of json": (
        lambda: select(Pair.doc).intersect_all(select(Pair.doc)),
        "intersect all compares values, and PostgreSQL",
    ),
    # ------------------------------------------------------------------ locks
    "a lock with distinct": (
        lambda: select(Ape.a).distinct().for_("update"),
        (
            "for_ locks the rows that come back, and distinct leaves none of a table's to lock: lock those of a query "
            "without it, and read from cte(...) of that"
        ),
    ),
    "a lock with distinct_on": (lambda: select(Ape.a).distinct_on(Ape.a).for_("share"), "and distinct leaves none"),
    "a lock with groups": (lambda: select(Ape.a).group_by(Ape.a).for_("update"), "and group_by leaves none"),
    "a lock with having": (lambda: select(value(1)).from_(Ape).having(fn.count() > 1).for_("update"), "and having"),
    "a lock with an aggregate": (lambda: select(fn.count(Ape.a)).for_("update"), "an aggregate or a window leaves"),
    "a lock with a window": (lambda: select(fn.count(Ape.a).over()).for_("key share"), "an aggregate or a window"),
    "a lock on a side of a union": (
        lambda: select(Ape.a).for_("update").union_all(select(Bee.a)),
        "a side of union all cannot lock its rows with for_: lock them in a query of its own",
    ),
    "a lock on what may be absent": (
        lambda: select(Ape.id).left_join(Bee, on=Bee.id == Ape.a).for_("update"),
        (
            "for_ cannot lock rows of bees, which an outer join may leave absent: say which table is meant with "
            "for_(..., of=...)"
        ),
    ),
    "a lock of what may be absent": (
        lambda: select(Bee.id).from_(Ape).right_join(Bee, on=Bee.id == Ape.a).for_("update", of=Ape),
        "for_ cannot lock rows of apes, which an outer join may leave absent",
    ),
    "a lock on a full join": (
        lambda: select(maybe(Ape.id)).full_join(Bee, on=Bee.id == Ape.id).for_("update", of=Bee),
        "for_ cannot lock rows of bees, which",
    ),
    "a lock of a CTE": (
        lambda: select((rows := cte_of(select(Ape.a, Ape.b).map(Two))).a).for_("update", of=rows),
        "for_(of=...): the rows of cte, a cte, are not locked: write .for_(...) in its query",
    ),
    "a lock of a subquery's groups": (
        lambda: select(Ape.id).join(sub := subquery_of(grouped_by_query()), on=sub.a == Ape.id).for_("update"),
        (
            "for_ locks the rows of subquery, too, where group_by leaves none of a table's to lock: say which table is "
            "meant with for_(..., of=...), or make a cte(...) of the subquery"
        ),
    ),
    # ------------------------------------------------------------------ limit, and conditions
    "a limit of a column": (
        lambda: select(Ape.id).limit(ape.id),
        (
            "limit is one number for all rows, and uses apes: give a number, or that of a query with "
            "select(...).as_scalar()"
        ),
    ),
    "an offset of a column, within a query": (
        lambda: select(Ape.id).offset(select(Ape.a).from_(inner).limit(1).as_scalar()),
        "offset is one number for all rows, and uses apes",
    ),
    "a limit of an aggregate": (
        lambda: select(Ape.id).limit(fn.count()),
        "limit is met row by row and cannot hold count(...)",
    ),
    "a limit of another table": (
        lambda: select(Ape.id).limit(select(Bee.a).where(Bee.id == cow.id).as_scalar()),
        "where uses cow.id, and cow is not in the query",
    ),
    "a number as a condition": (
        lambda: select(Ape.id).where(Ape.id),
        "a condition is true or false, and apes.id is bigint: compare it with something, or write .is_not_null()",
    ),
    "a number in and": (lambda: ape.id & (Ape.a == 1), "a condition is true or false, and apes.id is bigint"),
    "a text beside or": (lambda: (Ape.a == 1) | ape.s, "a condition is true or false, and apes.s is text"),
    "not a number": (lambda: ~(ape.id + 1), "a condition is true or false, and this expression is bigint"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_in_a_sentence(name: str) -> None:
    build, sentence = REFUSED[name]
    with pytest.raises(QueryError) as caught:
        compile(build())
    assert sentence in str(caught.value)


@pytest.mark.parametrize("name", REFUSED)
def test_the_server_refuses_it_too(tx: Tx, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        query = REFUSED[name][0]()
    except QueryError:
        return  # there is no query to send
    monkeypatch.setattr(compiled, "check_statement", lambda *_: None)
    text = compile(query).sql.decode()
    monkeypatch.undo()
    found = tx.execute(sql("EXPLAIN (GENERIC_PLAN) " + text.replace("{", "{{").replace("}", "}}")).command())
    assert not isinstance(found, Success), text


ACCEPTED: dict[str, Callable[[], Any]] = {
    "a grouped column": lambda: select(Ape.a, fn.count()).group_by(Ape.a),
    "columns of a key": lambda: select(Ape, fn.count()).group_by(Ape.id),
    "columns of a key, through a join": lambda: (
        select(Ape.s, fn.count(Bee.id)).left_join(Bee, on=Bee.a == Ape.id).group_by(Ape.id).order_by(Ape.b)
    ),
    "an alias's key": lambda: select(cow, fn.count()).group_by(cow.id),
    "a key of two columns": lambda: select(Pair.v, fn.count()).group_by(Pair.n, Pair.m),
    "a key that is not declared": lambda: select(Keyless.v).group_by(Keyless.m),
    "a key on the absent side": lambda: (
        select(maybe(Bee), fn.count()).from_(Ape).left_join(Bee, on=Bee.a == Ape.id).group_by(Bee.id)
    ),
    "a grouped expression": lambda: select((Ape.a + 1) * 2, fn.count()).group_by(Ape.a + 1).having(Ape.a + 1 > 2),
    "a grouped expression in order_by": lambda: (
        select(fn.count()).from_(Ape).group_by(Ape.a + 1).order_by((Ape.a + 1).desc())
    ),
    "an expression of grouped columns": lambda: select(Ape.a + ape.b).group_by(Ape.a, Ape.b),
    "grouped by a cast to its own type": lambda: select(Ape.a, fn.count()).group_by(ape.a.cast(pg.bigint)),
    "grouped by raw SQL": lambda: select(Ape.a, fn.count()).group_by(sql("1").as_(int)),
    "raw SQL that may be an aggregate": lambda: select(sql("max({x})", x=Ape.a).as_(int), Ape.b, fn.count()).group_by(
        Ape.b
    ),
    "columns inside aggregates": lambda: select(fn.max(Ape.a + ape.b), fn.count().filter(Ape.b == 1)),
    "a filter and an order of an aggregate": lambda: select(
        fn.string_agg(Ape.s, ",", order_by=Ape.id).filter(Ape.a == 1)
    ),
    "a query inside, of its own": lambda: select(fn.count(), exists(select(Bee.id).where(Bee.a == 1))).from_(Ape),
    "a query inside, of a grouped column": lambda: select(
        Ape.a, select(fn.count()).from_(Bee).where(Bee.a == Ape.a).as_scalar()
    ).group_by(Ape.a),
    "a query inside, of a key": lambda: select(Ape.id, many(Bee, on=Bee.a == Ape.b)).group_by(Ape.id),
    "a query inside, over the same table": lambda: select(fn.count(), select(fn.max(Ape.a)).as_scalar()).from_(Ape),
    "an outer column in a grouped query inside": lambda: select(
        Ape.a, select(fn.coalesce(Ape.b, fn.max(Bee.a))).from_(Bee).as_scalar()
    ),
    "an aggregate of the query around": lambda: select(
        Ape.a, select(fn.max(Ape.b)).from_(Bee).limit(1).as_scalar()
    ).group_by(Ape.a),
    "windows after groups": lambda: select(
        Ape.a, fn.rank().over(order_by=fn.count()), fn.sum(fn.count()).over(partition_by=Ape.a)
    ).group_by(Ape.a),
    "a window beside columns": lambda: select(Ape, fn.count().over(), fn.max(Ape.a).over(partition_by=Ape.b)),
    "a window in order_by": lambda: select(Ape.a).order_by(fn.count().over(partition_by=Ape.b)),
    "a filtered window": lambda: select(Ape.a, fn.count().filter(Ape.b == 1).over()),
    "having of no column": lambda: select(fn.count()).from_(Ape).having(fn.max(Ape.a) > 1),
    "groups in a subquery": lambda: select(subquery(grouped_by_query())),
    "distinct, ordered by what is selected": lambda: select(Ape.a, Ape.b + 1).distinct().order_by(ape.b + 1, Ape.a),
    "distinct rows, ordered by a column": lambda: select(Ape).distinct().order_by(Ape.s.desc()),
    "distinct, ordered by raw SQL": lambda: select(Ape.a).distinct().order_by(sql("1").as_(int)),
    "distinct of raw SQL": lambda: select(sql("a").as_(int)).from_(Ape).distinct().order_by(Ape.a),
    "distinct of groups": lambda: select(Ape.a, fn.count()).group_by(Ape.a).distinct().order_by(fn.count()),
    "distinct_on, ordered by its keys": lambda: (
        select(Ape.s).distinct_on(Ape.a, Ape.b).order_by(Ape.b.desc(), Ape.a, Ape.id)
    ),
    "distinct_on, ordered by a part": lambda: select(Ape.s).distinct_on(Ape.a, Ape.b).order_by(Ape.b, Ape.b.desc()),
    "distinct_on an expression": lambda: select(Ape.s).distinct_on(Ape.a + 1).order_by(Ape.a + 1, Ape.b),
    "distinct_on with lists": lambda: select(Ape.id, many(Bee, on=Bee.a == Ape.id)).distinct_on(Ape.id),
    "a union of json, with repetitions": lambda: select(Pair.doc).union_all(select(Pair.doc)),
    "a lock": lambda: select(Ape.id).order_by(Ape.id).limit(1).for_("update", skip_locked=True),
    "a lock beside what may be absent": lambda: (
        select(Ape.id).left_join(Bee, on=Bee.id == Ape.a).for_("update", of=Ape)
    ),
    "a lock on what where keeps": lambda: (
        select(Ape.id).left_join(Bee, on=Bee.id == Ape.a).where(Bee.b == 1).for_("update")
    ),
    "a lock on what a later join keeps": lambda: (
        select(Ape.id).left_join(Bee, on=Bee.id == Ape.a).join(cow, on=cow.id == Bee.b).for_("update")
    ),
    "a lock beside a CTE of groups": lambda: (
        select(Ape.id).join(rows := cte_of(grouped_by_query()), on=rows.a == Ape.id).for_("update")
    ),
    "a lock beside a subquery of groups": lambda: (
        select(Ape.id).join(rows := subquery_of(grouped_by_query()), on=rows.a == Ape.id).for_("update", of=Ape)
    ),
    "a lock on a subquery": lambda: select(subquery(select(Ape.a, Ape.b).map(Two))).for_("update"),
    "an aggregate inside a locked query": lambda: (
        select(Ape.id).where(Ape.a == select(fn.max(Bee.a)).as_scalar()).for_("update")
    ),
    "a limit of a query": lambda: select(Ape.id).limit(select(fn.count()).from_(Bee).as_scalar()),
    "a limit of the row around": lambda: select(
        Ape.id, many(select(Bee.id).where(Bee.a == Ape.id).order_by(Bee.id).limit(any_fn.coalesce(Ape.a, 1)))
    ),
    "a bool of raw SQL": lambda: select(Ape.id).where(sql("true").as_(bool) & Ape.ok),
    "an aggregate in an insert's query": lambda: insert(
        new(Ape)(id=1, a=select(fn.max(Bee.a)).as_scalar(), b=None, s=None, ok=None)
    ),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_server_takes_it(tx: Tx, name: str) -> None:
    query = ACCEPTED[name]()
    (tx.all(query) if hasattr(query, "shape") else tx.execute(query)).unwrap()


@pytest.mark.slow
def test_a_chain_of_ten_thousand_terms_is_grouped_by() -> None:
    def chain() -> Any:
        made = ape.a + 0
        for number in range(1, 10_000):
            made = made + number
        return made

    compile(select(chain(), fn.count()).group_by(chain()).order_by(chain()))
    with pytest.raises(QueryError, match=r"apes\.a, which has several values"):
        compile(select(chain(), fn.count()).group_by(chain() + 1))


def test_queries_within_queries_are_grouped() -> None:
    query: Any = select(fn.max(Bee.a)).where(Bee.b == Ape.a)
    for number in range(100):
        inside = alias(Bee, f"bee_{number}")
        query = select(fn.max(inside.a)).where(inside.b == query.as_scalar())
    compile(select(Ape.a, query.as_scalar()).group_by(Ape.a))
    with pytest.raises(QueryError, match=r"apes\.a, which has several values"):
        compile(select(Ape.b, query.as_scalar()).group_by(Ape.b))
