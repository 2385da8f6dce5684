"""The namespace `pg`: PostgreSQL's types as values, so that a column may be called `text` or `date`.

https://www.postgresql.org/docs/current/datatype.html
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeVar, overload
from uuid import UUID

from qb.errors import DefinitionError
from qb.types.array import Array
from qb.types.base import SqlType, is_whole
from qb.types.custom import custom as _custom
from qb.types.json import Json
from qb.types.labels import Enum
from qb.types.scalar import (
    Boolean,
    Bytea,
    Float,
    Integer,
    Numeric,
    Text,
    Uuid,
    Words,
    bool_value,
    bytes_value,
    uuid_value,
)
from qb.types.temporal import Date, Interval, Time, Timestamp, Timestamptz
from qb.types.vector import vector as _vector

if TYPE_CHECKING:
    from typing import _SpecialForm  # pyright: ignore[reportPrivateUsage] - what a Literal is to mypy

U = TypeVar("U")


class TimestampFactory(Timestamp):
    """`pg.timestamp` itself is a type; called with a precision it gives `timestamp(p)`."""

    __slots__ = ()

    def __call__(self, precision: int) -> SqlType[dt.datetime | None]:
        return Timestamp(_precision(precision))


class TimestamptzFactory(Timestamptz):
    """`pg.timestamptz` itself is a type; called with a precision it gives `timestamptz(p)`."""

    __slots__ = ()

    def __call__(self, precision: int) -> SqlType[dt.datetime | None]:
        return Timestamptz(_precision(precision))


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


class PgTypes:
    """PostgreSQL's types. Those with a limit or an element are functions, the others are values.

    >>> class Parcel(Table, name="parcels"):
    ...     id: Col[int] = column(pg.bigint, primary_key=True, default=identity())
    ...     weight: Col[Decimal] = column(pg.numeric(8, 3))
    ...     labels: Col[list[str]] = column(pg.array(pg.text), default=[])
    >>> Parcel.weight.type
    <type numeric(8, 3)>
    """

    __slots__ = ()
    smallint: SqlType[int | None] = Integer("smallint", "int2", 16)
    integer: SqlType[int | None] = Integer("integer", "int4", 32)
    bigint: SqlType[int | None] = Integer("bigint", "int8", 64)
    numeric: NumericFactory = NumericFactory()
    real: SqlType[float | None] = Float("real", "real", "float4", float)
    double_precision: SqlType[float | None] = Float("double precision", "double precision", "float8", float)
    boolean: SqlType[bool | None] = Boolean("boolean", "boolean", "bool", bool, check=bool_value)
    text: Words = Text("text", "text")
    bytea: SqlType[bytes | None] = Bytea("bytea", "bytea", "bytea", bytes, check=bytes_value)
    uuid: SqlType[UUID | None] = Uuid("uuid", "uuid", "uuid", UUID, check=uuid_value)
    date: SqlType[dt.date | None] = Date()
    time: SqlType[dt.time | None] = Time()
    timestamp: TimestampFactory = TimestampFactory()
    timestamptz: TimestamptzFactory = TimestamptzFactory()
    interval: SqlType[dt.timedelta | None] = Interval()
    json: SqlType[object] = Json("json")
    jsonb: SqlType[object] = Json("jsonb")

    def varchar(self, length: int) -> Words:
        """Text of at most `length` characters."""
        return _limited("varchar", "varchar", length)

    def char(self, length: int) -> SqlType[str | None]:
        """Text of exactly `length` characters, padded with spaces by PostgreSQL."""
        return _limited("char", "bpchar", length)

    @overload
    def array(  # type: ignore[overload-overlap]  # the first that matches is the exact one
        self, of: Words
    ) -> SqlType[Sequence[str | None] | Sequence[Sequence[str | None]] | None]: ...
    @overload
    def array(self, of: SqlType[U]) -> SqlType[Sequence[U] | Sequence[Sequence[U]] | None]: ...
    def array(self, of: SqlType[Any]) -> SqlType[Any]:
        """An array whose elements have the type `of`; `list[list[...]]` is one of two dimensions."""
        return Array(of)

    @overload
    def enum(self, name: str, labels: type[U], *, schema: str | None = None) -> SqlType[U | None]: ...
    @overload
    def enum(
        self, name: str, labels: _SpecialForm | UnionType, *, schema: str | None = None
    ) -> SqlType[str | None]: ...
    def enum(self, name: str, labels: Any, *, schema: str | None = None) -> SqlType[Any]:
        """A PostgreSQL enum called `name`, with the values of a Python Enum, or the strings of a Literal, as labels."""
        return Enum(name, labels, schema)

    def vector(self, dimensions: int) -> SqlType[Sequence[float] | None]:
        """pgvector's type of `dimensions` numbers; the extension `vector` must be there."""
        return _vector(dimensions)

    def custom(
        self,
        name: str,
        *,
        encode: Callable[[U], str],
        decode: Callable[[str], U],
        json_type: object = str,
        from_json: Callable[[Any], U] | None = None,
        cast: str | None = None,
        extension: str | None = None,
    ) -> SqlType[U | None]:
        """A type that qb does not know, as a value that works like any other: see `qb.types.custom`."""
        return _custom(
            name, encode=encode, decode=decode, json_type=json_type, from_json=from_json, cast=cast, extension=extension
        )


def _limited(word: str, base: str, length: int) -> Words:
    if not is_whole(length) or not 1 <= length <= 10_485_760:
        raise DefinitionError(f"{word}({length}): PostgreSQL allows 1 to 10,485,760 characters")
    return Text(f"{word}({length})", base, length)


def _precision(digits: int) -> int:
    if not is_whole(digits) or not 0 <= digits <= 6:
        raise DefinitionError(f"{digits} digits of a second: PostgreSQL keeps 0 to 6")
    return digits


pg: PgTypes = PgTypes()
