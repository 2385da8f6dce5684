"""Tables of random schemas, and what stands beside them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

import qb
from qb import Range, column, fn, pg
from tests.kit.random_columns import PLAIN, column_of
from tests.kit.random_maker import Maker

_COLUMN: Any = qb.Col
TARGETS = st.sampled_from([None, 0, 50])
RLS = st.sampled_from([False, False, True, "force"])


def table(m: Maker) -> None:
    """A table with a key, columns, and what stands beside it."""
    start = m.draw(st.integers(1, 99))
    keys: dict[str, dict[str, Any]] = {
        "identity": {"default": qb.identity(start=start, cycle=m.chance())},
        "always": {"generated": qb.identity(increment=start, cache=m.draw(st.integers(1, 5)))},
        "serial": {"default": qb.serial()},
        "none": {},
    }
    key = column(m.one_of(pg.integer, pg.bigint), primary_key=True, **keys[m.one_of(*keys)])
    body: dict[str, Any] = {"id": key}
    hints: dict[str, Any] = {"id": qb.Col[int]}
    for _ in range(m.draw(st.integers(0, 5))):
        attribute, annotation, spec = column_of(m, [*body])
        hints[attribute], body[attribute] = _COLUMN[annotation], spec
    if m.tables and m.chance():
        _refers(m, body, hints)
    if m.chance(4):
        doubled: Any = body["id"] * 2
        stored = m.major < 18 or m.chance()
        hints["twice"] = qb.Col[int | None]
        body["twice"] = column(pg.bigint, generated=doubled, stored=stored, name=m.name())
    options: dict[str, Any] = {"name": m.name(), "schema": m.where(), "rls": m.draw(RLS), "comment": m.comment()}
    options["unlogged"] = unlogged = m.chance(5)
    if m.chance(4):
        options["with_"] = {"fillfactor": 70, **({"toast.autovacuum_enabled": False} if m.toast else {})}
    made = m.table_class(body, hints, **options)
    m.made.append(made)
    columns = [getattr(made, attribute) for attribute in body if attribute != "twice"]
    if not unlogged:
        m.columns[made] = columns
        m.tables.append(made)
        _published(m, made)
    _constraints(m, made, columns)
    _indexes(m, made, columns)
    _rights(m, made, columns, rls=bool(options["rls"]))


def _refers(m: Maker, body: dict[str, Any], hints: dict[str, Any]) -> None:
    other = m.draw(st.sampled_from(m.tables))
    actions: dict[str, Any] = {
        "on_delete": m.one_of(None, "cascade", "set null", "restrict", "no action"),
        "on_update": m.one_of(None, "cascade"),
        "deferrable": m.chance(),
    }
    if actions["deferrable"]:
        actions["initially"] = m.one_of("immediate", "deferred")
    spec = column(other.id.type, references=qb.references(other.id, **actions), name=m.name(), index=m.chance())
    hints["other"], body["other"] = qb.Col[int | None], spec


def _published(m: Maker, made: Any) -> None:
    if m.chance(6):
        m.made.append(qb.replica_identity(made, m.one_of("full", "nothing")))
    if m.chance(6):
        shown = qb.published(made, made.id, where=made.id > 5) if m.chance() else made
        m.made.append(qb.publication(m.name(), shown, publish=["insert"], via_partition_root=m.chance()))


def _constraints(m: Maker, made: Any, columns: list[Any]) -> None:
    plain = [each for each in columns if each.type in PLAIN]
    if m.chance(3):
        condition = (made.id > -(10**6)) | made.id.is_null()
        not_valid, alone = m.chance(), m.chance(4)
        m.made.append(qb.check(m.name(), condition, not_valid=not_valid, no_inherit=alone, comment=m.comment()))
    if len(plain) > 1 and m.chance(3):
        deferrable = m.chance()
        m.made.append(qb.unique(made.id, plain[-1], name=m.name(), deferrable=deferrable, comment=m.comment()))
    if len(plain) > 1 and m.chance(4):
        more = [each for each in columns if each is not plain[-1] and each is not made.id][:1]
        m.made.append(qb.unique(plain[-1], made.id, include=more, nulls_not_distinct=m.chance(), name=m.name()))
    if m.chance(4):
        where = made.id > 7 if m.chance() else None
        m.made.append(qb.exclude(m.name(), (made.id, "="), method="btree", where=where, deferrable=m.chance()))


def _indexes(m: Maker, made: Any, columns: list[Any]) -> None:
    plain = [each for each in columns if each.type in PLAIN]
    if m.chance():
        keys = m.draw(st.lists(st.sampled_from(plain), min_size=1, max_size=2, unique_by=id))
        ordered = [each.desc(nulls="last") if m.chance() else each for each in keys]
        condition = made.id > m.draw(st.integers(-5, 5)) if m.chance() else None
        m.made.append(qb.index(m.name(), *ordered, unique=m.chance(), where=condition, comment=m.comment()))
    if m.chance(4):
        m.made.append(qb.index(m.name(), made.id + 1, include=columns[-1], with_={"fillfactor": 60}))
    if m.chance(5):
        m.made.append(qb.index(m.name(), m.one_of(*plain), method=m.one_of("hash", "brin")))
    texts = [each for each in columns if each.type is pg.text]
    if texts and m.chance():
        m.made.append(qb.index(m.name(), fn.lower(texts[0]), operator_class="text_pattern_ops"))
    if len(plain) > 1 and m.chance(4):
        kinds = m.one_of(["ndistinct"], ["mcv", "dependencies"], None)
        options = {"kinds": kinds} if kinds else {}
        m.made.append(qb.statistics(m.name(), *plain[:2], target=m.draw(TARGETS), comment=m.comment(), **options))


def _rights(m: Maker, made: Any, columns: list[Any], *, rls: bool) -> None:
    if rls:
        to: Any = m.roles or ["public"]
        m.made.append(qb.policy(made, name=m.name(), to=to, using=made.id > 0, restrictive=m.chance()))
        if m.chance():
            command = m.one_of("all", "update")
            m.made.append(qb.policy(made, name=m.name(), for_=command, using=made.id > 0, with_check=made.id > 1))
        if m.chance():
            m.made.append(qb.policy(made, name=m.name(), for_="insert", with_check=made.id.is_not_null(), comment="a'"))
    if m.roles and m.chance():
        m.made.append(qb.grant("select", "insert", on=made, to=m.roles[0], grantable=m.chance()))
        m.made.append(qb.grant("update", on=columns[0], to=m.roles[-1]))
    if m.chance(6):
        m.made.append(qb.grant("select", on=made, to="public"))


def divided(m: Maker) -> None:
    """A table and its partitions, divided in each of three ways, one of them again."""
    body: dict[str, Any] = {
        "id": column(primary_key=True),
        "day": column(primary_key=True, name=m.name()),
        "note": column(),
    }
    hints = {"id": qb.Col[int], "day": qb.Col[dt.date], "note": qb.Col[str | None]}
    made = m.table_class(body, hints, name=m.name(), schema=m.where(), comment=m.comment())
    m.made.append(made)
    ways = m.one_of("range", "days", "list", "hash")
    if ways == "range":
        parts: Any = qb.partition_by_range(made, made.id, made.day)
        one = parts.partition(m.name(), (0, qb.MINVALUE), (m.draw(st.integers(1, 9)), qb.MAXVALUE))
    elif ways == "days":
        parts = qb.partition_by_range(made, made.day)
        one = parts.partition(m.name(), qb.MINVALUE, dt.date(2026, 1, 1), schema=m.where())
    elif ways == "list":
        parts = qb.partition_by_list(made, made.id)
        one = parts.partition(m.name(), 1, 2)
    else:
        parts = qb.partition_by_hash(made, made.id)
        one = parts.partition(m.name(), modulus=3, remainder=m.draw(st.integers(0, 2)))
    m.made += [parts, one]
    if ways != "hash" and m.chance():
        m.made.append(parts.default(m.name(), with_={"fillfactor": 80}))
    if m.chance():
        again = qb.partition_by_hash(one, one.day)
        m.made += [again, again.partition(m.name(), modulus=2, remainder=1)]
    elif m.chance():
        m.made.append(qb.index(m.name(), one.note))
    if m.chance():
        m.made.append(qb.index(m.name(), made.note, made.id, unique=False))
    if m.chance():
        m.made.append(qb.check(m.name(), made.id > -1))
    if m.chance():
        m.made.append(qb.check(m.name(), one.note != "it's", not_valid=m.chance()))


def inherited(m: Maker) -> None:
    """A table, and one that inherits it."""
    shared = m.table_class(
        {"id": column(primary_key=True), "some": column(pg.text, default="x", comment=m.comment(), check=_short)},
        {"id": qb.Col[int], "some": qb.Col[str | None]},
    )
    parent = m.table_class({}, {}, (shared,), name=m.name(), schema=m.where())
    own = {"own": column(pg.integer, name=m.name())}
    child = m.table_class(own, {"own": qb.Col[int | None]}, (shared,), name=m.name(), schema=m.where(), inherits=parent)
    m.made += [parent, child]
    if m.chance():
        m.made.append(qb.check(m.name(), parent.id > -1))
    if m.chance():
        m.made.append(qb.index(m.name(), child.some.desc()))


def _short(value: Any) -> Any:
    return fn.length(value) < 10**6


def composed(m: Maker) -> None:
    """Keys of several columns, and foreign keys to them."""
    body: dict[str, Any] = {"a": column(name=m.name()), "b": column(pg.integer), "c": column(pg.text)}
    made = m.table_class(body, {"a": qb.Col[int], "b": qb.Col[int], "c": qb.Col[str]}, name=m.name(), schema=m.where())
    refers = m.table_class(
        {"x": column(), "y": column(pg.integer), "z": column(pg.text)},
        {"x": qb.Col[int | None], "y": qb.Col[int | None], "z": qb.Col[str | None]},
        name=m.name(),
        schema=m.where(),
    )
    m.made += [made, refers, qb.primary_key(made.b, made.a, name=m.name(), include=made.c)]
    options: dict[str, Any] = {
        "match": m.one_of("simple", "full"),
        "on_delete": m.one_of(None, "cascade", qb.set_null(refers.x), "set default"),
        "not_valid": m.chance(),
        "deferrable": m.chance(),
        "name": m.name(),
        "comment": m.comment(),
    }
    if options["match"] == "full" and not isinstance(options["on_delete"], str | None):
        options["on_delete"] = None
    m.made.append(qb.foreign_key((refers.y, refers.x), (made.b, made.a), **options))


def periods(m: Maker) -> None:
    """Keys of times, as PostgreSQL 18 knows them."""
    made: list[Any] = []
    for _ in range(2):
        body = {"rooms": column(pg.int4range), "nights": column(pg.daterange, name=m.name())}
        hints = {"rooms": qb.Col[Range[int]], "nights": qb.Col[Range[dt.date]]}
        made.append(m.table_class(body, hints, name=m.name(), schema=m.where()))
    one, other = made
    m.made += [
        *made,
        qb.primary_key(one.rooms, one.nights, without_overlaps=True, name=m.name()),
        qb.foreign_key((other.rooms, other.nights), (one.rooms, one.nights), period=True, name=m.name()),
        qb.unique(other.rooms, other.nights, without_overlaps=True, name=m.name()),
    ]
