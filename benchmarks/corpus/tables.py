"""The tables of an area that are like those of any program: keys, references, defaults, checks, indexes."""

import datetime as dt
import types as classes
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import qb
from benchmarks.corpus.types import Address, Email, Level, Meta, State, Types
from qb import Col, Table, column, fn, pg

NAMES: Sequence[str] = (
    "accounts", "users", "teams", "projects", "tickets", "tasks", "comments", "labels", "files", "folders",
    "invoices", "payments", "orders", "Order Lines", "products", "prices", "stocks", "suppliers", "deliveries",
    "returns", "carts", "coupons", "reviews", "messages", "threads", "tokens", "devices", "alerts", "it's",
)  # fmt: skip
"""The last one needs quotes in more than one way."""

COLUMNS = 7
_COLUMN: Any = Col
_Declared = tuple[str, Any, Callable[[], Any]]


def columns(number: int, kinds: Types) -> Sequence[_Declared]:
    """Those to choose from: what each is called, its annotation, and what makes it."""
    return [
        ("name", str, lambda: column(pg.varchar(80), check=lambda name: name != "", comment="as it is shown")),
        ("state", State, lambda: column(kinds.state, default=State.NEW, index=number % 3 == 0)),
        ("email", Email | None, lambda: column(kinds.email, default=None)),
        ("price", Decimal, lambda: column(pg.numeric(12, 2), default=Decimal("-1.50"))),
        ("tags", list[str], lambda: column(pg.array(pg.text), default=["a", 'b"c', "d\\e"])),
        ("meta", Meta, lambda: column(pg.jsonb, default=Meta("it's", ["x"]))),
        ("share", int, lambda: column(kinds.percent, default=10)),
        ("home", Address | None, lambda: column(kinds.address, default=None)),
        ("token", UUID, lambda: column(default=fn.gen_random_uuid(), unique=True)),
        ("day", dt.date | None, lambda: column(default=None, index=True)),
        ("span", dt.timedelta, lambda: column(default=dt.timedelta(hours=number + 1))),
        ("code", str, lambda: column(kinds.code, default="a%b", storage="external", statistics=100 + number)),
        ("ratio", float | None, lambda: column(default=None)),
        ("data", bytes, lambda: column(default=b"\x00\\'", compression="pglz")),
        ("active", bool, lambda: column(default=True)),
        ("class_", str | None, lambda: column(name="class", default=None)),
        ("count", int, lambda: column(pg.integer, default=0, check=lambda count: count >= 0)),
        ("seen", dt.datetime | None, lambda: column(pg.timestamptz(3), default=None)),
        ("levels", list[Level], lambda: column(pg.array(kinds.level), default=[])),
        ("hours", qb.Range[int] | None, lambda: column(pg.int4range, default=None)),
        ("body", str, lambda: column(default="", comment="a text, with 'quotes' and \\")),
        ("at", dt.time | None, lambda: column(default=None)),
    ]


def tables(area: str, kinds: Types, *, virtual: bool) -> Iterator[type[Any]]:
    """A table for each name: it refers to the one before it and to the first."""
    made: list[Any] = []
    for number, name in enumerate(NAMES):
        made.append(_table(area, kinds, number, name, made, virtual=virtual))
        yield made[-1]


def _table(area: str, kinds: Types, number: int, name: str, before: Sequence[Any], *, virtual: bool) -> Any:
    keys: Sequence[Callable[[], Any]] = (
        lambda: column(primary_key=True, default=qb.identity(start=number + 1)),
        lambda: column(primary_key=True, generated=qb.identity(increment=2, cycle=True)),
        lambda: column(pg.integer, primary_key=True, default=qb.serial()),
    )
    body: dict[str, Any] = {"id": keys[number % len(keys)]()}
    hints: dict[str, Any] = {"id": Col[int]}
    choice = columns(number, kinds)
    for place in range(COLUMNS):
        attribute, python, make = choice[(number * 7 + place) % len(choice)]
        hints[attribute], body[attribute] = _COLUMN[python], make()
    others: Sequence[tuple[str, Sequence[Any]]] = (("owner_id", before[:1]), ("parent_id", before[1:][-1:]))
    for attribute, other in others:
        for each in other:
            to = qb.references(each.id, on_delete="cascade" if number % 2 else "set null", deferrable=number % 5 == 0)
            hints[attribute] = Col[int | None]
            body[attribute] = column(each.id.type, references=to, default=None, index=True)
    if number % 4 == 1:
        hints["doubled"], body["doubled"] = Col[int | None], column(pg.bigint, generated=body["id"] * 2)
    if virtual and number % 8 == 2:
        hints["tripled"], body["tripled"] = Col[int | None], column(pg.bigint, generated=body["id"] * 3, stored=False)
    hints["created_at"], body["created_at"] = Col[dt.datetime], column(default=fn.now())
    options: dict[str, Any] = {"name": name, "schema": area, "comment": f"{name} of {area}"}
    if number % 6 == 3:
        options["with_"] = {"fillfactor": 70, "toast.autovacuum_enabled": False}
    if number % 3 == 0:
        options["rls"] = "force" if number % 6 == 0 else True

    def fill(namespace: dict[str, Any]) -> None:
        namespace.update(body, __annotations__=hints, __module__=__name__)

    return classes.new_class(f"Table{number}", (Table,), options, fill)


def beside(made: Sequence[Any]) -> Iterator[Any]:
    """What stands next to them."""
    for number, each in enumerate(made):
        name = f"{each.__name__.lower()}_{number}"
        if number % 2:
            yield qb.index(f"{name}_created_idx", each.created_at.desc(nulls="last"), each.id, where=each.id > number)
        if number % 5 == 0:
            yield qb.check(f"{name}_sane", (each.id > 0) & each.created_at.is_not_null(), not_valid=number % 2 == 1)
        if number % 7 == 0:
            yield qb.unique(each.created_at, each.id, deferrable=True, initially="deferred")
        if number % 7 == 1:
            yield qb.statistics(f"{name}_stats", each.id, each.created_at, kinds=["ndistinct"], target=number)
        if number % 9 == 4:
            yield qb.index(f"{name}_id_text", each.id + 1, include=each.created_at, unique=True)
        if number % 9 == 5:
            yield qb.exclude(f"{name}_excl", (each.id, "="), method="btree", where=each.id > 5)
        if number % 11 == 6:
            yield qb.replica_identity(each, "full")
