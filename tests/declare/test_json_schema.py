"""What rows are called in JSON, and what JSON Schema says of them: all of it from the columns."""

from __future__ import annotations

import datetime as dt
import pickle
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address
from typing import Any, Literal, NewType, cast
from uuid import UUID

import msgspec
import pytest

from qb import (
    Col,
    DefinitionError,
    Deprecated,
    Hidden,
    New,
    Patch,
    Range,
    Shape,
    Success,
    Table,
    Tx,
    alias,
    column,
    create_all,
    fn,
    identity,
    insert,
    json_schema,
    many,
    new,
    openapi_components,
    patch,
    pg,
    replace,
    row,
    schema,
    select,
    update,
)

OwnerId = NewType("OwnerId", UUID)


class Status(Enum):
    OPEN = "open"
    DONE = "done"


class Meta(msgspec.Struct, frozen=True, rename="camel"):
    line_count: int = 0


class Api(Table, rename="camel"):
    created_at: Col[dt.datetime] = column(default=fn.now())


class Item(Api, name="camel_items"):
    """Something to be done."""

    item_id: Col[int] = column(pg.integer, primary_key=True, default=identity())
    owner_id: Col[OwnerId]
    long_title: Col[str] = column(pg.varchar(40), comment="as a list shows it")
    sort_rank: Col[int | None] = column(pg.smallint, default=3)
    net_price: Col[Decimal] = column(pg.numeric(12, 2), default=Decimal("1.50"))
    status: Col[Status] = column(default=Status.OPEN)
    kind: Col[Literal["a", "b"] | None] = column(default=None)
    tag_names: Col[list[str]] = column(pg.array(pg.varchar(5)), default=[])
    meta: Col[Meta] = column(default=Meta())
    big_body: Hidden[str] = column(default="")
    old_title: Deprecated[str] = column(default="", deprecated="use longTitle")
    twice: Col[int] = column(generated=fn.length(long_title) * 2)
    days: Col[Range[dt.date] | None] = column(pg.daterange, default=None)


class Edit(Patch[Item], only=(Item.long_title, Item.sort_rank)):
    """What a client may change."""


class Overview(Shape, rename="pascal"):
    owner_id: Col[OwnerId]
    all_items: Col[list[Item]]


OWNER = OwnerId(UUID(int=7))


def properties(kind: type[object], name: str) -> dict[str, Any]:
    found: dict[str, Any] = cast("dict[str, Any]", openapi_components(kind)[name])["properties"]
    return found


def test_json_has_its_names_and_python_its_own(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Item))).unwrap()
    body = (
        b'{"ownerId": "00000000-0000-0000-0000-000000000007", "longTitle": "write", "tagNames": ["x"], "bigBody": "y"}'
    )
    made = msgspec.json.decode(body, type=New[Item])
    item = qb_tx.one(insert(made).returning()).unwrap()
    assert (item.long_title, item.owner_id, item.tag_names) == ("write", OWNER, ["x"])
    written = msgspec.json.decode(msgspec.json.encode(item))
    assert list(written) == [
        "createdAt", "itemId", "ownerId", "longTitle", "sortRank", "netPrice", "status", "kind", "tagNames", "meta",
        "oldTitle", "twice", "days",
    ]  # fmt: skip
    assert written["meta"] == {"lineCount": 0}
    change = msgspec.json.decode(b'{"longTitle": "test", "sortRank": null}', type=Edit)
    assert qb_tx.one(update(Item).patch(change).all_rows().returning(Item.long_title, Item.sort_rank)) == Success(
        ("test", None)
    )

    class Of(Shape, rename="camel"):
        the_items: Col[list[Item]]

    inner = alias(Item, "inner")
    nested = select(many(select(inner).where(inner.item_id == Item.item_id))).from_(Item).map(Of)
    found = qb_tx.one(nested).unwrap()
    assert [each.long_title for each in found.the_items] == ["test"]
    assert msgspec.json.encode(found).startswith(b'{"theItems":[{"createdAt":')


def test_values_are_given_by_their_names_in_python() -> None:
    item = row(
        Item, item_id=1, owner_id=OWNER, long_title="x", created_at=dt.datetime(2024, 5, 1, tzinfo=dt.UTC), twice=2
    )
    assert replace(item, long_title="y").long_title == "y"
    assert patch(Item)(sort_rank=4) == msgspec.json.decode(b'{"sortRank": 4}', type=Patch[Item])
    assert pickle.loads(pickle.dumps(new(Item).of(item))) == new(Item).of(item)
    assert pickle.loads(pickle.dumps(Edit(long_title="x"))) == Edit(long_title="x")
    with pytest.raises(msgspec.ValidationError, match=r"at `\$.sortRank`"):
        patch(Item)(sort_rank="4")
    for name in ("sortRank", "twice", "nothing"):
        with pytest.raises(msgspec.ValidationError, match=f"unknown field `{name}`"):
            patch(Item)(**{name: 4})
    with pytest.raises(msgspec.ValidationError, match="unknown field `long_title`"):
        msgspec.json.decode(b'{"long_title": "x"}', type=Edit)


def test_a_class_takes_the_names_of_what_it_extends_or_its_own() -> None:
    class Kebab(Api, name="kebab", rename="kebab"):
        item_id: Col[int] = column(primary_key=True)

    assert msgspec.json.encode(row(Kebab, item_id=1, created_at=dt.datetime(2024, 5, 1, tzinfo=dt.UTC))) == (
        b'{"created-at":"2024-05-01T00:00:00Z","item-id":1}'
    )
    assert cast("Any", New[Kebab]).__struct_encode_fields__ == ("created-at", "item-id")
    with pytest.raises(DefinitionError, match="class wrong: rename is one of camel, kebab, pascal, not 'upper'"):
        cast("Any", type(Table))("Wrong", (Table,), {}, name="wrong", rename="upper")


def test_a_row_says_what_its_columns_are() -> None:
    found = properties(Item, "Item")
    assert found["itemId"] == {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}
    assert found["ownerId"] == {"type": "string", "format": "uuid"}
    assert found["longTitle"] == {"type": "string", "maxLength": 40, "description": "as a list shows it"}
    assert found["sortRank"] == {"anyOf": [{"type": "integer", "minimum": -32768, "maximum": 32767}, {"type": "null"}]}
    assert found["netPrice"] == {"type": "string", "format": "decimal"}
    assert found["createdAt"] == {"type": "string", "format": "date-time"}
    assert found["kind"] == {"anyOf": [{"enum": ["a", "b"]}, {"type": "null"}]}
    assert found["tagNames"] == {"type": "array", "items": {"type": "string", "maxLength": 5}}
    assert found["oldTitle"]["deprecated"] is True
    assert found["oldTitle"]["description"] == "Deprecated: use longTitle"
    assert found["twice"]["readOnly"] is True
    assert "bigBody" not in found
    schemas = cast("dict[str, Any]", openapi_components(Item))
    assert schemas["Item"]["required"] == list(found)
    assert schemas["Item"]["description"] == "Something to be done."
    assert schemas["Status"] == {"title": "Status", "enum": ["done", "open"]}
    assert schemas["Meta"]["properties"] == {"lineCount": {"type": "integer", "default": 0}}


def test_what_is_inserted_and_changed_has_its_own() -> None:
    schemas = cast("dict[str, Any]", openapi_components(New[Item], Edit, Patch[Item]))
    made = schemas["NewItem"]
    assert made["required"] == ["ownerId", "longTitle"]
    assert made["additionalProperties"] is False
    assert "twice" not in made["properties"]
    assert made["properties"]["bigBody"] == {"type": "string", "default": ""}
    assert made["properties"]["netPrice"]["default"] == "1.50"
    assert made["properties"]["status"]["default"] == "open"
    assert made["properties"]["meta"]["default"] == {"lineCount": 0}
    assert "default" not in made["properties"]["createdAt"]
    assert schemas["Edit"]["required"] == []
    assert list(schemas["Edit"]["properties"]) == ["longTitle", "sortRank"]
    assert schemas["Edit"]["description"] == "What a client may change."
    assert schemas["Edit"]["properties"]["longTitle"]["maxLength"] == 40
    assert set(schemas) == {"NewItem", "PatchItem", "Edit", "Meta", "Status", "Range_date_"}


def test_examples_in_python_are_no_descriptions() -> None:
    found = cast("dict[str, dict[str, object]]", openapi_components(Item))
    told = str(found["Range_date_"]["description"])
    assert told.startswith("A range from `lower` to `upper`")
    assert ">>>" not in told


def test_a_shape_brings_the_rows_that_it_holds() -> None:
    whole = json_schema(Overview)
    found = cast("dict[str, Any]", whole["$defs"])
    assert (whole["$ref"], whole["$schema"]) == (
        "#/$defs/Overview",
        "https://json-schema.org/draft/2020-12/schema",
    )
    assert found["Overview"]["properties"]["AllItems"] == {"type": "array", "items": {"$ref": "#/$defs/Item"}}
    assert found["Item"]["properties"]["longTitle"]["maxLength"] == 40


class Loose(msgspec.Struct, frozen=True):
    extra: dict[str, object] = {}


def test_any_json_is_any_json() -> None:
    class Kept(Table, name="any_json"):
        id: Col[int] = column(primary_key=True)
        loose: Col[Loose] = column(pg.jsonb)
        raw: Col[object] = column(pg.jsonb)

    anything = {"type": ["object", "array", "string", "number", "boolean", "null"]}
    assert properties(Kept, "Kept")["raw"] == anything
    assert properties(Kept, "Loose")["extra"]["additionalProperties"] == anything


def test_types_that_json_does_not_know_promise_nothing() -> None:
    class Odd(Table, name="odd_types"):
        id: Col[int] = column(primary_key=True)
        address: Col[IPv4Address | None] = column(
            pg.custom("inet", encode=str, decode=IPv4Address), default=IPv4Address("10.0.0.1")
        )

    assert properties(Odd, "Odd")["address"] == {"anyOf": [{"type": "string", "format": "ipv4"}, {"type": "null"}]}
    assert "default" not in properties(New[Odd], "NewOdd")["address"]
    for wrong in (int, dict, cast("Any", Item.item_id)):
        with pytest.raises(DefinitionError, match=r"a JSON Schema is of rows: User, New\[User\]"):
            json_schema(wrong)
