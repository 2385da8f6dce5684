"""The namespace `pg`: PostgreSQL's types as values, so that a column may be called `text` or `date`.

https://www.postgresql.org/docs/current/datatype.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum as PyEnum
from functools import cache
from importlib import import_module
from sys import modules
from typing import TYPE_CHECKING, Any, Final, LiteralString, Protocol, TypeVar, overload

from qb.types.array import Array
from qb.types.base import SqlType
from qb.types.custom import custom as _custom
from qb.types.enum import Enum
from qb.types.facts import Wire
from qb.types.json import DocumentTypes
from qb.types.number import NumberTypes
from qb.types.scalar import ScalarTypes
from qb.types.temporal import TimeTypes
from qb.types.text import TextTypes, Words
from qb.types.vector import VectorTypes

U = TypeVar("U")
E = TypeVar("E", bound=PyEnum)


class Labels(Protocol):
    """A Literal as a value: a special form to mypy, a union to pyright, and of one label a class that is no `type`.

    All of them, and nothing but types, join anything by `|`."""

    def __or__(self, other: object, /) -> object: ...


_SELDOM: Final = (
    "network.NetworkTypes",
    "bits.BitTypes",
    "money.MoneyTypes",
    "oid.OidTypes",
    "xml.XmlTypes",
    "text_search.SearchTypes",
    "range_types.RangeTypes",
    "geometric_types.GeometricTypes",
    "citext.CitextTypes",
    "hstore.HstoreTypes",
    "ltree.TreeTypes",
    "postgis.PostgisTypes",
)
"""Families that most programs never name: each is loaded when something that is not elsewhere is asked for."""

if TYPE_CHECKING:
    from qb.types.bits import BitTypes
    from qb.types.citext import CitextTypes
    from qb.types.geometric_types import GeometricTypes
    from qb.types.hstore import HstoreTypes
    from qb.types.ltree import TreeTypes
    from qb.types.money import MoneyTypes
    from qb.types.network import NetworkTypes
    from qb.types.oid import OidTypes
    from qb.types.postgis import PostgisTypes
    from qb.types.range_types import RangeTypes
    from qb.types.text_search import SearchTypes
    from qb.types.xml import XmlTypes

    class SeldomTypes(
        NetworkTypes,
        BitTypes,
        MoneyTypes,
        OidTypes,
        XmlTypes,
        SearchTypes,
        RangeTypes,
        GeometricTypes,
        CitextTypes,
        HstoreTypes,
        TreeTypes,
        PostgisTypes,
    ):
        """What they have."""

        __slots__ = ()

else:

    class SeldomTypes:
        """What they have."""

        __slots__ = ()

        def __getattr__(self, name):
            if not name.startswith("_"):
                for family in _SELDOM:
                    found = getattr(_loaded(family), name, None)
                    if found is not None:
                        return found
            raise AttributeError(f"PostgreSQL has no type {name!r} that pg knows: pg.custom(...) makes one")

        def __dir__(self):
            return sorted({*object.__dir__(self), *(name for family in _SELDOM for name in dir(_loaded(family)))})


def _loaded(family: str) -> object:
    module, _, name = family.partition(".")
    return getattr(import_module(f"qb.types.{module}"), name)()


class PgTypes(NumberTypes, TextTypes, ScalarTypes, TimeTypes, DocumentTypes, VectorTypes, SeldomTypes):
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
    def enum(  # pyright: ignore[reportOverlappingOverload]  # the first that matches is the exact one
        self,
        name: str,
        labels: type[E],
        *,
        schema: str | None = None,
        external: bool = False,
        comment: str | None = None,
        renamed_from: str | None = None,
    ) -> SqlType[E | None]: ...
    @overload
    def enum(
        self,
        name: str,
        labels: Labels,
        *,
        schema: str | None = None,
        external: bool = False,
        comment: str | None = None,
        renamed_from: str | None = None,
    ) -> SqlType[str | None]: ...
    def enum(
        self,
        name: str,
        labels: Any,
        *,
        schema: str | None = None,
        external: bool = False,
        comment: str | None = None,
        renamed_from: str | None = None,
    ) -> SqlType[Any]:
        """A PostgreSQL enum called `name`, with the values of a Python Enum, or the strings of a Literal, as labels.

        One that is `external` is somebody else's: it is never created or dropped. `comment` is what COMMENT ON says.
        `renamed_from` is what it was called before, for `qb generate`, which renames it then."""
        return Enum(name, labels, schema, external=external, comment=comment, renamed_from=renamed_from)

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


def _plain(of: object) -> Mapping[Wire, SqlType[Any]]:
    values: list[Any] = [getattr(of, name) for name in object.__dir__(of)]
    types: list[SqlType[Any]] = [value for value in values if isinstance(value, SqlType)]
    return {type_.wire: type_ for type_ in types if type_.wire.oid and getattr(type_, "length", None) is None}


_PLAIN: Mapping[Wire, SqlType[Any]] = _plain(pg)


PLAIN: Final = tuple(_PLAIN.values())
"""The types without any limits, each once, but those of families that are seldom."""


@cache
def plain_type(wire: Wire) -> SqlType[Any] | None:
    """The type of a row of facts without any limits; None where only `pg`'s functions make one.

    >>> plain_type(pg.numeric(8, 2).wire)
    <type numeric>
    """
    there = (each for each in _SELDOM if f"qb.types.{each.partition('.')[0]}" in modules)  # where the row is, is
    return _PLAIN.get(wire) or next((found for each in there if (found := _plain(_loaded(each)).get(wire))), None)


def ranges_over(wire: Wire) -> tuple[SqlType[Any], ...]:
    """PostgreSQL's own types of ranges and multiranges, by the row of what their bounds are."""
    whole = _plain(_loaded("range_types.RangeTypes")).values()
    return tuple(each for each in whole if each.operators("contains")[1][1].wire is wire)
