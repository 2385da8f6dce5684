"""Columns of random schemas: types, PostgreSQL's and of one's own, with values of theirs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from ipaddress import ip_interface, ip_network
from typing import Any, Literal
from uuid import UUID

import msgspec
from hypothesis import strategies as st

import qb
from qb import Multirange, Range, column, fn, pg
from qb.typing import SqlType, TsVector
from tests.kit.random_maker import LABELS, Maker

VALUES: list[tuple[SqlType[Any], Any, st.SearchStrategy[Any]]] = [
    (pg.smallint, int, st.integers(-(2**15), 2**15 - 1)),
    (pg.integer, int, st.integers(-(2**31), 2**31 - 1)),
    (pg.bigint, int, st.integers(-(2**63), 2**63 - 1)),
    (pg.numeric, Decimal, st.decimals(allow_infinity=False, places=3, min_value=-999, max_value=999)),
    (pg.numeric(8, 2), Decimal, st.decimals(allow_nan=False, places=2, min_value=-999, max_value=999)),
    (pg.real, float, st.floats(width=32)),
    (pg.double_precision, float, st.floats(width=64)),
    (pg.boolean, bool, st.booleans()),
    (pg.text, str, st.text("ab'\"\\%$ Ä\n", max_size=10)),
    (pg.text.collate("C"), str, st.text("ab", max_size=3)),
    (pg.varchar(12), str, st.text("ab'", max_size=12)),
    (pg.varchar, str, st.text("ab'", max_size=12)),
    (pg.char(3), str, st.text("abc", min_size=3, max_size=3)),
    (pg.bpchar, str, st.text("abc", max_size=3)),
    (pg.bytea, bytes, st.binary(max_size=6)),
    (pg.uuid, UUID, st.uuids()),
    (pg.date, dt.date, st.dates()),
    (pg.time, dt.time, st.times()),
    (pg.timestamp(3), dt.datetime, st.just(dt.datetime(2026, 1, 2, 3, 4, 5, 678000))),  # noqa: DTZ001
    (pg.timestamptz, dt.datetime, st.datetimes(timezones=st.just(dt.UTC))),
    (pg.timetz, dt.time, st.times(timezones=st.just(dt.UTC))),
    (pg.interval, dt.timedelta, st.timedeltas(dt.timedelta(days=-999), dt.timedelta(days=999))),
    (pg.jsonb, dict[str, int], st.dictionaries(st.text("ab'\"\\", max_size=3), st.integers(-5, 5), max_size=2)),
    (pg.json, list[int], st.lists(st.integers(-5, 5), max_size=2)),
    (pg.int4range, Range[int], st.builds(Range, st.integers(-5, 0), st.integers(1, 5))),
    (pg.int4multirange, Multirange[int], st.just(Multirange((Range(1, 3), Range(5, 9))))),
    (pg.array(pg.integer), list[int], st.lists(st.integers(-5, 5), max_size=3)),
    (pg.array(pg.text), list[str], st.lists(st.text("a,{}\"'\\", max_size=3), max_size=3)),
    (pg.inet, Any, st.just(ip_interface("10.0.0.1/8"))),
    (pg.cidr, Any, st.just(ip_network("10.0.0.0/8"))),
    (pg.macaddr, str, st.just("08:00:2b:01:02:03")),
    (pg.bit(3), str, st.just("101")),
    (pg.varbit(5), str, st.just("10")),
    (pg.tsvector, TsVector, st.just(TsVector("'a' 'b'"))),
    (pg.oid, int, st.integers(0, 2**32 - 1)),
]
"""Types, what their values are in Python, and values."""

_LITERAL: Any = Literal
_LIST: Any = list
PLAIN = (pg.integer, pg.bigint, pg.text, pg.uuid, pg.date)
"""Those of keys: they can be compared, and are short."""


class Pair(msgspec.Struct, frozen=True):
    """What a composite type holds."""

    one: int
    other: str


PAIRS = st.builds(Pair, st.integers(-5, 5), st.text("ab,()\"' ", max_size=4))


def _enum(m: Maker) -> tuple[Any, Any, Any]:
    labels = tuple(m.draw(LABELS))
    python = _LITERAL[labels]
    return pg.enum(m.name("enum "), python, schema=m.where(), comment=m.comment()), python, st.sampled_from(labels)


def _domain(m: Maker) -> tuple[Any, Any, Any]:
    options: dict[str, Any] = {"schema": m.where(), "comment": m.comment()}
    if m.chance(3):
        options["default"] = 7
    if m.chance(3):
        options["not_null"] = True
    if m.chance():
        options["check"] = m.one_of(_least, {m.name(): _most})
    of = m.one_of(pg.integer, pg.bigint)
    if m.chance(4):
        of = qb.domain(m.name("below "), of, check=_most, schema=m.where())
    made = qb.domain(m.name("domain "), of, **options)
    if "not_null" in options:
        m.never.append(made)
    return made, int, st.integers(0, 9)


def _least(value: Any) -> Any:
    return value > -9


def _most(value: Any) -> Any:
    return value < 10**6


def _text_domain(m: Maker) -> tuple[Any, Any, Any]:
    collate = m.one_of(None, "C")
    made = qb.domain(m.name("domain "), m.one_of(pg.text, pg.varchar(9)), collate=collate, schema=m.where())
    return made, str, st.text("ab'\\", max_size=3)


def _composite(m: Maker) -> tuple[Any, Any, Any]:
    return qb.composite(m.name("pair "), Pair, schema=m.where(), comment=m.comment()), Pair, PAIRS


def _collated(m: Maker) -> tuple[Any, Any, Any]:
    made = qb.collation(m.name("by "), schema=m.where(), provider="libc", locale="C", comment=m.comment())
    return m.one_of(pg.text, pg.varchar(7)).collate(made), str, st.text("ab", max_size=3)


_OWN = (("enum", _enum), ("domain", _domain), ("text domain", _text_domain), ("pair", _composite), ("by", _collated))


def kind(m: Maker) -> tuple[Any, Any, Any]:
    """A type, what its values are in Python, and values."""
    if not m.chance(3):
        drawn: tuple[Any, Any, Any] = m.draw(st.sampled_from(VALUES))
        return drawn
    name, make = m.one_of(*_OWN)
    type_, python, values = m.again(name, lambda: make(m))
    if m.chance(4):
        return pg.array(type_), _LIST[python], st.lists(values, max_size=2)
    return type_, python, values


def column_of(m: Maker, taken: list[str]) -> tuple[str, Any, Any]:
    """A column: its attribute, annotation and value."""
    type_, python, values = kind(m)
    options: dict[str, Any] = {"name": m.name(), "comment": m.comment()}
    if python is str and m.chance(4) and type_ in (pg.text, pg.varchar):
        options |= {"storage": m.one_of("external", "main", "plain"), "statistics": m.draw(st.integers(0, 100))}
    if python is bytes and m.chance():
        options["compression"] = "pglz"
    optional = type_ not in m.never and m.chance()
    if m.chance(3):
        options["default"] = m.draw(values)
    elif optional and m.chance():
        options["default"] = None
    elif type_ is pg.timestamptz and m.chance():
        options["default"] = fn.now()
    elif type_ is pg.uuid and m.chance():
        options["default"] = fn.gen_random_uuid()
    if m.chance(8) and type_ in PLAIN:
        options["unique"] = True
    if m.chance(6) and type_ is pg.integer:
        options["check"] = m.below
    if m.chance(6) and type_ in PLAIN:
        options["index"] = True
    return f"c{len(taken)}", python | None if optional else python, column(type_, **options)
