"""The same value, right or wrong, sent in every way, is stored as the same value or refused with the same error."""

import datetime as dt
import types
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, NamedTuple, cast
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qb
from qb import (
    EncodeError,
    Failure,
    New,
    Outcome,
    Success,
    Table,
    case,
    column,
    fn,
    insert,
    new,
    patch,
    pg,
    prepare,
    select,
    sql,
    trusted,
    update,
)
from qb.types.infer import type_of
from qb.typing import SqlType
from tests.samples import samples


class Mood(Enum):
    GLAD = "glad"


class Tone(str, Enum):  # noqa: UP042 - as many are written
    LOUD = "loud"


class Doc(msgspec.Struct, frozen=True):
    x: float


Word = Literal["a", "b"]


NOON = dt.datetime(2024, 1, 2, 12, tzinfo=dt.UTC)


class Counted(msgspec.Struct, frozen=True):
    n: int
    at: dt.date | None = None


class More(Counted, frozen=True):
    note: str = ""


class Kind(NamedTuple):
    type: SqlType[Any]
    python: Any


KINDS: dict[str, Kind] = {
    "smallint": Kind(pg.smallint, int),
    "bigint": Kind(pg.bigint, int),
    "real": Kind(pg.real, float),
    "double": Kind(pg.double_precision, float),
    "numeric": Kind(pg.numeric, Decimal),
    "boolean": Kind(pg.boolean, bool),
    "text": Kind(pg.text, str),
    "varchar": Kind(pg.varchar(9), str),
    "bytea": Kind(pg.bytea, bytes),
    "uuid": Kind(pg.uuid, UUID),
    "date": Kind(pg.date, dt.date),
    "time": Kind(pg.time, dt.time),
    "timestamp": Kind(pg.timestamp, dt.datetime),
    "timestamptz": Kind(pg.timestamptz, dt.datetime),
    "interval": Kind(pg.interval, dt.timedelta),
    "jsonb": Kind(pg.jsonb, object),
    "json": Kind(pg.json, object),
    "counted": Kind(pg.jsonb, Counted),
    "counts": Kind(pg.json, list[Counted | int]),
    "literal": Kind(pg.text, Word),
    "number": Kind(pg.bigint, Literal[1, 2]),
    "tone": Kind(pg.varchar(9), Tone),
    "mood as text": Kind(type_of(Mood), Mood),
    "mood": Kind(pg.enum("feeling", Mood, schema="alike"), Mood),
}

ODD: list[Any] = [
    *(True, False, 0, 1, 5, -1, 2**15, 2**31, 2**63, 2**200, 5.5, float("nan"), float("inf"), 1e300, -0.0),
    *(Decimal("5.7"), Decimal("NaN"), Decimal("sNaN"), Decimal("-NaN"), Decimal("Infinity"), Decimal("1E+131072")),
    *(Decimal("1E+131071"), Decimal("1E-16383"), Decimal("1E-16384"), Decimal("1.5E-16383"), 1j, object),
    *("", "false", "a", "c", "glad", "loud", "1 day", "\0", "\ud800", "5", "x" * 10, "2024-01-01", b"", b"f"),
    *(bytearray(b"ab"), memoryview(b"ab"), UUID(int=7), str(UUID(int=7)), dt.date(2024, 1, 2), dt.time(1, 2)),
    *(dt.time(1, 2, tzinfo=dt.UTC), dt.datetime(2024, 1, 2, tzinfo=dt.UTC), dt.datetime(2024, 1, 2)),  # noqa: DTZ001
    *(dt.timedelta(days=1), dt.timedelta.max, Mood.GLAD, Tone.LOUD, [], [1], ["a"], [None], [[1]], {}, {"x": 1.5}),
    *({"x": float("nan")}, {"x": [float("-inf")]}, {"x": "\0"}, {"x": None}, Doc(float("nan")), Doc(1.5), {1, 2}),
    *(
        Counted(1),
        Counted(True),
        Counted(2, NOON),
        More(1),
        [Counted(True)],
        [1, True],
        [More(1), 2],
    ),
]
values = (
    st.sampled_from(ODD) | st.integers() | st.floats() | st.text(max_size=12) | st.binary(max_size=9) | st.decimals()
)


def table_of(name: str, kind: Kind) -> Any:
    optional: Any = kind.python | None
    several: Any = list[optional]
    annotations: dict[str, Any] = {"id": int, "x": optional, "many": several | None}
    body = {
        "__annotations__": annotations,
        "__module__": __name__,
        "id": column(pg.bigint, primary_key=True),
        "x": column(kind.type, default=None),
        "many": column(pg.array(kind.type), default=None),
    }
    return types.new_class(name, (Table,), {"name": name, "schema": "alike"}, lambda space: space.update(body))


TABLES = {name: table_of(name, kind) for name, kind in KINDS.items()}


@pytest.fixture(scope="module")
def db(qb_db: qb.Database) -> Iterator[qb.Database]:
    with qb_db.transaction() as tx:
        for statement in (
            "DROP SCHEMA IF EXISTS alike CASCADE",
            "CREATE SCHEMA alike",
            "CREATE TYPE alike.feeling AS ENUM ('glad')",
            *(
                f'CREATE TABLE alike."{name}" (id bigint, x {kind.type.name}, many {kind.type.name}[])'
                for name, kind in KINDS.items()
            ),
        ):
            tx.execute(sql(trusted(statement)).command()).unwrap()
    yield qb_db
    qb_db.execute(sql("DROP SCHEMA alike CASCADE").command()).unwrap()


def same(table: Any, row: New[Any], change: Any, db: qb.Db, name: str, field: str) -> None:
    """Send a row in every way; what is stored, or how it is refused, must not differ."""
    shown = f"SELECT coalesce({field}::text, 'NULL') FROM alike.\"{name}\" ORDER BY id DESC LIMIT 1"
    found: dict[str, Any] = {}
    ways: dict[str, Callable[[qb.Tx], Outcome[Any]]] = {
        "insert": lambda tx: tx.execute(insert(row)),
        "copy": lambda tx: tx.insert_many([row]),
        "values": lambda tx: tx.insert_many([row], insert(cast("type[Any]", table)).returning(table.id)),
        "two values": lambda tx: tx.insert_many([row, row], insert(cast("type[Any]", table)).returning(table.id)),
        "update": lambda tx: tx.execute(update(table).patch(change).all_rows()),
    }
    for way, send in ways.items():
        with db.transaction(rollback=True) as tx:
            tx.execute(insert(new(table)(id=0))).unwrap()
            outcome = send(tx)
            if isinstance(outcome, Failure):
                error = outcome.failure()
                if isinstance(error, EncodeError):
                    assert (error.table, error.column) == (name, field), way
                found[way] = error
            else:
                found[way] = tx.scalar(sql(trusted(shown)).rows(str)).unwrap()
    assert len({repr(each) for each in found.values()}) == 1, found


QUICK = ("boolean", "numeric", "jsonb", "literal")


@pytest.mark.sampled
@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in KINDS]
)
def test_every_way_stores_or_refuses_the_same(db: qb.Database, name: str) -> None:
    table = TABLES[name]
    made: Any = new(table)
    changed: Any = patch(table).struct  # which takes what `patch(table)(...)` would refuse

    @samples(25)
    @given(values)
    def check(value: Any) -> None:
        row, change = made(id=1, x=value), changed(x=value)
        same(table, row, change, db, name, "x")
        row, change = made(id=1, many=[value, None]), changed(many=[value, None])
        same(table, row, change, db, name, "many")

    check()


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("jsonb", {"x": float("nan")}, "JSON has neither NaN nor infinity, and null instead would change the document"),
        ("json", [float("inf")], "JSON has neither NaN nor infinity, and null instead would change the document"),
        ("counted", Counted(True), "it cannot be read back, at $.n: Expected `int`, got `bool`"),
        ("counted", More(1), "it cannot be read back as it is, at $: Counted has no field `note`"),
        (
            "counts",
            [1, Counted(1, NOON)],
            "it cannot be read back, at $[1].at: Invalid RFC3339 encoded date",
        ),
        ("boolean", "false", "boolean takes bool, not str"),
        ("boolean", 1, "boolean takes bool, not int"),
        ("interval", 5, "interval takes timedelta, not int"),
        ("interval", "1 day", "interval takes timedelta, not str"),
        ("numeric", Decimal("sNaN"), "numeric has one NaN, which is quiet and has no sign"),
        ("numeric", Decimal("1E+131072"), "the number is out of range for numeric"),
        ("numeric", Decimal("1.5E-16383"), "the number is out of range for numeric"),
        ("literal", "c", "the value is none of a, b"),
        ("number", 3, "the value is none of 1, 2"),
        ("number", True, "the value is none of 1, 2"),
        ("number", 1.0, "the value is none of 1, 2"),
        ("tone", "quiet", "the value is none of Tone"),
        ("mood as text", "sad", "the value is none of Mood"),
        ("mood", "sad", 'not a label of "alike"."feeling": it has glad'),
        ("uuid", "6a1f2a53-2f0f-4f0a-9f3e-0c6f3f1f7a10", "uuid takes UUID, not str"),
    ],
)
def test_what_is_wrong_is_refused_by_copy_and_in_arrays_too(
    db: qb.Database, name: str, value: object, reason: str
) -> None:
    table = TABLES[name]
    for field, given_value in (("x", value), ("many", [value])):
        row = new(table)(id=1, **{field: given_value})
        for outcome in (db.insert_many([row]), db.execute(insert(row))):
            error = outcome.failure()
            assert isinstance(error, EncodeError)
            assert (error.table, error.column) == (name, field)
            assert error.reason == EncodeError(None, None, reason).reason
    assert db.all(select(table.id)) == Success([])


def test_a_document_that_an_expression_may_put_there_is_judged_as_well(db: qb.Database) -> None:
    counted, held = TABLES["counted"], Counted(True)
    chosen: Any = cast("Any", case)((counted.id == 1, held), else_=counted.x)
    kept = prepare_kept()
    written = (
        update(counted).set(counted.x.to(fn.coalesce(counted.x, held))).all_rows(),
        update(counted).set(counted.x.to(chosen)).all_rows(),
        insert(cast("type[Any]", counted), counted.id.to(1), counted.x.to(fn.coalesce(counted_value(), held))),
        insert(cast("type[Any]", counted)).values([counted.id.to(1), counted.x.to(held)]),
    )
    for outcome in (*map(db.execute, written), db.all(kept(held))):
        error = outcome.failure()
        assert isinstance(error, EncodeError)
        assert (error.table, error.column) == ("counted", "x")
        assert error.reason == "it cannot be read back, at $.n: Expected `int`, got `bool`"


def counted_value() -> Any:
    return sql("NULL::jsonb").as_(Counted)


def prepare_kept() -> Any:
    counted = TABLES["counted"]

    @prepare
    def kept(held: Counted) -> Any:
        return update(counted).set(counted.x.to(fn.coalesce(counted.x, held))).all_rows().returning(counted.id)

    return kept


def test_a_member_that_is_compared_or_matched_is_any_text(db: qb.Database) -> None:
    table = TABLES["literal"]
    with db.transaction(rollback=True) as tx:
        assert tx.insert_many([new(table)(id=1, x="a", many=["a", "b", None])]) == Success(1)
        assert tx.all(select(table.many).where(table.x.like("%a%"))) == Success([["a", "b", None]])
