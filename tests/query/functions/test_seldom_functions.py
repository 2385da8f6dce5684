"""Functions of addresses, strings of bits and paths into documents: what they give, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import IPv4Interface, IPv6Network, ip_network
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    Expr,
    QueryError,
    Success,
    Table,
    column,
    create_all,
    drop_all,
    fn,
    insert,
    maybe,
    new,
    pg,
    schema,
    select,
    value,
)


class Seldom(Table, name="seldom_things"):
    id: Col[int] = column(primary_key=True)
    host: Col[IPv4Interface] = column(pg.inet)
    net: Col[IPv6Network | None] = column(pg.cidr)
    flags: Col[str] = column(pg.bit(4))
    more: Col[str | None] = column(pg.varbit)
    document: Col[dict[str, list[int]]] = column()
    text: Col[str] = column(default="x")


S: Any = Seldom


@pytest.fixture(scope="module")
def seldom(qb_db: Database) -> Iterator[Database]:
    qb_db.run(create_all(schema(Seldom))).unwrap()
    net = IPv6Network("2001:db8::/32")
    row = new(Seldom)(id=1, host=IPv4Interface("10.0.7.1/8"), net=net, flags="0101", more="11", document={"a": [1, 2]})
    qb_db.execute(insert(row)).unwrap()
    yield qb_db
    qb_db.run(drop_all(schema(Seldom))).unwrap()


VALUES: list[tuple[Expr[Any], Any]] = [
    (fn.host(Seldom.host), "10.0.7.1"),
    (fn.masklen(Seldom.net), 32),
    (fn.family(Seldom.host), 4),
    (fn.family(Seldom.net), 6),
    (fn.network(Seldom.host), ip_network("10.0.0.0/8")),
    (fn.bitand(Seldom.flags, "1100"), "0100"),
    (fn.bitor(Seldom.flags, Seldom.flags), "0101"),
    (fn.bitxor(Seldom.flags, "1111"), "1010"),
    (fn.bitnot(Seldom.flags), "1010"),
    (fn.bitnot(fn.bitnot(Seldom.more)), "11"),
    (fn.bit_count(Seldom.flags), 2),
    (fn.get_bit(Seldom.flags, 1), 1),
    (fn.set_bit(Seldom.more, 0, 0), "01"),
    (fn.jsonb_path_exists(Seldom.document, "$.a[*] ? (@ > $least)", {"least": 1}), True),
    (fn.jsonb_path_exists(Seldom.document, "$.b"), False),
    (fn.jsonb_path_match(Seldom.document, "$.a[0] == 1"), True),
    (fn.jsonb_path_match(Seldom.document, value("$.a[0] == 2").cast(pg.jsonpath)), False),
    (fn.jsonb_path_query_array(Seldom.document, "$.a[*] ? (@ > 1)"), [2]),
    (fn.jsonb_path_query_first(Seldom.document, "$.a[*]"), 1),
    (fn.jsonb_path_query_first(Seldom.document, "$.b"), None),
]


@pytest.mark.parametrize(("expression", "wanted"), VALUES)
def test_values(seldom: Database, expression: Expr[Any], wanted: object) -> None:
    assert seldom.one(select(maybe(expression)).from_(Seldom)) == Success(wanted)


def test_lengths_that_differ_are_the_servers_to_refuse(seldom: Database) -> None:
    failed = seldom.one(select(fn.bitand(Seldom.flags, fn.bitnot(S.more)))).failure()
    assert "different sizes" in str(failed)
    assert "exactly 4 bits" in str(seldom.one(select(fn.bitand(Seldom.flags, "1"))).failure())


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: fn.host(S.text), "host is not for text: give an inet or a cidr"),
    (lambda: fn.bitand(S.text, "1"), "bitand is not for text: cast it to pg.varbit"),
    (lambda: fn.bitor(S.flags, S.text), "bitor is not for text"),
    (lambda: fn.bitnot(S.id), "bitnot is not for bigint"),
    (lambda: fn.get_bit(S.flags, "1"), "a position takes an int, not str"),  # type: ignore[call-overload]
    (lambda: fn.set_bit(S.flags, 1, 2), "a bit is 0 or 1, not 2"),
    (lambda: fn.jsonb_path_exists(S.text, "$"), "jsonb_path_exists is not for text: cast it to pg.jsonb"),
    (lambda: fn.jsonb_path_exists(S.document, S.text), "is not for text: cast it to pg.jsonpath"),
    (lambda: fn.jsonb_path_exists(S.document, 5), "jsonpath takes str, not int"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("build", "said"), REFUSED)
def test_what_they_are_not_for_is_refused(build: Callable[[], object], said: str) -> None:
    with pytest.raises(QueryError) as raised:
        build()
    assert said in str(raised.value)
