"""The database that the typing suite is about: every way to declare a column, and every PostgreSQL type."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from ipaddress import IPv4Interface, IPv4Network, IPv6Network
from typing import Literal, NewType
from uuid import UUID

import msgspec

from qb import (
    Col,
    Multirange,
    Range,
    Shape,
    Table,
    column,
    fn,
    identity,
    materialized_view,
    pg,
    references,
    select,
    sql,
    value,
    view,
)
from qb.types import geometric
from qb.typing import RegConfig, TsQuery, TsVector

UserId = NewType("UserId", UUID)
TaskId = NewType("TaskId", UUID)
LogId = NewType("LogId", int)
IssueId = NewType("IssueId", int)
Email = NewType("Email", str)
Cents = NewType("Cents", int)
Euro = NewType("Euro", Decimal)


class Status(Enum):
    OPEN = "open"
    DONE = "done"


class Mood(Enum):
    GOOD = "good"
    BAD = "bad"


class Meta(msgspec.Struct, frozen=True):
    source: str
    score: float
    labels: list[str]
    counts: dict[str, int] = {}
    theme: Literal["light", "dark"] = "light"


class Point(msgspec.Struct, frozen=True):
    """The value of a type that qb does not know."""

    x: float
    y: float


def write_point(point: Point) -> str:
    return f"({point.x!r},{point.y!r})"


def read_point(text: str) -> Point:
    x, y = text.strip("()").split(",")
    return Point(float(x), float(y))


point_type = pg.custom("point", encode=write_point, decode=read_point)


class Timestamps(Table):  # no name: a mixin
    created_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())


class SoftDelete(Table):
    deleted_at: Col[dt.datetime | None] = column(default=None)


class Owned(Timestamps, SoftDelete):  # mixins of mixins
    owner: Col[str] = column(pg.varchar(20), default=fn.lower(value("ADA")))


class User(Timestamps, name="general_users"):
    id: Col[UserId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    text: Col[str] = column(pg.text)  # a column may carry a type's name
    display_name: Col[str] = column(pg.varchar(80))
    nickname: Col[str | None] = column(pg.text, default=None)
    manager_id: Col[UserId | None] = column(pg.uuid, references=lambda: User.id, default=None)
    active: Col[bool | None] = column(pg.boolean, default=True)
    meta: Col[Meta] = column(pg.jsonb)
    draft: Col[Meta | None] = column(pg.jsonb, default=None)
    tags: Col[list[str]] = column(pg.array(pg.text), default=[])
    embedding: Col[list[float]] = column(pg.vector(3))  # required: a type of one's own behaves like any other


class Task(Table, name="tasks"):
    id: Col[TaskId] = column(pg.uuid, primary_key=True)
    user_id: Col[UserId] = column(pg.uuid, references=User.id)
    reviewer_id: Col[UserId | None] = column(
        pg.uuid, references=references(User.id, on_delete="set null"), default=None
    )
    status: Col[Status] = column(pg.enum("status", Status), default=Status.OPEN)
    price: Col[Decimal] = column(pg.numeric(12, 2), default=Decimal(0))
    quantity: Col[int] = column(pg.integer)
    due: Col[dt.date | None] = column(pg.date, default=None)
    doubled: Col[int] = column(pg.integer, generated=quantity * 2)


class Log(Table, name="logs", schema="audit"):
    id: Col[LogId] = column(pg.bigint, primary_key=True, generated=identity())  # always: never inserted
    seq: Col[int] = column(pg.bigint, default=identity())  # by default: may be inserted
    note: Col[str] = column()  # the annotation is enough


class Member(Table, name="members"):
    """A composite key, a foreign key with its action, a touched column, a check, names of SQL's own."""

    user_id: Col[UserId] = column(primary_key=True, references=references(User.id, on_delete="cascade"))
    task_id: Col[TaskId] = column(primary_key=True, references=references(lambda: Task.id, deferrable=True))
    class_: Col[str] = column(name="class", comment="a word that Python reserves")
    role: Col[Literal["owner", "guest"]] = column(default="guest", index=True)
    level: Col[int] = column(pg.smallint, default=1)
    seen_at: Col[dt.datetime] = column(default=fn.now(), on_update=fn.now())
    touched: Col[int] = column(default=0, on_update=7)


class Mixed(Owned, Timestamps, name="mixed"):
    """Several mixins, defaults that are expressions, and a plain Enum on a text of limited length."""

    id: Col[int] = column(primary_key=True, default=identity())
    until: Col[dt.datetime] = column(default=fn.now() + dt.timedelta(days=1))
    state: Col[Status] = column(pg.varchar(8), default=Status.OPEN)
    mood: Col[Mood | None] = column(pg.text, default=None)


class Everything(Table, name="everything"):
    """Every type of `pg`, each with and without NULL where that says something new."""

    small: Col[int] = column(pg.smallint, primary_key=True)
    whole: Col[int | None] = column(pg.integer)
    big: Col[LogId] = column(pg.bigint)
    exact: Col[Decimal] = column(pg.numeric)
    money: Col[Decimal | None] = column(pg.numeric(10, 2))
    count: Col[int] = column(pg.numeric(20))
    single: Col[float] = column(pg.real)
    double: Col[float | None] = column(pg.double_precision)
    yes: Col[bool] = column(pg.boolean)
    words: Col[str] = column(pg.text)
    code: Col[str | None] = column(pg.varchar(8))
    fixed: Col[str] = column(pg.char(3))
    raw: Col[bytes] = column(pg.bytea)
    key: Col[UUID] = column(pg.uuid)
    day: Col[dt.date] = column(pg.date)
    clock: Col[dt.time] = column(pg.time)
    local: Col[dt.datetime] = column(pg.timestamp)
    local0: Col[dt.datetime] = column(pg.timestamp(0))
    moment: Col[dt.datetime] = column(pg.timestamptz)
    moment3: Col[dt.datetime | None] = column(pg.timestamptz(3))
    span: Col[dt.timedelta] = column(pg.interval)
    device: Col[str] = column(pg.macaddr, default="08:00:2b:01:02:03")
    document: Col[dict[str, int]] = column(pg.json)
    binary: Col[Meta | None] = column(pg.jsonb)
    numbers: Col[list[int]] = column(pg.array(pg.integer))
    grid: Col[list[list[int | None]]] = column(pg.array(pg.integer))
    ids: Col[list[UserId]] = column(pg.array(pg.uuid))
    mood: Col[Mood] = column(pg.enum("mood", Mood))
    role: Col[Literal["a", "b"]] = column(pg.enum("role", Literal["a", "b"]))
    only: Col[Literal["a"]] = column(pg.enum("only", Literal["a"]))
    place: Col[Point | None] = column(point_type)
    vector: Col[list[float]] = column(pg.vector(2))


class Bare(Table, name="bare"):
    """The annotation is enough."""

    number: Col[int] = column(primary_key=True)
    ratio: Col[float]
    exact: Col[Decimal]
    yes: Col[bool]
    words: Col[str]
    raw: Col[bytes]
    key: Col[UserId]
    day: Col[dt.date]
    clock: Col[dt.time]
    moment: Col[dt.datetime]
    span: Col[dt.timedelta]
    mood: Col[Mood]
    kind: Col[Literal["x", "y"]]
    names: Col[list[str]]
    document: Col[Meta]
    either: Col[int | str | None] = column(default=None)


class Severity(IntEnum):
    LOW = 1
    HIGH = 2


class Effort(int, Enum):
    SMALL = 1
    LARGE = 8


class Team(StrEnum):
    CORE = "core"
    WEB = "web"


class Issue(Table, name="issues"):
    """Labels, numbers and times, most of them with and without NULL."""

    id: Col[IssueId] = column(primary_key=True)
    title: Col[str] = column()
    nick: Col[str | None] = column(default=None)
    alias: Col[str | None] = column(default=None)
    email: Col[Email] = column()
    reply_to: Col[Email | None] = column(default=None)
    kind: Col[Literal["bug", "idea"]] = column(default="bug")
    was: Col[Literal["bug", "idea"] | None] = column(default=None)
    severity: Col[Severity] = column(default=Severity.LOW)
    feared: Col[Severity | None] = column(default=None)
    effort: Col[Effort] = column(default=Effort.SMALL)
    team: Col[Team] = column(default=Team.CORE)
    helped_by: Col[Team | None] = column(default=None)
    state: Col[Status] = column(default=Status.OPEN)
    parent_id: Col[IssueId | None] = column(default=None)
    hours: Col[int] = column(default=1)
    spent: Col[int | None] = column(default=None)
    rate: Col[Decimal] = column(default=Decimal(10))
    discount: Col[Decimal | None] = column(default=None)
    score: Col[float] = column(default=0.5)
    guess: Col[float | None] = column(default=None)
    opened_at: Col[dt.datetime] = column(default=fn.now())
    closed_at: Col[dt.datetime | None] = column(default=None)
    day: Col[dt.date] = column()
    due: Col[dt.date | None] = column(default=None)
    starts: Col[dt.time | None] = column(default=None)
    took: Col[dt.timedelta] = column()
    pause: Col[dt.timedelta | None] = column(default=None)
    urgent: Col[bool] = column(default=False)
    seen: Col[bool | None] = column(default=None)
    tags: Col[list[str] | None] = column(default=None)


class Rating(Table, name="ratings"):
    """Labels that are numbers."""

    id: Col[int] = column(primary_key=True)
    stars: Col[Literal[1, 2, 3]]
    before: Col[Literal[1, 2, 3] | None] = column(default=None)


class Account(Table, name="accounts"):
    """Brands of numbers, labels that are large numbers, and days and times of day."""

    id: Col[int] = column(pg.integer, primary_key=True)
    paid: Col[Cents]
    owed: Col[Cents | None]
    price: Col[Euro]
    refund: Col[Euro | None]
    code: Col[Literal[10_000, 25_000]]
    old_code: Col[Literal[10_000, 25_000] | None]
    days: Col[int | None] = column(pg.integer)
    day: Col[dt.date]
    ends: Col[dt.date | None]
    opens: Col[dt.time]
    closes: Col[dt.time | None]
    local: Col[dt.datetime] = column(pg.timestamp)
    span: Col[dt.timedelta]
    kind: Col[Literal["a", "b"]]
    other_kind: Col[Literal["a", "b"] | None]


class Stay(Table, name="stays"):
    """What has somewhere to be: ranges, shapes, networks, lists, texts that are searched."""

    id: Col[int] = column(primary_key=True)
    days: Col[Range[dt.date]] = column(pg.daterange)
    spare: Col[Range[dt.date] | None] = column(pg.daterange)
    rooms: Col[Range[int]] = column(pg.int8range)
    free: Col[Multirange[dt.date]] = column(pg.datemultirange)
    host: Col[IPv4Interface] = column(pg.inet)
    net: Col[IPv4Network | IPv6Network | None] = column(pg.cidr)
    at: Col[geometric.Point] = column(pg.point)
    maybe_at: Col[geometric.Point | None] = column(pg.point)
    plot: Col[geometric.Box] = column(pg.box)
    zone: Col[geometric.Circle | None] = column(pg.circle)
    bits: Col[str] = column(pg.bit(4))
    search: Col[TsVector] = column(pg.tsvector)
    wanted: Col[TsQuery | None] = column(pg.tsquery)
    language: Col[RegConfig] = column(pg.regconfig)


class Totals(Shape):
    user_id: Col[UserId]
    quantity: Col[int | None]


class WrongTotals(Shape):
    user_id: Col[UserId]
    quantity: Col[str]


class OnlyId(Shape):
    user_id: Col[UserId]


class Named:
    def __init__(self, id: UserId, nickname: str | None) -> None:
        self.id, self.nickname = id, nickname


class Misnamed:
    def __init__(self, id: UserId, nickname: str) -> None:
        self.id, self.nickname = id, nickname


own_tasks = view("own_tasks", select(Task).where(Task.quantity > 1), check_option="local")
kept_totals = materialized_view("kept", select(Task.user_id, fn.sum(Task.quantity)).group_by(Task.user_id).map(Totals))
raw_ids = view("raw_ids", sql("SELECT id AS user_id FROM {t}", t=User).rows(OnlyId))
