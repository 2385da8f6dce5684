"""Every column type keeps its values exactly: as a parameter, stored, in arrays, in nested rows and in documents.

One example of a type is one row of a table of its own. It is inserted and read back with RETURNING, read once more as
JSON through `many`, and sent as a parameter that is only selected, all on a real server.
"""

import datetime as dt
import math
import struct
import types
from collections.abc import Callable
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, Literal, NamedTuple, NewType, cast
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from typing_extensions import TypeIs

from qb import Database, Expr, New, Table, column, insert, many, new, pg, select, sql, trusted
from qb.tree.expressions import Bind
from qb.types.infer import type_of
from qb.typing import SqlType
from tests.samples import samples

SAMPLES = samples(40)


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

# ------------------------------------------------------------------------------------- what counts as the same value


def instant(moment: dt.datetime) -> dt.timedelta:
    """A point in time, also where the year of its UTC is 0 or 10,000."""
    offset = moment.utcoffset()
    assert offset is not None
    return moment.replace(tzinfo=None) - dt.datetime(1, 1, 1) - offset  # noqa: DTZ001 - it has none


def same(a: Any, b: Any) -> bool:
    """Of one type and equal to the last bit; NaN is NaN."""
    if is_list(a):
        return is_list(b) and alike(same, a, b)
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return (math.isnan(a) and math.isnan(b)) or a == b
    if isinstance(a, Decimal):
        # numeric has no exponent above 0 and no negative zero; below 0 it is the scale, which stays
        if not a.is_finite():
            return str(a) == str(b)
        exponent = cast("int", a.as_tuple().exponent)
        return a == b and b.as_tuple().exponent in (exponent, min(exponent, 0))
    if isinstance(a, dt.datetime) and a.tzinfo is not None:
        return instant(a) == instant(b)  # between zones, == is False in the doubled hour
    if isinstance(a, Point):
        return alike(same, [*a], [*b])
    if isinstance(a, Note):
        return all(same(x, y) for x, y in zip(msgspec.structs.astuple(a), msgspec.structs.astuple(b), strict=True))
    return bool(a == b)


def same_float4(a: Any, b: Any) -> bool:
    """The same four bytes: PostgreSQL writes the shortest number that stands for them."""
    if is_list(a):
        return is_list(b) and alike(same_float4, a, b)
    if a is None or b is None:
        return a is b
    return struct.pack("f", a + 0.0) == struct.pack("f", b + 0.0) or (math.isnan(a) and math.isnan(b))


def same_padded(a: Any, b: Any) -> bool:
    """char(n) pads with spaces."""
    if is_list(a):
        return is_list(b) and alike(same_padded, a, b)
    return a is b if a is None or b is None else str(a).rstrip(" ") == str(b).rstrip(" ")


def is_list(value: Any) -> TypeIs[list[Any]]:
    """Whether it is a list, whose elements may be anything."""
    return isinstance(value, list)


def alike(each: Callable[[Any, Any], bool], a: list[Any], b: list[Any]) -> bool:
    """The same of two lists."""
    return len(a) == len(b) and all(each(x, y) for x, y in zip(a, b, strict=True))


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


class Case(NamedTuple):
    """A column type, the annotation it is tried with, and its values."""

    type: SqlType[Any]
    python: Any
    values: SearchStrategy[Any]
    same: Callable[[Any, Any], bool] = same
    in_documents: SearchStrategy[Any] | None = None
    """The values that a JSON document can hold as well; None where they are the same."""
    grids: bool = True
    """Whether there are arrays of arrays of it."""


whole_minutes = st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
nothing: SearchStrategy[Any] = st.nothing()
finite = st.floats(allow_nan=False, allow_infinity=False)

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
    "custom": Case(point, Point, st.builds(Point, floats, floats), in_documents=nothing, grids=False),
    "vector": Case(
        pg.vector(3),
        list[float],
        st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=3, max_size=3),
        same_float4,
        grids=False,
    ),
    "jsonb": Case(pg.jsonb, Note, notes, grids=False),
    "json": Case(pg.json, Note, notes, grids=False),
    "jsonb_any": Case(pg.jsonb, object, json_values.filter(lambda value: value is not None), grids=False),
}


class Trial:
    """A case and its table."""

    def __init__(self, name: str, case: Case) -> None:
        self.name, self.case = name, case
        python: Any = case.python
        optional: Any = python | None
        self.document: Any = msgspec.defstruct(
            "Document", [("one", python), ("perhaps", optional), ("several", list[python])]
        )
        annotations: dict[str, Any] = {
            "id": int,
            "one": case.python,
            "perhaps": optional,
            "several": list[optional],
            "grid": list[list[python]] if case.grids else list[python],
            "document": self.document,
        }
        columns = {
            "id": column(pg.integer),
            "one": column(case.type),
            "perhaps": column(case.type),
            "several": column(pg.array(case.type)),
            "grid": column(pg.array(case.type)),
            "document": column(pg.jsonb),
        }
        body = {"__annotations__": annotations, "__module__": __name__, **columns}
        self.table: Any = types.new_class(
            name, (Table,), {"name": name, "schema": "round_trip"}, lambda namespace: namespace.update(body)
        )

    @property
    def ddl(self) -> str:
        type_ = self.case.type.name
        return (
            f"CREATE TABLE round_trip.{self.name} (id integer NOT NULL, one {type_} NOT NULL, perhaps {type_}, "
            f"several {type_}[] NOT NULL, grid {type_}[] NOT NULL, document jsonb NOT NULL)"
        )

    def rows(self) -> SearchStrategy[Any]:
        """Rows to insert."""
        case, make = self.case, cast("Any", new(self.table))
        inside = case.values if case.in_documents is None else case.in_documents
        lists: SearchStrategy[Any] = st.lists(case.values, max_size=3)
        # The same length in every row, and no empty rows: PostgreSQL keeps no more of an array than its elements.
        grids = st.integers(1, 3).flatmap(
            lambda n: st.lists(st.lists(case.values, min_size=n, max_size=n), min_size=1, max_size=2)
        )
        documents: SearchStrategy[Any] = st.builds(
            self.document, one=inside, perhaps=st.none() | inside, several=st.lists(inside, max_size=2)
        )
        if case.in_documents is nothing:
            some = Point(1.0, 2.0)
            documents = st.just(self.document(one=some, perhaps=None, several=[]))
        return st.builds(
            make,
            id=st.just(1),
            one=case.values,
            perhaps=st.none() | case.values,
            several=st.lists(st.none() | case.values, max_size=4),
            grid=(st.just([]) | grids) if case.grids else lists,
            document=documents,
        )


def columns_of(row: Any) -> list[Any]:
    return [getattr(row, name) for name in ("one", "perhaps", "several", "grid")]


def parameter(value: object, type_: SqlType[Any], python: object) -> Expr[Any]:
    """A value as a typed parameter that stands alone."""
    return Expr(Bind(value, type_), type_, python, optional=True)


TRIALS = {name: Trial(name, case) for name, case in CASES.items()}


@pytest.fixture(scope="module")
def kept(qb_db: Database) -> Database:
    """The database with every trial's table."""
    labels = ", ".join("'" + mood.value.replace("'", "''") + "'" for mood in Mood)
    script = [
        "CREATE EXTENSION IF NOT EXISTS vector",
        "DROP SCHEMA IF EXISTS round_trip CASCADE",
        "CREATE SCHEMA round_trip",
        f"CREATE TYPE round_trip.mood AS ENUM ({labels})",
        """CREATE TYPE round_trip.side AS ENUM ('left', 'right', 'a"b\\', 'NULL')""",
        *(trial.ddl for trial in TRIALS.values()),
    ]
    with qb_db.transaction() as tx:
        for statement in script:
            tx.execute(sql(trusted(statement.replace("{", "{{").replace("}", "}}"))).command()).unwrap()
    return qb_db


@pytest.mark.sampled
@pytest.mark.parametrize("name", CASES)
def test_a_value_comes_back_as_it_went(kept: Database, name: str) -> None:
    trial = TRIALS[name]
    table, case = trial.table, trial.case

    @SAMPLES
    @given(trial.rows())
    def check(row: Any) -> None:
        wanted = columns_of(row)
        given_row: New[Any] = row
        with kept.transaction(rollback=True) as tx:
            stored = tx.one(insert(given_row).returning()).unwrap()
            assert case.same(wanted, columns_of(stored)), "stored"
            assert trial_same(case, row.document, stored.document), "in a document"
            nested = many(select(table))
            sent = [
                parameter(row.one, case.type, case.python),
                parameter(row.several, table.several.type, table.several.python),
                parameter(row.grid, table.grid.type, table.grid.python),
            ]
            one, several, grid, (inside,) = tx.one(cast("Any", select)(*sent, nested)).unwrap()
            assert case.same([row.one, row.several, row.grid], [one, several, grid]), "as a parameter"
            assert case.same(wanted, columns_of(inside)), "in nested rows"
            assert trial_same(case, row.document, inside.document), "in a document of a nested row"

    check()


def trial_same(case: Case, a: Any, b: Any) -> bool:
    """The same document."""
    return case.same([a.one, a.perhaps, a.several], [b.one, b.perhaps, b.several])
