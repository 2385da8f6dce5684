"""Types whose values are already plain Python values; of them boolean, bytea and uuid are here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Annotated, Any, Final, Literal, TypeVar, get_args, get_origin
from uuid import UUID

import msgspec

from qb.frozen import fix
from qb.types.annotation import bare
from qb.types.base import Convert, JsonForm, SqlType, mismatch
from qb.types.facts import Wire
from qb.types.members import labels_of, members_of

T_contra = TypeVar("T_contra", contravariant=True)

BOOL: Final = Wire(
    name="bool", casts="int4", oid=16, array_oid=1000, kind="boolean", takes=(bool,), binary=True, extremes=False
)
BYTEA: Final = Wire(
    name="bytea", casts="int2 int4 int8", oid=17, array_oid=1001, kind="bytes", takes=(bytes,), binary=True
)
UUID_: Final = Wire(name="uuid", oid=2950, array_oid=2951, kind="uuid", takes=(UUID,), binary=True, extremes=False)


class Scalar(SqlType[T_contra]):
    """A type that psycopg's C code reads and writes as one Python type."""

    __slots__ = ("_check", "_limits", "python")
    python: type
    _check: Convert | None
    _limits: Mapping[str, Any] | None

    def __init__(
        self,
        name: str,
        base: str,
        wire: Wire,
        python: type,
        *,
        check: Callable[[Any], Any] | None = None,
        limits: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(name, base, wire)
        fix(self, "python", python)
        fix(self, "_check", check)
        fix(self, "_limits", limits)

    @property
    def encode(self) -> Convert | None:
        return self._check

    def decoder(self, python: object) -> Convert | None:
        plain = bare(python)
        if plain is self.python or plain is object:
            return None
        return _narrow(python)

    def in_json(self, python: object) -> JsonForm:
        plain = bare(python)
        return JsonForm(self.python if plain is object else python)

    def limits(self, python: object) -> object:
        limits = self._limits
        return (
            python if limits is None or bare(python) is not self.python else Annotated[python, msgspec.Meta(**limits)]
        )

    def refuses(self, python: object) -> str | None:
        plain = bare(python)
        if plain is object or plain is self.python or _narrows(plain, self.python):
            return None
        return mismatch(self, python, self.python.__name__)


class Boolean(Scalar[bool | None]):
    __slots__ = ()

    def literal(self, value: Any) -> str:
        return "t" if bool_value(value) else "f"


class Bytea(Scalar[bytes | None]):
    __slots__ = ()

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(str, bytes_of)

    def literal(self, value: Any) -> str:
        return "\\x" + bytes(bytes_value(value)).hex()


class Uuid(Scalar[UUID | None]):
    __slots__ = ()

    def literal(self, value: Any) -> str:
        return str(uuid_value(value))


def bool_value(value: object) -> bool:
    """True or False; what only counts as one of them, as 1 and "false" do, is refused."""
    if not isinstance(value, bool):
        raise TypeError(f"boolean takes bool, not {type(value).__name__}")
    return value


def bytes_value(value: object) -> bytes | bytearray:
    """Bytes in one piece."""
    if isinstance(value, bytes | bytearray):
        return value
    if isinstance(value, memoryview):
        return value.tobytes()
    raise TypeError(f"bytea takes bytes, not {type(value).__name__}")


def uuid_value(value: object) -> UUID:
    """A UUID, and not its text."""
    if not isinstance(value, UUID):
        raise TypeError(f"uuid takes UUID, not {type(value).__name__}")
    return value


_ESCAPED = re.compile(rb"\\(\\|[0-7]{3})")


def bytes_of(value: str) -> bytes:
    """bytea as PostgreSQL writes it into JSON, and as text, under either setting of bytea_output."""
    if value.startswith("\\x"):
        return bytes.fromhex(value[2:])

    def plain(found: re.Match[bytes]) -> bytes:
        return b"\\" if found[1] == b"\\" else bytes((int(found[1], 8),))

    return _ESCAPED.sub(plain, value.encode("ascii"))


def _narrow(python: object) -> Convert:
    """A decoder for a narrower type than the wire's: an Enum that is a str, a Literal, a subclass."""
    plain = bare(python)
    if isinstance(plain, type) and issubclass(plain, Enum):
        return members_of(plain)
    if get_origin(plain) is Literal:
        return labels_of(plain)

    def convert(value: object) -> object:
        return msgspec.convert(value, plain)

    return convert


def _narrows(plain: object, python: type) -> bool:
    if get_origin(plain) is Literal:
        return all(isinstance(label, python) for label in get_args(plain))
    return isinstance(plain, type) and issubclass(plain, Enum) and issubclass(plain, python)


class ScalarTypes:
    """What is in `pg` of these."""

    __slots__ = ()
    boolean: SqlType[bool | None] = Boolean("boolean", "boolean", BOOL, bool, check=bool_value)
    bytea: SqlType[bytes | None] = Bytea("bytea", "bytea", BYTEA, bytes, check=bytes_value)
    uuid: SqlType[UUID | None] = Uuid("uuid", "uuid", UUID_, UUID, check=uuid_value)
