"""Rows that are made, not read: `new`, `patch`, `row`, `replace`."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from decimal import Decimal
from enum import Enum
from typing import Any, NewType, cast

import msgspec
import pytest
from msgspec import UNSET, ValidationError

from qb import (
    Col,
    DefinitionError,
    New,
    Patch,
    Shape,
    Table,
    column,
    compile,
    fn,
    identity,
    new,
    patch,
    pg,
    replace,
    row,
    update,
)

AccountId = NewType("AccountId", int)


class Kind(Enum):
    FREE = "free"
    PAID = "paid"


class Settings(msgspec.Struct, frozen=True):
    theme: str = "light"


class Account(Table, name="accounts"):
    id: Col[AccountId] = column(primary_key=True, generated=identity())
    number: Col[int] = column(default=identity())
    name: Col[str] = column(pg.varchar(5))
    level: Col[int] = column(pg.smallint, default=0)
    kind: Col[Kind] = column(pg.enum("kind", Kind), default=Kind.FREE)
    balance: Col[Decimal] = column(pg.numeric(12, 2), default=Decimal(0))
    settings: Col[Settings] = column(pg.jsonb)
    tags: Col[list[str] | None] = column(pg.array(pg.varchar(3)))
    class_: Col[str | None] = column(name="class", default=None)
    shown: Col[str] = column(generated=name + "!")
    created_at: Col[dt.datetime] = column(default=fn.now())


class Other(Table, name="others"):
    name: Col[str] = column(primary_key=True)


NewAccount = new(Account)
AccountPatch = patch(Account)


def fields(struct: Any) -> dict[str, bool]:
    """The fields of a Struct, and whether each must be given."""
    return {each.name: each.required for each in msgspec.structs.fields(struct)}


# ---------------------------------------------------------------- new


def test_generated_columns_do_not_exist_and_defaults_may_be_left_out() -> None:
    assert fields(New[Account]) == {
        "number": False,
        "name": True,
        "level": False,
        "kind": False,
        "balance": False,
        "settings": True,
        "tags": True,
        "class_": False,
        "created_at": False,
    }


def test_what_is_left_out_is_unset_and_none_is_a_value() -> None:
    made = cast("Any", NewAccount(name="ada", settings=Settings(), tags=None))
    assert made.tags is None
    assert made.level is UNSET
    assert made.number is UNSET
    assert msgspec.json.encode(made) == b'{"name":"ada","settings":{"theme":"light"},"tags":null}'


def test_new_and_its_type_at_run_time_are_one() -> None:
    assert cast("object", New[Account]) is cast("object", NewAccount)
    assert cast("object", new(Account)) is cast("object", NewAccount)


def test_a_body_decodes_into_it() -> None:
    body = b'{"name":"ada","settings":{"theme":"dark"},"tags":["a"],"kind":"paid","created_at":"2025-01-02T03:04:05Z"}'
    made = cast("Any", msgspec.json.decode(body, type=New[Account]))
    assert made.settings == Settings("dark")
    assert made.kind is Kind.PAID
    assert made.created_at == dt.datetime(2025, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("field", "wrong", "message"),
    [
        ("name", '"toolong"', r"Expected `str` of length <= 5 - at `\$\.name`"),
        ("name", "null", r"Expected `str`, got `null` - at `\$\.name`"),
        ("level", "40000", r"Expected `int` <= 32767 - at `\$\.level`"),
        ("number", "9223372036854775808", r"\$\.number"),
        ("tags", '["abcd"]', r"Expected `str` of length <= 3 - at `\$\.tags\[0\]`"),
        ("created_at", '"2025-01-02T03:04:05"', r"Expected `datetime` with a timezone component - at `\$\.created_at`"),
        ("kind", '"other"', r"Invalid enum value 'other' - at `\$\.kind`"),
        ("id", "1", r"Object contains unknown field `id`"),
        ("shown", '"x"', r"Object contains unknown field `shown`"),
        ("admin", "true", r"Object contains unknown field `admin`"),
    ],
)
def test_a_body_that_does_not_fit(field: str, wrong: str, message: str) -> None:
    body = {"name": '"ada"', "settings": "{}", "tags": "null", field: wrong}
    text = "{" + ",".join(f'"{key}":{value}' for key, value in body.items()) + "}"
    with pytest.raises(ValidationError, match=message):
        msgspec.json.decode(text, type=New[Account])
    with pytest.raises(ValidationError, match=message):
        msgspec.json.decode(text, type=patch(Account).struct)


def test_what_is_required_is_required() -> None:
    with pytest.raises(ValidationError, match="Object missing required field `settings`"):
        msgspec.json.decode(b'{"name":"ada","tags":null}', type=New[Account])
    with pytest.raises(TypeError, match="settings"):
        NewAccount(name="ada", tags=None)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def test_a_new_row_is_frozen_copied_and_pickled() -> None:
    made = NewAccount(name="ada", settings=Settings(), tags=["x"])
    with pytest.raises(AttributeError):
        cast("Any", made).name = "x"
    assert pickle.loads(pickle.dumps(made)) == made
    assert copy.copy(made) == made
    assert copy.deepcopy(made) == made


def test_json_schema_of_a_new_row() -> None:
    found = msgspec.json.schema(New[Account])["$defs"]["NewAccount"]
    assert found["required"] == ["name", "settings", "tags"]
    assert found["additionalProperties"] is False
    assert found["properties"]["name"] == {"type": "string", "maxLength": 5}
    assert found["properties"]["level"] == {"type": "integer", "minimum": -32768, "maximum": 32767}


def test_only_tables_have_new_rows() -> None:
    class Pair(Shape):
        a: Col[int]

    with pytest.raises(DefinitionError, match="is no table: give its class a name="):
        new(Pair)  # type: ignore[type-var]  # pyright: ignore[reportArgumentType]
    with pytest.raises(DefinitionError, match="new takes a table class, not <class 'int'>"):
        new(int)  # type: ignore[type-var]  # pyright: ignore[reportArgumentType]


# ---------------------------------------------------------------- patch


def test_every_field_of_a_patch_is_unset_unless_given() -> None:
    assert set(fields(AccountPatch.struct).values()) == {False}
    assert "id" not in fields(AccountPatch.struct)
    changed = cast("Any", AccountPatch(name="bob", tags=None))
    assert (changed.name, changed.tags, changed.level) == ("bob", None, UNSET)
    assert cast("object", Patch[Account]) is cast("object", AccountPatch.struct)


def test_a_patch_is_validated() -> None:
    with pytest.raises(ValidationError, match=r"Expected `str` of length <= 5"):
        AccountPatch(name="toolong")
    with pytest.raises(ValidationError, match="unknown field `nonsense`"):
        AccountPatch(nonsense=1)


def test_a_patch_is_copied_and_pickled() -> None:
    changed = AccountPatch(name="bob")
    assert pickle.loads(pickle.dumps(changed)) == changed
    assert copy.deepcopy(changed) == changed


# ---------------------------------------------------------------- row, replace


def account(**values: object) -> Account:
    now = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    required: dict[str, object] = {"id": 1, "number": 1, "name": "ada", "settings": {}, "shown": "a", "created_at": now}
    return row(Account, **required | values)


def test_row_fills_in_plain_defaults() -> None:
    made = account()
    assert (made.level, made.kind, made.tags, made.settings) == (0, Kind.FREE, None, Settings())
    assert isinstance(made.balance, Decimal)


def test_a_default_that_can_change_is_not_shared() -> None:
    class Bag(Table, name="bags"):
        id: Col[int] = column(primary_key=True)
        items: Col[list[str]] = column(default=[])

    one = row(Bag, id=1)
    one.items.append("x")
    assert row(Bag, id=2).items == []


def test_replace_validates_what_changes() -> None:
    made = account()
    assert replace(made, level=3).level == 3
    assert made.level == 0
    assert replace(made) == made
    with pytest.raises(ValidationError, match=r"Expected `int`, got `str` - at `\$\.level`"):
        replace(made, level="x")
    with pytest.raises(TypeError, match=r"replace\(Account\): nonsense is no column of it"):
        replace(made, nonsense=1)
    with pytest.raises(TypeError, match="replace takes a row of a table or a shape, not int"):
        replace(5)  # type: ignore[type-var]  # pyright: ignore[reportArgumentType]


def test_a_patch_of_some_columns_refuses_the_others() -> None:
    rename = patch(Account, Account.name, Account.class_)
    assert list(fields(rename.struct)) == ["name", "class_"]
    body = msgspec.json.decode(b'{"name": "Ada"}', type=rename.struct)
    assert body == rename(name="Ada") == pickle.loads(pickle.dumps(body))
    with pytest.raises(ValidationError, match="Object contains unknown field `level`"):
        msgspec.json.decode(b'{"level": 5}', type=rename.struct)
    assert compile(update(Account).patch(body).where(Account.number == 1)).sql.startswith(
        b'UPDATE "accounts" SET "name"='
    )
    with pytest.raises(DefinitionError, match=r"takes columns of that table, not <column others\.name>"):
        patch(Account, Other.name)
    with pytest.raises(DefinitionError, match=r"accounts\.shown is generated by PostgreSQL"):
        patch(Account, Account.shown)
