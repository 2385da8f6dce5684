"""Numbers, text, bytes, booleans, UUIDs: types whose values are already plain Python values."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from decimal import MAX_PREC, Context, Decimal, Inexact, InvalidOperation
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin
from uuid import UUID

import msgspec

from qb.types.annotation import bare
from qb.types.base import Convert, JsonForm, SqlType, mismatch
from qb.types.members import labels_of, members_of

T_contra = TypeVar("T_contra", contravariant=True)

# What a column may be annotated with; object is a value of raw SQL, or a row of no annotation.
_FLOATS: tuple[object, ...] = (float, object)
_NUMBERS: tuple[object, ...] = (Decimal, int, object)


class Scalar(SqlType[T_contra]):
    """A type that psycopg's C code reads and writes as one Python type."""

    __slots__ = ("_check", "_limits", "python")
    python: type

    def __init__(
        self,
        name: str,
        base: str,
        wire: str,
        python: type,
        *,
        check: Callable[[Any], Any] | None = None,
        limits: msgspec.Meta | None = None,
    ) -> None:
        super().__init__(name, base, wire)
        object.__setattr__(self, "python", python)
        object.__setattr__(self, "_check", check)
        object.__setattr__(self, "_limits", limits)

    @property
    def encode(self) -> Convert | None:
        check: Convert | None = object.__getattribute__(self, "_check")
        return check

    def decoder(self, python: object) -> Convert | None:
        plain = bare(python)
        if plain is self.python or plain is object:
            return None
        return _narrow(python)

    def in_json(self, python: object) -> JsonForm:
        plain = bare(python)
        return JsonForm(self.python if plain is object else python)

    def limits(self, python: object) -> object:
        meta: msgspec.Meta | None = object.__getattribute__(self, "_limits")
        return python if meta is None or bare(python) is not self.python else Annotated[python, meta]

    def refuses(self, python: object) -> str | None:
        plain = bare(python)
        if plain is object or plain is self.python or _narrows(plain, self.python):
            return None
        return mismatch(self, python, self.python.__name__)


class Integer(Scalar[int | None]):
    __slots__ = ()

    def __init__(self, name: str, wire: str, bits: int) -> None:
        bound = 2 ** (bits - 1)
        super().__init__(name, name, wire, int, limits=msgspec.Meta(ge=-bound, le=bound - 1))

    def literal(self, value: Any) -> str:
        if not isinstance(value, int):
            raise _takes(self, "int", value)
        bound = 2 ** (8 * int(self.wire[3:]) - 1)
        if not -bound <= value < bound:
            raise ValueError(f"the number is out of range for {self.name}")
        return str(int(value))


class Float(Scalar[float | None]):
    __slots__ = ()

    def decoder(self, python: object) -> Convert | None:
        return None

    def in_json(self, python: object) -> JsonForm:
        # JSON has no NaN and no infinities: PostgreSQL writes them as strings.
        return JsonForm(float | str, _single if self.wire == "float4" else float)

    def literal(self, value: Any) -> str:
        if not isinstance(value, int | float):
            raise _takes(self, "float", value)
        try:
            struct.pack("!f" if self.wire == "float4" else "!d", value)
            return repr(float(value))
        except (OverflowError, struct.error):
            raise ValueError(f"the number is out of range for {self.name}") from None

    def refuses(self, python: object) -> str | None:
        return None if bare(python) in _FLOATS else mismatch(self, python, "float")


_SINGLE = struct.Struct("!f")


def _single(value: float | str) -> float:
    """The float4 that PostgreSQL's shortest text stands for: the nearest double to that text is another number."""
    (exact,) = _SINGLE.unpack(_SINGLE.pack(float(value)))
    return float(exact)


class Numeric(Scalar[Decimal | None]):
    __slots__ = ("digits",)
    digits: tuple[int, int] | None
    """Precision and scale, where it has them."""

    def __init__(self, digits: tuple[int, int] | None = None) -> None:
        name = "numeric" if digits is None else f"numeric({digits[0]}, {digits[1]})"
        super().__init__(name, "numeric", "numeric", Decimal, check=exact_decimal)
        object.__setattr__(self, "digits", digits)

    def altered(self) -> Callable[[Any], str | None] | None:
        if self.digits is None:
            return None
        precision, scale = self.digits
        # In C: whoever asks `cannot_hold` each time pays ten times as much.
        quantize = Context(prec=precision, traps=[Inexact, InvalidOperation]).quantize
        unit = Decimal((0, (1,), -scale))

        def why(number: Decimal) -> str | None:
            try:
                if quantize(number, unit).is_finite():
                    return None
            except (Inexact, InvalidOperation):
                pass
            return self.cannot_hold(number)

        return why

    def cannot_hold(self, value: Any) -> str | None:
        if self.digits is None:
            return None
        if (number := exact_decimal(value)).is_nan():
            return "it is no number (a numeric without digits holds NaN)"
        precision, scale = self.digits
        if number.is_infinite() or abs(number) >= Decimal(1).scaleb(precision - scale):
            return f"it has more than {precision - scale} digits before the point"
        _, digits, exponent = number.normalize(Context(prec=MAX_PREC)).as_tuple()
        if any(digits) and isinstance(exponent, int) and -exponent > scale:
            return f"it has more than {scale} digits after the point, which PostgreSQL would round away"
        return None

    def decoder(self, python: object) -> Convert | None:
        return _exact_int if bare(python) is int else None

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(Decimal, self.decoder(python))

    def literal(self, value: Any) -> str:
        return str(exact_decimal(value))

    def refuses(self, python: object) -> str | None:
        # int is what a sum of integers is read as; a numeric(p, 0) column may be declared so, too.
        return None if bare(python) in _NUMBERS else mismatch(self, python, "Decimal")


class Words(Scalar[str | Enum | None]):
    """What `text` and `varchar` are to the type checkers: a column of them may be annotated with a plain Enum, too."""

    __slots__ = ()


class Text(Words):
    __slots__ = ("length",)
    length: int | None
    """How many characters it holds at most."""

    def __init__(self, name: str, base: str, length: int | None = None) -> None:
        limits = None if length is None else msgspec.Meta(max_length=length)
        super().__init__(name, base, "text", str, check=text_value, limits=limits)
        object.__setattr__(self, "length", length)

    def cannot_hold(self, value: Any) -> str | None:
        if self.length is None or len(text_value(value)) <= self.length:
            return None
        return f"it has more than {self.length} characters"

    def altered(self) -> Callable[[Any], str | None] | None:
        if self.length is None or self.base != "varchar":  # what char(n) pads and cuts it takes for nothing
            return None
        length = self.length
        cut = f"it has more than {length} characters, and PostgreSQL would cut off the spaces at its end"
        # PostgreSQL itself refuses what is too long, unless it is only by spaces.
        return lambda text: cut if len(text) > length and not text[length:].strip(" ") else None

    def literal(self, value: Any) -> str:
        return str(text_value(value))

    def labelled(self, python: object) -> SqlType[Any]:
        """The type of a column with this annotation: a plain Enum of strings is written and read by its values."""
        plain = bare(python)
        if (
            self.base == "bpchar"
            or not isinstance(plain, type)
            or not issubclass(plain, Enum)
            or issubclass(plain, str)
        ):
            return self
        return LabelledText(plain, self) if all(isinstance(member.value, str) for member in plain) else self


class Boolean(Scalar[bool | None]):
    __slots__ = ()

    def literal(self, value: Any) -> str:
        return "t" if bool_value(value) else "f"


class Bytea(Scalar[bytes | None]):
    __slots__ = ()

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(str, _bytes_of)

    def literal(self, value: Any) -> str:
        return "\\x" + bytes(bytes_value(value)).hex()


class Uuid(Scalar[UUID | None]):
    __slots__ = ()

    def literal(self, value: Any) -> str:
        return str(uuid_value(value))


class LabelledText(Scalar[object]):
    """Text (or an integer) that holds the values of a Python Enum: what an unstated type of an Enum column is."""

    __slots__ = ("labels", "of")
    labels: type[Enum]
    of: Text | None
    """The type that is stated beside the annotation."""

    def __init__(self, labels: type[Enum], of: Text | None = None) -> None:
        kinds: set[object] = {type(member.value) for member in labels}
        if kinds == {int}:
            super().__init__("bigint", "bigint", "int8", int, check=self._value)
        elif kinds == {str}:
            name, base = ("text", "text") if of is None else (of.name, of.base)
            super().__init__(name, base, "text", str, check=self._value)
        else:
            raise TypeError(f"{labels.__name__} has values that are neither all str nor all int")
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "of", of)

    def cannot_hold(self, value: Any) -> str | None:
        return None if self.of is None else self.of.cannot_hold(value.value if isinstance(value, Enum) else value)

    def identity(self) -> tuple[object, ...]:
        return (self.name, self.labels)

    def _value(self, value: Any) -> Any:
        if not isinstance(value, self.labels):
            try:
                value = self.labels(value)
            except ValueError:
                raise ValueError(f"the value is none of {self.labels.__name__}") from None
        return value.value

    def decoder(self, python: object) -> Convert | None:
        return members_of(self.labels)

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(self.labels)

    def literal(self, value: Any) -> str:
        return str(self._value(value))

    def refuses(self, python: object) -> str | None:
        return None


def exact_decimal(value: object) -> Decimal:
    """A Decimal from what is exactly one; a float is not."""
    if isinstance(value, Decimal):
        if value.is_nan() and (value.is_snan() or value.is_signed()):
            raise ValueError("numeric has one NaN, which is quiet and has no sign")
        if not -8000 < value.adjusted() < _WIDEST:
            _in_range(value)
        return value
    if isinstance(value, int):
        return exact_decimal(Decimal(value))
    raise TypeError(f"numeric takes Decimal or int, not {type(value).__name__}")


_WIDEST, _FINEST = 131_072, 16_383
"""Digits of a numeric before the point, and after it: https://www.postgresql.org/docs/current/datatype-numeric.html"""


def _in_range(value: Decimal) -> None:
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and (value.adjusted() >= _WIDEST or exponent < -_FINEST):
        raise ValueError("the number is out of range for numeric")


def fits_numeric(text: bytes | bytearray | memoryview, value: Decimal) -> None:
    """ValueError for a Decimal whose digits (it is given with its text) are more than a numeric holds."""
    if len(text) > 8000:
        _in_range(value)


def text_value(value: object) -> str:
    """A str that PostgreSQL can hold: it has no NUL in text."""
    if not isinstance(value, str):
        raise TypeError(f"text takes str, not {type(value).__name__}")
    if "\0" in value:
        raise ValueError("PostgreSQL text cannot hold NUL (0x00) characters")
    return value.value if isinstance(value, Enum) else value


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


def _takes(type_: SqlType[Any], expected: str, value: object) -> TypeError:
    return TypeError(f"{type_.name} takes {expected}, not {type(value).__name__}")


def _exact_int(value: Decimal) -> int:
    try:
        whole = int(value)
    except (ValueError, OverflowError):
        raise ValueError("an int cannot be NaN or infinite") from None
    if whole != value:
        raise ValueError("the number is not whole")
    return whole


_ESCAPED = re.compile(rb"\\(\\|[0-7]{3})")


def _bytes_of(value: str) -> bytes:
    """bytea as PostgreSQL writes it into JSON, under either setting of bytea_output."""
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
