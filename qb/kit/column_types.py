"""The types of columns that nobody has declared: from what the catalog calls them to what their values are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal

from qb.kit.catalog import Catalog
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.type import DomainFact, EnumFact
from qb.kit.qualified import parts
from qb.model.object import Identity
from qb.run.session.catalog import Catalog as Types
from qb.types import SqlType, pg
from qb.types.array import Array
from qb.types.custom import Custom
from qb.types.enum import Enum

_LIMITS: Final = re.compile(r"\(([^()\"]*)\)(?=[^\"]*$)")
_SIZED: Final = ("bit", "vector", "halfvec", "sparsevec")
"""Types that are made with how long their values are."""


def column_type(column: ColumnFact, catalog: Catalog) -> SqlType[Any]:
    """What the values of a column are. What is not known is read as its text, and written so."""
    return _type(column.base, column.type, catalog)


def _type(base: str, written: str, catalog: Catalog) -> SqlType[Any]:
    if written.endswith("[]"):
        return Array(_type(base, written.removesuffix("[]"), catalog))
    schema, name = parts(base)
    known = Identity("enum", schema, "", name), Identity("domain", schema, "", name)
    enum, domain = (catalog.get(each) for each in known)
    if isinstance(enum, EnumFact) and enum.labels:
        return Enum(name, Literal[enum.labels], schema)
    if isinstance(domain, DomainFact):
        below = _LIMITS.sub("", domain.base).removesuffix("[]")
        return _type(_names().get(below, below), domain.base, catalog)
    limits = _LIMITS.search(written)
    if name in _SIZED and limits is not None and limits[1].isdigit():
        sized: SqlType[Any] = getattr(pg, name)(int(limits[1]))
        return sized
    if base != '"char"' and (found := _ours().get(name)) is not None and name != "char":
        return found
    plain = _LIMITS.sub("", written)
    return Custom(written, str, str, None, "varbit" if name == "bit" else plain, None)


@cache
def _ours() -> Mapping[str, SqlType[Any]]:
    """The types of `pg`, by what the catalog calls them."""
    found: dict[str, SqlType[Any]] = {}
    for name in dir(pg):
        each: object = getattr(pg, name)
        if isinstance(each, SqlType) and name != "char":
            found[each.wire.name or each.base] = each
    return found


@cache
def _names() -> Mapping[str, str]:
    """What the catalog calls PostgreSQL's own types, by how the server writes them: `timestamp with time zone`."""
    return {fact.shown: fact.name for fact in Types().types.values()}


def catalog_name(written: str) -> str:
    """What the catalog calls a type, of an array its elements', by how the server writes it.

    >>> catalog_name("character varying(20)[]"), catalog_name("public.mood")
    ('varchar', 'public.mood')
    """
    below = _LIMITS.sub("", written).removesuffix("[]")
    return _names().get(below, below)
