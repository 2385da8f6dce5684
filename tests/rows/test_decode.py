"""Rows that are not what their description says are a DecodeError that names the place, never a half-filled row."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from typing import Any, NewType, TypedDict

import msgspec
import pytest

from qb import (
    Col,
    Database,
    DecodeError,
    Failure,
    InvalidSql,
    Rows,
    Shape,
    Success,
    Table,
    Tx,
    alias,
    column,
    fn,
    insert,
    many,
    maybe,
    new,
    pg,
    select,
    sql,
    value,
)

ItemId = NewType("ItemId", int)


class Mood(Enum):
    GLAD = "glad"
    SAD = "sad"


class Cat(msgspec.Struct, tag="cat"):
    lives: int


class Dog(msgspec.Struct, tag="dog", rename="camel"):
    good_boy: bool


class Seen(TypedDict):
    where: str
    times: list[int]


@dataclass
class Owner:
    name: str
    since: dt.date | None = None


class Meta(msgspec.Struct, rename="camel"):
    labels: list[str]
    item_id: ItemId = ItemId(0)
    pets: list[Cat | Dog] = []
    moods: dict[str, Mood] = {}
    seen_at: Seen | None = None
    owner: Owner | None = None


class Item(Table, name="decode_items"):
    id: Col[int] = column(primary_key=True)
    parent_id: Col[int | None] = column(default=None)
    name: Col[str] = column()
    meta: Col[Meta] = column()
    draft: Col[Meta | None] = column(pg.jsonb, default=None)
    mood: Col[Mood] = column()


class Pair(Shape):
    id: Col[int]
    meta: Col[Meta]


DDL = "CREATE TABLE decode_items (id bigint, parent_id bigint, name text, meta jsonb, draft jsonb, mood text)"
NewItem = new(Item)
CHILD = alias(Item, "child")
RICH = Meta(
    ["a", "ü"],
    ItemId(2**62),
    [Cat(9), Dog(good_boy=True)],
    {"x": Mood.SAD},
    {"where": "here", "times": [1, 2]},
    Owner("Ada", dt.date(1842, 1, 1)),
)


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.execute(sql(DDL).command()).unwrap()
    return qb_tx


def put(
    tx: Tx,
    ident: int,
    *,
    parent: int | None = None,
    name: str | None = "n",
    meta: str | None = '{"labels": []}',
    draft: str | None = None,
    mood: str | None = "glad",
) -> None:
    """A row as another program might have written it: documents as text, NULL anywhere."""
    values = {
        "ident": value(ident),
        "parent": fn.nullif(value(parent or 0), 0),
        "name": fn.nullif(value(name or ""), ""),
    }
    documents = {
        key: fn.nullif(value(text or ""), "") for key, text in (("meta", meta), ("draft", draft), ("mood", mood))
    }
    template = "INSERT INTO decode_items VALUES ({ident}, {parent}, {name}, {meta}::jsonb, {draft}::jsonb, {mood})"
    tx.execute(sql(template, **values, **documents).command()).unwrap()


def failure(tx: Tx, query: Rows[Any]) -> DecodeError:
    match tx.all(query):
        case Failure(DecodeError() as error):
            return error
        case other:
            pytest.fail(repr(other))


def test_documents_of_every_kind_come_back(tx: Tx) -> None:
    row = NewItem(id=1, name="n", meta=RICH, draft=RICH, mood=Mood.GLAD)
    stored = tx.one(insert(row).returning()).unwrap()
    assert (stored.meta, stored.draft, stored.mood) == (RICH, RICH, Mood.GLAD)
    assert isinstance(stored.meta.pets[1], Dog)
    ((nested,),) = (tx.one(select(many(select(Item)))).unwrap(),)
    assert nested == stored
    assert tx.one(select(Item.meta.path(lambda m: m.item_id))).unwrap() == 2**62
    raw = tx.scalar(sql("SELECT meta::text FROM decode_items").rows(str)).unwrap()
    assert '"itemId"' in raw
    assert '"goodBoy"' in raw


WRONG: dict[str, tuple[str, str, str]] = {
    "an element": ('{"labels": ["a", 7]}', "$.labels[1]", "Expected `str`, got `int`"),
    "a missing field": ("{}", "$", "Object missing required field `labels`"),
    "another kind of document": ('["secret"]', "$", "Expected `object`, got `array`"),
    "null": ("null", "$", "Expected `object`, got `null`"),
    "an unknown tag": ('{"labels": [], "pets": [{"type": "se\'c\\"ret"}]}', "$.pets[0].type", "Invalid value …"),
    "a field of a tagged one": (
        '{"labels": [], "pets": [{"type": "dog", "goodBoy": "secret"}]}',
        "$.pets[0].goodBoy",
        "Expected `bool`, got `str`",
    ),
    "a renamed field": ('{"labels": [], "itemId": "secret"}', "$.itemId", "Expected `int`, got `str`"),
    "an enum's member": ('{"labels": [], "moods": {"k": "it\'s secret"}}', "$.moods[...]", "Invalid enum value …"),
    "a TypedDict": (
        '{"labels": [], "seenAt": {"where": "x", "times": ["secret"]}}',
        "$.seenAt.times[0]",
        "Expected `int`, got `str`",
    ),
    "a dataclass": (
        '{"labels": [], "owner": {"name": "x", "since": "secret"}}',
        "$.owner.since",
        "Invalid RFC3339 encoded date",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_document_of_the_wrong_shape_is_named_down_to_its_path(tx: Tx, name: str) -> None:
    document, path, reason = WRONG[name]
    put(tx, 1)
    put(tx, 2, meta=document)
    by_id = Item.id
    wanted = DecodeError("decode_items", "meta", 1, path, reason)
    assert failure(tx, select(Item).order_by(by_id)) == wanted
    assert failure(tx, select(Item.meta).order_by(by_id)) == wanted
    assert failure(tx, select(Item.id, Item.meta).order_by(by_id)) == wanted
    assert failure(tx, select(Item.id, Item.meta).order_by(by_id).map(lambda id, meta: (id, meta))) == wanted
    assert failure(tx, select(Item.id, Item.meta).order_by(by_id).map(Pair)) == wanted
    assert failure(tx, select(Item.meta, value(1)).where(Item.id == 2)) == DecodeError(
        "decode_items", "meta", 0, path, reason
    )
    with pytest.raises(DecodeError, match="row 1 of the result"), tx.stream(select(Item).order_by(by_id)) as rows:
        list(rows)
    assert "secret" not in str(wanted)


def test_a_row_far_down_has_its_own_number(tx: Tx) -> None:
    # Chunks of 500 rows are decoded one after the other.
    meta = """CASE n WHEN 1234 THEN '7' ELSE '{{"labels": []}}' END::jsonb"""
    fill = f"INSERT INTO decode_items SELECT n, NULL, 'n', {meta}, NULL, 'glad' FROM generate_series(0, 1999) AS n"
    tx.execute(sql(fill).command()).unwrap()
    assert failure(tx, select(Item).order_by(Item.id)).row == 1234


@pytest.mark.parametrize("name", WRONG)
def test_in_nested_rows_the_column_is_named_as_well(tx: Tx, name: str) -> None:
    document, path, reason = WRONG[name]
    put(tx, 1)
    put(tx, 2)
    put(tx, 3, parent=2)
    put(tx, 4, parent=2, meta=document)
    child = many(select(CHILD).where(CHILD.parent_id == Item.id).order_by(CHILD.id))
    query = select(Item.id, child).where(Item.id <= 2).order_by(Item.id)
    wanted = DecodeError("child", "meta", 1, path, f"{reason} (row 1 of the nested rows)")
    assert failure(tx, query) == wanted
    # And nested once more.
    twice = many(select(Item.id, child).where(Item.id <= 2).order_by(Item.id))
    assert failure(tx, select(value(0), twice)).column == "meta"
    assert failure(tx, select(value(0), twice)).path == path


def test_a_document_that_admits_none_reads_jsons_null_as_none(tx: Tx) -> None:
    put(tx, 1, draft="null")
    assert tx.scalar(select(Item.draft)).unwrap() is None
    assert tx.one(select(many(select(Item.draft)))).unwrap() == [None]
    assert tx.one(select(maybe(Item)).map(lambda item: item.draft if item else "absent")).unwrap() is None


NULLS = ["name", "meta", "mood"]


@pytest.mark.parametrize("name", NULLS)
def test_null_where_the_description_says_not_null_is_no_half_filled_row(tx: Tx, name: str) -> None:
    put(tx, 1)
    put(tx, 2, **{name: None})
    wanted = DecodeError("decode_items", name, 1, None, "NULL, where the description says there is none")
    ordered = Item.id
    found = getattr(Item, name)
    assert failure(tx, select(Item).order_by(ordered)) == wanted
    assert failure(tx, select(found).order_by(ordered)) == wanted
    assert failure(tx, select(Item.id, found).order_by(ordered)) == wanted
    assert failure(tx, select(found, Item.id).order_by(ordered).map(lambda a, b: (a, b))) == wanted
    assert failure(tx, select(maybe(Item)).order_by(ordered)) == wanted
    nested = failure(tx, select(value(1), many(select(Item).order_by(ordered))))
    assert (nested.table, nested.column, nested.row) == ("decode_items", name, 0)
    optional = failure(tx, select(value(1), many(select(maybe(Item)).order_by(ordered))))
    assert (optional.table, optional.column, optional.row) == ("decode_items", name, 0)


def test_an_absent_row_has_no_nulls_to_complain_of(tx: Tx) -> None:
    put(tx, 1)
    query = select(Item.id, maybe(CHILD)).left_join(CHILD, on=CHILD.parent_id == Item.id)
    assert tx.all(query) == Success([(1, None)])


def test_what_the_users_function_raises_is_the_users(tx: Tx) -> None:
    put(tx, 1)

    class Mine(Exception):
        pass

    def fails(*_: object) -> int:
        raise Mine("mine")

    def misreads(_: object) -> object:
        return msgspec.convert("x", int)

    for function in (fails, misreads):
        for query in (
            select(Item.id).map(function),
            select(value(1), many(select(Item.id).map(function))),
            select(value(1), many(select(value(2), many(select(Item.id).map(function))))),
        ):
            with pytest.raises((Mine, msgspec.ValidationError), match=r"mine|Expected `int`, got `str`$"):
                tx.all(query)


def test_a_column_that_is_not_there_is_said_by_the_server(qb_db: Database) -> None:
    match qb_db.all(select(Item)):
        case Failure(InvalidSql(message=message)):
            assert "decode_items" in message
        case other:
            pytest.fail(repr(other))


class Undecoded(Table, name="undecoded"):
    id: Col[int] = column(primary_key=True)
    some: Col[msgspec.Raw | None]
    always: Col[msgspec.Raw]


def test_a_document_that_is_not_decoded_may_be_none(qb_tx: Tx) -> None:
    """In the row, in nested rows, behind an outer join; JSON's null is None where None may be."""
    qb_tx.execute(sql('CREATE TABLE undecoded (id bigint, "some" jsonb, always jsonb)').command()).unwrap()
    text = """INSERT INTO undecoded VALUES (1, '{"a": [1, null]}', '[2]'), (2, NULL, '"x"'), (3, 'null', 'null')"""
    qb_tx.execute(sql(text.replace("{", "{{").replace("}", "}}")).command()).unwrap()
    wanted = [(1, b'{"a": [1, null]}', b"[2]"), (2, None, b'"x"'), (3, None, b"null")]

    def shown(row: Undecoded) -> tuple[int, bytes | None, bytes]:
        assert row.some is None or isinstance(row.some, msgspec.Raw)
        assert isinstance(row.always, msgspec.Raw)
        return row.id, None if row.some is None else bytes(row.some), bytes(row.always)

    assert [shown(row) for row in qb_tx.all(select(Undecoded).order_by(Undecoded.id)).unwrap()] == wanted
    other = alias(Undecoded, "other")
    nested = select(Undecoded.id, many(other, on=other.id >= Undecoded.id, order_by=other.id)).order_by(Undecoded.id)
    assert [shown(row) for row in qb_tx.all(nested).unwrap()[0][1]] == wanted
    joined = select(Undecoded.id, maybe(other)).left_join(other, on=other.id == Undecoded.id + 2)
    found = qb_tx.all(joined.order_by(Undecoded.id)).unwrap()
    assert [None if row is None else shown(row) for _, row in found] == [wanted[2], None, None]
    columns = select(Undecoded.some, maybe(Undecoded.always)).order_by(Undecoded.id)
    assert [some is None for some, _ in qb_tx.all(columns).unwrap()] == [False, True, True]
