"""What was declared of columns' types and what the server has: compared once for each prepared statement.

A description comes with every prepared statement, so nothing is asked for that would not have come anyway, and no row
is looked at. What passes is read exactly as the Python type that was declared; for COPY, whose bytes mean what the
column's type makes of them, only the very same type does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from qb.errors import SchemaMismatch
from qb.model.type import NamedType
from qb.run.session.catalog import Catalog, Fact
from qb.run.session.forms import FORMS
from qb.tree.probe import Probed
from qb.types import SqlType
from qb.types.annotation import bare
from qb.types.array import Array
from qb.types.composite import Composite
from qb.types.custom import Custom
from qb.types.enum import Enum
from qb.types.facts import COLONS, CUT, ENUM, OPAQUE, UNTEXTED, scale_of
from qb.types.identifier import unquoted
from qb.types.narrowed import Exact, Narrowed
from qb.types.number import FLOAT4, FLOAT8, INT8, Numeric
from qb.types.text import TEXT
from qb.types.verbatim import Verbatim


class DeclaredColumn(Protocol):
    """A column of a result, or one to be written, as it was declared."""

    @property
    def table(self) -> str | None: ...
    @property
    def name(self) -> str | None: ...
    @property
    def type(self) -> SqlType[Any] | None: ...
    @property
    def python(self) -> object: ...
    @property
    def raw(self) -> bool: ...


class ServerColumn(NamedTuple):
    """A column of a result as the server describes it: its name, and the OID of its type (of a domain, its base)."""

    name: str
    oid: int
    modifier: int = -1
    """Its type's limits, as PostgreSQL packs them: of a numeric, its digits."""


_NATIVE = frozenset(wire.name for wire in FORMS if wire.oid and not wire.texted) | UNTEXTED
"""Types whose values are something else than text in Python, or would lose by being it."""


def misdeclared(
    declared: Sequence[DeclaredColumn], found: Sequence[ServerColumn], catalog: Catalog
) -> SchemaMismatch | None:
    """The first column that cannot be read as it was declared. The types in `unknown` must have been looked up."""
    for column, each in zip(declared, found, strict=False):
        if column.type is not None and not reads(column.type, column.python, each.oid, catalog, raw=column.raw):
            name = column.name or each.name
            return SchemaMismatch(column.table, name, *_shown(column.type, each.oid, catalog))
    return None


def probed(declared: Sequence[Probed], found: Sequence[ServerColumn], catalog: Catalog) -> SchemaMismatch | None:
    """The same for columns of nested rows, and for those that are written to."""
    for column, each in zip(declared, found, strict=True):
        if column.use == "written":
            fits = stores(column.type, each, catalog)
        else:
            fits = reads(column.type, column.python, each.oid, catalog, raw=column.raw) and not _shorter(column, each)
        if not fits:
            return SchemaMismatch(column.table, column.name, *_shown(column.type, each.oid, catalog))
    return None


def _shorter(column: Probed, found: ServerColumn) -> bool:
    # Inside JSON a float4 is its shortest text, and read as a double another number.
    return column.type.wire is FLOAT8 and found.oid == FLOAT4.oid


def stores(type_: SqlType[Any], column: ServerColumn, catalog: Catalog) -> bool:
    """Whether a column of the server keeps every value of a declared type as it is, or refuses it by itself.

    PostgreSQL assigns with a cast, which rounds numbers, moves points in time by the session's zone and cuts names.
    """
    while isinstance(type_, Narrowed | Exact):
        type_ = type_.of
    fact = catalog.plain(column.oid)
    if fact is None:
        return True
    if isinstance(type_, Array):
        return bool(fact.element) and stores(type_.of, ServerColumn(column.name, fact.element), catalog)
    if isinstance(type_, Composite) and fact.fields:
        names = [each.name for each in type_.fields] == [each.name for each in fact.fields]
        return names and all(
            stores(each.stored, ServerColumn(*found), catalog)
            for each, found in zip(type_.fields, fact.fields, strict=True)
        )
    if isinstance(type_, Custom):
        return True
    if isinstance(type_, Enum) or type_.wire.is_text:
        return fact.enum or (fact.name not in _NATIVE and fact.name not in CUT and not fact.element)
    if isinstance(type_, Numeric) and fact.name == type_.wire.name and (kept := scale_of(column.modifier)) is not None:
        return type_.digits is not None and type_.digits[1] <= kept
    return fact.name in type_.wire.storable


def unknown(declared: Sequence[DeclaredColumn], oids: Sequence[int], catalog: Catalog) -> tuple[set[int], set[str]]:
    """What has to be looked up before a comparison: types, and names that may be those of domains."""
    oids_ = catalog.missing(oids)
    names: set[str] = set()
    for column, oid in zip(declared, oids, strict=False):
        for type_ in _customs(column.type):
            name = unquoted(type_.base)
            fact = catalog.types.get(oid)
            if name not in catalog.domains and (fact is None or name not in (fact.name, fact.name[1:])):
                names.add(name)
    return oids_, names


def _customs(type_: SqlType[Any] | None) -> Iterator[Custom[Any]]:
    if isinstance(type_, Array | Verbatim):
        yield from _customs(type_.of)
    elif isinstance(type_, Custom):
        yield type_


def reads(type_: SqlType[Any], python: object, oid: int, catalog: Catalog, *, raw: bool = False) -> bool:
    """Whether every value of the server's type is, exactly, one that the declaration allows."""
    if isinstance(type_, Verbatim):
        type_ = type_.of
    fact = catalog.plain(oid)
    if fact is None:
        return False
    if isinstance(type_, NamedType) and type_.wire in (OPAQUE, COLONS, ENUM):
        return _named(type_, fact, catalog)
    if isinstance(type_, Array):
        element = type_.element(python)
        return bool(fact.element) and reads(type_.of, element, fact.element, catalog, raw=raw)
    if fact.element:
        return False
    if isinstance(type_, Enum):
        return fact.enum or fact.name in TEXT.readable
    if isinstance(type_, Custom):
        return _custom(type_, fact, catalog)
    if type_.wire.is_numeric and bare(python) is int:
        return fact.name in INT8.readable or fact.name == type_.wire.name
    if type_.wire.is_text and (fact.enum or (raw and fact.name not in _NATIVE)):
        return True  # what qb has no type for is text, where it was asked for by raw SQL
    return fact.name in type_.wire.readable


def copies(type_: SqlType[Any], oid: int, catalog: Catalog) -> bool:
    """Whether the bytes of a type's binary form mean the same to a column of the server's type."""
    fact = catalog.plain(oid)
    if fact is None:
        return False
    if isinstance(type_, Array):
        element = catalog.types.get(fact.element)
        return element is not None and not element.base and copies(type_.of, element.oid, catalog)
    if isinstance(type_, Enum):
        return fact.enum and fact.name == type_.type_name
    return fact.name == type_.wire.name


def _custom(type_: Custom[Any], fact: Fact, catalog: Catalog) -> bool:
    if isinstance(type_, Composite) and fact.fields:
        names = [each.name for each in type_.fields] == [each.name for each in fact.fields]
        return names and all(
            reads(each.type, each.python, found.oid, catalog)
            for each, found in zip(type_.fields, fact.fields, strict=True)
        )
    name = unquoted(type_.base)
    return name in (fact.name, fact.shown) or fact.name in TEXT.readable or fact.oid in catalog.domains.get(name, ())


def _named(type_: NamedType, fact: Fact, catalog: Catalog) -> bool:
    """The same of a type that is known by its name alone, as the queries of views have them."""
    if type_.of is not None:
        return bool(fact.element) and reads(type_.of, None, fact.element, catalog)
    if fact.element:
        return type_.made is not None and type_.made.kind == "domain"
    if type_.wire is ENUM:
        return fact.enum or fact.name in TEXT.readable
    if type_.made is not None and type_.made.kind == "domain":  # what is below it is not told by its name
        return fact.name not in _NATIVE and not fact.enum
    return unquoted(type_.base) in (fact.name, fact.shown) or fact.name in TEXT.readable


def _shown(declared: SqlType[Any], oid: int, catalog: Catalog) -> tuple[str, str]:
    """What an error calls a declared type and the server's: rows with their fields, as their names may be one."""
    ours, theirs = _rows_as_declared(declared), _rows_as_found(oid, catalog)
    return (declared.name, catalog.shown(oid)) if ours is None or theirs is None else (ours, theirs)


def _rows_as_declared(type_: SqlType[Any]) -> str | None:
    """A composite type with its fields, and those of theirs; None of any other type."""
    while isinstance(type_, Narrowed | Exact | Array):
        type_ = type_.of
    if not isinstance(type_, Composite):
        return None
    fields = ", ".join(f"{each.name} {_rows_as_declared(each.type) or each.type.name}" for each in type_.fields)
    return f"{unquoted(type_.base)} ({fields})"


def _rows_as_found(oid: int, catalog: Catalog) -> str | None:
    fact = catalog.plain(oid)
    if fact is not None and fact.element:
        fact = catalog.plain(fact.element)
    if fact is None or not fact.fields:
        return None
    fields = (f"{each.name} {_rows_as_found(each.oid, catalog) or catalog.shown(each.oid)}" for each in fact.fields)
    return f"{fact.shown} ({', '.join(fields)})"
