"""The SQL of queries of every kind, kept in tests/golden/queries.sql; `QB_REFRESH=1` writes it anew.

The server prepares each of them, so what is golden is also what PostgreSQL accepts.
"""

import datetime as dt
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from qb import (
    Col,
    Database,
    Shape,
    alias,
    case,
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
    patch,
    pg,
    prepare,
    select,
    sql,
    subquery,
    update,
    value,
)
from tests.query.model import Ape, Bee

GOLDEN = Path(__file__).parent.parent / "golden" / "queries.sql"
NewApe = new(Ape)
ROW = NewApe(id=1, a=2, b=None, s="s", ok=True)
boss = alias(Ape, "boss")


class Pair(Shape):
    a: Col[int | None]
    n: Col[int]


negative = -Ape.id
plus_seven = Ape.id + 7
counts = cte(select(Ape.a, fn.count()).group_by(Ape.a).map(Pair), name="counts")
other = alias(counts, "other")
inner = subquery(select(Bee.a, Bee.id).where(Bee.ok).map(Pair), name="inner")


@prepare
def prepared(a: int, among: list[int], text: str | None = None, limit: int = 3) -> Any:
    query = select(Ape.id).where(Ape.a == a, Ape.b.in_(among)).limit(limit)
    return query if text is None else query.where(Ape.s.ilike("%" + text + "%"))


QUERIES: dict[str, Callable[[], Any]] = {
    "a table": lambda: select(Ape),
    "columns and expressions": lambda: select(Ape.id, Ape.id + 1, -negative, Ape.id - (-1), maybe(Ape.a % 2)),
    "precedence": lambda: select(Ape.id).where(
        (Ape.a == 1) | (Ape.b == 2) & ~(Ape.ok | (Ape.s == "x")), Ape.id * (Ape.id + 1) > 2
    ),
    "comparisons": lambda: select(Ape.id).where(
        Ape.a != 1,
        Ape.a < 2,
        Ape.a <= Ape.b,
        Ape.a > 3,
        Ape.a >= 4,
        Ape.a.is_null(),
        Ape.b.is_not_null(),
        Ape.a.is_distinct_from(None),
        Ape.a.is_not_distinct_from(Ape.b),
        Ape.id.between(1, 2),
    ),
    "lists": lambda: select(Ape.id).where(
        Ape.id.in_([1, 2]), Ape.s.not_in(["x"]), Ape.id.in_(select(Bee.id)), Ape.id.not_in(select(Bee.id))
    ),
    "text": lambda: select(Ape.id, "<" + fn.coalesce(Ape.s, "") + ">").where(
        Ape.s.like("a%"), Ape.s.not_like("b"), Ape.s.ilike("c"), Ape.s.not_ilike("d")
    ),
    "functions": lambda: select(
        fn.lower("x" + fn.coalesce(Ape.s, "y")),
        fn.concat(Ape.s, "-"),
        fn.round(value(Decimal("1.5")), 1),
        fn.now(),
        fn.current_date(),
        fn.extract("year", fn.now()),
        fn.date_trunc("day", fn.now() + dt.timedelta(days=1)),
        fn.greatest(Ape.id, 3),
        fn.nullif(Ape.a, 0),
        case((Ape.ok, 1), (Ape.a == 2, Ape.id), else_=0),
    ),
    "cast": lambda: select(Ape.id.cast(pg.text), Ape.s.cast(pg.varchar(3))),
    "joins": lambda: (
        select(Ape.id, maybe(Bee), maybe(boss.s))
        .left_join(Bee, on=Bee.a == Ape.id)
        .left_join(boss, on=boss.id == Ape.a)
    ),
    "full and cross": lambda: (
        select(maybe(Ape.id), maybe(Bee.id)).from_(Ape).full_join(Bee, on=Bee.id == Ape.id).cross_join(boss)
    ),
    "groups": lambda: (
        select(
            Ape.ok,
            fn.count(),
            fn.sum(Ape.a, distinct=True),
            fn.avg(Ape.b),
            fn.string_agg(Ape.s, ",", order_by=Ape.id.desc()),
        )
        .group_by(Ape.ok)
        .having(fn.count() > 1)
        .order_by(fn.count().desc(), Ape.ok.asc(nulls="first"))
    ),
    "the same value twice": lambda: select(plus_seven, fn.count()).from_(Ape).group_by(plus_seven),
    "windows": lambda: select(
        Ape.id,
        fn.row_number().over(partition_by=[Ape.a, Ape.b], order_by=Ape.id.desc()),
        fn.count().filter(Ape.ok, Ape.a > 1).over(),
        fn.lag(Ape.a, 2).over(order_by=Ape.id),
    ),
    "order, limit, offset": lambda: select(Ape.id).distinct().order_by(Ape.id.desc(nulls="last")).limit(5).offset(0),
    "distinct on": lambda: select(Ape).distinct_on(Ape.a, Ape.b).order_by(Ape.a, Ape.b),
    "locks": lambda: (
        select(Ape.id).join(Bee, on=Bee.id == Ape.id).for_("update", of=Ape, skip_locked=True).for_("key share", of=Bee)
    ),
    "set operations": lambda: (
        select(Ape.id).union(select(Bee.id).limit(1)).except_all(select(Bee.id)).order_by(Ape.id.desc()).limit(2)
    ),
    "exists and scalars": lambda: select(Ape.id, select(fn.max(Bee.a)).where(Bee.b == Ape.b).as_scalar()).where(
        exists(select(Bee.id).where(Bee.id == Ape.id)),
        ~exists(select(Bee.id).where(Bee.a > select(fn.avg(Ape.a).cast(pg.bigint)).as_scalar())),
    ),
    "nested rows": lambda: select(
        Ape.id,
        many(select(Bee.id, many(select(boss).where(boss.a == Bee.a))).where(Bee.a == Ape.a).order_by(Bee.id).limit(3)),
    ),
    "CTEs": lambda: select(counts, maybe(inner.n)).left_join(inner, on=inner.a == counts.a).where(counts.n > 1),
    "one CTE under two names": lambda: select(counts.a, other.n).join(other, on=other.a == counts.a),
    "CTEs in a CTE": lambda: select(cte(select(counts).where(counts.n > 2), name="more", materialized=False)),
    "a CTE that writes": lambda: select(
        cte(delete(Bee).where(Bee.id == 1).returning(Bee.a, Bee.id).map(Pair), name="gone")
    ),
    "insert": lambda: insert(ROW),
    "insert rows": lambda: insert(ROW, NewApe(id=2, a=None, b=3, s="x", ok=None)).returning(Ape.id, Ape.s),
    "insert expressions": lambda: insert(Ape, Ape.id.to(1), Ape.s.to(fn.lower("X")), Ape.ok.to(True)),
    "insert rows of expressions": lambda: (
        insert(Ape)
        .values([Ape.s.to(fn.lower("X")), Ape.id.to(value(1) + 1)], ROW, [Ape.id.to(3)])
        .set(Ape.b.to(select(fn.max(Bee.b)).as_scalar()))
        .on_conflict(nothing=True)
        .returning(Ape.id)
    ),
    "insert from": lambda: insert_from(
        Ape, select(Bee.id, fn.upper(fn.coalesce(Bee.s, ""))).where(Bee.ok), Ape.id, Ape.s
    ).returning(),
    "on conflict": lambda: insert(ROW).on_conflict(
        Ape.id,
        where=Ape.ok,
        update=[Ape.a.to(excluded(Ape.a)), Ape.b.to(Ape.b + 1)],
        update_where=Ape.a < excluded(Ape.a),
    ),
    "on constraint": lambda: insert(ROW).on_conflict(constraint="apes_pkey", nothing=True),
    "update": lambda: update(Ape).set(Ape.a.to(Ape.a + 1), Ape.s.to(None)).where(Ape.id == 1).returning(),
    "update from": lambda: (
        update(Ape).set(Ape.a.to(Bee.a)).from_(Bee).join(boss, on=boss.id == Bee.id).where(Ape.id == Bee.id)
    ),
    "patch": lambda: update(Ape).patch(patch(Ape)(s="x", ok=False)).all_rows(),
    "delete": lambda: delete(Ape).using(Bee, inner).where(Ape.id == Bee.id, inner.a == Ape.a).returning(Ape.id, Bee.s),
    "raw": lambda: select(sql("{a} <-> {b}", a=Ape.id, b=1).as_(int)).where(sql("{t} IS NOT NULL", t=Ape).as_(bool)),
    "prepared": lambda: prepared(1, [2]),
    "prepared with more": lambda: prepared(1, [2], "x", limit=9),
}
UNKNOWN_TO_THE_SERVER = ("raw", "on conflict")  # an operator, and a partial index, that are not there


def rendered() -> str:
    """Every query, under its name."""
    parts = [f"-- {name}\n{compile(build())};\n" for name, build in QUERIES.items()]
    return "\n".join(parts)


def test_queries_have_the_sql_that_was_read_once() -> None:
    if os.environ.get("QB_REFRESH"):
        GOLDEN.write_text(rendered())
    assert rendered() == GOLDEN.read_text()


@pytest.mark.parametrize("name", [name for name in QUERIES if name not in UNKNOWN_TO_THE_SERVER])
def test_the_server_accepts_it(apes: Database, qb_url: str, name: str) -> None:
    compiled = compile(QUERIES[name]())
    with psycopg.Connection[Any].connect(qb_url) as connection:
        result = connection.pgconn.prepare(b"", compiled.sql)
        assert result.error_message == b""
        described = connection.pgconn.describe_prepared(b"")
        assert described.nparams == len(compiled.placeholders)


def test_the_same_query_gives_the_same_text_every_time() -> None:
    assert rendered() == rendered()
