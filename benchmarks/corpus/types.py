"""The types of an area: what a type of its own can be."""

from enum import Enum
from typing import NewType

import msgspec

import qb
from qb import pg
from qb.typing import SqlType


class State(Enum):
    NEW = "new"
    OPEN = "open"
    DONE = "done"
    HELD = "it's held"


class Level(Enum):
    LOW = "low"
    HIGH = "high"


class Address(msgspec.Struct, frozen=True):
    street: str
    city: str
    code: str | None = None


class Meta(msgspec.Struct, frozen=True):
    source: str = ""
    labels: list[str] = []


Email = NewType("Email", str)


class Types(msgspec.Struct, frozen=True):
    """The types of an area, each once."""

    state: SqlType[State | None]
    level: SqlType[Level | None]
    email: SqlType[Email | None]
    percent: SqlType[int | None]
    address: SqlType[Address | None]
    code: SqlType[str | None]


def types(area: str) -> Types:
    plain = qb.collation("plain", schema=area, provider="libc", locale="C", comment="by bytes")
    return Types(
        state=pg.enum("state", State, schema=area),
        level=pg.enum("level", Level, schema=area),
        email=qb.domain(
            "email", pg.text, brand=Email, check=lambda value: value.like("%_@_%"), schema=area, comment="with an @"
        ),
        percent=qb.domain(
            "percent",
            pg.smallint,
            check={"low": lambda value: value >= 0, "high": lambda value: value <= 100},
            default=50,
            schema=area,
        ),
        address=qb.composite("address", Address, schema=area, comment="where somebody lives"),
        code=pg.varchar(20).collate(plain),
    )
