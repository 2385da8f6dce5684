"""Documents that are kept as they came, and read when somebody asks."""
# pyright: reportUnusedClass=false

from __future__ import annotations

import pickle
from collections.abc import Callable
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
    QueryError,
    Script,
    Shape,
    Success,
    Table,
    Tx,
    Undecodable,
    Undecoded,
    alias,
    column,
    create_all,
    document,
    guard,
    insert,
    json_schema,
    many,
    maybe,
    new,
    older,
    patch,
    pg,
    row,
    schema,
    select,
    sql,
    undecoded,
    update,
)
from qb.testing import factory


class LookV1(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    dark: bool


class Look(msgspec.Struct, frozen=True):
    theme: Literal["dark", "light"]
    size: float = 1.0


def upgraded(old: LookV1) -> Look:
    return Look("dark" if old.dark else "light")


class Desk(Table, name="undecoded_desks", rename="camel"):
    id: Col[int] = column(primary_key=True)
    look: Col[Undecoded[Look]]
    older_look: Col[Undecoded[Look] | None] = column(
        document(Look, older(LookV1, upgraded), undecoded=True), default=None
    )
    first: Col[Undecoded[Look]] = column(pg.jsonb, default=undecoded(Look("light")))
    safe: Col[Undecoded[dict[str, object]]] = column(default=undecoded({}), guard=guard("money", "price"))


class Seen(Shape):
    id: Col[int]
    look: Col[Undecoded[Look]]


DARK = '{"size": 2.5, "theme": "dark"}'
ONE = '{"dark": true}'
PINK = '{"theme": "pink"}'


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(schema(Desk))).unwrap()
    return qb_tx


def stored(tx: Tx, number: int, look: str = DARK, **others: str) -> None:
    names = "".join(f', "{name}"' for name in others)
    values = "".join(f", '{value}'" for value in others.values())
    statement: Any = f"INSERT INTO undecoded_desks (id, look{names}) VALUES ({number}, '{look}'{values})"
    tx.run(Script(statement)).unwrap()


def test_a_row_is_there_whatever_its_document_holds(tx: Tx) -> None:
    for number, look in enumerate((DARK, PINK, ONE, "[]")):
        stored(tx, number, look, older_look=look)
    rows = tx.all(select(Desk).order_by(Desk.id)).unwrap()
    assert [each.look.raw for each in rows] == [DARK.encode(), PINK.encode(), ONE.encode(), b"[]"]
    assert [str(each.look.decode()) for each in rows] == [
        "<Success: Look(theme='dark', size=2.5)>",
        '<Failure: "undecoded_desks"."look" at $.theme: Invalid enum value …>',
        '<Failure: "undecoded_desks"."look" at $: Object missing required field `theme`>',
        '<Failure: "undecoded_desks"."look" at $: Expected `object`, got `array`>',
    ]
    assert rows[1].look.decode() == Failure(
        DecodeError("undecoded_desks", "look", None, "$.theme", "Invalid enum value …")
    )
    assert rows[2].older_look is not None
    assert rows[2].older_look.decode() == Success(Look("dark"))
    assert rows[0].first.decode() == Success(Look("light"))


def test_it_is_read_so_on_every_way(tx: Tx) -> None:
    stored(tx, 1, older_look="null")
    stored(tx, 2, PINK)
    other = alias(Desk, "other")
    nested = select(Desk.id, many(select(other).where(other.id == Desk.id))).order_by(Desk.id)
    assert [rows[0].look.raw for _, rows in tx.all(nested).unwrap()] == [DARK.encode(), PINK.encode()]
    assert [rows[0].older_look for _, rows in tx.all(nested).unwrap()] == [None, None]
    assert tx.all(select(Desk.older_look)) == Success([None, None])
    left = alias(Desk, "left")
    absent = select(Desk.id, maybe(left)).left_join(left, on=(left.id == Desk.id) & (left.id == 2)).order_by(Desk.id)
    assert [each and each.look.raw for _, each in tx.all(absent).unwrap()] == [None, PINK.encode()]
    shaped = tx.all(select(Desk.id, Desk.look).order_by(Desk.id).map(Seen)).unwrap()
    assert [each.look.decode().map(lambda look: look.size).value_or(None) for each in shaped] == [2.5, None]
    raw = sql("SELECT id, look FROM {t} ORDER BY id", t=Desk).rows(Seen)
    assert tx.all(raw).map(lambda found: [each.look for each in found]) == Success([each.look for each in shaped])
    one = sql("{x}", x=Desk.look).as_(Undecoded[Look], not_null=True)
    assert tx.all(select(one).order_by(Desk.id)) == Success([each.look for each in shaped])


def test_what_is_written_is_as_it_came_or_judged(tx: Tx) -> None:
    stored(tx, 1, PINK, older_look=ONE)
    found = tx.one(select(Desk)).unwrap()
    assert tx.execute(insert(new(Desk)(id=2, look=found.look, older_look=found.older_look))) == Success(1)
    assert tx.execute(update(Desk).set(Desk.first.to(found.look)).where(Desk.id == 2)) == Success(1)
    again = tx.one(select(Desk).where(Desk.id == 2)).unwrap()
    assert (again.look, again.older_look, again.first) == (found.look, found.older_look, found.look)
    assert tx.insert_many([new(Desk).of(row(Desk, id=3, look=found.look))]) == Success(1)
    made = tx.one(insert(new(Desk)(id=4, look=undecoded(Look("dark")))).returning(Desk.look)).unwrap()
    assert (made.raw, made.decode()) == (b'{"size": 1.0, "theme": "dark"}', Success(Look("dark")))
    assert tx.all(select(Desk.id).where(Desk.look == found.look).order_by(Desk.id)) == Success([1, 2, 3])
    assert tx.all(select(Desk.id).where(Desk.look == undecoded(Look("dark")))) == Success([4])


@pytest.mark.parametrize(
    ("look", "reason"),
    [
        (lambda: undecoded(Look("dark", float("nan"))), "JSON has neither NaN nor infinity"),
        (lambda: undecoded(cast("Any", Look)("pink")), "it cannot be read back, at $.theme"),
        (lambda: undecoded(cast("Any", {"theme": "dark", "more": "\0"})), "NUL"),
        (lambda: undecoded(cast("Any", LookV1(True))), "it cannot be read back"),
    ],
)
def test_what_could_not_be_read_back_is_not_sent(tx: Tx, look: Callable[[], Undecoded[Look]], reason: str) -> None:
    writes: list[Callable[[Tx], Outcome[int]]] = [
        lambda inner: inner.execute(insert(new(Desk)(id=2, look=look()))),
        lambda inner: inner.insert_many([new(Desk)(id=2, look=look())]),
        lambda inner: inner.execute(update(Desk).set(Desk.look.to(look())).all_rows()),
    ]
    for write in writes:
        with tx.transaction(rollback=True) as inner:
            failed = write(inner).failure()
            assert isinstance(failed, EncodeError)
            assert reason in str(failed)


def test_of_another_class_or_what_a_guard_refuses_is_not_sent(tx: Tx) -> None:
    stored(tx, 1, '{"price": 5}')
    other = tx.one(select(Desk.safe)).unwrap()
    with tx.transaction(rollback=True) as inner:
        failed = inner.execute(update(Desk).set(Desk.look.to(cast("Any", other))).all_rows()).failure()
        assert "it is undecoded, and of another class" in str(failed)
    priced: dict[str, object] = {"a": [{"price": 1}]}
    with tx.transaction(rollback=True) as inner:
        failed = inner.execute(update(Desk).set(Desk.safe.to(undecoded(priced))).all_rows()).failure()
        assert "the guard money refuses a key that it holds" in str(failed)
        assert isinstance(failed, EncodeError)
    with tx.transaction(rollback=True) as inner:
        failed = inner.execute(sql("UPDATE {t} SET safe = look", t=Desk).command()).failure()
        assert failed.sqlstate == "23514"


def test_a_query_reads_it_where_it_says_so(tx: Tx) -> None:
    stored(tx, 1, older_look=ONE)
    look, maybe_look = Desk.look.as_(Look), Desk.older_look.as_(Look)
    assert tx.all(select(Desk.look, look, maybe_look).order_by(look.path(lambda each: each.size))) == Success(
        [(tx.one(select(Desk.look)).unwrap(), Look("dark", 2.5), Look("dark"))]
    )
    assert tx.all(select(Desk.id).where(look.path(lambda each: each.theme) == "dark")) == Success([1])
    stored(tx, 2, PINK)
    assert isinstance(tx.all(select(look)).failure(), DecodeError)
    with pytest.raises(QueryError, match=r"this document is undecoded: write .as_\(Look\).path\(...\)"):
        Desk.look.path(lambda each: cast("Any", each).theme)
    with pytest.raises(QueryError, match=r"as_ names the same values"):
        Desk.look.as_(LookV1)


def test_bodies_and_patches_hold_what_was_read(tx: Tx) -> None:
    stored(tx, 1)
    body = msgspec.json.decode(b'{"id": 2, "look": {"theme": "light"}}', type=New[Desk])
    assert tx.one(insert(body).returning(Desk.look.as_(Look))) == Success(Look("light"))
    with pytest.raises(msgspec.ValidationError, match=r"at `\$.look.theme`"):
        msgspec.json.decode(b'{"id": 2, "look": {"theme": "pink"}}', type=New[Desk])
    change = patch(Desk)(look=undecoded(Look("light")), older_look=None)
    assert tx.execute(update(Desk).patch(change).where(Desk.id == 1)) == Success(1)
    assert tx.one(select(Desk.look.as_(Look)).where(Desk.id == 1)) == Success(Look("light"))
    with pytest.raises(msgspec.ValidationError, match="unknown field `none`"):
        patch(Desk)(none=undecoded(1))
    for kind in (Desk, New[Desk]):
        assert "Look" in cast("Any", json_schema(kind))["$defs"]
    made = factory(Desk, seed=1)
    assert tx.execute(insert(made(id=9))) == Success(1)
    assert isinstance(tx.one(select(Desk.look).where(Desk.id == 9)).unwrap().decode(), Success)
    assert isinstance(made.row(id=10).look, Undecoded)


def test_it_is_a_frozen_value_that_shows_nothing(tx: Tx) -> None:
    stored(tx, 1)
    found, made = tx.one(select(Desk.look)).unwrap(), undecoded(Look("dark"))
    assert repr(found) == f"<undecoded document of {len(DARK)} bytes>"
    assert len({found, pickle.loads(pickle.dumps(found)), tx.one(select(Desk.look)).unwrap()}) == 1
    assert pickle.loads(pickle.dumps(found)).decode() == found.decode()
    assert pickle.loads(pickle.dumps(made)).decode() == Success(Look("dark"))
    assert (made.raw, made == undecoded(Look("dark")), made == found, made == 5) == (
        b'{"theme":"dark","size":1.0}',
        True,
        False,
        False,
    )
    with pytest.raises(AttributeError, match="an undecoded document is a frozen value"):
        cast("Any", found).raw = b""


def test_misuse_is_told_with_the_fix() -> None:
    with pytest.raises(DefinitionError, match=r"write document\(Look, undecoded=True\)"):

        class Wrong(Table, name="wrong"):
            look: Col[Undecoded[Look]] = column(cast("Any", document(Look)))

    with pytest.raises(DefinitionError, match=r"jsonb holds Undecoded\[Look\], the annotation says"):

        class Wrong2(Table, name="wrong2"):
            look: Col[Undecoded[LookV1]] = column(cast("Any", document(Look, undecoded=True)))

    with pytest.raises(DefinitionError, match="no document can be read as Undecoded"):

        class Wrong3(Table, name="wrong3"):
            look: Col[list[Undecoded[Look]]]

    with pytest.raises(DefinitionError, match=r"wrong4.look: its default does not fit jsonb"):

        class Wrong4(Table, name="wrong4"):
            look: Col[Undecoded[Look]] = column(default=cast("Any", Look("dark")))

        schema(Wrong4)
    with pytest.raises(DefinitionError, match=r"either undecoded, .* or undecodable"):
        cast("Any", document)(Look, undecoded=True, undecodable=True)
    assert document(Look, undecoded=True) != document(Look) != pg.jsonb
    assert not isinstance(undecoded(1), Undecodable)
