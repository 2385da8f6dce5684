"""Schemas for the tests of DDL: every feature, hostile names and values, a circle, vectors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from typing import Literal
from uuid import UUID

import msgspec

from qb import (
    Col,
    Table,
    check,
    column,
    exclude,
    fn,
    foreign_key,
    identity,
    index,
    pg,
    primary_key,
    references,
    schema,
    sequence,
    serial,
    set_default,
    set_null,
    sql,
    unique,
)
from qb.typing import Schema
from tests.render import ddl_objects, ddl_routines


class Status(Enum):
    OPEN = "open"
    DONE = "done"


class Meta(msgspec.Struct, frozen=True):
    source: str
    labels: list[str] = []


class Stamped(Table):
    created_at: Col[dt.datetime] = column(default=fn.now(), comment="when it was written")


class Owner(Stamped, name="owners", schema="org"):
    tenant: Col[int] = column(primary_key=True)
    id: Col[int] = column(primary_key=True, generated=identity())
    email: Col[str] = column(pg.varchar(80), unique=True, check=lambda email: email.like("%@%"))
    code: Col[str] = column(pg.char(4))
    boss_tenant: Col[int | None] = column(default=None)
    boss_id: Col[int | None] = column(default=None)
    token: Col[UUID] = column(default=fn.gen_random_uuid())


owner_code = unique(Owner.tenant, Owner.code, nulls_not_distinct=True)
boss = foreign_key(
    (Owner.boss_tenant, Owner.boss_id),
    lambda: (Owner.tenant, Owner.id),
    on_delete="restrict",
    on_update="no action",
    name="owners_boss_fkey",
)


class Item(Stamped, name="items"):
    """Every type, with defaults."""

    id: Col[int] = column(primary_key=True, default=identity())
    owner_tenant: Col[int] = column()
    owner_id: Col[int] = column()
    email: Col[str | None] = column(
        pg.varchar(80),
        references=references(Owner.email, on_delete="set null", on_update="cascade", deferrable=True),
        default=None,
    )
    small: Col[int] = column(pg.smallint, default=-7)
    whole: Col[int] = column(pg.integer, default=0)
    big: Col[int] = column(default=-(2**63))
    price: Col[Decimal] = column(pg.numeric(12, 2), default=Decimal("-1.50"))
    any_number: Col[Decimal | None] = column(default=Decimal("NaN"))
    single: Col[float] = column(pg.real, default=1.5)
    double: Col[float] = column(default=float("-inf"))
    flag: Col[bool] = column(default=False)
    note: Col[str] = column(default="")
    data: Col[bytes] = column(default=b"\x00\\'")
    uid: Col[UUID] = column(default=UUID(int=7))
    day: Col[dt.date] = column(default=dt.date(2024, 2, 29))
    clock: Col[dt.time] = column(default=dt.time(23, 59, 59, 999999))
    local: Col[dt.datetime] = column(pg.timestamp, default=dt.datetime(2024, 2, 29, 1, 2, 3, 4))  # noqa: DTZ001
    moment: Col[dt.datetime] = column(pg.timestamptz(3), default=dt.datetime(2024, 2, 29, tzinfo=dt.UTC))
    span: Col[dt.timedelta] = column(default=dt.timedelta(days=-1, microseconds=1))
    raw: Col[dict[str, int]] = column(pg.json, default={"a": 1})
    meta: Col[Meta] = column(pg.jsonb, default=Meta("it's", ["a\\b"]))
    tags: Col[list[str]] = column(default=["a", 'b"c', "d\\e", "f'g", "NULL", ""])
    grid: Col[list[list[int]]] = column(pg.array(pg.integer), default=[[1, 2], [3, 4]])
    status: Col[Status] = column(pg.enum("status", Status), default=Status.OPEN)
    history: Col[list[Status]] = column(pg.array(pg.enum("status", Status)), default=[Status.OPEN, Status.DONE])
    kind: Col[Literal["a", "b"]] = column(pg.enum("kind", Literal["a", "b"], schema="org"), default="b")
    plain: Col[Status] = column(default=Status.DONE, index=True)
    doubled: Col[int] = column(pg.integer, generated=whole * 2)
    shouted: Col[str] = column(generated=fn.upper(note), stored=False)
    class_: Col[str | None] = column(name="class", default=None)


owner_key = foreign_key((Item.owner_tenant, Item.owner_id), (Owner.tenant, Owner.id), on_delete="cascade")
positive = check("items_price_check", (Item.price > Decimal(-2)) & ((Item.small < 100) | Item.flag))
raw_check = check("items_raw_check", sql("{note} !~ {pattern}", note=Item.note, pattern="^\\s'").as_(bool))
by_owner = index("items_owner_idx", Item.owner_tenant, Item.created_at.desc(nulls="last"), Item.id.asc(nulls="first"))
lower_note = index("items_lower_note_idx", fn.lower(Item.note), Item.whole + Item.big, unique=True)
open_items = index(
    "items_open_idx", Item.status, where=(Item.status == Status.OPEN) & Item.flag, include=(Item.price, Item.day)
)
by_meta = index("items_meta_idx", Item.meta, method="gin", operator_class="jsonb_path_ops", with_={"fastupdate": False})
by_class = index("items_class_idx", Item.class_, unique=True, nulls_not_distinct=True, with_={"fillfactor": 70})
by_tag = index("items_tags_idx", Item.tags, method="gin")

full: Schema = schema(
    Item,
    Owner,
    owner_code,
    boss,
    owner_key,
    positive,
    raw_check,
    by_owner,
    lower_note,
    open_items,
    by_meta,
    by_class,
    by_tag,
)

HOSTILE = "a\"b'c\\d;e\nf\tg$$h$qb$i%j%%sé😀--/*"
"""52 bytes of everything that has ever ended a string or a name too early."""

HostileLabel = Literal["a\"b'c\\d;e\nf\tg$$h$qb$i%j%%sé😀--/*", "$qb1$"]


class Hostile(Table, name=HOSTILE, schema=f"s{HOSTILE}"):
    id: Col[int] = column(primary_key=True, name=f"id{HOSTILE}")
    text: Col[str] = column(
        default=HOSTILE, name=HOSTILE, unique=True, comment=HOSTILE, check=lambda text: text != f"x{HOSTILE}"
    )
    texts: Col[list[str]] = column(default=[HOSTILE, "{}", ",", "\\", '"'], name=f"ts{HOSTILE}")
    document: Col[dict[str, str]] = column(default={HOSTILE: HOSTILE})
    label: Col[HostileLabel] = column(
        pg.enum(f"e{HOSTILE}", HostileLabel, schema=f"s{HOSTILE}"), default="a\"b'c\\d;e\nf\tg$$h$qb$i%j%%sé😀--/*"
    )
    parent: Col[str | None] = column(references=lambda: Hostile.text, default=None, index=True)


hostile: Schema = schema(
    Hostile,
    index(f"i{HOSTILE}", Hostile.text.desc(), where=Hostile.text != HOSTILE),
    check(f"c{HOSTILE}", Hostile.text.in_([HOSTILE, "\\"]) | (Hostile.text == HOSTILE)),
)


class Team(Table, name="teams"):
    id: Col[int] = column(primary_key=True)
    lead_id: Col[int | None] = column(references=references(lambda: Member.id, deferrable=True))


class Member(Table, name="members"):
    id: Col[int] = column(primary_key=True)
    team_id: Col[int] = column(references=Team.id)
    mentor_id: Col[int | None] = column(references=lambda: Member.id)


circle: Schema = schema(Member, Team)


class Document(Table, name="documents"):
    id: Col[int] = column(primary_key=True)
    embedding: Col[list[float]] = column(pg.vector(3), default=[1.0, 2.5, -3.0])


vectors: Schema = schema(
    Document,
    index(
        "documents_embedding_idx", Document.embedding, method="hnsw", operator_class="vector_cosine_ops", with_={"m": 8}
    ),
)


class Invoice(Table, name="invoices"):
    number: Col[int] = column(primary_key=True, default=sql("nextval('invoice_numbers')").as_(int, not_null=True))


ticket_numbers = sequence(f"t{HOSTILE}", schema="box office", type=pg.integer, start=7, increment=7, cache=3)


class Ticket(Table, name=f"tickets {HOSTILE}"[:40], schema="box office"):
    id: Col[int] = column(pg.integer, primary_key=True, default=serial())
    number: Col[int] = column(pg.integer, default=serial(ticket_numbers))
    small: Col[int] = column(pg.smallint, default=serial())
    big: Col[int] = column(default=serial())
    again: Col[int] = column(default=ticket_numbers.next())
    counted: Col[int] = column(pg.smallint, default=identity(start=9, increment=-3, min=-9, max=9, cache=2, cycle=True))


serials: Schema = schema(Ticket)

sequences: Schema = schema(
    Invoice,
    sequence("invoice_numbers", start=1000),
    sequence(f"q{HOSTILE}", schema=f"s{HOSTILE}", start=-10, increment=-5, cycle=True),
)


class Hall(Table, name="halls"):
    tenant: Col[int]
    id: Col[int]
    name: Col[str]
    code: Col[str]


class Show(Table, name="shows"):
    tenant: Col[int]
    id: Col[int]
    hall_id: Col[int | None] = column(default=None)
    code: Col[str | None] = column(default=None)
    seats: Col[int]
    price: Col[Decimal]
    early: Col[bool] = column(default=False)
    host_id: Col[int | None] = column(
        references=references(Member.id, deferrable=True, initially="immediate"), default=None
    )


constraints: Schema = schema(
    Hall,
    Show,
    Member,
    Team,
    primary_key(Hall.id, Hall.tenant, name="halls_pk", include=Hall.name),
    primary_key(Show.tenant, Show.id, deferrable=True),
    unique(Hall.code, Hall.tenant, include=(Hall.name, Hall.id), nulls_not_distinct=True),
    unique(Hall.tenant, Hall.name, deferrable=True, initially="immediate"),
    foreign_key(
        (Show.hall_id, Show.tenant), (Hall.id, Hall.tenant), on_delete=set_null(Show.hall_id), name="shows_hall_fkey"
    ),
    foreign_key(
        (Show.code, Show.tenant),
        (Hall.code, Hall.tenant),
        match="full",
        not_valid=True,
        on_delete=set_default(Show.code),
    ),
    check("shows_seats_check", Show.seats > 0, not_valid=True),
    check("shows_price_check", Show.price > Decimal(0), no_inherit=True),
    exclude("shows_code_excl", (Show.code, "="), (Show.seats + 1, "="), method="btree", where=~Show.early),
    exclude("shows_price_excl", (Show.price, "="), method="btree", deferrable=True),
)

ALL = {
    "constraints": constraints,
    "full": full,
    "hostile": hostile,
    "circle": circle,
    "vectors": vectors,
    "sequences": sequences,
    "serials": serials,
    **ddl_objects.ALL,
    **ddl_routines.ALL,
}
