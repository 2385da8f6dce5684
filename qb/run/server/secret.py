"""Addresses that are stored encrypted: AES-GCM, by the extra `crypto`.

What is stored is the IV, then the ciphertext, then the tag of 16 bytes, as bytes or as base64 of them. It is bound to
whose address it is, which is no part of it (associated data): in another one's row it opens nothing.
https://csrc.nist.gov/pubs/sp/800/38/d/final
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias, cast
from uuid import UUID

from qb.errors import AddressUnreadable, DefinitionError
from qb.errors.outcome import Failure, Outcome, Success
from qb.frozen import Frozen, fix

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_MISSING: Final = 'encrypted addresses need the package cryptography. Install it, pip install "qb[crypto]"'
_LENGTHS: Final = (16, 24, 32)
_IV_LENGTHS: Final = (12, 16)
_TAG: Final = 16
_One: TypeAlias = str | int | UUID | bytes
BoundTo: TypeAlias = _One | tuple[_One, ...]
"""Whose an encrypted address is: the key that it is found by."""


class EncryptionKeys(Frozen):
    """Keys for addresses that are stored encrypted. The first one encrypts, each is tried for what is stored.

    A key is base64 of 16, 24 or 32 bytes (AES-128, 192, 256). To rotate them put the new one first, encrypt what is
    stored anew, then leave the old one out. `iv_length` is 12, or 16 where somebody else has written what is stored.

    What is encrypted is bound to whose it is (`of`), so that copied into another one's row it cannot be read. With
    `unbound` what is bound to nothing is read, too: what was written without, until it is encrypted anew.

    DefinitionError where a key is none: it says which, and nothing of it. ImportError without the extra `crypto`.

    >>> keys = EncryptionKeys("c2l4dGVlbiBieXRlcyAuLg==")
    >>> keys
    <1 encryption key>
    >>> stored = keys.encrypt("postgresql://ada@localhost/shop", of="acme")
    >>> keys.decrypt(stored, of="acme")
    <Success: postgresql://ada@localhost/shop>
    >>> keys.decrypt(stored, of="globex")
    <Failure: the stored address of a database cannot be read: no key opens it, or it was changed, or is another one's>
    """

    __slots__ = ("_ciphers", "iv_length", "unbound")
    _ciphers: tuple[AESGCM, ...]
    iv_length: int
    """Bytes of the IV, with which what is stored begins."""
    unbound: bool
    """Whether what is bound to nothing is read, too."""

    def __init__(self, *keys: str, iv_length: int = 12, unbound: bool = False) -> None:
        try:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        except ModuleNotFoundError:
            raise ImportError(_MISSING) from None
        if problem := key_problem(keys) or iv_problem(iv_length):
            raise DefinitionError(f"EncryptionKeys: {problem}")
        fix(self, "_ciphers", tuple(AESGCM(base64.b64decode(key)) for key in keys))
        fix(self, "iv_length", iv_length)
        fix(self, "unbound", unbound)

    def __repr__(self) -> str:
        count = len(self._ciphers)
        return f"<{count} encryption key{'' if count == 1 else 's'}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("encryption keys are not pickled: make them where they are needed")

    def encrypt(self, address: str, *, of: BoundTo | None) -> bytes:
        """An address as it is stored, encrypted with the first key under an IV of its own, and bound to the key that it
        is found by: `keys.encrypt(address, of=organization_id)`. None binds it to nothing, for programs that read it
        so. DefinitionError where it is empty, or no text that UTF-8 can say, and for what nothing can be bound to."""
        bound = None if of is None else _data(of)
        if not address:
            raise DefinitionError("EncryptionKeys: an empty address is none: nothing is encrypted")
        try:
            text = address.encode()
        except UnicodeEncodeError:
            text = b""
        if not text:  # outside of the handler: what was raised there holds the address
            raise DefinitionError("EncryptionKeys: the address holds half of a surrogate pair, which UTF-8 cannot say")
        iv = os.urandom(self.iv_length)
        return iv + self._ciphers[0].encrypt(iv, text, bound)

    def decrypt(self, stored: bytes | str, *, of: BoundTo | None) -> Outcome[str]:
        """What is stored, of text as base64. AddressUnreadable where no key opens it, or it is not what a key made, or
        not for this one; None is what is bound to nothing."""
        found = self.opened(stored, of)
        return Failure(found) if isinstance(found, AddressUnreadable) else Success(found)

    def opened(self, stored: bytes | str, of: object) -> str | AddressUnreadable:
        """What it says, or why that is not known: exceptions end here, and what they hold with them."""
        bound = None if of is None else _data(of)
        if isinstance(stored, str):
            try:
                stored = base64.b64decode(stored.strip(), validate=True)
            except ValueError:
                return AddressUnreadable("it is text, and not base64")
        if not _is_bytes(stored):  # of a column that may be NULL, where nobody ran a checker
            return AddressUnreadable(f"it is {type(stored).__name__}, and neither bytes nor base64 of them")
        found = self._opened(stored, bound)
        if found is None and bound is not None and (unbound := self._opened(stored, None)) is not None:
            return unbound if self.unbound else AddressUnreadable(_UNBOUND)
        if found is None:
            return AddressUnreadable(_CHANGED if bound is None else f"{_CHANGED}, or is another one's")
        return found

    def _opened(self, stored: bytes, bound: bytes | None) -> str | AddressUnreadable | None:
        """The same, bound to that alone. None where no key opens it."""
        from cryptography.exceptions import InvalidTag

        if len(stored) <= self.iv_length + _TAG:
            return AddressUnreadable("it is shorter than its IV and its tag")
        iv, rest = stored[: self.iv_length], stored[self.iv_length :]
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(iv, rest, bound).decode()
            except InvalidTag:
                pass
            except UnicodeDecodeError:
                return AddressUnreadable("what a key makes of it is no text")
        return None


_CHANGED: Final = "no key opens it, or it was changed"
_UNBOUND: Final = (
    "it is bound to nothing, and might be another one's: encrypt it anew, keys.encrypt(address, of=key), and until "
    "then read it with EncryptionKeys(..., unbound=True)"
)


def _data(of: object) -> bytes:
    """What an address is bound to, as bytes. DefinitionError for what has none that are always the same."""
    kind = type(of).__name__
    found = _bytes(of)
    if found is None and isinstance(of, tuple):
        parts = [_bytes(each) for each in cast("tuple[object, ...]", of)]
        if None not in parts:
            found = b"".join(b"%d:%b" % (len(part), part) for part in parts if part is not None)
    if not found:
        raise DefinitionError(
            "an encrypted address is bound to the key that it is found by, a str, an int, a UUID, bytes, or a tuple of "
            f"these, none of them empty, and not to {kind}: say EncryptedAddress(secret, of=...)"
        )
    return found


def _is_bytes(stored: object) -> bool:
    return isinstance(stored, bytes)


def _bytes(one: object) -> bytes | None:
    """A str in UTF-8, an int and a UUID as they are written."""
    match one:
        case bytes():
            return one
        case str():
            return one.encode(errors="surrogatepass")
        case int() | UUID():
            return str(one).encode()
        case _:
            return None


def key_problem(keys: Sequence[str]) -> str | None:
    """What is wrong with keys, without a word of them."""
    if not keys:
        return "there is no key: give base64 of 16, 24 or 32 random bytes"
    for place, key in enumerate(keys, 1):
        which = "the key" if len(keys) == 1 else f"key {place} of {len(keys)}"
        try:
            size = len(base64.b64decode(key.encode(), validate=True))
        except (binascii.Error, UnicodeEncodeError):
            return f"{which} is not base64: give base64 of 16, 24 or 32 random bytes"
        if size not in _LENGTHS:
            return f"{which} has another length than 16, 24 or 32 bytes: give base64 of so many random bytes"
    return None


def iv_problem(length: int) -> str | None:
    """What is wrong with the length of an IV."""
    return (
        None
        if type(length) is int and length in _IV_LENGTHS
        else "an IV has 12 bytes, or 16 where somebody else has written what is stored"
    )
