"""The namespace `pg`: PostgreSQL's types as values, so that a column may be called `text` or `date`.

https://www.postgresql.org/docs/current/datatype.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, LiteralString, TypeVar, overload

from qb.types.array import Array
from qb.types.base import SqlType
from qb.types.custom import custom as _custom
from qb.types.enum import Enum
from qb.types.facts import Wire
from qb.types.json import DocumentTypes
from qb.types.network import NetworkTypes
from qb.types.number import NumberTypes
from qb.types.scalar import ScalarTypes
from qb.types.temporal import TimeTypes
from qb.types.text import TextTypes, Words
from qb.types.vector import vector as _vector

if TYPE_CHECKING:
    from typing import _SpecialForm  # pyright: ignore[reportPrivateUsage] - what a Literal is to mypy

U = TypeVar("U")


class PgTypes(NumberTypes, TextTypes, ScalarTypes, TimeTypes, NetworkTypes, DocumentTypes):
    """PostgreSQL's types. Those with a limit or an element are functions, the others are values.

    >>> from decimal import Decimal
    >>> class Parcel(Table, name="parcels"):
    ...     id: Col[int] = column(pg.bigint, primary_key=True, default=identity())
    ...     weight: Col[Decimal] = column(pg.numeric(8, 3))
    ...     labels: Col[list[str]] = column(pg.array(pg.text), default=[])
    >>> Parcel.weight.type
    <type numeric(8, 3)>
    """

    __slots__ = ()

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
    def enum(
        self, name: str, labels: type[U], *, schema: str | None = None, external: bool = False
    ) -> SqlType[U | None]: ...
    @overload
    def enum(
        self, name: str, labels: _SpecialForm | UnionType, *, schema: str | None = None, external: bool = False
    ) -> SqlType[str | None]: ...
    def enum(self, name: str, labels: Any, *, schema: str | None = None, external: bool = False) -> SqlType[Any]:
        """A PostgreSQL enum called `name`, with the values of a Python Enum, or the strings of a Literal, as labels.

        One that is `external` is somebody else's: it is never created or dropped."""
        return Enum(name, labels, schema, external=external)

    def vector(self, dimensions: int) -> SqlType[Sequence[float] | None]:
        """pgvector's type of `dimensions` numbers; the extension `vector` must be there."""
        return _vector(dimensions)

    def custom(
        self,
        name: LiteralString,
        *,
        encode: Callable[[U], str],
        decode: Callable[[str], U],
        json_type: object = str,
        from_json: Callable[[Any], U] | None = None,
        cast: LiteralString | None = None,
        extension: str | None = None,
        external: bool = False,
    ) -> SqlType[U | None]:
        """A type that qb does not know, as a value that works like any other: see `qb.types.custom`."""
        return _custom(
            name,
            encode=encode,
            decode=decode,
            json_type=json_type,
            from_json=from_json,
            cast=cast,
            extension=extension,
            external=external,
        )


pg: PgTypes = PgTypes()


def _plain() -> Mapping[Wire, SqlType[Any]]:
    values: list[Any] = [getattr(pg, name) for name in dir(pg)]
    types: list[SqlType[Any]] = [value for value in values if isinstance(value, SqlType)]
    return {type_.wire: type_ for type_ in types if getattr(type_, "length", None) is None}


_PLAIN: Mapping[Wire, SqlType[Any]] = _plain()


PLAIN: Final = tuple(_PLAIN.values())
"""The types without any limits, each once."""


def plain_type(wire: Wire) -> SqlType[Any] | None:
    """The type of a row of facts without any limits; None where only `pg`'s functions make one.

    >>> plain_type(pg.numeric(8, 2).wire)
    <type numeric>
    """
    return _PLAIN.get(wire)
