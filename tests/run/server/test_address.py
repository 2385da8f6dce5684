"""Addresses of many databases: as libpq reads them, and silent."""

from __future__ import annotations

import base64
import pickle
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from qb import AddressUnreadable, DefinitionError, QueryError
from qb.databases import BranchAddress, EncryptedAddress, EncryptionKeys, PlainAddress
from qb.run.server.address import Address, address_text, check_connection

KEYS = EncryptionKeys(base64.b64encode(bytes(32)).decode())
SECRETS = ("ada", "pa55", "db.example", "6432", "shop", "cipher")
EVERY: list[Address] = [
    PlainAddress("postgresql://ada:pa55@db.example:6432/shop"),
    EncryptedAddress(b"cipher"),
    EncryptedAddress("cipher"),
    BranchAddress(host="db.example", database="shop", port=6432, user="ada", password="pa55", sslmode="require"),
]


@pytest.mark.parametrize("address", EVERY, ids=repr)
def test_addresses_show_nothing(address: Address) -> None:
    for said in (repr(address), str(address), f"{address}", repr([address]), repr(address.__rich_repr__())):
        assert not any(secret in said for secret in SECRETS), said
    assert pickle.loads(pickle.dumps(address)) == address


def test_a_plain_one_and_an_encrypted_one_are_read_alike() -> None:
    url = "postgres+psycopg://ada:pa55@db.example/shop"
    assert address_text(PlainAddress(url), 1, None, None) == "postgresql://ada:pa55@db.example/shop"
    assert (
        address_text(EncryptedAddress(KEYS.encrypt(url, of=1)), 1, KEYS, None)
        == "postgresql://ada:pa55@db.example/shop"
    )
    assert address_text(PlainAddress("host=x dbname=y"), 1, None, None) == "host=x dbname=y"


def test_a_branch_is_as_its_base_but_for_what_it_says() -> None:
    base = "postgresql://ada:pa55@main.example:6432/shop?sslmode=require&hostaddr=10.0.0.1&application_name=x"
    found = address_text(BranchAddress(host="branch.example", database="copy"), 1, None, base)
    assert isinstance(found, str)
    assert conninfo_to_dict(found) == {
        "user": "ada",
        "password": "pa55",
        "host": "branch.example",
        "port": "6432",
        "dbname": "copy",
        "sslmode": "require",
        "application_name": "x",
    }
    every = address_text(
        BranchAddress(host="b", database="d", port=1, user="u", password="p", sslmode="disable"), 1, None, base
    )
    assert isinstance(every, str)
    said = {"host": "b", "dbname": "d", "port": "1", "user": "u", "password": "p", "sslmode": "disable"}
    assert conninfo_to_dict(every).items() >= said.items()


HOSTILE = "a b'c\\d\"e%20@/:?#&= ☃"


def test_hostile_parts_of_a_branch_stay_what_they_are() -> None:
    branch = BranchAddress(host="h", database=HOSTILE, user=HOSTILE, password=HOSTILE)
    found = address_text(branch, 1, None, "host=other password=x")
    assert isinstance(found, str)
    assert {conninfo_to_dict(found)[name] for name in ("user", "password", "dbname")} == {HOSTILE}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "mysql://ada:pa55@db.example/shop",
        "postgresql://ada:p@55@db.example/shop",
        "pa55",
        "cipher=1",
        "\ud800",
    ],
)
def test_what_is_no_address(text: str) -> None:
    no = AddressUnreadable("what it says is no address of a PostgreSQL database")
    found = [address_text(PlainAddress(text), 1, None, None)]
    if text.isascii():
        found.append(address_text(EncryptedAddress(KEYS.encrypt(text or "x", of=1)), 1, KEYS, None))
    assert found == [no] * len(found)
    for each in found:
        assert isinstance(each, AddressUnreadable)
        assert (each.__cause__, each.__context__, each.__traceback__) == (None, None, None)


def test_a_branch_that_is_none() -> None:
    no = AddressUnreadable("what it says is no address of a PostgreSQL database")
    assert address_text(BranchAddress(host="h", database="d", user="\0"), 1, None, "host=x") == no
    assert address_text(BranchAddress(host="a@b", database="d"), 1, None, "host=x") == no


def test_what_is_not_given() -> None:
    unread = [
        address_text(EncryptedAddress(b"x"), 1, None, None),
        address_text(BranchAddress(host="h", database="d"), 1, None, None),
    ]
    assert unread == [
        AddressUnreadable("it is encrypted, and there is no key"),
        AddressUnreadable("it is a branch, and nobody has said of which address"),
    ]


def test_what_is_no_text() -> None:
    """A NULL above all: no address means this program's own database."""
    plain: list[Any] = [None, 5, b"host=x password=pa55"]
    found = [address_text(PlainAddress(each), 1, None, None) for each in plain]
    assert found == [AddressUnreadable(f"it is {each}, and no text") for each in ("NoneType", "int", "bytes")]
    absent = AddressUnreadable("it is a branch without a host, or without a database")
    branches: list[tuple[Any, Any]] = [(None, "d"), ("", "d"), ("h", None), ("h", " "), (5, "d")]
    for host, database in branches:
        assert address_text(BranchAddress(host=host, database=database), 1, None, "host=main dbname=main") == absent


@pytest.mark.parametrize("row", ["postgresql://ada:pa55@db.example/shop", b"pa55", None, ("pa55",), 5, PlainAddress])
def test_what_is_no_kind_of_address_is_not_shown(row: Any) -> None:
    found = address_text(row, 1, KEYS, None)
    assert isinstance(found, QueryError)
    assert str(found) == (
        "address= of connect_each makes a PlainAddress, an EncryptedAddress or a BranchAddress of a row, and not "
        f"{type(row).__name__}: write address=PlainAddress"
    )


def test_keys_and_a_base_that_are_none() -> None:
    with pytest.raises(DefinitionError, match=r"^keys= of connect_each are EncryptionKeys\(...\), and not str$"):
        check_connection("pa55", None)
    for base in ("pa55", "mysql://ada:pa55@x", "", "host=x pa55"):
        with pytest.raises(DefinitionError) as caught:
            check_connection(None, base)
        assert str(caught.value) == "base= of connect_each is no address of a PostgreSQL database"
        assert caught.value.__context__ is None
    check_connection(KEYS, "host=x")
