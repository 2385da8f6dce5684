"""json and jsonb: documents with a type of their own, decoded and validated by msgspec in one pass."""

from __future__ import annotations

from typing import Any

import msgspec

from qb.types.base import Convert, JsonForm, SqlType

_ENCODER = msgspec.json.Encoder()


class Json(SqlType[object]):
    """`json` or `jsonb`. The annotation says what the document is: a Struct, a list, a dict, a tagged union."""

    __slots__ = ()

    def __init__(self, name: str) -> None:
        super().__init__(name, name, name)

    @property
    def encode(self) -> Convert | None:
        return json_bytes

    def decoder(self, python: object) -> Convert | None:
        return msgspec.json.Decoder(python).decode

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(python)

    def literal(self, value: Any) -> str:
        return json_bytes(value).decode()


def json_bytes(value: object) -> bytes:
    """The document, in UTF-8. PostgreSQL's text, and so jsonb, cannot hold NUL."""
    document = _ENCODER.encode(value)
    if b"\\u0000" in document and _holds_nul(document):
        raise ValueError("PostgreSQL json cannot hold NUL (\\u0000) characters")
    return document


def _holds_nul(document: bytes) -> bool:
    # An escaped backslash before it makes \\u0000 six ordinary characters.
    return b"\\u0000" in document.replace(b"\\\\", b"")
