"""Types of one's own: whatever an extension or a CREATE TYPE brings, in one value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, LiteralString, TypeVar

from qb.frozen import fix
from qb.types.base import Convert, JsonForm, SqlType
from qb.types.facts import OPAQUE, Wire
from qb.types.text import text_value

T = TypeVar("T")


class Custom(SqlType[T | None]):
    """A type described by its SQL name and by how its text becomes a Python value and back."""

    __slots__ = ("_decode", "_encode", "_json", "extension", "external")
    extension: str | None
    """What CREATE EXTENSION calls that which brings the type, where it is one."""
    external: bool
    """Whether it is no type of PostgreSQL's, and somebody else makes it."""
    _encode: Convert
    _decode: Convert
    _json: JsonForm | None

    def __init__(
        self,
        name: str,
        encode: Callable[[T], str],
        decode: Callable[[str], T],
        from_json: JsonForm | None,
        cast: str,
        extension: str | None,
        external: bool = False,
        wire: Wire = OPAQUE,
    ) -> None:
        super().__init__(name, cast, wire)
        fix(self, "_encode", encode)
        fix(self, "_decode", decode)
        fix(self, "_json", from_json)
        fix(self, "extension", extension)
        fix(self, "external", external)

    def identity(self) -> tuple[object, ...]:
        return (self.name, self.base, self._encode, self._decode, self._json)

    @property
    def encode(self) -> Convert | None:
        return self._encode

    def decoder(self, python: object) -> Convert | None:
        return self._decode

    def in_json(self, python: object) -> JsonForm:
        return self._json or JsonForm(str, self.decoder(python))

    def literal(self, value: Any) -> str:
        return text_value(self._encode(value))


def custom(
    name: LiteralString,
    *,
    encode: Callable[[T], str],
    decode: Callable[[str], T],
    json_type: object = str,
    from_json: Callable[[Any], T] | None = None,
    cast: LiteralString | None = None,
    extension: str | None = None,
    external: bool = False,
) -> SqlType[T | None]:
    """A PostgreSQL type that qb does not know, as a value that works like any other.

    `name` is its SQL, as it is: it may carry modifiers and a schema, and is a literal, or `trusted(text)`.
    `encode` writes a value in the type's text form and `decode` reads it. Inside JSON (nested rows) PostgreSQL writes
    most types as a string of that same text, which `decode` gets; where it does not, `json_type` says what to decode
    and `from_json` what makes it a value. `cast` is what a parameter is cast to, without modifiers that would change
    it; by default `name` up to its "(".
    `extension` is what has to be created first, by `create_all`. One that is `external` is somebody else's: a stand-in
    for it, on a throw-away server, is a domain over text.

    >>> mac = custom("macaddr", encode=bytes.hex, decode=lambda text: bytes.fromhex(text.replace(":", "")))
    >>> mac.name
    'macaddr'

    https://www.postgresql.org/docs/current/xtypes.html
    """
    form = JsonForm(json_type, from_json) if from_json is not None else None
    base = name.partition("(")[0].strip() if cast is None else cast
    return Custom(name, encode, decode, form, base, extension, bool(external))


def is_custom(type: SqlType[Any]) -> bool:
    """Whether a type, or that of an array's elements, was made by `custom`."""
    return isinstance(getattr(type, "of", type), Custom)
