"""Documents of older shapes, of nearly right values, and such that nothing can read."""
# pyright: reportUnusedClass=false

from __future__ import annotations

import pickle
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal, cast

import msgspec
import pytest

from qb import (
    Col,
    DecodeError,
    DefinitionError,
    EncodeError,
    Failure,
    New,
    Outcome,
    Script,
    Shape,
    Success,
    Table,
    Tx,
    Undecodable,
    alias,
    column,
    create_all,
    document,
    insert,
    many,
    maybe,
    new,
    older,
    pg,
    row,
    schema,
    select,
    update,
)


class LookV1(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    dark: bool


class LookV2(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Literal[2]
    theme: str


class Look(msgspec.Struct, frozen=True):
    version: Literal[3]
    themes: list[str]
    size: Decimal = Decimal(1)


def from_v1(old: LookV1) -> Look:
    return Look(3, ["dark" if old.dark else "light"])


def from_v2(old: LookV2) -> Look:
    return Look(3, [old.theme[0].upper() + old.theme[1:]])


VERSIONS = document(Look, older(LookV2, from_v2), older(LookV1, from_v1))


class Desk(Table, name="versioned_desks"):
    id: Col[int] = column(primary_key=True)
    look: Col[Look] = column(VERSIONS)
    maybe: Col[Look | None] = column(VERSIONS, default=None)
    loose: Col[dict[str, int]] = column(document(dict[str, int], lenient=True), default={})
    any: Col[Look | Undecodable | None] = column(document(Look, older(LookV1, from_v1), undecodable=True), default=None)


THREE = '{"version": 3, "themes": ["a"], "size": "0.30"}'
ONE = '{"dark": true}'
TWO = '{"version": 2, "theme": "blue"}'


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(schema(Desk))).unwrap()
    return qb_tx


def stored(tx: Tx, number: int, look: str = THREE, **others: str) -> None:
    names = "".join(f', "{name}"' for name in others)
    values = "".join(f", '{value}'" for value in others.values())
    statement: Any = f"INSERT INTO versioned_desks (id, look{names}) VALUES ({number}, '{look}'{values})"
    tx.run(Script(statement)).unwrap()


def test_older_shapes_are_upgraded_wherever_they_are_read(tx: Tx) -> None:
    for number, look in enumerate((THREE, TWO, ONE)):
        stored(tx, number, look, maybe="null" if number else ONE)
    looks = [Look(3, ["a"], Decimal("0.30")), Look(3, ["Blue"]), Look(3, ["dark"])]
    assert tx.all(select(Desk.look).order_by(Desk.id)) == Success(looks)
    assert tx.all(select(Desk.maybe).order_by(Desk.id)) == Success([Look(3, ["dark"]), None, None])
    assert [each.look for each in tx.all(select(Desk).order_by(Desk.id)).unwrap()] == looks
    other = alias(Desk, "other")
    nested = select(Desk.id, many(select(other).where(other.id == Desk.id))).order_by(Desk.id)
    assert [rows[0].look for _, rows in tx.all(nested).unwrap()] == looks
    assert [rows[0].maybe for _, rows in tx.all(nested).unwrap()] == [Look(3, ["dark"]), None, None]


def test_what_is_written_is_of_todays_shape(tx: Tx) -> None:
    look = Look(3, ["x"])
    assert tx.one(insert(new(Desk)(id=1, look=look)).returning(Desk.look)) == Success(look)
    for wrong in (LookV1(True), {"dark": True}):
        with tx.transaction(rollback=True) as inner:
            match inner.execute(update(Desk).set(Desk.look.to(cast("Any", wrong))).all_rows()):
                case Failure(EncodeError()):
                    pass
                case other:
                    pytest.fail(repr(other))
    themes = select(Desk.id).where(Desk.look.path(lambda each: each.themes[0]) == "x")
    assert tx.all(themes) == Success([1])


def test_a_lenient_document_takes_what_is_nearly_right(tx: Tx) -> None:
    stored(tx, 1, loose='{"a": "5", "b": 6}')
    assert tx.one(select(Desk.loose)) == Success({"a": 5, "b": 6})
    assert tx.one(select(Desk)).map(lambda desk: desk.loose) == Success({"a": 5, "b": 6})
    found = tx.one(insert(new(Desk)(id=2, look=Look(3, []), loose=cast("Any", {"a": "5"}))).returning(Desk.loose))
    assert isinstance(found.failure(), EncodeError)


def test_what_nothing_reads_is_a_value_where_the_column_says_so(tx: Tx) -> None:
    for number, look in enumerate((THREE, ONE, '{"version": 9}', "[1]")):
        stored(tx, number, any=look)
    stored(tx, 4, any="null")
    expected = [
        Look(3, ["a"], Decimal("0.30")),
        Look(3, ["dark"]),
        Undecodable(b'{"version": 9}', "Invalid enum value 9 - at `$.version`"),
        Undecodable(b"[1]", "Expected `object`, got `array`"),
        None,
    ]
    assert tx.all(select(Desk.any).order_by(Desk.id)) == Success(expected)
    other = alias(Desk, "other")
    nested = select(Desk.id, many(select(other).where(other.id == Desk.id))).order_by(Desk.id)
    assert [rows[0].any for _, rows in tx.all(nested).unwrap()] == expected
    left = alias(Desk, "left")
    absent = select(Desk.id, maybe(left)).left_join(left, on=(left.id == Desk.id) & (left.id == 2)).order_by(Desk.id)
    assert [each and each.any for _, each in tx.all(absent).unwrap()] == [None, None, expected[2], None, None]
    themes = Desk.any.path(lambda each: each.themes[0])
    assert tx.all(select(Desk.id, themes).where(themes.is_not_null())) == Success([(0, "a")])


def test_an_undecodable_document_is_never_written_nor_shown(tx: Tx) -> None:
    stored(tx, 1, any='{"secret": 1}')
    found = tx.one(select(Desk.any)).unwrap()
    assert isinstance(found, Undecodable)
    assert repr(found) == "<undecodable document of 13 bytes: Object missing required field `version`>"
    assert pickle.loads(pickle.dumps(found)) == found
    assert len({found, Undecodable(found.raw, found.reason)}) == 1
    row_of = new(Desk)(id=2, look=Look(3, []), any=found)
    writes: list[Callable[[Tx], Outcome[int]]] = [
        lambda inner: inner.execute(insert(row_of)),
        lambda inner: inner.insert_many([row_of]),
        lambda inner: inner.execute(update(Desk).set(Desk.any.to(found)).all_rows()),
    ]
    for write in writes:
        with tx.transaction(rollback=True) as inner:
            failed = write(inner).failure()
            assert "Undecodable" in str(failed)
            assert isinstance(failed, EncodeError)
    with pytest.raises(msgspec.ValidationError, match=r"at `\$.any`"):
        msgspec.json.decode(b'{"id": 1, "look": {"version": 3, "themes": []}, "any": {"secret": 1}}', type=New[Desk])
    assert row(Desk, id=1, look=Look(3, []), loose={}).any is None


def test_what_fails_says_where_and_not_what(tx: Tx) -> None:
    stored(tx, 1, '{"version": 2, "theme": ""}')
    match tx.one(select(Desk.look)):
        case Failure(DecodeError() as error):
            assert "the upgrade from LookV2 raised IndexError" in str(error)
        case other:
            pytest.fail(repr(other))
    tx.execute(update(Desk).set(Desk.look.to(Look(3, []))).all_rows()).unwrap()
    tx.run(Script("""UPDATE versioned_desks SET look = '{"version": 3, "themes": [5]}'""")).unwrap()
    assert "$.themes[0]" in str(tx.one(select(Desk.look)).failure())


def test_misuse_is_told_with_the_class() -> None:
    with pytest.raises(DefinitionError, match=r"wrong.look: .* holds Look, the annotation says LookV1"):

        class Wrong(Table, name="wrong"):
            look: Col[LookV1] = column(cast("Any", VERSIONS))

    with pytest.raises(DefinitionError, match=r"write document\(Look, undecodable=True\)"):

        class Wrong2(Table, name="wrong2"):
            look: Col[Look | Undecodable] = column(cast("Any", VERSIONS))

    with pytest.raises(DefinitionError, match=r"write Look \| Undecodable"):

        class Wrong3(Table, name="wrong3"):
            look: Col[Look] = column(cast("Any", document(Look, undecodable=True)))

    for call, message in (
        (lambda: document(cast("Any", 5)), "document takes the class that documents are read as, not 5"),
        (lambda: document(cast("Any", Undecodable(b"", ""))), "document takes the class"),
        (lambda: document(Look, cast("Any", from_v1)), "takes what older"),
        (lambda: older(cast("Any", 5), from_v1), "older takes the class"),
        (lambda: older(LookV1, cast("Any", 5)), "takes the function"),
    ):
        with pytest.raises(DefinitionError, match=message):
            call()


class Loose(msgspec.Struct, frozen=True):
    title: str = ""


class LooseV1(msgspec.Struct, frozen=True):
    meta_title: str


class Closed(Loose, frozen=True, forbid_unknown_fields=True): ...


class Tagged(Loose, frozen=True, tag="today"): ...


class Needed(Loose, frozen=True, kw_only=True):
    words: list[str]


class SameName(msgspec.Struct, frozen=True):
    title: list[str]


def test_a_shape_that_would_take_all_older_ones_for_its_own() -> None:
    """Unknown fields are ignored: what an older program wrote would be read as an empty document, without a word."""
    assert msgspec.json.decode(b'{"meta_title": "a"}', type=Loose) == Loose()
    with pytest.raises(
        DefinitionError, match=r"each LooseV1 would be read as Loose, .* never be upgraded: write forbid_unknown_fields"
    ):
        document(Loose, older(LooseV1, lambda old: Loose(old.meta_title)))
    document(Closed, older(LooseV1, lambda old: Closed(old.meta_title)))
    document(Tagged, older(LooseV1, lambda old: Tagged(old.meta_title)))
    document(Needed, older(LooseV1, lambda old: Needed(title=old.meta_title, words=[])))
    document(Loose, older(SameName, lambda old: Loose(old.title[0])))  # which is refused as it is of another type
    document(Loose, older(list[str], lambda old: Loose(old[0])))
    document(Loose)
    with pytest.raises(DefinitionError, match="never be upgraded"):
        document(Loose, older(dict[str, int], lambda old: Loose(str(old))))


class First(msgspec.Struct, frozen=True):
    a: int


class Second(First, frozen=True):
    b: str


class Third(Second, frozen=True):
    c: list[str]


class Wider(Second, frozen=True):
    c: list[str] = []


def test_an_older_shape_that_never_would_be_asked() -> None:
    with pytest.raises(DefinitionError, match="each Second would be read as Wider"):
        document(Wider, older(Second, lambda old: Wider(old.a, old.b, ["second"])))
    document(Wider, older(First, lambda old: Wider(old.a, "first")))


class Inner(msgspec.Struct, frozen=True):
    x: int


class InnerOfToday(Inner, frozen=True):
    y: str


class Outer(msgspec.Struct, frozen=True):
    inner: list[Inner | None]


class OuterOfToday(msgspec.Struct, frozen=True):
    inner: list[InnerOfToday | None]


class Marked(First, frozen=True, tag=2): ...


class MarkedOfToday(Second, frozen=True, tag=3): ...


CHAIN = document(
    Third,
    older(Second, lambda old: Third(old.a, old.b, ["second"])),
    older(First, lambda old: Third(old.a, "first", ["first"])),
)
NESTED = document(
    OuterOfToday,
    older(
        Outer, lambda old: OuterOfToday([None if each is None else InnerOfToday(each.x, "old") for each in old.inner])
    ),
)
MARKED = document(MarkedOfToday, older(Marked, lambda old: MarkedOfToday(old.a, "marked")))


@pytest.mark.parametrize(
    ("kind", "type_", "stored", "read"),
    [
        (Third, CHAIN, '{"a": 1, "b": "x", "c": ["y"], "z": 1}', Third(1, "x", ["y"])),
        (Third, CHAIN, '{"a": 1, "b": "x"}', Third(1, "x", ["second"])),
        (Third, CHAIN, '{"a": 1, "z": [{"c": 1}]}', Third(1, "first", ["first"])),  # nobody knows z
        (Third, CHAIN, '{"a": 1, "b": "x", "c": [1]}', None),  # one of today with something wrong
        (Third, CHAIN, '{"a": 1, "c": []}', None),
        (Third, CHAIN, '{"a": 1, "b": null}', None),  # a Second with something wrong
        (OuterOfToday, NESTED, '{"inner": [null, {"x": 1}]}', OuterOfToday([None, InnerOfToday(1, "old")])),
        (OuterOfToday, NESTED, '{"inner": [{"x": 1}, {"x": 1, "y": 2}]}', None),
        (MarkedOfToday, MARKED, '{"type": 2, "a": 1, "b": 5}', MarkedOfToday(1, "marked")),  # it says what it is
        (MarkedOfToday, MARKED, '{"type": 3, "a": 1, "b": 5}', None),
    ],
)
def test_a_newer_document_with_something_wrong_is_no_older_one(
    kind: object, type_: Any, stored: str, read: object
) -> None:
    decode = type_.decoder(kind)
    if read is None:
        with pytest.raises(msgspec.DecodeError):
            decode(stored.encode())
    else:
        assert decode(stored.encode()) == read


def test_it_is_jsonb_to_everybody_else() -> None:
    class Twin(Shape):
        look: Col[Look]

    assert VERSIONS.name == pg.jsonb.name
    assert VERSIONS == document(Look, older(LookV2, from_v2), older(LookV1, from_v1))
    assert document(Look) != VERSIONS != pg.jsonb
    assert select(Desk.look).map(Twin) is not None
    assert pickle.loads(pickle.dumps(VERSIONS)) == VERSIONS


class Sparse(msgspec.Struct, frozen=True):
    theme: str = "light"


class StrictSparse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    theme: str = "light"


class Renamed(msgspec.Struct, frozen=True, rename={"look": "theme"}):
    look: int


def test_a_shape_that_todays_would_swallow_is_refused() -> None:
    """All of today's fields may be missing, and others are ignored: no document of before would be upgraded."""
    with pytest.raises(DefinitionError, match=r"each LookV1 would be read as Sparse, .*, and never be upgraded"):
        document(Sparse, older(LookV1, lambda old: Sparse("dark" if old.dark else "light")))
    document(StrictSparse, older(LookV1, lambda old: StrictSparse("dark" if old.dark else "light")))
    document(Sparse, older(Renamed, lambda old: Sparse(str(old.look))))  # a field of both: its type tells them apart
    document(Sparse, older(list[str], lambda old: Sparse(old[0])))
