"""Every column type keeps its values exactly: as a parameter, stored, in arrays, in nested rows and in documents.

One example of a type is one row of a table of its own. It is inserted and read back with RETURNING, read once more as
JSON through `many`, and sent as a parameter that is only selected, all on a real server.
"""

import datetime as dt
import math
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, Literal, NamedTuple, NewType
from uuid import UUID

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from qb import Database, pg, sql
from qb.types.infer import type_of
from qb.types.vector import SparseVector
from tests.types.trials import Case, Trial, alike, is_list, prepared, same_float4, same_padded, try_all


class Mood(Enum):
    GLAD = "glad"
    QUOTED = 'it\'s "so", \\so {so}'
    NULL = "NULL"
    BLANK = " "


class Level(IntEnum):
    LOW = -1
    HIGH = 2**40


Side = Literal["left", "right", 'a"b\\', "NULL"]
AccountId = NewType("AccountId", int)


class Point(NamedTuple):
    x: float
    y: float


class Note(msgspec.Struct, frozen=True):
    text: str
    numbers: list[float | None]
    at: dt.datetime | None = None


point = pg.custom(
    "point",
    encode=lambda p: f"({p.x!r},{p.y!r})",
    decode=lambda text: Point(*map(float, text[1:-1].split(","))),
)

# ------------------------------------------------------------------------------------- values, extremes among them

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.sampled_from(
    [
        "",
        "NULL",
        "null",
        '"',
        "\\",
        "\\\\",
        ",",
        "{}",
        "{",
        "}",
        "a,b",
        " a ",
        "\n",
        "'",
        "\\x00",
        "\\u0000",
        "é",
        "🐘",
        "$1",
    ]
)
floats = st.floats() | st.sampled_from([math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308, 0.1])
floats4 = st.floats(width=32)


def decimal(sign: int, digits: tuple[int, ...], exponent: int) -> Decimal:
    return Decimal((sign, digits, exponent))


def fixed_zone(seconds: int) -> dt.timezone:
    return dt.timezone(dt.timedelta(seconds=seconds))


decimals = st.builds(
    decimal,
    st.integers(0, 1),
    st.lists(st.integers(0, 9), min_size=1, max_size=60).map(tuple),
    st.integers(-400, 400),
) | st.sampled_from([Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity"), Decimal("1.10"), Decimal(0)])
zones = st.timezones() | st.builds(fixed_zone, st.integers(-86_399, 86_399))
FIRST, LAST = dt.datetime.min, dt.datetime.max  # noqa: DTZ901 - naive, as st.datetimes takes them
DAY = dt.timedelta(days=2)  # moved into any zone, the year is still one that Python has
moments = st.datetimes(FIRST + DAY, LAST - DAY, timezones=zones)
naive = st.datetimes() | st.sampled_from([FIRST, LAST])
times = st.times() | st.sampled_from([dt.time.min, dt.time.max])
spans = st.timedeltas() | st.sampled_from([dt.timedelta.min, dt.timedelta.max, dt.timedelta(days=-1, microseconds=1)])
json_values: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
notes = st.builds(
    Note,
    texts,
    st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.none(), max_size=3),
    st.none() | st.datetimes(timezones=st.just(dt.UTC)),
)


def integers(bits: int) -> SearchStrategy[int]:
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return st.integers(low, high) | st.sampled_from([low, high, 0, -1])


def addresses(octets: int) -> SearchStrategy[str]:
    lowest, highest = bytes(octets), b"\xff" * octets
    return (st.binary(min_size=octets, max_size=octets) | st.sampled_from([lowest, highest])).map(
        lambda address: address.hex(":")
    )


whole_minutes = st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
finite = st.floats(allow_nan=False, allow_infinity=False)


def sparse(values: dict[int, float]) -> SparseVector:
    return SparseVector(5, values)


def same_sparse(a: Any, b: Any) -> bool:
    if is_list(a):
        return is_list(b) and alike(same_sparse, a, b)
    if a is None or b is None:
        return a is b
    return a.values.keys() == b.values.keys() and same_float4([*a.values.values()], [*b.values.values()])


CASES: dict[str, Case] = {
    "smallint": Case(pg.smallint, int, integers(16)),
    "integer": Case(pg.integer, int, integers(32)),
    "bigint": Case(pg.bigint, int, integers(64)),
    "bigint_brand": Case(pg.bigint, AccountId, integers(64)),
    "numeric": Case(pg.numeric, Decimal, decimals),
    "numeric_limited": Case(pg.numeric(20, 5), Decimal, st.decimals(-(10**14), 10**14, places=5)),
    "numeric_whole": Case(pg.numeric(40), int, st.integers(-(10**40) + 1, 10**40 - 1), in_documents=integers(64)),
    "real": Case(pg.real, float, floats4, same_float4, st.floats(width=32, allow_nan=False, allow_infinity=False)),
    "double": Case(pg.double_precision, float, floats, in_documents=finite),
    "boolean": Case(pg.boolean, bool, st.booleans()),
    "text": Case(pg.text, str, texts),
    "varchar": Case(
        pg.varchar(20), str, st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
    ),
    "varchar_of_any_length": Case(pg.varchar, str, texts),
    "char_alone": Case(
        pg.char, str, st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=1)
    ),
    "bpchar": Case(
        pg.bpchar,
        str,
        st.text(st.characters(exclude_characters="\0 ", exclude_categories=["Cs"]), max_size=20),
    ),
    "char": Case(
        pg.char(5),
        str,
        st.text(st.characters(exclude_characters="\0 ", exclude_categories=["Cs"]), max_size=5),
        same_padded,
    ),
    "bytea": Case(pg.bytea, bytes, st.binary()),
    "uuid": Case(pg.uuid, UUID, st.uuids() | st.sampled_from([UUID(int=0), UUID(int=2**128 - 1)])),
    "date": Case(pg.date, dt.date, st.dates() | st.sampled_from([dt.date.min, dt.date.max])),
    "time": Case(pg.time, dt.time, times),
    "timestamp": Case(pg.timestamp, dt.datetime, naive),
    "timestamptz": Case(pg.timestamptz, dt.datetime, moments, in_documents=st.datetimes(timezones=whole_minutes)),
    "interval": Case(pg.interval, dt.timedelta, spans),
    "macaddr": Case(pg.macaddr, str, addresses(6)),
    "macaddr8": Case(pg.macaddr8, str, addresses(8)),
    "enum": Case(pg.enum("mood", Mood, schema="round_trip"), Mood, st.sampled_from(Mood)),
    "enum_literal": Case(
        pg.enum("side", Side, schema="round_trip"), Side, st.sampled_from(["left", "right", 'a"b\\', "NULL"])
    ),
    "enum_as_text": Case(type_of(Mood), Mood, st.sampled_from(Mood)),
    "enum_as_number": Case(type_of(Level), Level, st.sampled_from(Level)),
    "custom": Case(point, Point, st.builds(Point, floats, floats), documented=Point(1.0, 2.0), grids=False),
    "vector": Case(
        pg.vector(3),
        list[float],
        st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=3, max_size=3),
        same_float4,
        grids=False,
    ),
    "halfvec": Case(
        pg.halfvec(3),
        list[float],
        st.lists(st.floats(-(2.0**15), 2.0**15, width=16), min_size=3, max_size=3),
        same_float4,
        grids=False,
    ),
    "sparsevec": Case(
        pg.sparsevec(5),
        SparseVector,
        st.dictionaries(st.integers(1, 5), st.floats(-(2.0**100), 2.0**100, width=32)).map(sparse),
        same_sparse,
        grids=False,
    ),
    "jsonb": Case(pg.jsonb, Note, notes, grids=False),
    "json": Case(pg.json, Note, notes, grids=False),
    "jsonb_any": Case(pg.jsonb, object, json_values.filter(lambda value: value is not None), grids=False),
}


TRIALS = {name: Trial(name, case) for name, case in CASES.items()}


@pytest.fixture(scope="module")
def kept(qb_db: Database) -> Database:
    """The database with every trial's table."""
    labels = ", ".join("'" + mood.value.replace("'", "''") + "'" for mood in Mood)
    qb_db.execute(sql("CREATE EXTENSION IF NOT EXISTS vector").command()).unwrap()
    return prepared(
        qb_db,
        TRIALS.values(),
        "round_trip",
        f"CREATE TYPE round_trip.mood AS ENUM ({labels})",
        """CREATE TYPE round_trip.side AS ENUM ('left', 'right', 'a"b\\', 'NULL')""",
    )


@pytest.mark.sampled
@pytest.mark.parametrize("name", CASES)
def test_a_value_comes_back_as_it_went(kept: Database, name: str) -> None:
    try_all(kept, TRIALS[name])
