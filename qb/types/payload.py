"""What a notification carries: a document in the text that NOTIFY takes.

A shape whose document is a JSON string (a str, a UUID, a date, a label) travels without the quotes, so that what a
trigger sends with `pg_notify('changed', NEW.id::text)` can be read, too.
https://www.postgresql.org/docs/current/sql-notify.html
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

import msgspec
from msgspec import inspect

from qb.frozen import fix
from qb.types.base import Convert, SqlType
from qb.types.document import Document, check_read
from qb.types.json import JSONB, Json
from qb.types.text import TEXT

LARGEST: Final = 7999
"""Bytes of a payload: the server keeps a notification within one page of its queue."""

_STRINGS: Final = (
    inspect.StrType,
    inspect.UUIDType,
    inspect.DateTimeType,
    inspect.DateType,
    inspect.TimeType,
    inspect.TimeDeltaType,
    inspect.DecimalType,
    inspect.BytesType,
)


class Nothing(Enum):
    """None as a payload, which is a value, and not the lack of one."""

    NOTHING = None


class Payload(SqlType[Any]):
    """Text that holds a value of an annotation."""

    __slots__ = ("document", "python")
    document: Document
    python: object

    def __init__(self, python: object) -> None:
        super().__init__("text", "text", TEXT)
        fix(self, "document", Document(Json(JSONB), python))
        fix(self, "python", python)

    def __reduce__(self) -> tuple[object, ...]:
        return Payload, (self.python,)

    def identity(self) -> tuple[object, ...]:
        return (self.document,)

    @property
    def encode(self) -> Convert | None:
        return self._write

    def decoder(self, python: object) -> Convert | None:
        return self.read

    def literal(self, value: Any) -> str:
        return self._write(value)

    def _write(self, value: Any) -> str:
        write = self.document.encode
        assert write is not None, "a document has a writer"
        told = None if value is Nothing.NOTHING else value
        document: bytes = write(told)
        text = msgspec.json.decode(document, type=str) if self.bare else document.decode()
        if (size := len(text.encode())) > LARGEST:
            raise ValueError(
                f"it is {size:,} bytes long, and a notification carries {LARGEST:,} at most: send a key, and have the "
                "listener read the row"
            )
        # Whoever listens has the shape alone, and no column: what it leaves open is not to become something else.
        check_read(self.read, text, told, exactly=True)
        return text

    def read(self, text: str) -> Any:
        """The value that a text holds. Raises what msgspec raises."""
        document = msgspec.json.encode(text) if self.bare else text.encode()
        return msgspec.json.decode(document, type=self.python)

    @property
    def bare(self) -> bool:
        """Whether its documents are JSON strings, which travel without their quotes."""
        found = inspect.type_info(self.python)  # not before: a Struct may name a class that is defined below it
        while isinstance(found, inspect.Metadata):
            found = found.type
        match found:
            case inspect.EnumType(cls=labels):
                return all(isinstance(each.value, str) for each in _members(labels))
            case inspect.LiteralType(values=values):
                return all(isinstance(each, str) for each in values)
            case _:
                return isinstance(found, _STRINGS)


def _members(labels: type[Enum]) -> list[Enum]:
    return list(labels)
