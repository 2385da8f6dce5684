"""Encrypted addresses that are bound to whose they are, and those that are bound to nothing."""

from __future__ import annotations

import base64
from typing import Any, NewType
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import AddressUnreadable, DefinitionError, Failure, Success
from qb.databases import EncryptedAddress, EncryptionKeys
from qb.run.server.address import address_text

KEYS = EncryptionKeys(base64.b64encode(bytes(32)).decode())
READS_BOTH = EncryptionKeys(base64.b64encode(bytes(32)).decode(), unbound=True)
URL = "host=db.example password=hunter2"
Acme = NewType("Acme", int)
HOSTILE = 'a "quoted" $1 %s \\ ☃ \ud800'
BOUND: list[Any] = ["acme", HOSTILE, Acme(7), -1, 2**70, UUID(int=5), b"\0", ("eu", 7), ("eu", UUID(int=1), b"x")]
FOREIGN = Failure(AddressUnreadable("no key opens it, or it was changed, or is another one's"))


@pytest.mark.parametrize("of", BOUND, ids=range(len(BOUND)))
@pytest.mark.parametrize("keys", [KEYS, READS_BOTH])
def test_it_is_read_for_whom_it_was_encrypted(keys: EncryptionKeys, of: Any) -> None:
    stored = keys.encrypt(URL, of=of)
    assert keys.decrypt(stored, of=of) == Success(URL)
    assert address_text(EncryptedAddress(stored), of, keys, None) == URL
    assert address_text(EncryptedAddress(stored, of=of), "another", keys, None) == URL
    for other in BOUND:
        if other is not of:
            assert keys.decrypt(stored, of=other) == FOREIGN
    assert keys.decrypt(stored, of=None) == Failure(AddressUnreadable("no key opens it, or it was changed"))


parts = st.lists(st.text(max_size=3) | st.binary(max_size=3), min_size=1, max_size=3).map(tuple)


@given(one=parts, other=parts)
def test_two_tuples_are_one_only_where_their_parts_are(one: Any, other: Any) -> None:
    as_bytes = [tuple(each if isinstance(each, bytes) else each.encode() for each in some) for some in (one, other)]
    if all(map(all, as_bytes)):
        stored = KEYS.encrypt(URL, of=one)
        assert (KEYS.decrypt(stored, of=other) == Success(URL)) == (as_bytes[0] == as_bytes[1])


def test_what_is_bound_to_nothing_is_read_where_that_is_said() -> None:
    stored = KEYS.encrypt(URL, of=None)
    refused = KEYS.decrypt(stored, of="acme")
    assert isinstance(refused, Failure)
    assert str(refused.failure()) == (
        "the stored address of a database cannot be read: it is bound to nothing, and might be another one's: encrypt "
        "it anew, keys.encrypt(address, of=key), and until then read it with EncryptionKeys(..., unbound=True)"
    )
    assert READS_BOTH.decrypt(stored, of="acme") == KEYS.decrypt(stored, of=None) == Success(URL)
    anew = READS_BOTH.encrypt(READS_BOTH.decrypt(stored, of="acme").unwrap(), of="acme")
    assert KEYS.decrypt(anew, of="acme") == Success(URL)
    assert READS_BOTH.decrypt(anew, of="globex") == FOREIGN


@pytest.mark.parametrize("of", ["", b"", (), (1.5,), 1.5, ["acme"], {}, ("eu", None)], ids=repr)
def test_what_nothing_can_be_bound_to(of: Any) -> None:
    with pytest.raises(DefinitionError, match="is bound to the key that it is found by, a str, an int, a UUID, bytes"):
        KEYS.encrypt(URL, of=of)
    with pytest.raises(DefinitionError, match=f"and not to {type(of).__name__}: say EncryptedAddress"):
        KEYS.decrypt(b"x" * 40, of=of)
