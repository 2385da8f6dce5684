"""Who takes part, and how the process of each is started. A process imports the one peer it needs, not all.

To add one: a key, and its `Entry`; a class in a module of this package, or a program in any language that speaks the
protocol of `benchmarks.measure.messages`.
"""

import sys
from collections.abc import Sequence
from enum import StrEnum

import msgspec


class Key(StrEnum):
    BY_HAND = "by-hand"
    BY_HAND_VALUES = "by-hand-values"
    BY_HAND_TWO_QUERIES = "by-hand-two-queries"
    BY_HAND_ASYNC = "by-hand-async"
    LIBPQ = "libpq"
    QB = "qb"
    QB_ASYNC = "qb-async"
    QB_UVLOOP = "qb-uvloop"
    ASYNCPG = "asyncpg"
    SQLALCHEMY_CORE = "sqlalchemy-core"
    SQLALCHEMY_ORM = "sqlalchemy-orm"
    ASYNCPG_UVLOOP = "asyncpg-uvloop"
    SQLMODEL = "sqlmodel"
    PEEWEE = "peewee"
    DJANGO = "django"
    PICCOLO = "piccolo"
    TORTOISE = "tortoise"
    PG = "pg"
    KYSELY = "kysely"
    DRIZZLE_PG = "drizzle-pg"
    DRIZZLE_POSTGRES = "drizzle-postgres"


class Role(StrEnum):
    QB = "qb"
    FLOOR = "floor"
    """The least that the work costs anybody, without typed rows: libpq alone, the server and the transfer."""
    BY_HAND = "by hand"
    """What the others are compared with. Where several are, with the fastest of them."""
    OTHER = "other"


class Entry(msgspec.Struct, frozen=True):
    name: str
    """As in the tables, unique."""
    command: Sequence[str]
    """What starts its seat. The first that is no absolute path is looked for on PATH: not there, it is missing."""
    role: Role = Role.OTHER
    needs: Sequence[str] = ()
    """Files and folders, from the repository's root, without which it cannot be started, as `npm ci` makes them."""
    advice: str = 'pip install "qb[bench]"'
    """How what it needs is installed."""


PEERS = 'pip install "qb[peers]"'


def python(factory: str) -> Sequence[str]:
    """A seat for `module:class`."""
    return (sys.executable, "-m", "benchmarks.measure.child", factory)


NODE = "benchmarks/node"


def node(name: str, which: str) -> Entry:
    """One program for all of them."""
    return Entry(
        name,
        ("node", "--expose-gc", f"{NODE}/peer.mjs", which),
        needs=[f"{NODE}/node_modules"],
        advice=f"install Node 20 or newer, then npm ci --prefix {NODE}",
    )


ENTRIES: dict[Key, Entry] = {
    Key.BY_HAND: Entry("psycopg by hand", python("benchmarks.peers.by_hand:ByHand"), Role.BY_HAND),
    Key.BY_HAND_VALUES: Entry("psycopg, VALUES", python("benchmarks.peers.by_hand_writes:ByHandValues"), Role.BY_HAND),
    Key.BY_HAND_TWO_QUERIES: Entry(
        "psycopg, two queries", python("benchmarks.peers.by_hand:ByHandTwoQueries"), Role.BY_HAND
    ),
    Key.BY_HAND_ASYNC: Entry(
        "psycopg by hand (async)", python("benchmarks.peers.by_hand_async:ByHandAsync"), Role.BY_HAND
    ),
    Key.LIBPQ: Entry("libpq alone", python("benchmarks.peers.libpq:Libpq"), Role.FLOOR),
    Key.QB: Entry("qb", python("benchmarks.peers.with_qb:Qb"), Role.QB),
    Key.QB_ASYNC: Entry("qb (async)", python("benchmarks.peers.with_qb:QbAsync"), Role.QB),
    Key.QB_UVLOOP: Entry(
        "qb (async, uvloop)", python("benchmarks.peers.with_qb:QbUvloop"), Role.QB, advice="pip install uvloop"
    ),
    Key.ASYNCPG: Entry("asyncpg", python("benchmarks.peers.with_asyncpg:Asyncpg")),
    Key.SQLALCHEMY_CORE: Entry("SQLAlchemy Core", python("benchmarks.peers.sqlalchemy_core:SqlalchemyCore")),
    Key.SQLALCHEMY_ORM: Entry("SQLAlchemy ORM", python("benchmarks.peers.sqlalchemy_orm:SqlalchemyOrm")),
    Key.ASYNCPG_UVLOOP: Entry(
        "asyncpg (uvloop)", python("benchmarks.peers.asyncpg_uvloop:AsyncpgUvloop"), advice=PEERS
    ),
    Key.SQLMODEL: Entry("SQLModel", python("benchmarks.peers.with_sqlmodel:Sqlmodel"), advice=PEERS),
    Key.PEEWEE: Entry("peewee", python("benchmarks.peers.with_peewee:Peewee"), advice=PEERS),
    Key.DJANGO: Entry("Django ORM", python("benchmarks.peers.with_django:Django"), advice=PEERS),
    Key.PICCOLO: Entry("Piccolo", python("benchmarks.peers.with_piccolo:Piccolo"), advice='pip install "qb[piccolo]"'),
    Key.TORTOISE: Entry("Tortoise ORM", python("benchmarks.peers.with_tortoise:Tortoise"), advice=PEERS),
    Key.PG: node("pg", "pg"),
    Key.KYSELY: node("Kysely", "kysely"),
    Key.DRIZZLE_PG: node("Drizzle (pg)", "drizzle-pg"),
    Key.DRIZZLE_POSTGRES: node("Drizzle (postgres.js)", "drizzle-postgres"),
}

BASELINES = tuple(key for key, entry in ENTRIES.items() if entry.role in (Role.FLOOR, Role.BY_HAND))
"""These take part whoever else is asked for."""
