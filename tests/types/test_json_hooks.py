"""Rows in JSON whose values msgspec does not know: addresses of either version, documents that nobody has read."""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network, ip_interface, ip_network
from typing import Any

import msgspec
import pytest

from qb import (
    Col,
    New,
    Script,
    Shape,
    Success,
    Table,
    Tx,
    Undecoded,
    column,
    create_all,
    dec_hook,
    enc_hook,
    insert,
    json_schema,
    new,
    patch,
    pg,
    replace,
    row,
    schema,
    select,
    undecoded,
)
from qb.types.versions import Undecodable, document


class Doc(msgspec.Struct, frozen=True):
    a: int


class Hosts(Table):
    """A mixin, whose columns are those of several tables."""

    at: Col[IPv4Interface | IPv6Interface] = column(pg.inet)
    within: Col[list[IPv4Network | IPv6Network]] = column(pg.array(pg.cidr), default=[])


class Host(Hosts, name="hosts of hooks"):
    id: Col[int] = column(primary_key=True)
    other: Col[IPv4Network | IPv6Network | None] = column(pg.cidr, default=None)
    four: Col[IPv4Interface | None] = column(pg.inet, default=None)
    doc: Col[Undecoded[Doc]] = column(default=undecoded(Doc(1)))
    judged: Col[Doc | Undecodable] = column(document(Doc, undecodable=True), default=Doc(2))


class Seen(Shape):
    at: Col[IPv4Interface | IPv6Interface] = column(pg.inet)


FOUR, SIX = ip_interface("10.0.0.1/8"), ip_interface("fe80::1/64")
NewHost = new(Host)


def given(at: object = FOUR) -> Any:
    return row(Host, id=1, at=at)


def test_rows_go_out_and_come_back(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Host))).unwrap()
    first = NewHost(id=1, at=FOUR, within=[ip_network("10.0.0.0/8"), ip_network("fe80::/10")], doc=undecoded(Doc(5)))
    read = qb_tx.one(insert(first).returning()).unwrap()
    written = msgspec.json.encode(read, enc_hook=enc_hook)
    assert msgspec.json.decode(written) == {
        "at": "10.0.0.1/8",
        "within": ["10.0.0.0/8", "fe80::/10"],
        "id": 1,
        "other": None,
        "four": None,
        "doc": {"a": 5},
        "judged": {"a": 2},
    }
    body: Any = msgspec.json.decode(written, type=New[Host], dec_hook=dec_hook)
    assert (body.at, body.within[1], body.doc) == (FOUR, ip_network("fe80::/10"), Doc(5))
    back: Any = msgspec.json.decode(written, type=Host, dec_hook=dec_hook)
    assert (back.at, back.doc.decode()) == (FOUR, Success(Doc(5)))
    qb_tx.run(Script('UPDATE "hosts of hooks" SET judged = \'{"secret": 7}\'')).unwrap()
    broken = msgspec.json.encode(qb_tx.all(select(Host.judged)).unwrap(), enc_hook=enc_hook)
    assert b"undecodable document of" in broken
    assert b"secret" not in broken


def test_rows_are_made_and_changed_by_hand() -> None:
    assert given().at == FOUR
    assert replace(given(), at=SIX).at == SIX
    assert replace(Seen(at=FOUR), at=SIX) == Seen(at=SIX)
    changed: Any = patch(Host)(at=SIX, other=None, within=[ip_network("10.0.0.0/8")])
    assert (changed.at, changed.other) == (SIX, None)
    with pytest.raises(msgspec.ValidationError, match=r"Expected `IPInterface`, got `str` - at `\$\.at`"):
        given(at="10.0.0.1/8")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"id": 1, "at": "secret"}', r"^Expected an address, such as `10\.0\.0\.1/8` - at `\$\.at`$"),
        (b'{"id": 1, "at": 7}', r"^Expected `str`, got `int` - at `\$\.at`$"),
        (b'{"id": 1, "at": "::1", "four": "::1"}', r"^Expected an address, .* at `\$\.four`$"),
        (b'{"id": 1, "at": "::1", "within": ["10.0.0.1/8"]}', r"^Expected an address, .* at `\$\.within\[0\]`$"),
    ],
)
def test_what_is_no_address_is_told_without_its_text(body: bytes, message: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=message):
        msgspec.json.decode(body, type=New[Host], dec_hook=dec_hook)


def test_the_schema_says_text() -> None:
    for kind in (Host, New[Host]):
        found: Any = json_schema(kind)["$defs"]
        assert found[kind.__name__]["properties"]["at"] == {"type": "string"}
        assert found[kind.__name__]["properties"]["within"]["items"] == {"type": "string"}


def test_what_the_hooks_do_not_know() -> None:
    with pytest.raises(NotImplementedError, match="there is no JSON for complex"):
        msgspec.json.encode(1j, enc_hook=enc_hook)
    with pytest.raises(NotImplementedError, match="qb reads no complex from JSON"):
        msgspec.json.decode(b"1", type=complex, dec_hook=dec_hook)
