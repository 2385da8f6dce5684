"""Where one of many databases is, as it is stored: plain, encrypted, or a branch of one that is known.

None of them shows anything of itself.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final, TypeAlias

import msgspec
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from qb.errors import AddressUnreadable, DefinitionError, QueryError
from qb.run.server.secret import BoundTo, EncryptionKeys
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

    It is bound to the key that the database is asked for by, or else to what `of` says.

    >>> EncryptedAddress(b"an IV, the ciphertext, the tag")
    EncryptedAddress(...)
    """

    secret: bytes | str
    of: BoundTo | None = None


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


def address_text(
    address: object, key: object, keys: EncryptionKeys | None, base: str | None
) -> str | AddressUnreadable | QueryError:
    """The address of a key as libpq reads it, or why it cannot be read; a QueryError for what is none. `base` is what
    branches are of."""
    match address:
        case PlainAddress(url):
            return _checked(url)
        case EncryptedAddress(secret, of):
            if keys is None:
                return AddressUnreadable("it is encrypted, and there is no key")
            found = keys.opened(secret, key if of is None else of)
            return _checked(found) if isinstance(found, str) else found
        case BranchAddress():
            if base is None:
                return AddressUnreadable("it is a branch, and nobody has said of which address")
            return _branch(address, base)
        case _:  # of those who run no checker; told by its class, as its value is an address perhaps
            return QueryError(_NO_KIND.format(type(address).__name__))


_NO_KIND: Final = (
    "address= of connect_each makes a PlainAddress, an EncryptedAddress or a BranchAddress of a row, and not {}: write "
    "address=PlainAddress"
)


def check_connection(keys: object, base: str | None) -> None:
    """DefinitionError for keys that are none, and for a base that is no address; it shows neither."""
    if keys is not None and not isinstance(keys, EncryptionKeys):
        raise DefinitionError(f"keys= of connect_each are EncryptionKeys(...), and not {type(keys).__name__}")
    if base is not None and not isinstance(_checked(base), str):
        raise DefinitionError("base= of connect_each is no address of a PostgreSQL database")


def _branch(address: BranchAddress, base: str) -> str | AddressUnreadable:
    if not _is_said(address.host) or not _is_said(address.database):
        return AddressUnreadable("it is a branch without a host, or without a database")
    said: dict[str, Any] = {"host": address.host, "dbname": address.database}
    said |= {name: getattr(address, name) for name in ("port", "user", "password", "sslmode")}
    parts: dict[str, Any] = {name: value for name, value in conninfo_to_dict(base).items() if name != "hostaddr"}
    parts |= {name: value for name, value in said.items() if value is not None}
    with suppress(psycopg.Error):
        return _checked(make_conninfo("", **parts))
    return AddressUnreadable(_NO_ADDRESS)


def _is_said(text: object) -> bool:
    return isinstance(text, str) and text.strip() != ""


def _checked(text: object) -> str | AddressUnreadable:
    if not isinstance(text, str):  # a NULL above all: without an address it would be this program's own database
        return AddressUnreadable(f"it is {type(text).__name__}, and no text")
    with suppress(DefinitionError):  # which may name a piece of what is none
        return conninfo(text)
    return AddressUnreadable(_NO_ADDRESS)
