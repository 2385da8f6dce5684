"""Schemas of what stands beside tables: views, roles and what they may do, row-level security. With hostile names."""

from __future__ import annotations

import datetime as dt

from qb import (
    MINVALUE,
    Col,
    Range,
    Shape,
    Table,
    check,
    column,
    cte,
    default_privileges,
    exists,
    fn,
    foreign_key,
    grant,
    identity,
    index,
    materialized_view,
    member_of,
    partition_by_hash,
    partition_by_list,
    partition_by_range,
    pg,
    policy,
    primary_key,
    publication,
    published,
    replica_identity,
    role,
    schema,
    select,
    sequence,
    sql,
    statistics,
    unique,
    view,
)
from qb.typing import Schema

HOSTILE = "a\"b'c\\d;e\nf\tg$$h$qb$i%j%%sé😀--/*"


class Account(Table, name="accounts"):
    id: Col[int] = column(primary_key=True, default=identity())
    name: Col[str] = column(name=f"n{HOSTILE}")
    active: Col[bool] = column(default=True)


class Entry(Table, name="entries", schema="books"):
    id: Col[int] = column(primary_key=True, default=identity())
    account_id: Col[int] = column(references=Account.id)
    cents: Col[int] = column()


class Balance(Shape):
    account_id: Col[int]
    cents: Col[int | None] = column(name="sum of cents")


active = view(
    "active accounts",
    select(Account).where(Account.active, Account.name != HOSTILE),
    check_option="local",
    security_barrier=True,
)
_sums = cte(select(Entry.account_id, fn.sum(Entry.cents)).group_by(Entry.account_id).map(Balance))
of_active = view(
    f"v{HOSTILE}", select(_sums).join(active, on=active.id == _sums.account_id), schema="books", security_invoker=True
)
balances = materialized_view(
    f"m{HOSTILE}", select(Entry.account_id, fn.sum(Entry.cents)).group_by(Entry.account_id).map(Balance), schema="books"
)
raw = view(
    "raw balances",
    sql('SELECT account_id, {sum} AS "sum of cents" FROM {b}', b=balances, sum=balances.cents).rows(Balance),
)
empty = materialized_view("no accounts", select(raw), with_data=False)

views: Schema = schema(
    empty,
    raw,
    balances,
    of_active,
    active,
    index(f"i{HOSTILE}", balances.account_id, unique=True),
    index("balances_idx", balances.cents.desc(), balances.account_id, where=balances.cents > 0),
    Entry,
    Account,
)

reader, writer = (
    role(f"r{HOSTILE}"),
    role("qb_ddl_writer", login=True, inherit=False, createdb=True, connection_limit=3),
)
somebody = role("pg_monitor", external=True)
me = sql("current_user").as_(str, not_null=True)


class Member(Table, name="members", schema=f"s{HOSTILE}"):
    room_id: Col[int] = column(primary_key=True)
    who: Col[str] = column(primary_key=True, name=f"w{HOSTILE}")


class Message(Table, name="messages", rls=True):
    id: Col[int] = column(primary_key=True, default=identity())
    room_id: Col[int] = column()
    author: Col[str] = column()


class Secret(Table, name="secrets", rls="force"):
    id: Col[int] = column(primary_key=True)


numbers = sequence("numbers of access")
recent = view("recent messages", select(Message), security_invoker=True)
access: Schema = schema(
    reader,
    writer,
    somebody,
    Member,
    Message,
    Secret,
    numbers,
    recent,
    member_of(writer, reader, admin=True),
    member_of(writer, somebody),
    policy(
        Message,
        for_="select",
        to=(reader, writer),
        using=exists(select(Member).where(Member.room_id == Message.room_id, Member.who == me)),
    ),
    policy(Message, for_="insert", to=writer, with_check=Message.author == me),
    policy(Message, for_="update", using=Message.author == me, with_check=Message.author != HOSTILE),
    policy(Message, for_="delete", to=("current_user", reader), using=Message.author == me),
    policy(Message, name=f"p{HOSTILE}", restrictive=True, using=Message.room_id > 0),
    grant("select", on=Message, to=(reader, somebody)),
    grant("insert", "update", on=(Message.room_id, Message.author), to=writer, grantable=True),
    grant("select", on=recent, to="public"),
    grant("select", "delete", on=Member, to=writer),
    grant("usage", on=numbers, to=reader),
    grant("usage", schema=f"s{HOSTILE}", to=writer),
    default_privileges("select", "insert", on="tables", to=reader, schema=f"s{HOSTILE}"),
    default_privileges("usage", on="schemas", to=writer, grantable=True),
)


class Sale(Table, name=f"t{HOSTILE}", schema=f"s{HOSTILE}"):
    day: Col[dt.date] = column(primary_key=True)
    number: Col[int] = column(primary_key=True, default=identity())
    region: Col[str] = column(
        primary_key=True, name=f"r{HOSTILE}", storage="external", compression="pglz", statistics=500
    )
    span: Col[Range[int]] = column(pg.int4range)


class Town(
    Table, name="towns", unlogged=True, with_={"fillfactor": 70, "toast.autovacuum_enabled": False}, method="heap"
):
    id: Col[int] = column(primary_key=True)
    name: Col[str | None]


class Capital(Table, name="capitals", inherits=Town, tablespace="pg_default"):
    id: Col[int] = column(primary_key=True)
    name: Col[str | None]
    of: Col[str] = column(unique=True)


class Lease(Table, name="leases"):
    rooms: Col[Range[int]] = column(pg.int4range)
    days: Col[Range[int]] = column(pg.int4range)


class Visit(Table, name="visits"):
    rooms: Col[Range[int]] = column(pg.int4range)
    days: Col[Range[int]] = column(pg.int4range)


by_day = partition_by_range(Sale, Sale.day)
old = by_day.partition(f"old{HOSTILE}", MINVALUE, dt.date(2024, 1, 1), with_={"fillfactor": 90})
new = by_day.partition("new sales", dt.date(2024, 1, 1), dt.date(2025, 1, 1), schema=f"s{HOSTILE}")
by_region = partition_by_list(new, new.region)
late = by_region.default("late sales")
parts: Schema = schema(
    Sale,
    old,
    new,
    by_day.default("other sales"),
    by_region.partition("no region", HOSTILE),
    late,
    partition_by_hash(late, late.number, late.day).partition("late", modulus=3, remainder=2),
    Town,
    Capital,
    Lease,
    Visit,
    primary_key(Lease.rooms, Lease.days, without_overlaps=True),
    foreign_key((Visit.rooms, Visit.days), (Lease.rooms, Lease.days), period=True),
    index(f"i{HOSTILE}", Sale.number, operator_class="int8_ops"),
    index("towns_idx", Town.name, tablespace="pg_default", include=Town.id),
    index("new_idx", new.number),
    check(f"c{HOSTILE}", old.region != HOSTILE),
    statistics(f"st{HOSTILE}", Sale.day, fn.lower(Sale.region), kinds=["mcv"], target=7),
    statistics("of towns", fn.lower(Town.name)),
    replica_identity(Capital, using=unique(Capital.of)),
    replica_identity(Sale, "full"),
    publication(
        f"pub{HOSTILE}",
        published(Sale, Sale.day, Sale.number, where=Sale.number > 0),
        Lease,
        publish=["delete"],
        via_partition_root=True,
    ),
    publication("of schemas", schemas=[f"s{HOSTILE}"]),
    publication("of all", all_tables=True, generated=True),
)

ALL = {"views": views, "access": access, "parts": parts}
