"""Whatever is written into a document is read back as its annotation, and is the same; else it is refused."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    NotRequired,
    Optional,
    TypedDict,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from qb import pg
from qb.types import document
from qb.types.document import Document
from qb.types.read_back import difference

S = TypeVar("S")
T = TypeVar("T")
OLD = dt.datetime(1900, 1, 1, tzinfo=ZoneInfo("Europe/Amsterdam"))
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOON = dt.datetime(2024, 1, 2, 12, tzinfo=dt.UTC)
KEY = UUID(int=7)


class Mood(enum.Enum):
    GLAD = "glad"


class Level(enum.IntEnum):
    LOW = 1


class Tone(enum.StrEnum):
    LOUD = "loud"


class Bits(enum.Flag):
    A = 1
    B = 2


class Inner(msgspec.Struct):
    count: int = 0
    day: dt.date = dt.date(2024, 1, 2)


class More(Inner):
    note: str = "n"


class Same(Inner):
    """No field more."""


class Closed(msgspec.Struct, forbid_unknown_fields=True):
    x: int = 0


class OfClosed(Closed):
    y: int = 0


class Card(msgspec.Struct, tag="card"):
    number: int = 0


class Cash(msgspec.Struct, tag="cash"):
    number: int = 0


class Gold(Card, tag="gold"):
    pass


class Holds(msgspec.Struct, Generic[T]):
    x: T


class Two(msgspec.Struct, Generic[T, S]):
    one: T
    two: S | UnsetType = UNSET


class Renamed(msgspec.Struct, rename="camel", omit_defaults=True):
    item_count: int = 0
    item_names: list[str] = []


class Row(msgspec.Struct, array_like=True):
    x: int
    y: str = ""


class Later(msgspec.Struct):
    given: int | UnsetType = UNSET
    five: int | UnsetType = 5


class Tree(msgspec.Struct):
    value: int
    below: list[Tree] = []


class Limits(msgspec.Struct):
    age: Annotated[int, msgspec.Meta(ge=0, lt=150)] = 0
    share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    even: Annotated[int, msgspec.Meta(multiple_of=2)] = 0
    code: Annotated[str, msgspec.Meta(pattern="^[a-z]+$", max_length=5)] = "a"
    tags: Annotated[list[str], msgspec.Meta(min_length=1)] = msgspec.field(default_factory=lambda: ["a"])
    when: Annotated[dt.datetime, msgspec.Meta(tz=True)] = NOON


class Range(msgspec.Struct):
    low: int = 0
    high: int = 1

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"{self.low} is above")


@dataclasses.dataclass
class Data:
    x: int = 0
    when: dt.date = dt.date(2024, 1, 2)


class Pair(NamedTuple):
    x: int
    y: str = ""


class Typed(TypedDict):
    x: int
    y: NotRequired[str]


Id = NewType("Id", int)

# What is given, as what, and what is said: the path and a part of the reason. The checkers take the first ones.
REFUSED: list[tuple[Any, Any, str]] = [
    *((True, kind, "$: Expected `.*`, got `bool`") for kind in (int, float, Decimal, Id, int | str, Level)),
    (Inner(count=True), Inner, r"$.count: Expected `int`, got `bool`"),
    (Renamed(item_count=True), Renamed, r"$.itemCount: Expected `int`, got `bool`"),
    ([1] * 3 + [True], list[int], r"$[3]: Expected `int`, got `bool`"),
    ([1] * 30 + [True], list[int], r"$[30]: Expected `int`, got `bool`"),
    ([1.5] * 30 + [True], list[float], r"$[30]: Expected `float`, got `bool`"),
    ([[1.5] * 30 + [True]], list[list[float]], r"$[0][30]: Expected `float`, got `bool`"),
    ((1, True), tuple[int, int], r"$[1]: Expected `int`, got `bool`"),
    ((1, True), tuple[int, ...], r"$[1]: Expected `int`, got `bool`"),
    ({"a": True}, dict[str, int], r"$[...]: Expected `int`, got `bool`"),
    (Tree(1, [Tree(2, [Tree(True)])]), Tree, r"$.below[0].below[0].value: Expected `int`, got `bool`"),
    (Holds(True), Holds[int], r"$.x: Expected `int`, got `bool`"),
    (Row(True), Row, r"$[0]: Expected `int`, got `bool`"),
    (Pair(True), Pair, r"$[0]: Expected `int`, got `bool`"),
    (Data(True), Data, r"$.x: Expected `int`, got `bool`"),
    (Typed(x=True), Typed, r"$.x: Expected `int`, got `bool`"),
    (Card(True), Card | Cash, r"$.number: Expected `int`, got `bool`"),
    (NOON, dt.date, r"$: Invalid RFC3339 encoded date"),
    (Inner(day=NOON), Inner, r"$.day: Invalid RFC3339 encoded date"),
    ({NOON: 1}, dict[dt.date, int], r"key in $: Invalid RFC3339 encoded date"),
    (More(), Inner, r"$: Inner has no field `note`"),
    ([More()], list[Inner], r"$[0]: Inner has no field `note`"),
    (Holds(More()), Holds[Inner], r"$.x: Inner has no field `note`"),
    (OfClosed(), Closed, r"$: Object contains unknown field `y`"),
    (Gold(), Card, r"$.type: Invalid value …"),
    (Gold(), Card | Cash, r"$.type: Invalid value …"),
    (Limits(age=-1), Limits, r"$.age: Expected `int` >= 0"),
    (Limits(age=150), Limits, r"$.age: Expected `int` <= 149"),
    (Limits(share=0.0), Limits, r"$.share: Expected `float` > 0.0"),
    (Limits(even=1), Limits, r"$.even: Expected `int` that's a multiple of 2"),
    (Limits(code="A1"), Limits, r"$.code: Expected `str` matching regex …"),
    (Limits(code="aaaaaa"), Limits, r"$.code: Expected `str` of length <= 5"),
    (Limits(tags=[]), Limits, r"$.tags: Expected `array` of length >= 1"),
    (Limits(when=NOON.replace(tzinfo=None)), Limits, r"$.when: Expected `datetime` with a timezone component"),
    (Later(five=UNSET), Later, r"$.five: another value would be read"),
    ({"x": 1, "z": 2}, Typed, r"$: another number of keys would be read"),
    ({1: 1, "1": 2}, dict[int | str, int], r"$: another number of keys would be read"),
    (OLD, dt.datetime, "$: another value would be read"),
    (dt.time(1, tzinfo=dt.timezone(dt.timedelta(seconds=90))), dt.time, "$: another value would be read"),
    (2**53 + 1, float, "$: another value would be read"),
    ([2**53 + 1] * 30, list[float], "$[29]: another value would be read"),
    # What the checkers refuse, and not everybody runs them.
    (1, str, "$: Expected `str`, got `int`"),
    ("a", int, "$: Expected `int`, got `str`"),
    (1.5, int, "$: Expected `int`, got `float`"),
    (None, int, "$: Expected `int`, got `null`"),
    ("b", Literal["a"], "$: Invalid enum value …"),
    (True, Literal[1, 2], "$: Expected `int`, got `bool`"),
    ("sad", Mood, "$: Invalid enum value …"),
    ({"y": "a"}, Typed, "$: Object missing required field `x`"),
    ({1: 1}, dict[str, str], "$[...]: Expected `str`, got `int`"),
    (Card(), Inner, "$: "),
    ([1], dict[str, int], "$: Expected `object`, got `array`"),
    (b"\xff", UUID, "$: Invalid UUID"),
    (Later(given=cast("Any", None)), Later, "$.given: Expected `int`, got `null`"),
]


def encoded(value: Any, python: Any) -> bytes:
    made: bytes = cast("Any", Document(pg.jsonb, python).encode)(value)
    return made


@pytest.mark.parametrize(("value", "python", "said"), REFUSED, ids=range(len(REFUSED)))
def test_what_would_not_be_read_back_is_refused(value: Any, python: Any, said: str) -> None:
    with pytest.raises(ValueError, match=r"^it cannot be read back") as caught:
        encoded(value, python)
    with pytest.raises(ValueError, match=re.escape(str(caught.value))):
        Document(pg.jsonb, python).once(value)
    path, _, reason = said.partition(": ")
    assert f", at {path}: " in str(caught.value)
    assert re.search(reason.replace("(", r"\("), str(caught.value))


def test_a_value_that_its_class_refuses_by_now_is_refused_without_what_it_says() -> None:
    changed = Range()
    encoded(changed, Range)
    changed.low = 1234
    with pytest.raises(ValueError, match=r"^it cannot be read back, at \$: 1234 is above$"):
        encoded(changed, Range)


TAKEN: list[tuple[Any, Any]] = [
    *((1, each) for each in (int, float, Decimal, int | str, Level, Id, Literal[1], object, Any, int | None)),
    *((1.5, float), (1.5, int | float), (2**53, float), (2**200, int), (-(2**63), int)),
    *((True, bool), (True, bool | int), ("a", str), ("a", Literal["a", 1]), (b"a", bytes), (bytearray(b"a"), bytes)),
    *((None, int | None), (None, None), (KEY, UUID), (Decimal("1.50"), Decimal), (Decimal("NaN"), Decimal)),
    *((dt.date(2024, 1, 2), dt.date), (NOON, dt.datetime), (dt.timedelta.min, dt.timedelta), (dt.time(1), dt.time)),
    *((NOON.astimezone(AMSTERDAM), dt.datetime), (dt.time(1, tzinfo=dt.UTC), dt.time)),
    *((Mood.GLAD, Mood), (Level.LOW, Level), (Tone.LOUD, Tone), (Bits.A | Bits.B, Bits), ("glad", Mood)),
    *((Level.LOW, int), (Tone.LOUD, str), ({Tone.LOUD: Level.LOW}, dict[str, int]), ([Level.LOW] * 30, list[int])),
    *((Inner(), Inner), (Same(), Inner), (Renamed(), Renamed), (Renamed(1, ["a"]), Renamed), (Row(1), Row)),
    *((Card(), Card | Cash), (Cash(), Card | Cash | None), (Tree(1, [Tree(2)]), Tree), (Holds(1), Holds[int])),
    *((Later(), Later), (Later(1, 2), Later), (Limits(), Limits), (Range(), Range), (Data(), Data), (Pair(1), Pair)),
    *((Typed(x=1), Typed), (Typed(x=1, y=""), Typed), (Holds(Holds(None)), Holds[Holds[None]]), (Holds({1}), Holds)),
    *(([], list[int]), ([1] * 30, list[int]), ([1, 1.5] * 30, list[float]), ([True] * 30, list[bool])),
    *(({1, 2}, set[int]), (frozenset({"a"}), frozenset[str]), ((1, "a"), tuple[int, str]), ((1, 2), tuple[int, ...])),
    *(((1, 2), Sequence[int]), ([1, 2], Sequence[int]), ({1}, list[int]), ((), list[int]), ([None], list[int | None])),
    *(({}, dict[str, int]), ({1: "a"}, dict[int, str]), ({KEY: NOON}, dict[UUID, dt.datetime])),
    *(({1.5: 1}, dict[float, int]), (["a"] * 30, list[str])),
    *(({"a": [Inner()]}, dict[str, list[Inner]]), ({"a": {"b": 1.5}}, dict[str, object]), ({1: [KEY]}, object)),
    *(({"a": NOON, "b": (1, {2})}, dict[str, object]), ({1: 2}, dict), ([NOON, {"a": Decimal(1)}], list)),
    *((msgspec.Raw(b"[1]"), msgspec.Raw), (Holds(msgspec.Raw(b"[1]")), Holds[msgspec.Raw]), (str(KEY), UUID)),
    *(("2024-01-02T12:00:00Z", dt.datetime), (0.1, Decimal), (KEY, str), (memoryview(b"a"), bytes)),
]  # fmt: skip


@pytest.mark.parametrize(("value", "python"), TAKEN, ids=range(len(TAKEN)))
def test_what_is_read_back_is_taken(value: Any, python: Any) -> None:
    document = encoded(value, python)
    assert document == msgspec.json.encode(value) == Document(pg.jsonb, python).once(value)
    msgspec.json.decode(document, type=python)


PLAIN = [
    *((1, int), (1, float), (1.5, float), (True, bool), ("a", str), (None, int | None), (KEY, UUID)),
    *((NOON, dt.datetime), (Inner(), Inner), (Card(), Card | Cash), (Tree(1, [Tree(2)]), Tree)),
    *((Later(), Later), (Later(1, 2), Later)),
    *((Data(), Data), (Pair(1), Pair), (Typed(x=1), Typed), (Typed(x=1, y=""), Typed), (Mood.GLAD, Mood)),
    *((["a"] * 30, list[str]), ({"a": 1}, dict[str, int]), ({"a": [1, NOON]}, dict[str, object])),
    ((1, "a"), tuple[int, str]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "python"), PLAIN, ids=range(len(PLAIN)))
def test_what_is_plainly_right_is_not_read_back(value: Any, python: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "check_read", None)
    assert encoded(value, python) == msgspec.json.encode(value)


# ---------------------------------------------------------------- any annotation, any value

SCALARS: list[Any] = [
    *(int, float, str, bool, type(None), bytes, dt.date, dt.datetime, dt.time, dt.timedelta, UUID, Decimal, object, Id),
    *(Mood, Level, Tone, Bits, Literal["a", "b"], Literal[1, 2], Literal[1, "a"], int | None, int | float, str | int),
    *(Annotated[int, msgspec.Meta(ge=1)], Annotated[float, msgspec.Meta(lt=2)]),
    *(Annotated[str, msgspec.Meta(max_length=1)], Annotated[str, msgspec.Meta(pattern="a")]),
    *(Annotated[dt.datetime, msgspec.Meta(tz=False)], msgspec.Raw),
    *(Inner, Closed, Card | Cash, Card | None, Renamed, Row, Later, Tree, Limits, Range, Data, Pair, Typed, Holds[int]),
]  # fmt: skip
KEYS: list[Any] = [str, int, UUID, dt.date, Mood, Level, Literal["a"], float, Decimal, int | str]
ODD: list[Any] = [
    *(True, False, 0, 1, 2, -1, 2**53 + 1, 2**64, 1.0, 1.5, -0.0, float("nan"), float("inf"), "", "a", "aa", "glad"),
    *(None, b"", b"a", dt.date(2024, 1, 2), NOON, NOON.replace(tzinfo=None), OLD),
    *(dt.time(1, tzinfo=dt.UTC), dt.time(1), dt.timedelta(1), KEY, Decimal("1.5"), Decimal("NaN")),
    *(Mood.GLAD, Level.LOW, Tone.LOUD, Bits.A | Bits.B, Inner(), More(), Same(), Inner(count=True), Closed()),
    *(OfClosed(), Card()),
    *(Cash(), Gold(), Renamed(), Renamed(True), Row(1), Row(True), Later(), Later(1), Later(UNSET, UNSET)),
    Tree(1, [Tree(True)]),
    *(Limits(), Limits(-1), Range(), Data(), Data(True), Pair(1), Pair(True), Typed(x=1), {"x": 1, "z": 1}),
    *(Holds(1), Holds("a")),
    *([], [1], ["a"], (1, 2), {1}, frozenset({"a"}), {"a": 1}, {1: 1}, {NOON: 1}, [1] * 12, [True] * 12),
    *([1.5] * 12, [1, True] * 6, [2**53 + 1] * 12, [float("nan")] * 12, ["a"] * 12, msgspec.Raw(b"1"), UNSET),
]  # fmt: skip


def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Annotations that hold others. Of unions at large many are refused by msgspec, which refusing them may crash."""
    kinds: list[Any] = [list, set, frozenset, Sequence, Holds, Optional]
    pairs: list[Any] = [tuple, Two]
    some: Any = dict
    return st.one_of(
        st.tuples(st.sampled_from(kinds), inner).map(lambda both: both[0][both[1]]),
        st.tuples(st.sampled_from(pairs), inner, inner).map(lambda three: three[0][three[1], three[2]]),
        st.tuples(st.sampled_from(KEYS), inner).map(lambda both: some[both]),
    )


ANNOTATIONS = st.recursive(st.sampled_from(SCALARS), around, max_leaves=4)


def value_of(python: Any, odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values in the shape of an annotation, of which any part may be odd."""
    origin, of = get_origin(python), [value_of(each, odd) for each in get_args(python)]
    if origin in (list, Sequence):
        return odd | st.lists(of[0], max_size=12)
    if origin in (set, frozenset):
        return odd | st.lists(of[0], max_size=3).map(hashed(origin))
    if origin is dict:
        return odd | st.lists(st.tuples(of[0], of[1]), max_size=3).map(hashed(dict))
    if origin is tuple:
        return odd | st.tuples(*of)
    if origin is Holds:
        return odd | of[0].map(Holds)
    if origin is Two:
        return odd | st.tuples(of[0], of[1] | st.just(UNSET)).map(lambda both: Two(*both))
    if origin is Union:
        return odd | of[0]
    return odd


def hashed(kind: Any) -> Any:
    def made(values: Any) -> Any:
        try:
            return kind(values)
        except TypeError:
            return values

    return made


@given(st.data())
def test_what_is_written_is_read_back_whatever_is_given(data: st.DataObject) -> None:
    python = data.draw(ANNOTATIONS)
    try:
        decode: Any = pg.jsonb.decoder(python)
    except TypeError:
        return
    value = data.draw(value_of(python, st.sampled_from(ODD)))
    try:
        written = encoded(value, python)
    except (ValueError, TypeError):
        return
    assert difference(value, decode(written)) is None
