"""Numbers: integers, numeric, real and double precision.

https://www.postgresql.org/docs/current/datatype-numeric.html
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from decimal import MAX_PREC, Context, Decimal, Inexact, InvalidOperation
from typing import Any, Final, overload

from qb.errors import DefinitionError
from qb.frozen import fix
from qb.types.annotation import bare
from qb.types.base import Convert, JsonForm, SqlType, is_whole, mismatch
from qb.types.facts import Wire
from qb.types.scalar import Scalar

# What a column may be annotated with; object is a value of raw SQL, or a row of no annotation.
_FLOATS: tuple[object, ...] = (float, object)
_NUMBERS: tuple[object, ...] = (Decimal, int, object)

_INTEGERS = frozenset(("int2", "int4", "int8", "oid"))
_REAL = (float, int, Decimal)


def _integer(name: str, oid: int, array_oid: int, rank: int, bits: int, casts: str) -> Wire:
    return Wire(
        name=name,
        oid=oid,
        array_oid=array_oid,
        kind="integer",
        takes=(int,),
        rank=rank,
        bits=bits,
        binary=True,
        reads=_INTEGERS,
        stores=_INTEGERS,
        casts=casts,
    )


INT2: Final = _integer("int2", 21, 1005, 1, 16, "bytea float4 float8 int4 int8 numeric oid regclass regconfig")
INT4: Final = _integer(
    "int4", 23, 1007, 2, 32, "bit bool bytea float4 float8 int2 int8 money numeric oid regclass regconfig"
)
INT8: Final = _integer(
    "int8", 20, 1016, 3, 64, "bit bytea float4 float8 int2 int4 money numeric oid regclass regconfig"
)
NUMERIC: Final = Wire(
    name="numeric",
    casts="float4 float8 int2 int4 int8 money",
    oid=1700,
    array_oid=1231,
    kind="numeric",
    takes=(Decimal, int),
    rank=4,
)
FLOAT4: Final = Wire(
    name="float4",
    casts="float8 int2 int4 int8 numeric",
    oid=700,
    array_oid=1021,
    kind="float",
    takes=_REAL,
    rank=5,
    bits=32,
    binary=True,
)
FLOAT8: Final = Wire(
    name="float8",
    casts="float4 int2 int4 int8 numeric",
    oid=701,
    array_oid=1022,
    kind="float",
    takes=_REAL,
    rank=6,
    bits=64,
    binary=True,
    reads=frozenset(("float4",)),
)


class Integer(Scalar[int | None]):
    __slots__ = ()

    def __init__(self, name: str, wire: Wire) -> None:
        bound = 2 ** (wire.bits - 1)
        super().__init__(name, name, wire, int, limits={"ge": -bound, "le": bound - 1})

    def literal(self, value: Any) -> str:
        if not isinstance(value, int) or isinstance(value, bool):
            raise takes(self, "int", value)
        bound = 2 ** (self.wire.bits - 1)
        if not -bound <= value < bound:
            raise ValueError(f"the number is out of range for {self.name}")
        return str(int(value))


class Float(Scalar[float | None]):
    __slots__ = ()

    def decoder(self, python: object) -> Convert | None:
        return None

    def in_json(self, python: object) -> JsonForm:
        # JSON has no NaN and no infinities: PostgreSQL writes them as strings.
        return JsonForm(float | str, _single if self.wire.bits == 32 else float)

    def literal(self, value: Any) -> str:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise takes(self, "float", value)
        try:
            packed = struct.pack("!f" if self.wire.bits == 32 else "!d", value)
        except (OverflowError, struct.error):
            raise ValueError(f"the number is out of range for {self.name}") from None
        if self.wire.bits == 32:
            kept_single(packed, value)
        return repr(float(value))

    def refuses(self, python: object) -> str | None:
        return None if bare(python) in _FLOATS else mismatch(self, python, "float")


_SINGLE = struct.Struct("!f")
_ZEROS: Final = (bytes(4), b"\x80\0\0\0")


def kept_single(packed: bytes, value: float) -> bytes:
    """A number as four bytes. ValueError where it became 0, which is another number and not the nearest of many."""
    if packed in _ZEROS and value != 0:
        raise ValueError("the number is too small for real, and would become 0")
    return packed


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
        super().__init__(name, "numeric", NUMERIC, Decimal, check=exact_decimal)
        fix(self, "digits", digits)

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


def exact_decimal(value: object) -> Decimal:
    """A Decimal from what is exactly one; a float is not."""
    if isinstance(value, Decimal):
        if value.is_nan() and (value.is_snan() or value.is_signed()):
            raise ValueError("numeric has one NaN, which is quiet and has no sign")
        if not -8000 < value.adjusted() < _WIDEST:
            _in_range(value)
        return value
    if isinstance(value, int) and not isinstance(value, bool):
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


def takes(type_: SqlType[Any], expected: str, value: object) -> TypeError:
    return TypeError(f"{type_.name} takes {expected}, not {type(value).__name__}")


def _exact_int(value: Decimal) -> int:
    try:
        whole = int(value)
    except (ValueError, OverflowError):
        raise ValueError("an int cannot be NaN or infinite") from None
    if whole != value:
        raise ValueError("the number is not whole")
    return whole


class NumericFactory(Numeric):
    """`pg.numeric` itself is any number; called it gives `numeric(precision, scale)`."""

    __slots__ = ()

    @overload
    def __call__(self, precision: int) -> SqlType[Decimal | int | None]: ...
    @overload
    def __call__(self, precision: int, scale: int) -> SqlType[Decimal | None]: ...
    def __call__(self, precision: int, scale: int = 0) -> SqlType[Any]:
        if not (is_whole(precision) and is_whole(scale)) or not 1 <= precision <= 1000 or not -1000 <= scale <= 1000:
            raise DefinitionError(f"numeric({precision}, {scale}): precision is 1 to 1000 and scale -1000 to 1000")
        return Numeric((precision, scale))


class NumberTypes:
    """The numbers in `pg`."""

    __slots__ = ()
    smallint: SqlType[int | None] = Integer("smallint", INT2)
    integer: SqlType[int | None] = Integer("integer", INT4)
    bigint: SqlType[int | None] = Integer("bigint", INT8)
    numeric: NumericFactory = NumericFactory()
    real: SqlType[float | None] = Float("real", "real", FLOAT4, float)
    double_precision: SqlType[float | None] = Float("double precision", "double precision", FLOAT8, float)
