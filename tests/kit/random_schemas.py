"""Random schemas, made of descriptors of all kinds, with names that need quotes."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from hypothesis import strategies as st

import qb
from qb import Range, Table, column, fn, pg, schema
from qb.typing import Schema, SqlType

Draw = Callable[[st.SearchStrategy[Any]], Any]

_AWKWARD = st.sampled_from(['a "b"', "it's", "per%cent %s", "$1", "back\\slash", "select", "Ünï", "{x}", "a.b", "x;--"])
_PLAIN = st.text("abcxyzÄ_ \"'$%\\", min_size=1, max_size=12)
NAMES = st.one_of(_PLAIN, _AWKWARD)
"""Names; each is given a number, so that no two are the same."""

LABELS = st.lists(
    st.one_of(st.text("abcÄ'\"\\ ", min_size=1, max_size=8), _AWKWARD), min_size=1, max_size=4, unique=True
)

VALUES: list[tuple[SqlType[Any], Any, st.SearchStrategy[Any]]] = [
    (pg.smallint, int, st.integers(-(2**15), 2**15 - 1)),
    (pg.integer, int, st.integers(-(2**31), 2**31 - 1)),
    (pg.bigint, int, st.integers(-(2**63), 2**63 - 1)),
    (pg.numeric, Decimal, st.decimals(allow_infinity=False, places=3, min_value=-999, max_value=999)),
    (pg.numeric(8, 2), Decimal, st.decimals(allow_nan=False, places=2, min_value=-999, max_value=999)),
    (pg.double_precision, float, st.floats(width=64)),
    (pg.boolean, bool, st.booleans()),
    (pg.text, str, st.text("ab'\"\\%$ Ä\n", max_size=10)),
    (pg.text.collate("C"), str, st.text("ab", max_size=3)),
    (pg.varchar(12), str, st.text("ab'", max_size=12)),
    (pg.varchar, str, st.text("ab'", max_size=12)),
    (pg.char(3), str, st.text("abc", min_size=3, max_size=3)),
    (pg.bytea, bytes, st.binary(max_size=6)),
    (pg.uuid, UUID, st.uuids()),
    (pg.date, dt.date, st.dates()),
    (pg.timestamptz, dt.datetime, st.datetimes(timezones=st.just(dt.UTC))),
    (pg.interval, dt.timedelta, st.timedeltas(dt.timedelta(days=-999), dt.timedelta(days=999))),
    (pg.jsonb, dict[str, int], st.dictionaries(st.text("ab'\"\\", max_size=3), st.integers(-5, 5), max_size=2)),
    (pg.int4range, Range[int], st.builds(Range, st.integers(-5, 0), st.integers(1, 5))),
    (pg.array(pg.integer), list[int], st.lists(st.integers(-5, 5), max_size=3)),
    (pg.array(pg.text), list[str], st.lists(st.text("a,{}\"'\\", max_size=3), max_size=3)),
]
"""Types, what their values are in Python, and values."""


_LITERAL: Any = Literal
_COLUMN: Any = qb.Col


class Maker:
    """What is drawn for one schema."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.made: list[Any] = []
        self.tables: list[Any] = []
        self.count = 0
        self.schemas = [None, None, *(self.name() for _ in range(draw(st.integers(0, 2))))]
        self.roles = [qb.role(self.name("role ")) for _ in range(draw(st.integers(0, 2)))]
        self.made += self.roles

    def name(self, before: str = "") -> str:
        self.count += 1
        return f"{before}{self.draw(NAMES)}{self.count}"

    def chance(self, of: int = 2) -> bool:
        chosen: int = self.draw(st.integers(0, of - 1))
        return chosen == 0

    def below(self, value: Any) -> Any:
        return value < self.draw(st.integers(10**6, 10**9))

    def where(self) -> str | None:
        found: str | None = self.draw(st.sampled_from(self.schemas))
        return found

    def column_of(self, taken: list[str]) -> tuple[str, Any, Any]:
        """A column: its attribute, annotation and value."""
        drawn: tuple[Any, Any, Any] = self.draw(st.sampled_from(VALUES))
        type_, python, values = drawn
        options: dict[str, Any] = {"name": self.name()}
        if self.chance(6):
            labels = tuple(self.draw(LABELS))
            python = _LITERAL[labels]
            type_, values = pg.enum(self.name("enum "), python, schema=self.where()), st.sampled_from(labels)
        elif self.chance(8):
            kept = qb.domain(self.name("domain "), pg.integer, check=lambda value: value > -9, schema=self.where())
            type_, python, values = kept, int, st.integers(0, 9)
        elif self.chance(8):
            type_, python, values = qb.composite(self.name("pair "), Pair, schema=self.where()), Pair, PAIRS
        elif python is str and self.chance(4):
            options |= {"storage": "external", "statistics": self.draw(st.integers(0, 100))}
        optional = self.chance()
        if self.chance(3):
            options["default"] = self.draw(values)
        elif optional and self.chance():
            options["default"] = None
        if self.chance(5):
            options["comment"] = self.draw(st.text("a'\"\\$%", max_size=6)) or None
        if self.chance(8) and type_ in (pg.integer, pg.bigint, pg.text, pg.uuid, pg.date):
            options["unique"] = True
        if self.chance(6) and type_ is pg.integer:
            options["check"] = self.below
        return f"c{len(taken)}", python | None if optional else python, column(type_, **options)

    def table(self) -> None:
        """A table with a key, columns, and what stands beside it."""
        body: dict[str, Any] = {}
        annotations: dict[str, Any] = {"id": qb.Col[int]}
        generated = self.draw(st.sampled_from(["identity", "always", "serial", "none"]))
        start = self.draw(st.integers(1, 99))
        keys: dict[str, dict[str, Any]] = {
            "identity": {"default": qb.identity(start=start, cycle=self.chance())},
            "always": {"generated": qb.identity(increment=start)},
            "serial": {"default": qb.serial()},
            "none": {},
        }
        body["id"] = column(self.draw(st.sampled_from([pg.integer, pg.bigint])), primary_key=True, **keys[generated])
        for _ in range(self.draw(st.integers(0, 5))):
            attribute, annotation, spec = self.column_of([*body])
            annotations[attribute], body[attribute] = _COLUMN[annotation], spec
        if self.tables and self.chance():
            other = self.draw(st.sampled_from(self.tables))
            actions: dict[str, Any] = {
                "on_delete": self.draw(st.sampled_from([None, "cascade", "set null"])),
                "deferrable": self.chance(),
            }
            spec = column(
                other.id.type, references=qb.references(other.id, **actions), name=self.name(), index=self.chance()
            )
            annotations["other"], body["other"] = qb.Col[int | None], spec
        if self.chance(4):
            annotations["twice"] = qb.Col[int | None]
            doubled: Any = body["id"] * 2
            body["twice"] = column(pg.bigint, generated=doubled, name=self.name())
        options: dict[str, Any] = {"name": self.name(), "schema": self.where(), "rls": self.draw(RLS)}
        options["unlogged"] = unlogged = self.chance(5)
        if self.chance(4):
            options["with_"] = {"fillfactor": 70, "toast.autovacuum_enabled": False}

        def fill(namespace: dict[str, Any]) -> None:
            namespace.update(body, __annotations__=annotations, __module__=__name__)

        table: Any = types.new_class(f"T{self.count}", (Table,), options, fill)
        self.made.append(table)
        if not unlogged:  # what others may refer to
            self.tables.append(table)
        self.beside(table, [getattr(table, attribute) for attribute in body], rls=bool(options["rls"]))

    def beside(self, table: Any, columns: list[Any], *, rls: bool) -> None:
        plain = [each for each in columns if each.type in (pg.integer, pg.bigint, pg.text, pg.uuid, pg.date)]
        if self.chance():
            keys = self.draw(st.lists(st.sampled_from(plain), min_size=1, max_size=2, unique_by=id))
            ordered = [each.desc(nulls="last") if self.chance() else each for each in keys]
            condition = table.id > self.draw(st.integers(-5, 5)) if self.chance() else None
            self.made.append(qb.index(self.name(), *ordered, unique=self.chance(), where=condition))
        if self.chance(3):
            self.made.append(qb.check(self.name(), (table.id > -(10**6)) | table.id.is_null(), not_valid=self.chance()))
        if self.chance(3):
            self.made.append(qb.unique(table.id, plain[-1], name=self.name(), deferrable=self.chance())) if len(
                plain
            ) > 1 else None
        if self.chance(4):
            self.made.append(qb.exclude(self.name(), (table.id, "="), method="btree"))
        if len(plain) > 1 and self.chance(4):
            self.made.append(qb.statistics(self.name(), *plain[:2], kinds=["ndistinct"], target=self.draw(TARGETS)))
        if self.chance(3):
            touch = qb.trigger_function(self.name(), qb.sql("BEGIN RETURN new; END"), schema=self.where())
            self.made += [
                touch,
                qb.trigger(table, touch, before="update", of=columns[0], name=self.name(), args=["x'"]),
            ]
        if rls:
            to: Any = self.roles or ["public"]
            self.made.append(qb.policy(table, name=self.name(), to=to, using=table.id > 0, restrictive=self.chance()))
        if self.roles and self.chance():
            self.made.append(qb.grant("select", "insert", on=table, to=self.roles[0], grantable=self.chance()))
            self.made.append(qb.grant("update", on=columns[0], to=self.roles[-1]))
        if self.chance(3):
            view = qb.view(self.name(), qb.select(table).where(table.id > 3), schema=self.where())
            self.made.append(view)
        if self.chance(4):
            counted = qb.select(fn.count()).from_(table).map(Counted)
            many = qb.materialized_view(self.name(), counted, schema=self.where())
            self.made += [many, qb.index(self.name(), many.n, unique=True)]

    def divided(self) -> None:
        """A table and its partitions."""

        def fill(namespace: dict[str, Any]) -> None:
            namespace.update(id=column(primary_key=True), __annotations__={"id": qb.Col[int]}, __module__=__name__)

        table: Any = types.new_class("Divided", (Table,), {"name": self.name(), "schema": self.where()}, fill)
        parts = qb.partition_by_range(table, table.id)
        first = parts.partition(self.name(), 0, self.draw(st.integers(1, 9)))
        self.made += [table, parts, first, parts.default(self.name(), schema=self.where())]

    def schema(self) -> Schema:
        for _ in range(self.draw(st.integers(1, 4))):
            self.table()
        if self.chance(4):
            self.divided()
        if self.tables and self.chance(4):
            news = qb.publication(self.name(), *self.tables[:2], publish=["insert"], via_partition_root=self.chance())
            self.made.append(news)
        if self.chance():
            numbers: dict[str, Any] = {
                "start": 5,
                "increment": self.draw(st.sampled_from([1, 3, -2])),
                "min": -99,
                "max": 99,
            }
            self.made.append(qb.sequence(self.name(), schema=self.where(), **numbers))
        if len(self.roles) > 1 and self.chance():
            self.made.append(qb.member_of(self.roles[0], self.roles[1], admin=self.chance()))
        if self.roles and self.chance(3):
            self.made.append(qb.default_privileges("select", on="tables", to=self.roles[0]))
        return schema(*self.draw(st.permutations(self.made)))


class Pair(msgspec.Struct, frozen=True):
    """What a composite type holds."""

    one: int
    other: str


PAIRS = st.builds(Pair, st.integers(-5, 5), st.text("ab,()\"' ", max_size=4))
TARGETS = st.sampled_from([None, 0, 50])


class Counted(qb.Shape):
    n: qb.Col[int]


RLS = st.sampled_from([False, False, True, "force"])


@st.composite
def schemas(draw: Draw) -> Schema:
    """A schema of one to four tables, and of what stands beside them."""
    return Maker(draw).schema()
