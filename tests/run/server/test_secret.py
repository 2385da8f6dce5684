"""Addresses that are stored encrypted: what opens them, and what is said where nothing does."""

from __future__ import annotations

import base64
import copy
import pickle
import sys
import traceback
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import AddressUnreadable, DefinitionError, Success
from qb.databases import EncryptionKeys
from qb.run.server import secret as module

ADDRESS = "postgresql://ada:pässwörd@localhost/shop"
OF = "ключ"
RAW = [bytes(range(size)) for size in (16, 24, 32)]
KEYS = [base64.b64encode(raw).decode() for raw in RAW]


@pytest.mark.parametrize("key", KEYS, ids=["128", "192", "256"])
@pytest.mark.parametrize("length", [12, 16])
@given(address=st.text(min_size=1))
def test_what_was_encrypted_is_decrypted(key: str, length: int, address: str) -> None:
    address = address.encode(errors="ignore").decode() or "x"
    keys = EncryptionKeys(key, iv_length=length)
    stored = keys.encrypt(address, of=OF)
    assert len(stored) == length + len(address.encode()) + 16
    assert keys.decrypt(stored, of=OF) == Success(address)
    assert keys.decrypt(base64.b64encode(stored).decode(), of=OF) == Success(address)
    assert keys.encrypt(address, of=OF) != stored


def test_the_layout_is_iv_ciphertext_tag() -> None:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    iv = b"0123456789ab"
    by_hand = Cipher(algorithms.AES(RAW[2]), modes.GCM(iv)).encryptor()
    by_hand.authenticate_additional_data("ключ".encode())
    ciphertext = by_hand.update(ADDRESS.encode()) + by_hand.finalize()
    assert EncryptionKeys(KEYS[2]).decrypt(iv + ciphertext + by_hand.tag, of=OF) == Success(ADDRESS)


def test_keys_are_tried_in_order() -> None:
    old, new = EncryptionKeys(KEYS[0]), EncryptionKeys(KEYS[1], KEYS[0])
    assert new.decrypt(old.encrypt(ADDRESS, of=OF), of=OF) == Success(ADDRESS)
    assert new.decrypt(new.encrypt(ADDRESS, of=OF), of=OF) == Success(ADDRESS)
    assert isinstance(old.decrypt(new.encrypt(ADDRESS, of=OF), of=OF).failure(), AddressUnreadable)


SHORT = "it is shorter than its IV and its tag"
CHANGED = "no key opens it, or it was changed, or is another one's"


@pytest.mark.parametrize("place", range(0, 12 + len(ADDRESS.encode()) + 16, 7))
def test_a_change_anywhere_is_seen(place: int) -> None:
    keys = EncryptionKeys(KEYS[2])
    stored = bytearray(keys.encrypt(ADDRESS, of=OF))
    stored[place] ^= 1
    silent(keys, bytes(stored), CHANGED)


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        (b"", SHORT),
        (b"x" * 28, SHORT),
        (b"x" * 29, CHANGED),
        ("", SHORT),
        ("not base64 at all: pässwörd", "it is text, and not base64"),
        ("c2VjcmV0", SHORT),
        (None, "it is NoneType, and neither bytes nor base64 of them"),
    ],
)
def test_what_no_key_made(stored: Any, reason: str) -> None:
    silent(EncryptionKeys(KEYS[2]), stored, reason)


def test_what_is_no_text() -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    stored = b"0123456789ab" + AESGCM(RAW[2]).encrypt(b"0123456789ab", b"\xff\xfe", OF.encode())
    silent(EncryptionKeys(KEYS[2]), stored, "what a key makes of it is no text")


def silent(keys: EncryptionKeys, stored: bytes | str, reason: str) -> None:
    """The failure says why, and nothing else of anything."""
    error = keys.decrypt(stored, of=OF).failure()
    assert error == AddressUnreadable(reason)
    assert (error.__cause__, error.__context__, error.__traceback__) == (None, None, None)
    assert set(vars(error)) == {"reason", "sqlstate"}


WRONG: dict[str, str] = {
    "": "the key has another length than 16, 24 or 32 bytes: give base64 of so many random bytes",
    base64.b64encode(b"s3cret").decode(): "the key has another length",
    base64.b64encode(bytes(33)).decode(): "the key has another length",
    "s3cret!": "the key is not base64: give base64 of 16, 24 or 32 random bytes",
    "ключ": "the key is not base64",
    "\ud800": "the key is not base64",
}


@pytest.mark.parametrize(("key", "said"), WRONG.items(), ids=range(len(WRONG)))
def test_what_is_no_key_is_refused_and_not_shown(key: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=said) as caught:
        EncryptionKeys(key)
    assert not key or key not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None
    with pytest.raises(DefinitionError, match="key 2 of 2"):
        EncryptionKeys(KEYS[0], key)


def test_what_is_no_address_is_refused_and_not_shown() -> None:
    keys = EncryptionKeys(KEYS[0])
    for address in ("", "postgresql://ada:hunter2\ud800@localhost"):
        with pytest.raises(DefinitionError) as caught:
            keys.encrypt(address, of=OF)
        assert "hunter2" not in "".join(traceback.format_exception(caught.value)) + repr(caught.value.args)
        assert caught.value.__context__ is None
    for length in (12.0, True, "12"):
        with pytest.raises(DefinitionError, match="an IV has 12 bytes"):
            EncryptionKeys(KEYS[0], iv_length=length)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_lengths_of_ivs_and_no_key() -> None:
    with pytest.raises(DefinitionError, match="12 bytes, or 16"):
        EncryptionKeys(KEYS[0], iv_length=13)
    with pytest.raises(DefinitionError, match="there is no key"):
        EncryptionKeys()


def test_keys_show_nothing_and_go_nowhere() -> None:
    keys = EncryptionKeys(*KEYS)
    assert repr(keys) == str(keys) == "<3 encryption keys>"
    assert copy.copy(keys) is copy.deepcopy(keys) is keys
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(keys)
    with pytest.raises(AttributeError):
        anything: Any = keys
        anything.iv_length = 16


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    with pytest.raises(ImportError, match=r'pip install "qb\[crypto\]"'):
        EncryptionKeys(KEYS[0])
    assert module.key_problem(KEYS) is None
