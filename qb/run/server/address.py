"""Where one of many databases is, as it is stored: plain, encrypted, or a branch of one that is known.

None of them shows anything of itself.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final, TypeAlias, assert_never

import msgspec
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from qb.errors import AddressUnreadable, DefinitionError
from qb.run.server.secret import EncryptionKeys
from qb.run.server.url import conninfo

_NO_ADDRESS: Final = "what it says is no address of a PostgreSQL database"


class _Silent(msgspec.Struct, frozen=True):
    """A value that may be shown, logged and compared, and says nothing of what it holds."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []


class PlainAddress(_Silent, frozen=True):
    """A URL, or libpq's `host=... dbname=...`.

    >>> PlainAddress("postgresql://ada:secret@localhost/shop")
    PlainAddress(...)
    """

    url: str


class EncryptedAddress(_Silent, frozen=True):
    """The same, encrypted: bytes, or base64 of them. See `EncryptionKeys` for how.

    >>> EncryptedAddress(b"an IV, the ciphertext, the tag")
    EncryptedAddress(...)
    """

    secret: bytes | str


class BranchAddress(_Silent, frozen=True, kw_only=True):
    """A database beside one that is known, as a branch of it is: what is not said here is as it is there.

    >>> BranchAddress(host="ep-cool-mode-123456.eu-central-1.aws.neon.tech", database="shop")
    BranchAddress(...)
    """

    host: str
    database: str
    port: int | None = None
    user: str | None = None
    password: str | None = None
    sslmode: str | None = None


Address: TypeAlias = PlainAddress | EncryptedAddress | BranchAddress
"""Where one of many databases is."""


def address_text(address: Address, keys: EncryptionKeys | None, base: str | None) -> str | AddressUnreadable:
    """An address as libpq reads it, or why it cannot be read. `base` is what branches are of."""
    match address:
        case PlainAddress(url):
            return _checked(url)
        case EncryptedAddress(secret):
            if keys is None:
                return AddressUnreadable("it is encrypted, and there is no key")
            found = keys.opened(secret)
            return _checked(found) if isinstance(found, str) else found
        case BranchAddress():
            if base is None:
                return AddressUnreadable("it is a branch, and nobody has said of which address")
            return _branch(address, base)
        case _:
            assert_never(address)


def _branch(address: BranchAddress, base: str) -> str | AddressUnreadable:
    said: dict[str, Any] = {"host": address.host, "dbname": address.database}
    said |= {name: getattr(address, name) for name in ("port", "user", "password", "sslmode")}
    parts: dict[str, Any] = {name: value for name, value in conninfo_to_dict(base).items() if name != "hostaddr"}
    parts |= {name: value for name, value in said.items() if value is not None}
    with suppress(psycopg.Error):
        return _checked(make_conninfo("", **parts))
    return AddressUnreadable(_NO_ADDRESS)


def _checked(text: str) -> str | AddressUnreadable:
    with suppress(DefinitionError):  # which may name a piece of what is none
        return conninfo(text)
    return AddressUnreadable(_NO_ADDRESS)
